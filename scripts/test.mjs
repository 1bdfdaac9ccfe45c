// Runs the checks and tells at the end what each took, what was skipped and
// why, and how many tests there were.
//
//   node scripts/test.mjs            everything
//   node scripts/test.mjs check      what needs no test to run
//   node scripts/test.mjs go web     only these
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { checkAndroid } from '../android/tools/check.mjs'
import { Unavailable } from '../android/tools/platform.mjs'
import { androidTools, chromium, firefox, provide, webkit, which } from './system.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
process.chdir(root)
const results = join(root, '.cache/test')
rmSync(results, { recursive: true, force: true })
mkdirSync(results, { recursive: true })

const total = { passed: 0, failed: 0, skipped: [], flaky: [] }
const steps = []
let racing = true

const all = {
  tools: [
    ['What is needed', need],
    ['The program', build],
  ],
  check: [
    ['Generated files are fresh', generated],
    ['Go: format and lint', () => run('go', ['tool', '-modfile=tools/go.mod', 'golangci-lint', 'run'])],
    ['Go: vet', () => run('go', ['vet', './...'])],
    ['Web: format', () => npm('web', 'format:check')],
    ['Web: lint', () => npm('web', 'lint')],
    ['Web: types', () => npm('web', 'typecheck')],
    ['End to end: format and types', () => npm('e2e', 'check')],
  ],
  go: [['Go: tests', goTests]],
  web: [['Web: tests', webTests]],
  android: [['Android: build and checks', androidChecks]],
  e2e: [['End to end: tests', e2eTests]],
}

const asked = process.argv.slice(2)
for (const name of asked) {
  if (!(name in all)) fail(`There is nothing called ${name}; there are ${Object.keys(all).join(', ')}.`)
}
for (const program of ['go', 'npm', 'git']) {
  if (!which(program)) fail(`${program} is missing: install it and try again.`)
}

for (const [group, list] of Object.entries(all)) {
  if (asked.length > 0 && group !== 'tools' && !asked.includes(group)) continue
  for (const [name, action] of list) await step(name, action)
}
report()

async function step(name, action) {
  console.log(`\n=== ${name}`)
  const start = Date.now()
  let outcome
  try {
    outcome = (await action()) ? 'ok' : 'FAILED'
  } catch (error) {
    console.log(String(error))
    outcome = 'FAILED'
  }
  steps.push({ name, seconds: (Date.now() - start) / 1000, outcome })
}

