// Builds the Android app without Gradle: with the tools that Debian has, and those of platform.mjs.
//
//   node android/tools/apk.mjs       android/build/happychat.apk
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { cache, framework, newer, provideCompiler, provideSignatures, root, run } from './platform.mjs'
import { namesIn, readSignatures, writeClasses } from './stubs.mjs'

export const sources = join(root, 'android/app/src/main')
const web = join(root, 'internal/webui/dist')

/** What Gradle and this build both need to know stands in one place. */
export function settings() {
  const gradle = readFileSync(join(root, 'android/app/build.gradle'), 'utf8')
  const value = (name) => gradle.match(new RegExp(`^\\s*${name}\\s*=?\\s*["']?([\\w.]+)`, 'm'))[1]
  return { id: value('applicationId'), least: value('minSdk'), target: value('targetSdk') }
}

/** Builds into a folder and signs with a key; returns where everything is. */
export function buildApk({ folder, key, version = 'unknown', code = 1 }) {
  if (!existsSync(join(web, 'index.html'))) throw new Error('The web app is not built: run “make web” first.')
  const { id, least, target } = settings()
  const at = (name) => join(folder, name)
  rmSync(folder, { recursive: true, force: true })
  for (const name of ['assets', 'gen', 'classes', 'dex']) mkdirSync(at(name), { recursive: true })

  // The web app as it is served, without the copies that are compressed (the archive is), and without what only a
  // browser takes: the service worker and the icons.
  cpSync(join(sources, 'assets'), at('assets'), { recursive: true })
  cpSync(web, at('assets/web'), { recursive: true, filter: (from) => !/\.(br|gz|map)$|\/(\.vite|icons|worker\.js)$/.test(from) })

  // Gradle knows the package from its own file, and refuses it here.
  const manifest = readFileSync(join(sources, 'AndroidManifest.xml'), 'utf8').replace('<manifest ', `<manifest package="${id}" `)
  writeFileSync(at('AndroidManifest.xml'), manifest)
  run('aapt2', ['compile', '--dir', join(sources, 'res'), '-o', at('res.zip')])
  // Debian's tools are older than <queries>, which they pack all the same (check.mjs looks).
  run('aapt2', [
    'link', '--warn-manifest-validation', '-I', framework, '--manifest', at('AndroidManifest.xml'), '--java', at('gen'), '-A', at('assets'),
    '--min-sdk-version', least, '--target-sdk-version', target, '--version-name', version, '--version-code', String(code),
    '-o', at('bare.apk'), at('res.zip'),
  ])

  const stubs = provideStubs()
  const java = [...javaIn(join(sources, 'java')), ...javaIn(at('gen'))]
  run('javac', ['--release', '7', '-Xlint:all,-options,-serial,-deprecation', '-Werror', '-encoding', 'UTF-8', '-cp', stubs, '-d', at('classes'), ...java])
  run('java', ['-cp', provideCompiler(), 'com.android.dx.command.Main', '--dex', `--output=${at('dex/classes.dex')}`, at('classes')])
  run('aapt', ['add', at('bare.apk'), 'classes.dex'], { cwd: at('dex') })
  run('zipalign', ['-f', '-z', '-p', '4', at('bare.apk'), at('aligned.apk')]) // -z: packed as small as it goes
  const apk = at('happychat.apk')
  run('apksigner', [
    // The first kind of signature is for Androids before 7.
    'sign', '--v1-signing-enabled', 'false', '--ks', key.file, '--ks-key-alias', key.alias, '--ks-pass', 'env:KEY_PASSWORD', '--min-sdk-version', least,
    '--out', apk, at('aligned.apk'),
  ], { env: { KEY_PASSWORD: key.password } })
  for (const name of ['bare.apk', 'aligned.apk', 'res.zip', `${relative(folder, apk)}.idsig`]) rmSync(at(name), { force: true })
  return { apk, dex: at('dex/classes.dex'), gen: at('gen'), classes: at('classes') }
}

/** Android's classes to compile against, for as long as the same ones are needed. */
function provideStubs() {
  const names = namesIn([join(sources, 'java')])
  const classes = join(cache, 'stubs')
  const made = join(cache, 'stubs.json')
  const changed = [fileURLToPath(new URL('stubs.mjs', import.meta.url)), newer].map((file) => statSync(file).mtimeMs)
  const wanted = JSON.stringify([names, changed])
  if (existsSync(made) && readFileSync(made, 'utf8') === wanted) return classes
  const files = writeClasses(readSignatures(provideSignatures()), names, join(cache, 'stubs-java'))
  rmSync(classes, { recursive: true, force: true })
  run('javac', ['--release', '8', '-nowarn', '-Xlint:none', '-d', classes, ...files])
  writeFileSync(made, wanted)
  return classes
}

export function javaIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.java')).map((name) => join(folder, name))
}

/**
 * The key that says who built the app: phones take an update only if the same key signed it. Made at the first build,
 * where only its owner can read it, unless the variables name another.
 */
export function provideKey(folder = join(process.env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'happychat')) {
  const given = process.env.HAPPYCHAT_ANDROID_KEYSTORE
  if (given) {
    const password = process.env.HAPPYCHAT_ANDROID_KEYSTORE_PASSWORD
    if (!password) throw new Error('HAPPYCHAT_ANDROID_KEYSTORE is set, but HAPPYCHAT_ANDROID_KEYSTORE_PASSWORD is not.')
    return { file: given, password, alias: process.env.HAPPYCHAT_ANDROID_KEY_ALIAS ?? 'happychat' }
  }
  const file = join(folder, 'android.p12')
  const secret = join(folder, 'android.password')
  if (!existsSync(file)) {
    process.umask(0o077)
    mkdirSync(folder, { recursive: true })
    const password = randomBytes(24).toString('base64url')
    writeFileSync(secret, `${password}\n`, { mode: 0o600 })
    run('keytool', [
      '-genkeypair', '-keystore', file, '-storetype', 'PKCS12', '-alias', 'happychat', '-keyalg', 'RSA', '-keysize', '3072',
      '-validity', '18250', '-dname', 'CN=Happy Chat', '-storepass:env', 'KEY_PASSWORD',
    ], { env: { KEY_PASSWORD: password } })
    console.log(`A key was made in ${dirname(file)}. Keep a copy: without it nobody can update the app that you gave them.`)
  }
  return { file, password: readFileSync(secret, 'utf8').trim(), alias: 'happychat' }
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const code = Number(run('git', ['rev-list', '--count', 'HEAD'], { cwd: root }).trim()) || 1
    const { apk } = buildApk({ folder: join(root, 'android/build'), key: provideKey(), version: process.env.VERSION, code })
    console.log(`${relative(root, apk)}, ${(statSync(apk).size / 1e6).toFixed(2)} MB`)
  } catch (error) {
    console.error(error.message)
    process.exit(1)
  }
}
