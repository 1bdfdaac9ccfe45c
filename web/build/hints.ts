// Tells the server which files the first screen needs: those of the page, of somebody who is signed in or is not, and
// of a language. The server names them with the page (internal/webui/hints.go), so that a browser fetches all at once,
// where it would find one in the other and wait each time.
import type { Plugin, Rolldown } from 'vite'

/** The modules that are imported when the first screen is made, by when that is. */
const moments = {
  page: [/src\/main\.ts$/],
  signedOut: [/src\/app\/signed-out\.ts$/],
  signedIn: [
    /src\/app\/signed-in\.ts$/,
    /src\/stores\/engine\.ts$/,
    /socket\.io-client\/build\/esm\/index\.js$/,
  ],
  'zh-CN': [/locales\/zh-CN\.json$/],
  en: [/locales\/en\.json$/],
}

export function hints(): Plugin {
  return {
    name: 'happychat:hints',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      const named = new Set<string>()
      const hints = Object.entries(moments).map(([moment, modules]) => {
        const files = [...filesOf(chunks, modules, (problem) => this.error(problem))].filter(
          (file) => !named.has(file),
        )
        if (moment === 'page') files.forEach((file) => named.add(file))
        return [moment, files.sort(stylesFirst)]
      })
      this.emitFile({
        type: 'asset',
        fileName: 'hints.json',
        source: JSON.stringify(Object.fromEntries(hints)),
      })
    },
  }
}

/** Nothing is painted without the styles. */
function stylesFirst(a: string, b: string): number {
  const style = (file: string) => Number(file.endsWith('.css'))
  return style(b) - style(a) || a.localeCompare(b)
}

/** The scripts that hold these modules, all that they import before they run, and the styles of both. */
export function filesOf(
  chunks: Rolldown.OutputChunk[],
  modules: RegExp[],
  fail: (problem: string) => never,
): Set<string> {
  const files = new Set<string>()
  const take = (chunk: Rolldown.OutputChunk) => {
    if (files.has(chunk.fileName)) return
    files.add(chunk.fileName)
    chunk.viteMetadata?.importedCss.forEach((style) => files.add(style))
    for (const name of chunk.imports) {
      const next = chunks.find(({ fileName }) => fileName === name)
      if (next) take(next)
    }
  }
  for (const module of modules) {
    const chunk = chunks.find(({ moduleIds }) => moduleIds.some((id) => module.test(id)))
    if (!chunk) return fail(`no file of the build holds ${module.source}`)
    take(chunk)
  }
  return files
}
