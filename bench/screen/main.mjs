// Measures how soon the first screen is there on a slow phone, and what else
// Lighthouse thinks of it: its phone preset (a slow processor, 150 ms to the
// server and back, 1.6 Mbit a second, simulated), Chromium. A first visit finds
// nothing on the device; what is opened again is kept there by the worker.
//
//   node bench/screen/main.mjs [RUNS]     5 of each screen, the middle one counts
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launch } from 'chrome-launcher'
import lighthouse from 'lighthouse'
import puppeteer from 'puppeteer-core'
import { chromium } from '../../scripts/system.mjs'

const runs = Number(process.argv[2] ?? 5)
const program = fileURLToPath(new URL('../../bin/happychat', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'happychat-screen-'))
const port = await freePort()
const url = `http://127.0.0.1:${port}`
const environment = { PATH: process.env.PATH, HAPPYCHAT_DATA: folder, HAPPYCHAT_LISTEN: `127.0.0.1:${port}` }
const server = spawn(program, ['serve'], { env: environment, stdio: 'ignore' })
try {
  await ready()
  const ann = await somebody()
  const one = await conversation(ann)
  const screens = [
    { name: 'first visit: signing in', path: '/sign-in' },
    { name: 'first visit, signed in: conversations', path: '/chats', cookie: ann.cookie },
    { name: 'first visit, signed in: one of them', path: one, cookie: ann.cookie },
    { name: 'opened again: conversations', path: '/chats', cookie: ann.cookie, again: true },
    { name: 'opened again: one of them', path: one, cookie: ann.cookie, again: true },
  ]
  console.log(
    '| | performance, accessibility, best practices | first paint s | first screen s | blocked ms | kB |',
  )
  console.log('|---|---|---|---|---|---|')
  for (const { name, path, cookie, again } of screens) {
    const seen = []
    for (let i = 0; i < runs; i++) seen.push(await measure(url + path, cookie, again))
    const middle = (value) => seen.map(value).sort((a, b) => a - b)[Math.floor(runs / 2)]
    const scores = ['performance', 'accessibility', 'best-practices'].map((id) =>
      Math.round(100 * middle((report) => report.categories[id].score)),
    )
    const audit = (id, unit) =>
      (middle((report) => report.audits[id].numericValue) / unit).toFixed(unit === 1000 ? 2 : 0)
    console.log(
      `| ${name} | ${scores.join(', ')} | ${audit('first-contentful-paint', 1000)} | ` +
        `${audit('largest-contentful-paint', 1000)} | ${audit('total-blocking-time', 1)} | ${audit('total-byte-weight', 1024)} |`,
    )
  }
} finally {
  server.kill()
  await new Promise((resolve) => (server.exitCode === null ? server.once('exit', resolve) : resolve()))
  rmSync(folder, { recursive: true })
}

/** Now and then Chromium loses the beginning of what it recorded; then once more. */
async function measure(address, cookie, again = false, attempts = 5) {
  const chrome = await launch({ chromePath: chromium(), chromeFlags: ['--headless=new', '--no-sandbox'] })
  try {
    const browser = await puppeteer.connect({ browserURL: `http://127.0.0.1:${chrome.port}` })
    if (cookie) {
      const [name, value] = cookie.split('=')
      await browser.setCookie({ name, value, domain: '127.0.0.1', httpOnly: true })
    }
    if (again) await visit(browser, address)
    await browser.disconnect()
    const { lhr } = await lighthouse(address, {
      port: chrome.port,
      logLevel: 'error',
      onlyCategories: ['performance', 'accessibility', 'best-practices'],
      // What the worker answers has to be slowed down as it happens: the simulation takes it for the network's.
      ...(again ? { disableStorageReset: true, throttlingMethod: 'devtools' } : {}),
    })
    if (lhr.runtimeError?.code === 'NO_NAVSTART' && attempts > 1)
      return measure(address, cookie, again, attempts - 1)
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message)
    if (!lhr.finalDisplayedUrl.startsWith(address))
      throw new Error(`${address} led to ${lhr.finalDisplayedUrl}.`)
    return lhr
  } finally {
    chrome.kill()
  }
}

/** Opens the app once, until everything of it is kept on the device. */
async function visit(browser, address) {
  const page = await browser.newPage()
  await page.goto(address)
  await page.waitForFunction(
    () => navigator.serviceWorker.controller ?? navigator.serviceWorker.ready.then(() => true),
  )
  await page.waitForNetworkIdle()
  await page.close()
}

/** Signs somebody in to whom twelve friends have written; gives their cookie. */
async function somebody() {
  const ann = await arrive('ann')
  command(['owner', 'ann'])
  for (let i = 1; i <= 12; i++) {
    const friend = await arrive(`friend${i}`)
    const request = await call(ann, 'POST', '/friend-requests', { accountId: friend.id })
    await call(friend, 'POST', `/friend-requests/${request.id}/accept`, {})
    const { conversations } = await call(friend, 'GET', '/conversations')
    for (let n = 1; n <= 20; n++) {
      await call(friend, 'POST', `/conversations/${conversations[0].conversationId}/messages`, {
        clientId: `screen-${i}-${n}`,
        body: `Message ${n}: shall we meet at the lake on Sunday, if it stays as warm as today?`,
      })
    }
  }
  return ann
}

async function conversation(ann) {
  const { conversations } = await call(ann, 'GET', '/conversations')
  return `/chats/${conversations[0].conversationId}`
}

async function arrive(username) {
  const password = `a password for ${username}`
  command(['create', '--language', 'en', username, `${username}@example.com`], `${password}\n`)
  const response = await send('POST', '/sessions', { login: username, password }, {})
  const { account } = await response.json()
  return { id: account.id, cookie: response.headers.get('set-cookie').split(';')[0] }
}

function command(args, input) {
  const done = spawnSync(program, ['user', ...args], { env: environment, input, encoding: 'utf8' })
  if (done.status !== 0) throw new Error(done.stderr)
}

async function call(who, method, path, body) {
  return (await send(method, path, body, { Cookie: who.cookie })).json()
}

async function send(method, path, body, headers) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
  return response
}

async function ready() {
  while (!(await fetch(`${url}/api/v1/server`).catch(() => undefined))) {
    if (server.exitCode !== null) throw new Error('The server did not start.')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const socket = createServer().once('error', reject)
    socket.listen(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}
