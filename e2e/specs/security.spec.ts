import { long, short } from '../support/hostile.ts'
import { expect, test } from '../support/test.ts'

// A page in which anything ran reports it as a fault of its person (a dialog,
// a broken policy, an uncaught error), and every test fails on faults.

test('no message ever runs, and each is shown as it was typed', async ({ friends }) => {
  test.slow()
  const [ann, bea] = await friends('ann', 'bea')
  await bea.open('/chats')
  await bea.openChat(ann.name)
  const conversation = bea.page.url().split('/').pop()!
  const all = [...short, ...long]
  for (const [i, body] of all.entries()) {
    const clientId = `hostile-${i}-${'0'.repeat(8)}`
    await ann.call('POST', `/conversations/${conversation}/messages`, { clientId, body })
  }
  await expect
    .poll(async () => (await bea.story(ann.name)).map((m) => m.text), { timeout: 60_000 })
    .toEqual(all)

  const links = await bea.page.locator('a[href]').evaluateAll((found) =>
    found
      .map((a) => a as HTMLAnchorElement)
      .filter((a) => a.origin !== location.origin)
      .map((a) => ({ protocol: a.protocol, target: a.target, rel: a.rel })),
  )
  for (const link of links) {
    expect(['http:', 'https:', 'mailto:']).toContain(link.protocol)
    expect(link.rel).toContain('noopener')
  }
  await bea.place('chats').click()
  await expect(bea.row(ann.name)).toBeVisible()
})

test('no name ever runs, wherever it is shown', async ({ person, server }) => {
  test.slow()
  const ann = await (await person('ann', { name: 'Ann' })).join()
  await ann.open('/contacts/requests')
  const names = short.map((name) => name.replace(/\s+/g, ' '))
  const shown: string[] = []
  for (const [i, name] of names.entries()) {
    const login = `hostile${i}`
    try {
      await server.command(
        ['user', 'create', '--name', name, login, `${login}@example.com`],
        'a quiet harbour\n',
      )
    } catch (error) {
      // It may be refused, with a sentence, but not by an accident.
      expect(String(error)).toMatch(/happychat: .* please type it again/)
      continue
    }
    const api = async (path: string, data: unknown, token = '') => {
      const headers = {
        'Content-Type': 'application/json',
        ...(token && { Authorization: `Bearer ${token}` }),
      }
      const answer = await fetch(`${server.url}/api/v1${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(data),
      })
      expect(answer.status).toBe(201)
      return (await answer.json()) as Record<string, string>
    }
    const { token } = await api('/sessions', {
      login,
      password: 'a quiet harbour',
      remember: false,
      use: 'bearer',
    })
    await api('/friend-requests', { accountId: ann.id, greeting: name }, token)
    shown.push(name.trim())
  }
  expect(shown.length).toBeGreaterThan(short.length / 2)
  const received = ann.page.getByRole('region', { name: ann.t('requests.received') })
  await expect(received.getByRole('listitem')).toHaveCount(shown.length)
  for (const name of shown) await expect(received).toContainText(name)

  await ann.button('requests.accept').first().click()
  await expect(received.getByRole('listitem')).toHaveCount(shown.length - 1)
  await ann.place('chats').click()
  await ann.page
    .getByRole('navigation', { name: ann.t('chats.list') })
    .getByRole('link')
    .first()
    .click()
  await expect(ann.page.getByRole('heading', { name: shown.at(-1)! }).first()).toBeVisible()
})

test('no remark ever runs, wherever it is shown', async ({ friends }) => {
  const [ann, bea] = await friends('ann', 'bea')
  await ann.open('/chats')
  const list = ann.page.getByRole('navigation', { name: ann.t('chats.list') })
  for (const text of short) {
    const remark = text.replace(/\s+/g, ' ')
    const answer = await ann.context.request.patch(`/api/v1/contacts/${bea.id}`, {
      data: { remark },
      headers: { Origin: new URL(ann.page.url()).origin },
    })
    if (answer.status() === 422) continue
    expect(answer.status()).toBe(200)
    await expect(list).toContainText(remark.trim())
  }
  const remark = '"><svg onload=alert(2)>'
  await ann.call('PATCH', `/contacts/${bea.id}`, { remark })
  for (const path of ['/chats', '/contacts', `/contacts/${bea.id}`]) {
    await ann.open(path)
    await expect(ann.page.getByText(remark).first()).toBeVisible()
  }
})

test('no greeting, address or link of ours runs or leads away', async ({ person }) => {
  const ann = await (await person('ann', { name: '<b>Ann</b>' })).join()
  const bea = await (await person('bea')).join()
  await bea.open('/contacts/requests')
  await ann.call('POST', '/friend-requests', { accountId: bea.id, greeting: '<img src=x onerror=alert(1)>' })
  await expect(bea.page.getByText('<img src=x onerror=alert(1)>')).toBeVisible()

  const eve = await person('eve')
  await eve.open('/activate#"><img src=x onerror=alert(1)>')
  await expect(eve.page.getByRole('heading').first()).toBeVisible()
  for (const path of ['//evil.example', 'https://evil.example', 'javascript:alert(1)', '/\\evil.example']) {
    await ann.open('/chats')
    await ann.page.evaluate(
      (path) => localStorage.setItem('happychat.landing', JSON.stringify({ path, at: Date.now() })),
      path,
    )
    await ann.open('/sign-in')
    await expect(ann.place('chats')).toBeVisible()
    expect(new URL(ann.page.url()).hostname).toBe('127.0.0.1')
  }
})

test('every page comes with the strict policy', async ({ person, server }) => {
  const ann = await person('ann')
  for (const path of ['/', '/chats', '/sign-in', '/no/such/page']) {
    const answer = await ann
      .open(path)
      .then(() => ann.page.request.get(path, { headers: { Accept: 'text/html' } }))
    const policy = answer.headers()['content-security-policy'] ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).not.toContain('unsafe')
    expect(answer.headers()['x-content-type-options']).toBe('nosniff')
    expect(answer.headers()['referrer-policy']).toBe('no-referrer')
  }
  const inline = await ann.page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.head.append(script)
    return 'ran' in window
  })
  expect(inline, 'a script in the page').toBe(false)
  // That was on purpose.
  await expect.poll(() => ann.faults.length).toBe(1)
  ann.faults.length = 0
  expect(server.output).not.toContain('panic')
})

test('another site can neither read nor write', async ({ friends, server }) => {
  const [ann] = await friends('ann', 'bea')
  const evil = { Origin: 'https://evil.example' }
  const write = await ann.context.request.patch('/api/v1/account', { data: { name: 'Evil' }, headers: evil })
  expect(write.status()).toBe(403)
  const none = await ann.context.request.patch('/api/v1/account', {
    data: { name: 'Evil' },
    headers: { Origin: 'null' },
  })
  expect(none.status()).toBe(403)
  const polling = await ann.context.request.get('/socket.io/?EIO=4&transport=polling', { headers: evil })
  expect(polling.status()).toBe(403)
  expect(await ann.call<{ name: string }>('GET', '/account')).toMatchObject({ name: 'Ann' })
  const read = await fetch(`${server.url}/api/v1/server`, { headers: evil })
  expect(read.headers.get('access-control-allow-origin')).toBeNull()
})
