import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import { limits } from '@/i18n/limits'
import { leaveFor } from '@/platform/leave'
import { ProblemError } from '@/stores/problem'
import { show } from '@/testing/render'
import NewHereView from './NewHereView.vue'
import ProviderReturnView from './ProviderReturnView.vue'
import SignInView from './SignInView.vue'
import WaysSection from './WaysSection.vue'

// The stores stand in for the server: what is tested is what people see of its answers.
const session = reactive({
  state: 'signed-out',
  account: null as Record<string, unknown> | null,
  server: { registration: 'open', mail: 'smtp', setup: false } as Record<string, unknown>,
  ended: null,
  signIn: vi.fn(),
  signInFactor: vi.fn(),
  resendActivation: vi.fn(),
})
const identities = reactive({
  providers: [
    { key: 'github', name: 'GitHub' },
    { key: 'oidc', name: 'Corp' },
  ],
  nameOf: (key: string) => (key === 'github' ? 'GitHub' : 'Corp'),
  proposal: null as Record<string, unknown> | null,
  failure: '',
  begin: vi.fn(),
  beginLink: vi.fn(),
  arrive: vi.fn(),
  look: vi.fn(),
  signUp: vi.fn(),
  link: vi.fn(),
  forget: vi.fn(),
  list: vi.fn(),
  unlink: vi.fn(),
})
vi.mock('@/stores/session', () => ({ useSession: () => session }))
vi.mock('@/stores/identities', () => ({ useIdentities: () => identities }))
vi.mock('@/platform/leave', async (original) => ({
  leaveFor: vi.fn(),
  real: ((await original()) as { leaveFor: typeof leaveFor }).leaveFor,
}))

const refuse = (code: string, more = {}) =>
  Promise.reject(new ProblemError({ title: '', code, detail: '', status: 400, ...more }))

beforeEach(() => {
  for (const store of [session, identities])
    for (const value of Object.values(store)) if (vi.isMockFunction(value)) value.mockReset()
  vi.mocked(leaveFor).mockReset()
  Object.assign(session, { state: 'signed-out', account: null })
  Object.assign(identities, { proposal: null, failure: '' })
  limits.value = { username: 32, usernameMin: 2, password: 200, passwordMin: 8, name: 50 }
  localStorage.clear()
})

const octocat = {
  provider: 'github',
  label: 'octocat',
  username: 'octocat',
  name: 'Mona',
  email: 'mona@example.org',
  emailVerified: true,
  known: false,
  closed: false,
}

describe('the sign-in page', () => {
  it('leaves for the provider', async () => {
    identities.begin.mockResolvedValue('https://github.com/login')
    const { getByRole } = await show(SignInView, { path: '/sign-in' })
    await userEvent.click(getByRole('button', { name: 'Continue with GitHub' }))
    expect(identities.begin).toHaveBeenCalledWith('github', true)
    expect(leaveFor).toHaveBeenCalledWith('https://github.com/login')
  })

  it('says why somebody came back signed out, once', async () => {
    identities.failure = 'You did not agree.'
    const { getByRole } = await show(SignInView, { path: '/sign-in' })
    expect(getByRole('alert').textContent).toContain('You did not agree.')
    expect(identities.failure).toBe('')
  })

  it('stays when the provider cannot be reached', async () => {
    identities.begin.mockImplementation(() => refuse('visit.unreachable'))
    const { getByRole } = await show(SignInView, { path: '/sign-in' })
    await userEvent.click(getByRole('button', { name: 'Continue with Corp' }))
    expect(getByRole('alert').textContent).toContain('does not answer')
    expect(getByRole('button', { name: 'Continue with Corp' })).toHaveProperty('disabled', false)
  })
})

describe('coming back', () => {
  async function arrive(query: string) {
    const view = await show(ProviderReturnView, {
      props: { provider: 'github' },
      path: `/sign-in/github${query}`,
    })
    await vi.waitFor(() => expect(identities.arrive).toHaveBeenCalled())
    return view
  }

  it('passes on what was brought back, and nothing else', async () => {
    identities.arrive.mockResolvedValue('signed-in')
    const { router } = await arrive('?code=c&state=s&iss=i&evil=1')
    expect(identities.arrive).toHaveBeenCalledExactlyOnceWith({
      provider: 'github',
      code: 'c',
      state: 's',
      iss: 'i',
    })
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/chats'))
  })

  it('asks whoever is new', async () => {
    identities.arrive.mockResolvedValue('new')
    const { router } = await arrive('?code=c&state=s')
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/sign-in/new'))
  })

  it('asks for the second step', async () => {
    identities.arrive.mockImplementation(() =>
      refuse('session.second_factor', { secondFactor: { challenge: 'ch', methods: ['totp'], expiresAt: 1 } }),
    )
    const { findByLabelText, getByRole } = await arrive('?code=c&state=s')
    await userEvent.type(await findByLabelText('Code'), '123456')
    await userEvent.click(getByRole('button', { name: 'Sign in' }))
    expect(session.signInFactor).toHaveBeenCalledWith('ch', '123456')
  })

  it('ends on the sign-in page when it fails, with a sentence', async () => {
    identities.arrive.mockImplementation(() => refuse('visit.gone'))
    const { router } = await arrive('?code=1&code=2&state')
    expect(identities.arrive).toHaveBeenCalledWith({ provider: 'github', state: '' })
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/sign-in'))
    expect(identities.failure).toContain('another window')
  })

  it('ends in the settings when somebody is signed in', async () => {
    session.state = 'signed-in'
    identities.arrive.mockImplementation(() => refuse('visit.denied'))
    const { router } = await arrive('?error=access_denied&state=s')
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/me/account'))
  })
})

