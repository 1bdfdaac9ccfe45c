// What another app shared with this one, put aside by the service worker until the page asks. In the cache storage,
// which both can reach and which takes files.
const name = 'happychat-shared'
/** After that nobody remembers what it was. Milliseconds. */
const life = 24 * 60 * 60_000

export interface Shared {
  text: string
  files: File[]
}

/** The fields are those of share_target in the manifest. */
export async function keepShared(form: FormData): Promise<void> {
  const words = ['title', 'text', 'url'].map((field) => form.get(field))
  const text = words.filter((word): word is string => typeof word === 'string' && word !== '').join('\n')
  await putAside({ text, files: form.getAll('files').filter((file) => file instanceof File) })
}

export async function putAside({ text, files }: Shared): Promise<void> {
  await caches.delete(name)
  const cache = await caches.open(name)
  const about = { text, at: Date.now(), files: files.map((file) => ({ name: file.name, type: file.type })) }
  await cache.put('/shared', Response.json(about))
  await Promise.all(files.map((file, i) => cache.put(`/shared/${i}`, new Response(file))))
}

/** What was put aside, once. */
export async function takeShared(): Promise<Shared | null> {
  if (!('caches' in globalThis)) return null
  const cache = await caches.open(name)
  const answer = await cache.match('/shared')
  if (!answer) return null
  const about = (await answer.json()) as { text: string; at: number; files: { name: string; type: string }[] }
  const files = await Promise.all(
    about.files.map(async ({ name, type }, i) => {
      const kept = await cache.match(`/shared/${i}`)
      return kept && new File([await kept.blob()], name, { type })
    }),
  )
  await caches.delete(name)
  if (Date.now() - about.at > life) return null
  return { text: about.text, files: files.filter((file) => file !== undefined) }
}
