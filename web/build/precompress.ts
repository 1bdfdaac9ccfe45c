// Writes a Brotli and a gzip copy beside every text asset, so that the server never compresses at run time, and
// refuses a build whose script has grown beyond what the first screen may cost.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'
import { filesOf } from './hints.ts'

const text = /\.(?:html|js|css|svg|json|webmanifest|txt)$/
const smallest = 512
/** Bytes of script before the first screen of somebody who is signed in, compressed. */
const budget = 180_000
/** What that needs: the start, the pages behind the sign-in, the engine, and the words of the longer language. */
const first = [
  /src\/main\.ts$/,
  /src\/app\/signed-in\.ts$/,
  /src\/stores\/engine\.ts$/,
  /locales\/zh-CN\.json$/,
]

export function precompress(): Plugin {
  let config: ResolvedConfig
  let needed = new Set<string>()
  return {
    name: 'happychat:precompress',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    writeBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk')
      needed = filesOf(chunks, first, (problem) => this.error(problem))
    },
    async closeBundle() {
      const root = config.build.outDir
      const entries = await readdir(root, { recursive: true, withFileTypes: true })
      let script = 0
      await Promise.all(
        entries
          .filter((entry) => entry.isFile() && text.test(entry.name))
          .map(async (entry) => {
            const path = join(entry.parentPath, entry.name)
            const plain = await readFile(path)
            if (plain.length < smallest) return
            const params = {
              [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
              [constants.BROTLI_PARAM_SIZE_HINT]: plain.length,
            }
            const small = await promisify(brotliCompress)(plain, { params })
            if (path.endsWith('.js') && needed.has(path.slice(root.length + 1))) script += small.length
            await writeFile(`${path}.br`, small)
            await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }))
          }),
      )
      if (script > budget)
        this.error(
          `${script} bytes of compressed script before the first screen are more than the ${budget} allowed.`,
        )
      this.info(`${script} bytes of compressed script before the first screen, of ${budget} allowed`)
    },
  }
}
