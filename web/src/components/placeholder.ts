// The blurred picture that stands where a picture will be.
import { thumbHashToDataURL } from 'thumbhash'

const known = new Map<string, string>()
const MOST = 200

/** A data: URL for a ThumbHash in base64; empty if it is none. */
export function placeholderUrl(hash: string | undefined): string {
  if (!hash) return ''
  let url = known.get(hash)
  if (url === undefined) {
    try {
      url = thumbHashToDataURL(Uint8Array.from(atob(hash), (c) => c.charCodeAt(0)))
    } catch {
      url = ''
    }
    if (known.size >= MOST) known.clear()
    known.set(hash, url)
  }
  return url
}
