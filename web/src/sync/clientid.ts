/**
 * Makes UUIDs of version 7 (RFC 9562): unique, and ordered by the time they were made.
 * Two from one generator are always in order, even within a millisecond and when the clock is set back.
 */
export function createClientIds(
  now: () => number,
  fill = (bytes: Uint8Array) => crypto.getRandomValues(bytes),
) {
  let last = 0

  return {
    /** Everything made from now on comes after `id`. */
    after(id: string): void {
      const time = Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
      if (Number.isFinite(time)) last = Math.max(last, time)
    },

    next(): string {
      last = Math.max(last + 1, now())
      const bytes = fill(new Uint8Array(16))
      const view = new DataView(bytes.buffer)
      view.setUint32(0, Math.floor(last / 2 ** 16))
      view.setUint16(4, last % 2 ** 16)
      view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f))
      view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f))
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
      return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    },
  }
}

export type ClientIds = ReturnType<typeof createClientIds>
