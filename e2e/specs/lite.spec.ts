import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { HtmlValidate } from 'html-validate'
import { NetSurf } from '../support/netsurf.ts'
import { expect, type Person, phone, test } from '../support/test.ts'
import { missing, Terminal } from '../support/terminal.ts'
import { words } from '../support/words.ts'

// The plain pages, in browsers that are as small and as old as they come.

const validator = new HtmlValidate({
  extends: ['html-validate:recommended', 'html-validate:a11y'],
  rules: {
    // Roles on elements of HTML 4: browsers from before HTML 5 know no others.
    'prefer-native-element': 'off',
    // Old ones send the wrong thing for a button, or for all buttons of a form.
    'prefer-button': 'off',
    'no-implicit-button-type': 'off',
    // A page that only is read loads itself again, and says how to turn that off.
    'meta-refresh': 'off',
    'long-title': 'off',
    'doctype-style': 'off',
    'no-trailing-whitespace': 'off',
    'tel-non-breaking': 'off',
    'wcag/h63': 'off',
  },
})

/** Skips a test where it can not be run, and says why. */
function needs(...programs: string[]) {
  const lacking = missing(...programs)
  test.skip(lacking.length > 0, `${lacking.join(', ')}: not on this machine`)
}

/** What a page is, as the server sends it. */
async function validate(html: string) {
  const report = await validator.validateString(html)
  const faults = report.results.flatMap((result) =>
    result.messages.map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`),
  )
  expect(faults, html).toEqual([])
  expect(html).not.toMatch(/<script|<style|\sstyle=|\son\w+=/i)
}

/** The conversation of two people, which one of them has written to. */
async function begun(ann: Person, bea: Person, text: string) {
  const { conversationId } = await ann.call<{ conversationId: string }>('POST', '/conversations', {
    accountId: bea.id,
  })
  await say(bea, conversationId, text)
  return conversationId
}

async function say(person: Person, conversation: string, body: string) {
  const clientId = `lite-test-${Math.random().toString(36).slice(2)}`
  await person.call('POST', `/conversations/${conversation}/messages`, { clientId, body })
}

/** Waits until somebody has got a message. */
async function gets(person: Person, conversation: string, text: string) {
  const read = () => person.call<unknown>('GET', `/conversations/${conversation}/messages`)
  await expect.poll(async () => JSON.stringify(await read()), { timeout: 20_000 }).toContain(text)
}

test('everything goes without script: signing up, friends, messages, pictures', async ({
  browser,
  person,
  mailbox,
}) => {
  const t = words('zh-CN')
  const bea = await (await person('bea', { name: 'Bea' })).join()
  const base = `http://127.0.0.1:${bea.relay.port}`
  const context = await browser.newContext({
    javaScriptEnabled: false,
    baseURL: base,
    locale: 'zh-CN',
    viewport: phone,
  })
  const page: Page = await context.newPage()
  const button = (key: string) => page.getByRole('button', { name: t(key), exact: true })
  const look = async () =>
    validate(await (await page.request.get(page.url(), { headers: { 'Accept-Language': 'zh-CN' } })).text())

  await page.goto('/')
  await page.waitForURL('**/lite/sign-in')
  await look()
  await page.getByRole('link', { name: t('signIn.signUp') }).click()
  await look()
  await page.getByLabel(t('signUp.username')).fill('小安')
  await page.getByLabel(t('signUp.email')).fill('ann@example.com')
  await page.getByLabel(t('signUp.name'), { exact: true }).fill('安')
  await page.getByLabel(t('signUp.password')).fill('a quiet harbour at dawn')
  await button('signUp.submit').click()
  const letter = await mailbox.letter('ann@example.com')
  await look()
  await page.getByLabel('邮件中的链接').fill(/^https?:\S+$/m.exec(letter.text)![0])
  await page.getByLabel(t('activate.password')).fill('a quiet harbour at dawn')
  await button('activate.go').click()
  await expect(page).toHaveURL(/\/lite\/chats$/)
  await look()

  await page.getByRole('link', { name: t('add.title') }).click()
  await page.getByLabel(t('add.query')).fill('bea')
  await button('add.find').click()
  await page.getByLabel(t('add.greeting')).fill('我是 <安>')
  await button('add.send').click()
  await look()
  const requests = await bea.call<{ friendRequests: { id: string; greeting: string }[] }>(
    'GET',
    '/friend-requests',
  )
  expect(requests.friendRequests[0]!.greeting).toBe('我是 <安>')
  await bea.call('POST', `/friend-requests/${requests.friendRequests[0]!.id}/accept`, {})

  await page.getByRole('link', { name: t('nav.chats'), exact: true }).click()
  await page.getByRole('link', { name: 'Bea' }).click()
  const id = /chats\/(\d+)/.exec(page.url())![1]!
  await page.getByLabel(t('composer.label', { name: 'Bea' })).fill('你好！\n第二行 😀')
  await button('composer.send').click()
  await gets(bea, id, '你好！\\n第二行 😀')
  await say(bea, id, 'See https://example.com/ <b>now</b>')
  await page.getByRole('link', { name: '查看新消息' }).click()
  await expect(page.getByText('<b>now</b>')).toBeVisible()
  await look()

  await page.getByLabel(t('composer.label', { name: 'Bea' })).fill('图')
  await page.getByRole('button', { name: '图片或文件' }).click()
  await expect(page.getByLabel(t('attachment.caption'))).toHaveValue('图')
  const picture = await page.screenshot()
  await page
    .getByLabel('图片或文件')
    .setInputFiles([{ name: '屏幕.png', mimeType: 'image/png', buffer: picture }])
  await button('composer.send').click()
  const shown = page.getByRole('img', { name: '屏幕.png' })
  await expect(shown).toBeVisible()
  await expect
    .poll(() => shown.evaluate((image) => (image as HTMLImageElement).naturalWidth))
    .toBeGreaterThan(0)
  await gets(bea, id, '屏幕.png')
  await look()

  // It fits into a narrow window, and is fit for a screen reader.
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth))
    .toBeLessThanOrEqual(phone.width)
  const reader = await browser.newContext({ baseURL: base, storageState: await context.storageState() })
  const read = await reader.newPage()
  for (const path of ['/lite/chats', `/lite/chats/${id}`, '/lite/contacts', '/lite/requests', '/lite/me']) {
    await read.goto(path)
    const { violations } = await new AxeBuilder({ page: read }).disableRules(['meta-refresh']).analyze()
    expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]!.html}`)).toEqual([])
  }
  await reader.close()

  await page.getByRole('link', { name: t('nav.me'), exact: true }).click()
  await look()
  await button('me.signOut').click()
  await expect(page).toHaveURL(/sign-in/)
  await page.goto('/lite/chats')
  await expect(page).toHaveURL(/sign-in/)
  await context.close()
})

test('a browser that can not run the app is led to the plain pages', async ({ browser, server }) => {
  const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB' })
  const old = await context.newPage()
  await old.addInitScript(() => delete (HTMLScriptElement.prototype as { noModule?: boolean }).noModule)
  await old.goto('/chats/1')
  await old.waitForURL('**/lite/sign-in')
  // A mailed link goes with it.
  await old.goto('/activate#the-token')
  await old.waitForURL('**/lite/activate')
  await expect(old.getByLabel('Link from the mail')).toHaveValue('the-token')

  // One that lacks something is told, as long as the app does not appear.
  const lacking = await context.newPage()
  await lacking.addInitScript(() => delete (window as { structuredClone?: unknown }).structuredClone)
  await lacking.route('**/assets/*.js', (route) => route.abort())
  await lacking.goto('/')
  await lacking.getByRole('link', { name: 'Open the plain pages' }).click()
  await lacking.waitForURL('**/lite/sign-in')
  await context.close()
})

test('somebody writes with Lynx', async ({ friends }) => {
  needs('lynx', 'tmux')
  const [ann, bea] = await friends('ann', 'bea')
  const id = await begun(ann, bea, 'Hello Lynx, 你好')
  const url = `http://127.0.0.1:${ann.relay.port}/lite/chats/${id}`
  const lynx = await Terminal.start(() => ['lynx', '-accept_all_cookies', '-display_charset=utf-8', url])
  try {
    await lynx.shows(/Stay signed in/)
    await lynx.press('Down', 'Down')
    await lynx.type('ann')
    await lynx.press('Down')
    await lynx.type(ann.password)
    await lynx.press('Down', 'Down', 'Enter')
    await lynx.shows(/Hello Lynx, 你好/)
    // Two links above, four of the menu; then what one writes in.
    await lynx.press('Down', 'Down', 'Down', 'Down', 'Down', 'Down')
    await lynx.shows(/Textarea/i)
    await lynx.type('Written in Lynx: 早上好')
    await lynx.press('Tab', 'Enter')
    await gets(bea, id, 'Written in Lynx: 早上好')
    await lynx.shows(/You .*[\s\S]*Written in Lynx: 早上好/)
  } finally {
    await lynx.close()
  }
})

