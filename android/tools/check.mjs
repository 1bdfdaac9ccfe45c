// Checks the Android app: what is in the archive, and what its byte code does, run on the JVM with fakes of Android's
// classes. It cannot be run on a phone here.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { buildApk, javaIn, provideKey, settings, sources } from './apk.mjs'
import { cache, provideSignatures, root, run } from './platform.mjs'
import { namesIn, readSignatures, writeClasses } from './stubs.mjs'

const tests = join(root, 'android/test')
const permissions = [
  'android.permission.ACCESS_NETWORK_STATE',
  'android.permission.INTERNET',
  'android.permission.MODIFY_AUDIO_SETTINGS',
  'android.permission.POST_NOTIFICATIONS',
  'android.permission.READ_EXTERNAL_STORAGE', // what Android adds to writing, until Android 9
  'android.permission.RECORD_AUDIO',
  'android.permission.WRITE_EXTERNAL_STORAGE',
]
const callable = [
  'appearance', 'askPermission', 'changeServer', 'hide', 'permission', 'push', 'pushChoose', 'pushOff', 'pushOn', 'settings', 'shared',
  'sharedTaken', 'show', 'shown', 'start',
]
/** Parts of the app that other apps can reach, and for what. */
const reachable = {
  'io.github.happychat.ChatActivity': [
    'android.intent.action.MAIN', 'android.intent.action.VIEW', 'android.intent.action.SEND', 'android.intent.action.SEND_MULTIPLE',
  ],
  'io.github.happychat.PushReceiver': ['MESSAGE', 'NEW_ENDPOINT', 'REGISTRATION_FAILED', 'TEMP_UNAVAILABLE', 'UNREGISTERED']
    .map((name) => `org.unifiedpush.android.connector.${name}`),
  'io.github.happychat.RaiseService': ['org.unifiedpush.android.connector.RAISE_TO_FOREGROUND'],
}
const largest = 500_000

