import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import type { Availability } from '@/platform/passkeys'
import { ProblemError } from '@/stores/problem'
import { show } from '@/testing/render'
import PasskeySignIn from './PasskeySignIn.vue'
import PasskeysSection from './PasskeysSection.vue'
import SecondStepForm from './SecondStepForm.vue'

// The stores stand in for the server and the browser: what is tested is what people see of their answers.
const session = reactive({ signInPasskey: vi.fn(), signInFactor: vi.fn() })
const passkeys = reactive({
  where: 'here' as Availability,
  party: { id: 'chat.example.org', origin: 'https://chat.example.org' },
  list: [] as Record<string, unknown>[],
  load: vi.fn(),
  add: vi.fn(),
  rename: vi.fn(),
  remove: vi.fn(),
  choose: vi.fn(),
  second: vi.fn(),
})
vi.mock('@/stores/session', () => ({ useSession: () => session }))
vi.mock('@/stores/passkeys', () => ({ usePasskeys: () => passkeys }))
const canAutofill = vi.hoisted(() => vi.fn())
vi.mock('@/platform/passkeys', () => ({ canAutofill }))

const refuse = (code: string) =>
  Promise.reject(new ProblemError({ title: '', code, detail: '', status: 400 }))

beforeEach(() => {
  for (const store of [session, passkeys])
    for (const value of Object.values(store)) if (vi.isMockFunction(value)) value.mockReset()
  passkeys.load.mockResolvedValue(undefined)
  passkeys.where = 'here'
  passkeys.list = []
  canAutofill.mockResolvedValue(false)
})

describe('signing in with a passkey', () => {
  it('is a button', async () => {
    passkeys.choose.mockResolvedValue({ credentialId: 'one' })
    const { getByRole } = await show(PasskeySignIn, { props: { remember: false } })
    await userEvent.click(getByRole('button', { name: 'Sign in with a passkey' }))
    expect(session.signInPasskey).toHaveBeenCalledExactlyOnceWith({ credentialId: 'one' }, false)
  })

  it.each<Availability>(['no-browser', 'no-https', 'elsewhere'])('is not offered: %s', async (where) => {
    passkeys.where = where
    canAutofill.mockResolvedValue(true)
    const { queryByRole } = await show(PasskeySignIn, { props: { remember: true } })
    expect(queryByRole('button')).toBeNull()
    expect(passkeys.choose).not.toHaveBeenCalled()
  })

  it.each([
    ['passkey.given_up', 'No passkey was used.'],
    ['session.bad_passkey', 'This passkey does not fit'],
  ])('says so when it comes to nothing: %s', async (code, words) => {
    passkeys.choose.mockImplementation(() => refuse(code))
    const { getByRole } = await show(PasskeySignIn, { props: { remember: true } })
    await userEvent.click(getByRole('button'))
    expect(getByRole('alert').textContent).toContain(words)
  })

  it('waits in the field of the user name, in silence, until the button is pressed or the page is left', async () => {
    canAutofill.mockResolvedValue(true)
    const signals: (AbortSignal | undefined)[] = []
    passkeys.choose.mockImplementation((o: { signal?: AbortSignal } = {}) => {
      signals.push(o.signal)
      return new Promise((_, reject) =>
        o.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      )
    })
    const { getByRole, queryByRole, unmount } = await show(PasskeySignIn, { props: { remember: true } })
    await vi.waitFor(() => expect(passkeys.choose).toHaveBeenCalledTimes(1))
    expect(passkeys.choose.mock.calls[0]?.[0]).toMatchObject({ quiet: true })
    passkeys.choose.mockImplementationOnce(() => refuse('passkey.given_up'))
    await userEvent.click(getByRole('button'))
    expect(signals[0]?.aborted).toBe(true)
    await vi.waitFor(() => expect(passkeys.choose).toHaveBeenCalledTimes(3))
    expect(queryByRole('alert')?.textContent).toContain('No passkey was used.')
    unmount()
    expect(signals[1]?.aborted).toBe(true)
    expect(session.signInPasskey).not.toHaveBeenCalled()
  })

  it('goes on with what was chosen there', async () => {
    canAutofill.mockResolvedValue(true)
    passkeys.choose.mockResolvedValueOnce({ credentialId: 'one' })
    await show(PasskeySignIn, { props: { remember: true } })
    await vi.waitFor(() => expect(session.signInPasskey).toHaveBeenCalledWith({ credentialId: 'one' }, true))
  })
})

describe('the second step', () => {
  const form = (...methods: string[]) =>
    show(SecondStepForm, { props: { second: { challenge: 'c', methods, expiresAt: 1 } } })

  it('offers a passkey first', async () => {
    const { getAllByRole, getByLabelText } = await form('passkey', 'totp', 'recovery')
    const [first] = getAllByRole('button')
    expect(first?.textContent).toContain('Use a passkey')
    await userEvent.click(first as HTMLElement)
    expect(passkeys.second).toHaveBeenCalledExactlyOnceWith('c')
    expect(getByLabelText('Code')).toBeTruthy()
  })

  it('takes recovery codes only where there is no app', async () => {
    const { getByLabelText, queryByLabelText } = await form('passkey', 'recovery')
    expect(queryByLabelText('Code')).toBeNull()
    await userEvent.type(getByLabelText('Recovery code'), 'abcd-efgh{Enter}')
    expect(session.signInFactor).toHaveBeenCalledExactlyOnceWith('c', 'abcd-efgh')
  })

  it('offers no passkey that the browser can not use, or that is not there', async () => {
    const without = await form('totp', 'recovery')
    expect(without.queryByRole('button', { name: 'Use a passkey' })).toBeNull()
    without.unmount()
    passkeys.where = 'no-browser'
    const unable = await form('passkey', 'recovery')
    expect(unable.queryByRole('button', { name: 'Use a passkey' })).toBeNull()
  })

  it('goes back to the beginning when it took too long', async () => {
    passkeys.second.mockImplementation(() => refuse('session.challenge_gone'))
    const view = await form('passkey', 'recovery')
    await userEvent.click(view.getByRole('button', { name: 'Use a passkey' }))
    expect(view.emitted('back')).toEqual([[expect.stringContaining('took too long')]])
  })
})

describe('my passkeys', () => {
  it('are shown with their times, and with a warning where one may be copied', async () => {
    passkeys.list = [
      { id: '1', name: 'Phone', createdAt: 0, lastUsedAt: Date.now(), doubted: false },
      { id: '2', name: 'Key', createdAt: 0, doubted: true },
    ]
    const { getAllByRole, getByRole } = await show(PasskeysSection)
    const [phone, key] = getAllByRole('listitem')
    expect(phone?.textContent).toMatch(/Phone.*Added .* · Last used now/)
    expect(phone?.textContent).not.toContain('copy')
    expect(key?.textContent).toContain('somebody may have a copy')
    expect(getByRole('button', { name: 'Remove Key' })).toBeTruthy()
  })

  it.each<[Availability, string]>([
    ['no-https', 'need an address with HTTPS'],
    ['elsewhere', 'at https://chat.example.org only'],
    ['no-browser', 'This browser has none'],
  ])('can not be added where there are none, and it says why: %s', async (where, words) => {
    passkeys.where = where
    const { getByText, queryByRole } = await show(PasskeysSection)
    expect(getByText(new RegExp(words))).toBeTruthy()
    expect(queryByRole('button', { name: 'Add a passkey' })).toBeNull()
  })
})
