import { png } from '../support/png.ts'

// Pictures for the people of the screens, painted by arithmetic: nobody's photographs, always the same.

type Colour = readonly [number, number, number]

const mix = (a: Colour, b: Colour, t: number): Colour => {
  const u = Math.min(1, Math.max(0, t))
  return [a[0] + (b[0] - a[0]) * u, a[1] + (b[1] - a[1]) * u, a[2] + (b[2] - a[2]) * u].map(
    Math.round,
  ) as unknown as Colour
}

interface Weather {
  high: Colour
  low: Colour
  sun: Colour
  sea: Colour
  hills: Colour
}

const weathers = {
  morning: {
    high: [142, 190, 235],
    low: [253, 236, 210],
    sun: [255, 250, 226],
    sea: [76, 142, 182],
    hills: [94, 132, 138],
  },
  evening: {
    high: [72, 78, 140],
    low: [255, 172, 120],
    sun: [255, 226, 168],
    sea: [74, 82, 128],
    hills: [62, 60, 96],
  },
  night: {
    high: [16, 24, 52],
    low: [52, 72, 120],
    sun: [238, 240, 226],
    sea: [22, 36, 70],
    hills: [14, 22, 42],
  },
} satisfies Record<string, Weather>

/** The sea with hills behind it, a sun, and a boat. */
export function seaside(width: number, height: number, weather: keyof typeof weathers): Buffer {
  const { high, low, sun, sea, hills } = weathers[weather]
  const horizon = height * 0.62
  const centre = { x: width * 0.68, y: height * 0.4 }
  const boat = { x: width * 0.3, y: height * 0.76, size: Math.min(width, height) * 0.13 }
  const ridge = (x: number, far: number) =>
    horizon -
    height *
      (0.05 + 0.07 * far) *
      (1.2 + Math.sin((x / width) * (5 + 3 * far) + far * 2) + 0.4 * Math.sin((x / width) * 17 + far))
  return png(
    width,
    height,
    (x, y) => {
      const { dx, dy } = { dx: (x - boat.x) / boat.size, dy: (boat.y - y) / boat.size }
      const hull = dy < 0.02 && dy > -0.28 && Math.abs(dx) < 0.72 + dy * 1.1
      if (hull) return mix(hills, [20, 24, 40], 0.5)
      const sail = dy > 0.06 && dy < 1.5 && dx > -0.02 && dx < (1.5 - dy) * 0.5
      const jib = dy > 0.06 && dy < 1.25 && dx < -0.06 && dx > -(1.25 - dy) * 0.4
      if (sail) return [250, 248, 240]
      if (jib) return [236, 110, 84]
      if (y > horizon) {
        const depth = (y - horizon) / (height - horizon)
        const glitter =
          Math.sin(y * 1.1 + 3 * Math.sin(x * 0.045 + y * 0.3)) > 0.82 - 0.1 * depth &&
          Math.abs(x - centre.x) < width * (0.05 + 0.16 * depth)
        return glitter ? mix(sea, sun, 0.75) : mix(mix(sea, low, 0.45), sea, depth * 1.6)
      }
      if (y > ridge(x, 0)) return hills
      if (y > ridge(x, 1)) return mix(hills, low, 0.55)
      const away = Math.hypot(x - centre.x, y - centre.y) / (Math.min(width, height) * 0.11)
      if (away < 1) return sun
      const sky = mix(high, low, Math.pow(y / horizon, 1.4))
      return mix(sun, sky, 0.55 + Math.min(0.45, (away - 1) * 0.25))
    },
    6,
  )
}

/** A cake seen from above: for the album. */
export function cake(side: number): Buffer {
  return png(
    side,
    side,
    (x, y) => {
      const { dx, dy } = { dx: x / side - 0.5, dy: y / side - 0.5 }
      const r = Math.hypot(dx, dy)
      const turn = Math.atan2(dy, dx)
      const berry = Math.abs(r - 0.25) < 0.045 && Math.cos(turn * 8) > 0.35
      if (berry) return mix([196, 40, 66], [240, 96, 110], Math.cos(turn * 8) - 0.2)
      if (r < 0.34 + 0.008 * Math.cos(turn * 24)) return mix([255, 250, 240], [244, 226, 204], r * 2.6)
      if (r < 0.44) return mix([214, 222, 230], [238, 242, 246], Math.cos(turn - 0.8) / 2 + 0.5)
      return mix([120, 158, 150], [98, 138, 132], (Math.sin(x * 0.09) + Math.sin(y * 0.09)) / 4 + 0.5)
    },
    6,
  )
}