function report() {
  console.log('\n=== In short')
  for (const { name, seconds, outcome } of steps) {
    console.log(`${outcome.padEnd(7)} ${seconds.toFixed(1).padStart(7)} s  ${name}`)
  }
  for (const title of total.flaky) console.log(`flaky    e2e ${title}: failed, then passed; repair it`)
  for (const { what, why } of total.skipped) console.log(`skipped  ${what}: ${why}`)
  const failedSteps = steps.filter((s) => s.outcome !== 'ok').length
  if (total.passed + total.failed + total.skipped.length > 0) {
    console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`)
  }
  if (failedSteps > 0) {
    console.log(`${failedSteps} of ${steps.length} steps failed.`)
    process.exitCode = 1
  }
}

/** Fetches packages, and from the system what may be had. */
async function need() {
  const wanted = (group) => asked.length === 0 || asked.includes(group)
  const folders = []
  if (['check', 'web', 'android', 'e2e'].some(wanted)) folders.push('web')
  if (wanted('check') || wanted('go') || wanted('e2e')) folders.push('e2e')
  if (wanted('go')) folders.push('socketio/jstest')
  for (const folder of folders) {
    if (!(await run('make', ['--no-print-directory', `${folder}/node_modules/.package-lock.json`]))) return false
  }
  const groups = ['go', 'android', 'e2e'].filter(wanted)
  for (const lacking of provide(groups)) {
    console.log(lacking.sentence)
    total.skipped.push({ what: lacking.without, why: lacking.sentence })
    if (lacking.without.startsWith('the race detector')) racing = false
  }
  return true
}

/** Builds what the tests of the web app and the end-to-end tests start. */
function build() {
  const wanted = asked.length === 0 || asked.some((group) => ['web', 'android', 'e2e'].includes(group))
  return wanted ? run('make', ['--no-print-directory', 'build']) : true
}

/** Compares what is committed with what would be generated now. */
async function generated() {
  const folder = mkdtempSync(join(tmpdir(), 'happychat-gen-'))
  try {
    const spec = spawnSync('go', ['run', './cmd/happychat', 'openapi'], { maxBuffer: 64 << 20 })
    if (spec.status !== 0) {
      process.stdout.write(spec.stderr)
      return false
    }
    const fresh = join(folder, 'openapi.json')
    writeFileSync(fresh, spec.stdout)
    // What “npm run gen” does, from and to the temporary folder.
    const types = join(folder, 'schema.gen.ts')
    const script = JSON.parse(readFileSync('web/package.json', 'utf8')).scripts.gen
      .replace('../api/openapi.json', fresh)
      .replace('src/api/schema.gen.ts', types)
    const bin = join(root, 'web/node_modules/.bin')
    if (!(await run('sh', ['-c', script], { PATH: `${bin}:${process.env.PATH}` }))) return false
    const stale = []
    if (!same('api/openapi.json', spec.stdout)) stale.push('api/openapi.json')
    if (!same('web/src/api/schema.gen.ts', readFileSync(types))) stale.push('web/src/api/schema.gen.ts')
    if (stale.length > 0) console.log(`Not fresh: ${stale.join(', ')}. Run “make gen” and commit the result.`)
    return stale.length === 0
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function same(path, wanted) {
  return existsSync(path) && readFileSync(path).equals(wanted)
}

/** go test, showing a line for each package and the output of what failed. */
async function goTests() {
  const args = ['test', '-json', '-timeout', '15m', ...(racing ? ['-race'] : []), './...']
  const child = spawn('go', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const output = new Map()
  for await (const line of createInterface({ input: child.stdout })) {
    let event
    try {
      event = JSON.parse(line)
    } catch {
      console.log(line)
      continue
    }
    const key = `${event.Package ?? event.ImportPath} ${event.Test ?? ''}`
    if (event.Action === 'output' || event.Action === 'build-output') {
      if (event.Action === 'build-output' || (!event.Test && /^(ok|FAIL|---|\?|panic)/.test(event.Output))) {
        process.stdout.write(event.Output)
      }
      output.set(key, (output.get(key) ?? '') + event.Output)
      continue
    }
    if (!event.Test) continue
    if (event.Action === 'pass') total.passed++
    if (event.Action === 'fail') {
      total.failed++
      process.stdout.write(output.get(key) ?? '')
    }
    if (event.Action === 'skip') {
      const why = (output.get(key) ?? '').split('\n').filter((l) => !/^\s*(===|---)/.test(l))
      total.skipped.push({ what: `${event.Package.split('/').pop()} ${event.Test}`, why: why.join(' ').trim() })
    }
    if (['pass', 'fail', 'skip'].includes(event.Action)) output.delete(key)
  }
  return (await ended(child)) === 0
}

async function webTests() {
  const file = join(results, 'web.json')
  const args = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const ok = await npm('web', 'test', '--', ...args, { E2E_PROGRAM: join(root, 'bin/happychat') })
  if (existsSync(file)) {
    const seen = JSON.parse(readFileSync(file, 'utf8'))
    total.passed += seen.numPassedTests
    total.failed += seen.numFailedTests
    for (const test of seen.testResults.flatMap((r) => r.assertionResults)) {
      if (['pending', 'skipped', 'todo'].includes(test.status)) {
        total.skipped.push({ what: `web ${test.fullName}`, why: test.status })
      }
    }
  }
  return ok
}

async function androidChecks() {
  if (!androidTools()) return true // counted under what is needed
  try {
    const { passed, failed } = checkAndroid()
    total.passed += passed
    total.failed += failed.length
    return failed.length === 0
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error
    total.skipped.push({ what: 'the Android app', why: error.message })
    return true
  }
}

async function e2eTests() {
  if (!chromium()) return true // counted under what is needed, as the others are
  const projects = ['specs', firefox() && 'firefox', webkit() && 'webkit', firefox() && webkit() && 'together']
  const file = join(results, 'e2e.json')
  const args = ['--reporter=list,json', ...projects.filter(Boolean).map((name) => `--project=${name}`)]
  const ok = await npm('e2e', 'only', '--', ...args, { PLAYWRIGHT_JSON_OUTPUT_FILE: file })
  if (existsSync(file)) {
    const { stats, suites } = JSON.parse(readFileSync(file, 'utf8'))
    total.passed += stats.expected + stats.flaky
    total.failed += stats.unexpected
    const visit = (suite) => {
      suite.suites?.forEach(visit)
      for (const spec of suite.specs ?? []) {
        for (const test of spec.tests) {
          if (test.status === 'flaky') total.flaky.push(`${spec.title} (${test.projectName})`)
          if (test.status !== 'skipped') continue
          const why = test.annotations.find((a) => a.type === 'skip' || a.type === 'fixme')?.description
          total.skipped.push({ what: `e2e ${spec.title} (${test.projectName})`, why: why ?? 'not run' })
        }
      }
    }
    suites.forEach(visit)
  }
  return ok
}

function npm(folder, script, ...rest) {
  const environment = typeof rest.at(-1) === 'object' ? rest.pop() : {}
  return run('npm', ['--prefix', folder, 'run', '--silent', script, ...rest], environment)
}

async function run(program, args, environment = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...environment } })
  return (await ended(child)) === 0
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
}

function fail(sentence) {
  console.error(sentence)
  process.exit(2)
}
