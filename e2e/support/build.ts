import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mailServer, program, repository } from './paths.ts'

/** Compiles the mail server, and insists that the program under test is there. */
export default function build() {
  if (!existsSync(program)) throw new Error('bin/happychat is missing: run “make build”, or “make e2e”.')
  execFileSync('go', ['build', '-o', mailServer, './e2e/smtpd'], { cwd: repository, stdio: 'inherit' })
}
