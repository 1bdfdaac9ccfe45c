// What the checks need beside Go and Node, and getting it from the system's
// package manager where that may be done without asking.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export function which(program) {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return join(folder, program)
    } catch {
      // not in this one
    }
  }
}

/** The folder of PostgreSQL's server programs, which Debian keeps out of the PATH. */
export function postgresPrograms() {
  const versions = '/usr/lib/postgresql'
  if (existsSync(versions)) {
    const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))
    const found = newest.map((v) => join(versions, v, 'bin')).find((bin) => existsSync(join(bin, 'initdb')))
    if (found) return found
  }
  const initdb = which('initdb')
  return initdb && dirname(initdb)
}

/** Chromium or Chrome, as the end-to-end tests will find it. */
export function chromium() {
  return process.env.CHROMIUM ?? ['chromium', 'chromium-browser', 'google-chrome'].map(which).find(Boolean)
}

/** Firefox ESR, as the end-to-end tests will find it. */
export function firefox() {
  return process.env.FIREFOX ?? which('firefox-esr')
}

/** WebKitGTK with what drives it, a screen for it, and the way from Python to both. */
export function webkit() {
  if (!['WebKitWebDriver', 'Xvfb'].every(which)) return false
  const window = 'import gi; gi.require_version("Gtk", "3.0"); gi.require_version("WebKit2", "4.1"); from gi.repository import Gtk, WebKit2'
  return spawnSync('/usr/bin/python3', ['-c', window], { stdio: 'ignore' }).status === 0
}

function hasChineseFont() {
  const list = spawnSync('fc-list', [':lang=zh-cn', 'family'], { encoding: 'utf8' })
  return list.status === 0 && list.stdout.trim() !== ''
}

/** Everything that builds and checks the Android app, at their places in Debian. */
export function androidTools() {
  const programs = ['aapt', 'aapt2', 'apksigner', 'dexdump', 'enjarify', 'java', 'javac', 'keytool', 'zipalign']
  return programs.every(which) && existsSync('/usr/share/android-framework-res/framework-res.apk')
}

// What is lacking, the Debian packages that bring it, for what it is wanted, and
// what is skipped without it.
const needs = [
  {
    what: 'a C compiler',
    groups: ['go', 'e2e'],
    packages: ['gcc', 'libc6-dev'],
    there: () => which('gcc') ?? which('cc') ?? which('clang'),
    without: 'the race detector (tests run without it)',
  },
  {
    what: 'PostgreSQL',
    groups: ['go', 'e2e'],
    packages: ['postgresql'],
    there: postgresPrograms,
    without: 'the tests on PostgreSQL',
  },
  {
    what: 'Chromium',
    groups: ['go', 'e2e'],
    packages: ['chromium'],
    there: chromium,
    without: 'the end-to-end tests',
  },
  {
    what: 'Firefox ESR',
    groups: ['e2e'],
    packages: ['firefox-esr'],
    there: firefox,
    without: 'the end-to-end tests on Firefox',
  },
  {
    what: 'WebKitGTK, or what drives it',
    groups: ['e2e'],
    packages: ['webkit2gtk-driver', 'python3-gi', 'gir1.2-gtk-3.0', 'gir1.2-webkit2-4.1', 'xvfb'],
    there: webkit,
    without: 'the end-to-end tests on WebKit',
  },
  {
    what: 'one of the browsers Lynx, w3m and NetSurf, or what drives them',
    groups: ['go', 'e2e'],
    packages: ['lynx', 'w3m', 'tmux', 'netsurf-gtk', 'xvfb', 'xdotool'],
    there: () => ['lynx', 'w3m', 'tmux', 'netsurf-gtk', 'Xvfb', 'xdotool'].every(which),
    without: 'the end-to-end tests with Lynx, w3m and NetSurf',
  },
  {
    what: 'a font with Chinese characters',
    groups: ['go', 'e2e'],
    packages: ['fontconfig', 'fonts-noto-cjk'],
    there: hasChineseFont,
    without: undefined,
  },
  {
    what: 'Debian’s tools for Android',
    groups: ['android'],
    packages: [
      'aapt', 'android-framework-res', 'apksigner', 'dexdump', 'enjarify', 'openjdk-17-jdk-headless', 'zipalign',
    ],
    there: androidTools,
    without: 'the Android app',
  },
]

/**
 * Installs what these groups of checks lack if this may be done without a
 * question. Returns what is still lacking, each with what goes without it and a
 * sentence that says what to do.
 */
export function provide(groups) {
  let lacking = needs.filter((need) => need.groups.some((group) => groups.includes(group)) && !need.there())
  if (lacking.length === 0) return []
  const as = permission()
  const packages = lacking.flatMap((need) => need.packages)
  if (as) {
    console.log(`Installing ${packages.join(' ')}`)
    install(as, packages)
    lacking = lacking.filter((need) => !need.there())
  }
  return lacking
    .filter((need) => need.without)
    .map((need) => ({
      without: need.without,
      sentence: `${need.what} is missing: install it (Debian, Ubuntu: apt-get install ${need.packages.join(' ')}).`,
    }))
}

/** How to become root without being asked anything: [] (is root), ['sudo'], or undefined. */
function permission() {
  if (!which('apt-get')) return
  if (process.getuid?.() === 0) return []
  if (which('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return ['sudo', '-n']
}

function install(as, packages) {
  const root = (...command) => {
    const [program, ...args] = [...as, ...command]
    return spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0
  }
  // Debian's postgresql makes and starts a database server of its own when it
  // is installed. Only its programs are wanted.
  const drop = '/etc/postgresql-common/createcluster.d'
  const noCluster = join(drop, 'zz-no-cluster-for-tests.conf')
  const quiet = packages.includes('postgresql') && as.length === 0
  if (quiet) {
    mkdirSync(drop, { recursive: true })
    writeFileSync(noCluster, 'create_main_cluster = false\n')
  }
  const environment = ['env', 'DEBIAN_FRONTEND=noninteractive']
  root(...environment, 'apt-get', 'update', '-qq')
  // One by one where all together fail: a missing name must not keep the others away.
  if (!root(...environment, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages)) {
    for (const name of packages) {
      root(...environment, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', name)
    }
  }
  if (quiet) rmSync(noCluster, { force: true })
}

// node scripts/system.mjs GROUP… installs what is lacking, or says what to do.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const lacking = provide(process.argv.slice(2))
  for (const { sentence } of lacking) console.error(sentence)
  process.exitCode = lacking.length > 0 ? 1 : 0
}