test('somebody writes with w3m', async ({ friends }) => {
  needs('w3m', 'tmux')
  const [ann, bea] = await friends('ann', 'bea')
  const id = await begun(ann, bea, 'Hello w3m, 你好')
  const url = `http://127.0.0.1:${ann.relay.port}/lite/chats/${id}`
  const w3m = await Terminal.start((folder) => {
    // It has texts written in an editor; this one writes by itself.
    const editor = join(folder, 'editor')
    writeFileSync(editor, '#!/bin/sh\nprintf "Written in w3m: 早上好" > "$1"\n')
    chmodSync(editor, 0o700)
    return ['w3m', '-cookie', '-I', 'UTF-8', '-O', 'UTF-8', '-o', `editor=${editor} %s`, url]
  })
  try {
    await w3m.shows(/Stay signed in/)
    await w3m.press('Tab', 'Tab', 'Enter')
    await w3m.shows(/TEXT:/)
    await w3m.type('ann')
    await w3m.press('Enter', 'Tab', 'Enter')
    await w3m.shows(/Password:/)
    await w3m.type(ann.password)
    await w3m.press('Enter', 'Tab', 'Tab', 'Enter')
    await w3m.shows(/Hello w3m, 你好/)
    await w3m.press('/')
    await w3m.type('Message to')
    await w3m.press('Enter', 'Tab', 'Enter')
    await w3m.shows(/Written in w3m: 早上好/)
    await w3m.press('Tab', 'Enter')
    await gets(bea, id, 'Written in w3m: 早上好')
    await w3m.shows(/You [\s\S]*Written in w3m: 早上好/)
  } finally {
    await w3m.close()
  }
})

