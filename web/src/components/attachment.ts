// What a component needs to know of a picture or file to show it.
export interface ShownAttachment {
  key: string
  kind: 'image' | 'file' | 'audio' | 'video'
  name: string
  size: number
  width?: number
  height?: number
  placeholder?: string
  animated?: boolean
  thumb: string
  preview: string
  original: string
  /** From 0 to 1, only while it is on its way to the server. */
  progress?: number
}

/** How large a single picture is shown at most, in pixels. */
export const single = { width: 320, height: 360, least: 96 }

/** The size of a picture that stands alone: all of it is seen, unless it is very long. */
export function singleSize(width: number, height: number): { width: number; height: number } {
  const scale = Math.min(1, single.width / width, single.height / height)
  return {
    width: Math.round(Math.max(single.least, width * scale)),
    height: Math.round(Math.max(single.least, height * scale)),
  }
}
