// What a component needs to know of a sticker to show it.
export interface ShownSticker {
  /** Of one that is drawn by this app. */
  key?: string
  emoji: string
  /** Of one that somebody made: in pixels, a blurred picture as a ThumbHash, and where it is. */
  width?: number
  height?: number
  placeholder?: string
  animated?: boolean
  thumb: string
  original: string
}

/** The size of a sticker whose longer side is `side`. */
export function stickerSize(
  { width, height }: ShownSticker,
  side: number,
): { width: number; height: number } {
  if (!width || !height) return { width: side, height: side }
  const scale = side / Math.max(width, height)
  return { width: Math.round(width * scale), height: Math.round(height * scale) }
}
