// Writes a Brotli and a gzip copy beside every text asset, so that the server never compresses at run time.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const text = /\.(?:html|js|css|svg|json|webmanifest|txt)$/
const smallest = 512

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
            await writeFile(`${path}.br`, await promisify(brotliCompress)(plain, { params }))
            await writeFile(`${path}.gz`, await promisify(gzip)(plain, { level: 9 }))
          }),
      )
    },
  }
}
