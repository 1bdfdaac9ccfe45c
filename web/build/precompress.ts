// Writes a Brotli and a gzip copy beside every text asset, so that the server never compresses at run time, and
// refuses a build whose script has grown beyond what the first screen may cost.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const text = /\.(?:html|js|css|svg|json|webmanifest|txt)$/
const smallest = 512
/** Bytes of all script together, compressed. */
const budget = 180_000

export function precompress(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'happychat:precompress',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
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
            if (path.endsWith('.js')) script += small.length
            await writeFile(`${path}.br`, small)
            await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }))
          }),
      )
      if (script > budget)
        this.error(`${script} bytes of compressed script are more than the ${budget} allowed.`)
      this.info(`${script} bytes of compressed script of ${budget} allowed`)
    },
  }
}
