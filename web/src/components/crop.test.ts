import { describe, expect, it } from 'vitest'
import { type Crop, inside, moved, nearest, type Place, sideOf, whole } from './crop'

const wide = { width: 400, height: 200 }

describe('the square of a picture', () => {
  it('is as large as fits at first, in the middle', () => {
    expect(whole(wide)).toEqual({ x: 200, y: 100, zoom: 1 })
    expect(sideOf(wide, whole(wide))).toBe(200)
  })

  it('stays within the picture wherever it is dragged', () => {
    expect(inside(wide, { x: -50, y: 500, zoom: 1 })).toEqual({ x: 100, y: 100, zoom: 1 })
    expect(inside(wide, { x: 9999, y: -9, zoom: 2 })).toEqual({ x: 350, y: 50, zoom: 2 })
  })

  it('comes no nearer and goes no farther than makes sense', () => {
    expect(inside(wide, { x: 200, y: 100, zoom: 0.1 }).zoom).toBe(1)
    expect(inside(wide, { x: 200, y: 100, zoom: 99 }).zoom).toBe(nearest)
  })

  it('grows about the place where it is held, which follows the fingers', () => {
    const under = (crop: Crop, place: Place) => ({
      x: crop.x + place.x * sideOf(wide, crop),
      y: crop.y + place.y * sideOf(wide, crop),
    })
    const before: Crop = { x: 200, y: 100, zoom: 2 }
    const from = { x: -0.25, y: 0.25 }
    const to = { x: -0.1, y: 0.3 }
    const after = moved(wide, before, from, to, 1.5)
    expect(after.zoom).toBe(3)
    expect(under(after, to).x).toBeCloseTo(under(before, from).x)
    expect(under(after, to).y).toBeCloseTo(under(before, from).y)
    expect(moved(wide, before, from, from, 99).zoom).toBe(nearest)
    expect(moved(wide, before, from, from, 0.01)).toEqual({ x: 225, y: 100, zoom: 1 })
  })

  it('of a square picture is all of it', () => {
    expect(inside({ width: 10, height: 10 }, { x: 0, y: 0, zoom: 1 })).toEqual({ x: 5, y: 5, zoom: 1 })
  })
})
