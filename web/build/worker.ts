// Builds the service worker beside the app, and tells it which files the app is made of.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin, type ResolvedConfig } from 'vite'
import { messages } from './messages.ts'

const unkept = new Set(['worker.js', 'hints.json'])
/** Only what every start needs, or what must work without a network, is fetched before it is asked for. */
const kept = /\.(?:js|css|html|json|svg|webp|woff2)$/

export function worker(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'happychat:worker',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    writeBundle: {
      sequential: true,
      async handler() {
        const files = await list(config.build.outDir)
        await build({
          configFile: false,
          logLevel: 'error',
          resolve: { alias: config.resolve.alias },
          plugins: [messages()],
          define: {
            __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
            __INTLIFY_JIT_COMPILATION__: 'true',
            __INTLIFY_PROD_DEVTOOLS__: 'false',
            'self.__FILES': JSON.stringify(files),
            'process.env.NODE_ENV': '"production"',
          },
          build: {
            outDir: config.build.outDir,
            emptyOutDir: false,
            copyPublicDir: false,
            // An address that stays: browsers ask it for the next version.
            lib: {
              entry: join(config.root, 'src/worker/worker.ts'),
              formats: ['iife'],
              name: 'worker',
              fileName: () => 'worker.js',
            },
          },
        })
      },
    },
  }
}

async function list(root: string) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile() && kept.test(entry.name) && !unkept.has(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
  return Promise.all(
    paths.map(async (path) => ({
      url: `/${path}`,
      // Names in assets/ change with their content; others need something that does.
      revision: path.startsWith('assets/')
        ? null
        : createHash('sha256')
            .update(await readFile(join(root, path)))
            .digest('hex')
            .slice(0, 16),
    })),
  )
}
