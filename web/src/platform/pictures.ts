// What a browser can tell and do about pictures before they are sent.

/** What every browser shows, and what the server takes as a picture. */
const shownEverywhere = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']
/** The longest side of what is drawn anew, in pixels: more than a canvas can be relied on to hold is cut down. */
const MOST_SIDE = 8192

export interface ReadFile {
  bytes: Blob
  name: string
  type: string
  /** Of a picture that can be shown, as it is seen: turned as the camera says. */
  width?: number
  height?: number
}

/** A file as it is sent: a picture that others could not see becomes one that they can, if this browser can see it. */
export async function readFile(file: File): Promise<ReadFile> {
  const plain: ReadFile = { bytes: file, name: file.name || 'file', type: file.type }
  if (!file.type.startsWith('image/') || file.type === 'image/svg+xml') return plain
  let picture: ImageBitmap
  try {
    picture = await createImageBitmap(file)
  } catch {
    return plain
  }
  try {
    const { width, height } = picture
    if (shownEverywhere.includes(file.type)) return { ...plain, width, height }
    const scale = Math.min(1, MOST_SIDE / Math.max(width, height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.round(width * scale)
    canvas.height = Math.round(height * scale)
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
    const bytes = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.9))
    if (!bytes) return plain
    const name = `${plain.name.replace(/\.[^.]*$/, '')}.jpg`
    return { bytes, name, type: 'image/jpeg', width: canvas.width, height: canvas.height }
  } finally {
    picture.close()
  }
}

/** The files in what is pasted or dropped; folders and words are none. */
export function filesIn(data: DataTransfer | null): File[] {
  return data ? [...data.files].filter((file) => file.size > 0 || file.type !== '') : []
}