/** Builds the app with a key of its own and checks it; returns how many checks passed, and what failed. */
export function checkAndroid() {
  const failed = []
  let passed = 0
  const check = (name, action) => {
    try {
      action()
      passed++
      console.log(`ok ${name}`)
    } catch (error) {
      failed.push(name)
      console.log(`FAILED ${name}\n${error.message}`)
    }
  }
  const folder = join(cache, 'check')
  const built = buildApk({ folder, key: provideKey(join(cache, 'key')), version: '1.2.3', code: 7 })
  const { id, least, target } = settings()

  check('the archive is signed', () => run('apksigner', ['verify', '--Werr', '--min-sdk-version', least, built.apk]))
  check('the archive is aligned', () => run('zipalign', ['-c', '-p', '4', built.apk]))
  check('the archive says what it is', () => {
    const told = run('aapt', ['dump', 'badging', built.apk])
    for (const line of [
      `package: name='${id}' versionCode='7' versionName='1.2.3'`,
      `sdkVersion:'${least}'`,
      `targetSdkVersion:'${target}'`,
      "application-label:'Happy Chat'",
      "application-label-zh:'乐聊'",
      "launchable-activity: name='io.github.happychat.ChatActivity'",
    ]) same(true, told.includes(line), line)
    same(true, /^application-icon-\d+:'res\/mipmap-anydpi-v26\/ic_launcher.xml'$/m.test(told), 'an icon')
    const asked = [...told.matchAll(/^uses-permission(?:-sdk-23)?: name='([^']+)'/gm)].map(([, name]) => name).sort()
    same(permissions.join(), asked.join(), 'permissions')
  })
  check('other apps reach what they must, and it sees those that pass on calls', () => {
    const manifest = readTree(run('aapt', ['dump', 'xmltree', built.apk, 'AndroidManifest.xml']))
    const parts = within(manifest, 'activity', 'receiver', 'service', 'provider')
    const open = parts.filter((part) => part.exported !== '0x0')
    same(Object.keys(reachable).sort().join(), open.map(({ name }) => name).sort().join(), 'exported')
    for (const part of open) {
      same(reachable[part.name].toString(), within(part, 'action').map(({ name }) => name).toString(), part.name)
    }
    const [queries] = within(manifest, 'queries')
    same('org.unifiedpush.android.distributor.REGISTER,android.intent.action.VIEW', within(queries, 'action').map(({ name }) => name).join(), 'queries')
    same('unifiedpush://link', within(queries, 'data').map(({ scheme, host }) => `${scheme}://${host}`).join(), 'queries')
  })
  check('what happened in a group is told in the words of the web app', () => {
    for (const [folder, language] of [['values', 'en'], ['values-zh', 'zh-CN']]) {
      const strings = readFileSync(join(sources, 'res', folder, 'strings.xml'), 'utf8')
      const { notice } = JSON.parse(readFileSync(join(root, `web/src/i18n/locales/${language}.json`), 'utf8'))
      for (const [, name, text] of strings.matchAll(/name="notice_(\w+)">"?(.*?)"?<\/string>/g)) {
        // Lists and plurals are a browser's own.
        if (name === 'and' || name === 'more' || name === 'someone') continue
        const wanted = ['actor', 'names', 'text'].reduce((words, part, i) => words.replaceAll(`{${part}}`, `%${i + 1}$s`), notice[name])
        same(wanted, text.replaceAll("\\'", "'"), `${language}: ${name}`)
      }
    }
  })
  check('the archive is small and holds the web app', () => {
    const size = readFileSync(built.apk).length
    console.log(`   ${(size / 1e6).toFixed(2)} MB`)
    same(true, size < largest, `${size} bytes`)
    const files = run('aapt', ['list', built.apk]).split('\n')
    for (const name of ['assets/web/index.html', 'assets/headers.txt', 'classes.dex']) same(true, files.includes(name), name)
    same('', files.filter((name) => /\.(br|gz|map|p12)$/.test(name)).join(), 'what does not belong there')
  })
  check('the byte code holds every class, and what the page may call', () => {
    const dex = run('dexdump', ['-a', '-l', 'plain', built.dex])
    for (const file of javaIn(join(sources, 'java'))) {
      const name = file.slice(join(sources, 'java').length + 1, -'.java'.length)
      same(true, dex.includes(`'L${name};'`), name)
    }
    const [, , told] = dex.match(/^Class #(\d+) annotations:\n((?:(?!^Class #)[^])*)^Class #\1 +-\n {2}Class descriptor {2}: 'Lio\/github\/happychat\/Bridge;'/m) ?? []
    const found = [...(told ?? '').matchAll(/^Annotations on method #\d+ '(\w+)'\n\s+VISIBILITY_RUNTIME Landroid\/webkit\/JavascriptInterface;/gm)]
    same(callable.join(), found.map(([, name]) => name).sort().join(), 'callable methods')
  })

  const jar = join(folder, 'app.jar')
  check('the byte code can be read back', () => {
    const told = run('/usr/bin/python3', ['-O', '-m', 'enjarify.main', '-f', '-o', jar, built.dex], { env: { PYTHONPATH: '' } })
    same(true, / 0 classes had errors/.test(told), told)
  })
  if (!existsSync(jar)) return { passed, failed }

  const fakes = join(folder, 'fakes')
  const classes = join(folder, 'test')
  const names = namesIn([join(sources, 'java'), tests])
  const files = writeClasses(readSignatures(provideSignatures()), names, fakes, { fake: true })
  rmSync(classes, { recursive: true, force: true })
  mkdirSync(classes)
  // Against what was compiled, which names what stands inside of what; run with what became of it.
  run('javac', ['-nowarn', '-Xlint:none', '-encoding', 'UTF-8', '-cp', built.classes, '-d', classes, ...files, ...javaIn(tests)])
  const ran = spawnSync('java', [
    '-Xverify:all', '-Dfile.encoding=UTF-8', `-Dapp=${sources}`, `-Dassets=${join(folder, 'assets')}`, `-Dprogram=${join(root, 'bin/happychat')}`,
    '-cp', `${jar}:${classes}`, 'io.github.happychat.Run',
  ], { encoding: 'utf8', maxBuffer: 64 << 20 })
  process.stdout.write(ran.stdout + ran.stderr)
  for (const [, outcome, name] of ran.stdout.matchAll(/^(ok|FAILED) (\w+\.\w+)$/gm)) {
    if (outcome === 'ok') passed++
    else failed.push(name)
  }
  if (ran.status !== 0 && failed.length === 0) failed.push('the tests ended early')
  return { passed, failed }
}

/** The elements of a manifest as aapt prints it, with what their attributes are. */
function readTree(text) {
  const top = { element: '', children: [] }
  const open = [[-1, top]]
  for (const line of text.split('\n')) {
    const [, space, kind, rest] = line.match(/^( *)([EA]): (.*)$/) ?? []
    if (!kind) continue
    while (open.at(-1)[0] >= space.length) open.pop()
    const [, inside] = open.at(-1)
    if (kind === 'E') {
      const child = { element: rest.replace(/ .*/, ''), children: [] }
      inside.children.push(child)
      open.push([space.length, child])
    } else {
      const [, name, quoted, number] = rest.match(/^(?:android:)?(\w+)(?:\([^)]*\))?=(?:"([^"]*)"|\(type 0x\w+\)(\w+)|.*)/)
      inside[name] = quoted ?? number
    }
  }
  return top
}

/** All elements of these names in another. */
function within({ children }, ...names) {
  return children.flatMap((child) => [...(names.includes(child.element) ? [child] : []), ...within(child, ...names)])
}

function same(wanted, got, what) {
  if (wanted !== got) throw new Error(`${what}: wanted ${wanted}, got ${got}`)
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed } = checkAndroid()
  console.log(`${passed} passed, ${failed.length} failed`)
  process.exit(failed.length ? 1 : 0)
}