test('somebody writes with NetSurf', async ({ friends, server }) => {
  needs('netsurf-gtk', 'Xvfb', 'xdotool')
  const [ann, bea] = await friends('ann', 'bea')
  const id = await begun(ann, bea, 'Hello NetSurf')
  const netsurf = await NetSurf.start(server.port, `/lite/chats/${id}`)
  try {
    await netsurf.shows(/Sign in/)
    await netsurf.until(290, 170, 400, async () => {
      await netsurf.type('ann')
      await netsurf.press('Tab')
      await netsurf.type(ann.password)
      await netsurf.press('Return')
    })
    // The title counts: the message was there, and is read now.
    await netsurf.shows(/\(1\) Bea/)
    const read = async () => {
      const conversation = await bea.call<{ members: { account: { id: string }; readSeq: number }[] }>(
        'GET',
        `/conversations/${id}`,
      )
      return conversation.members.find((member) => member.account.id === ann.id)?.readSeq
    }
    await expect.poll(read).toBe(1)
    for (let y = 300; y < 460; y += 40) {
      await netsurf.click(700, y)
      await netsurf.type('Written in NetSurf. ')
    }
    await netsurf.until(150, 260, 640, async () => {})
    await gets(bea, id, 'Written in NetSurf.')
  } finally {
    await netsurf.close()
  }
})
