// Which square of a picture is chosen. Lengths are in pixels of the picture.
export interface Crop {
  /** The middle of the square. */
  x: number
  y: number
  /** 1 shows as much as fits, larger is nearer. */
  zoom: number
}

export interface Size {
  width: number
  height: number
}

export const nearest = 5

export const whole = ({ width, height }: Size): Crop => ({ x: width / 2, y: height / 2, zoom: 1 })

/** The side of the square. */
export const sideOf = (size: Size, { zoom }: Crop): number => Math.min(size.width, size.height) / zoom

const between = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most)

/** A place in the square, in sides of it from its middle: -0.5 and 0.5 are its edges. */
export interface Place {
  x: number
  y: number
}

/** `times` as near, moved so that what lay at `from` lies at `to`, as far as the picture reaches. */
export function moved(size: Size, crop: Crop, from: Place, to: Place, times = 1): Crop {
  const zoom = between(crop.zoom * times, 1, nearest)
  const before = sideOf(size, crop)
  const after = sideOf(size, { ...crop, zoom })
  return inside(size, {
    zoom,
    x: crop.x + from.x * before - to.x * after,
    y: crop.y + from.y * before - to.y * after,
  })
}

/** The nearest that lies within the picture. */
export function inside(size: Size, crop: Crop): Crop {
  const zoom = between(crop.zoom, 1, nearest)
  const half = sideOf(size, { ...crop, zoom }) / 2
  return {
    zoom,
    x: between(crop.x, half, size.width - half),
    y: between(crop.y, half, size.height - half),
  }
}
