// Into which files the app is built. What is needed at the same moment is one file: over HTTP/1.1 each more costs a
// round trip, and many small ones compress badly.
import type { Rolldown } from 'vite'

type Info = (id: string) => { importers: readonly string[] } | null

/**
 * Libraries change seldom, and apart from ours. In two files: a connection brings 14 kB with the first answer and twice
 * as much with each that follows (RFC 6928), so half the size is there a round trip sooner.
 */
const vue = /node_modules\/@?vue\/|plugin-vue:export-helper|vite\/preload-helper/
const libraries = /node_modules\/(?:vue-router|pinia|vue-i18n|@intlify|@vue)\//

/** Where modules are first needed; what is needed at more than one of these is in the first. */
const beginnings: [name: string, module: RegExp][] = [
  ['app', /src\/main\.ts$/],
  ['signed-in', /src\/app\/signed-in\.ts$|src\/stores\/engine\.ts$/],
  ['signed-out', /src\/app\/signed-out\.ts$/],
]

export const pieces = {
  groups: [
    { name: 'vue', test: vue, priority: 3 },
    { name: 'libraries', test: libraries, priority: 2 },
    {
      name: (id: string, context: Rolldown.ChunkingContext) => piece(id, (of) => context.getModuleInfo(of)),
      priority: 1,
    },
  ],
}

/** The file of a module: that of when it is first needed. Null leaves it to the bundler. */
export function piece(id: string, info: Info): string | null {
  const found = new Set<string>()
  const seen = new Set<string>()
  const climb = (at: string) => {
    if (seen.has(at)) return
    seen.add(at)
    const beginning = beginnings.find(([, module]) => module.test(at))
    if (beginning) found.add(beginning[0])
    info(at)?.importers.forEach(climb)
  }
  climb(id)
  return found.size > 1 ? 'app' : ([...found][0] ?? null)
}
