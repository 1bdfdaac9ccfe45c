import { describe, expect, it } from 'vitest'
import { inside, nearest, sideOf, whole } from './crop'

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

  it('of a square picture is all of it', () => {
    expect(inside({ width: 10, height: 10 }, { x: 0, y: 0, zoom: 1 })).toEqual({ x: 5, y: 5, zoom: 1 })
  })
})