describe('somebody new', () => {
  const open = (more = {}) => {
    identities.look.mockImplementation(async () => (identities.proposal = { ...octocat, ...more }))
    return show(NewHereView, { path: '/sign-in/new' })
  }

  it('chooses a user name, and needs nothing more', async () => {
    identities.signUp.mockResolvedValue(null)
    const { findByLabelText, getByRole, queryByLabelText } = await open()
    const field = await findByLabelText('User name')
    expect(field).toHaveProperty('value', 'octocat')
    expect(queryByLabelText('Password')).toBeNull()
    await userEvent.click(getByRole('button', { name: 'Create account' }))
    expect(identities.signUp).toHaveBeenCalledExactlyOnceWith({
      username: 'octocat',
      name: 'Mona',
      language: 'en',
    })
  })

  it('needs a password and a letter when the address is not verified', async () => {
    identities.signUp.mockResolvedValue('smtp')
    const { findByLabelText, getByRole, findByRole } = await open({ emailVerified: false })
    await userEvent.type(await findByLabelText('Password'), 'a quiet harbour')
    await userEvent.click(getByRole('button', { name: 'Create account' }))
    expect(identities.signUp).toHaveBeenCalledExactlyOnceWith({
      username: 'octocat',
      name: 'Mona',
      language: 'en',
      email: 'mona@example.org',
      password: 'a quiet harbour',
    })
    expect(await findByRole('heading', { name: 'Look into your mail' })).toBeTruthy()
  })

  it.each([{ known: true }, { closed: true }])('signs in and links when there is %o', async (more) => {
    const { findByLabelText, getByRole, queryByRole } = await open(more)
    const login = await findByLabelText('User name or e-mail address')
    expect(queryByRole('button', { name: 'Create a new account' })).toBeNull()
    await userEvent.clear(login)
    await userEvent.type(login, 'mona')
    await userEvent.type(await findByLabelText('Password'), 'a quiet harbour')
    await userEvent.click(getByRole('button', { name: 'Sign in and link' }))
    expect(session.signIn).toHaveBeenCalledWith({
      login: 'mona',
      password: 'a quiet harbour',
      remember: true,
    })
    expect(identities.link).toHaveBeenCalledOnce()
  })

  it('links nothing when the password is wrong', async () => {
    session.signIn.mockImplementation(() => refuse('session.bad_credentials'))
    const { findByLabelText, getByRole } = await open({ known: true })
    await userEvent.type(await findByLabelText('Password'), 'a loud harbour')
    await userEvent.click(getByRole('button', { name: 'Sign in and link' }))
    expect(getByRole('alert').textContent).toContain('wrong')
    expect(identities.link).not.toHaveBeenCalled()
  })

  it('goes back to the sign-in page when it took too long', async () => {
    identities.look.mockImplementation(() => refuse('visit.gone'))
    const { router } = await show(NewHereView, { path: '/sign-in/new' })
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/sign-in'))
  })
})

describe('the settings', () => {
  const linked = {
    id: '1',
    provider: 'github',
    label: 'octocat',
    issuer: 'https://github.com',
    createdAt: 1,
    lastUsedAt: 1,
  }

  it('ask for the password, if there is one', async () => {
    identities.list.mockResolvedValue([])
    identities.beginLink.mockResolvedValue('https://id.example')
    for (const hasPassword of [true, false]) {
      session.account = { hasPassword }
      const view = await show(WaysSection)
      await userEvent.click(await view.findByRole('button', { name: 'Link Corp' }))
      if (hasPassword) await userEvent.type(view.getByLabelText('Current password'), 'secret words')
      else expect(view.queryByLabelText('Current password')).toBeNull()
      await userEvent.click(view.getByRole('button', { name: 'Continue with Corp' }))
      expect(identities.beginLink).toHaveBeenLastCalledWith('oidc', hasPassword ? 'secret words' : '')
      view.unmount()
    }
    expect(leaveFor).toHaveBeenCalledTimes(2)
  })

  it('unlink after asking', async () => {
    identities.list.mockResolvedValue([linked])
    const { findByRole, getAllByRole } = await show(WaysSection)
    await userEvent.click(await findByRole('button', { name: 'Unlink GitHub (octocat)' }))
    expect(identities.unlink).not.toHaveBeenCalled()
    await userEvent.click(getAllByRole('button', { name: 'Unlink' }).at(-1)!)
    expect(identities.unlink).toHaveBeenCalledWith('1')
  })
})

it('leaves the app for the web only', async () => {
  const { real } = (await import('@/platform/leave')) as unknown as { real: typeof leaveFor }
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'nowhere'])
    expect(() => real(address)).toThrow()
})
