// Both sides, reloading: Vite serves the web app on http://localhost:5173 and
// hands /api and /socket.io on to the server, which is built and started anew
// whenever a Go file changes.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

const vite = spawn('npm', ['--prefix', 'web', 'run', '--silent', 'dev'], { stdio: 'inherit' })
let server
let building = false
let again = false
let ending = false

function end() {
  if (ending) return
  ending = true
  for (const watcher of watchers) watcher.close()
  vite.kill('SIGTERM')
  server?.kill('SIGTERM')
}

async function rebuild() {
  if (building) {
    again = true
    return
  }
  building = true
  do {
    again = false
    const built = await finished(spawn('go', ['build', '-o', 'bin/happychat-dev', './cmd/happychat'], { stdio: 'inherit' }))
    if (built !== 0 || ending) continue
    if (server && server.exitCode === null) {
      server.kill('SIGTERM')
      await finished(server)
    }
    const env = { HAPPYCHAT_PUBLIC_URL: 'http://localhost:5173', HAPPYCHAT_ALLOWED_ORIGINS: 'http://localhost:5173', ...process.env }
    server = spawn('bin/happychat-dev', ['serve'], { stdio: 'inherit', env })
  } while (again && !ending)
  building = false
}

function finished(child) {
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
}

const watchers = ['cmd', 'internal', 'socketio'].map((folder) =>
  watch(folder, { recursive: true }, (_, name) => {
    if (name && /\.(go|sql|tmpl|html|txt)$/.test(name) && !name.includes('dist/')) void rebuild()
  }),
)
vite.on('exit', end)
process.on('SIGINT', end)
process.on('SIGTERM', end)
await rebuild()
