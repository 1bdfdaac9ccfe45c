import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import { ProblemError } from '@/stores/problem'
import { limits } from '@/i18n/limits'
import { keepLanding } from '@/platform/landing'
import { show } from '@/testing/render'
import ActivateView from './ActivateView.vue'
import ForgotView from './ForgotView.vue'
import ResetView from './ResetView.vue'
import SetUpView from './SetUpView.vue'
import SignInView from './SignInView.vue'
import SignUpView from './SignUpView.vue'

// The store stands in for the server: what is tested is what people see of its answers.
const session = reactive({
  state: 'signed-out',
  account: null,
  server: { registration: 'open', mail: 'smtp', setup: false } as Record<string, unknown>,
  ended: null as string | null,
  signIn: vi.fn(),
  signUp: vi.fn(),
  setUp: vi.fn(),
  activate: vi.fn(),
  resendActivation: vi.fn(),
  requestReset: vi.fn(),
  confirmReset: vi.fn(),
})
vi.mock('@/stores/session', () => ({ useSession: () => session }))

const refuse = (code: string, more = {}) =>
  Promise.reject(new ProblemError({ title: '', code, detail: '', status: 400, ...more }))

beforeEach(() => {
  for (const value of Object.values(session)) if (vi.isMockFunction(value)) value.mockReset()
  session.ended = null
  localStorage.clear()
  limits.value = { username: 32, usernameMin: 2, password: 200, passwordMin: 8, name: 50 }
  session.server = { registration: 'open', mail: 'smtp', setup: false }
})

async function fillIn(view: Awaited<ReturnType<typeof show>>) {
  await userEvent.type(view.getByLabelText('User name'), ' anna ')
  await userEvent.type(view.getByLabelText('E-mail address'), 'anna@example.org')
  await userEvent.type(view.getByLabelText('Password'), 'a quiet harbour')
}

describe('signing in', () => {
  async function signIn() {
    const view = await show(SignInView, { path: '/sign-in' })
    await userEvent.type(view.getByLabelText('User name or e-mail address'), 'anna@example.org')
    await userEvent.type(view.getByLabelText('Password'), 'secret words')
    await userEvent.click(view.getByRole('button', { name: 'Sign in' }))
    return view
  }

  it('passes on what was typed', async () => {
    await signIn()
    expect(session.signIn).toHaveBeenCalledExactlyOnceWith({
      login: 'anna@example.org',
      password: 'secret words',
      remember: true,
    })
  })

  it('says in words that name or password is wrong', async () => {
    session.signIn.mockImplementation(() => refuse('session.bad_credentials'))
    const { getByRole } = await signIn()
    expect(getByRole('alert').textContent).toContain('User name or password is wrong.')
  })

  it('asks nothing of the server while a field is empty, and goes to it', async () => {
    const { getByRole, getByLabelText } = await show(SignInView, { path: '/sign-in' })
    await userEvent.click(getByRole('button', { name: 'Sign in' }))
    expect(session.signIn).not.toHaveBeenCalled()
    expect(document.activeElement).toBe(getByLabelText('User name or e-mail address'))
  })

  it('offers to send the mail again when the account is not active yet', async () => {
    session.signIn.mockImplementation(() => refuse('account.not_activated'))
    session.resendActivation.mockResolvedValue('smtp')
    const { getByRole, findByRole } = await signIn()
    expect(getByRole('heading', { name: 'This account is not activated yet' })).toBeTruthy()
    await userEvent.click(getByRole('button', { name: 'Send the mail again' }))
    expect(session.resendActivation).toHaveBeenCalledWith('anna@example.org')
    expect(await findByRole('heading', { name: 'Look into your mail' })).toBeTruthy()
  })

  it('says why one was signed out', async () => {
    session.ended = 'revoked'
    const { getByText } = await show(SignInView, { path: '/sign-in' })
    expect(getByText('This device was signed out from another one.')).toBeTruthy()
  })

  it('says how long to wait', async () => {
    session.signIn.mockImplementation(() => refuse('request.limited', { status: 429, retryAfter: 30 }))
    const { getByRole } = await signIn()
    expect(getByRole('alert').textContent).toContain('Please wait 30 seconds.')
  })
})

describe('signing up', () => {
  it('sends what was typed, and says where the mail went', async () => {
    session.signUp.mockResolvedValue('smtp')
    const view = await show(SignUpView)
    await fillIn(view)
    await userEvent.click(view.getByRole('button', { name: 'Create account' }))
    expect(session.signUp).toHaveBeenCalledExactlyOnceWith({
      username: 'anna',
      email: 'anna@example.org',
      password: 'a quiet harbour',
      language: 'en',
    })
    expect(view.getByText(/on its way to anna@example.org/)).toBeTruthy()
  })

  it('tells the truth about a server that sends no mail, before and after', async () => {
    session.server['mail'] = 'outbox'
    session.signUp.mockResolvedValue('outbox')
    const view = await show(SignUpView)
    expect(view.getByText(/written to its outbox folder/)).toBeTruthy()
    await fillIn(view)
    await userEvent.click(view.getByRole('button', { name: 'Create account' }))
    expect(view.getByRole('heading', { name: 'One more step' })).toBeTruthy()
    expect(view.getByText(/was written to its outbox folder/)).toBeTruthy()
  })

  it.each([
    ['a', 'anna@example.org', 'a quiet harbour', 'User name'],
    ['9lives', 'anna@example.org', 'a quiet harbour', 'User name'],
    ['anna', 'anna.example.org', 'a quiet harbour', 'E-mail address'],
    ['anna', 'anna@example.org', 'short', 'Password'],
  ])('stops at %s, %s, %s', async (username, email, password, field) => {
    const view = await show(SignUpView)
    await userEvent.type(view.getByLabelText('User name'), username)
    await userEvent.type(view.getByLabelText('E-mail address'), email)
    await userEvent.type(view.getByLabelText('Password'), password)
    await userEvent.click(view.getByRole('button', { name: 'Create account' }))
    expect(session.signUp).not.toHaveBeenCalled()
    expect(view.getByLabelText(field).getAttribute('aria-invalid')).toBe('true')
    expect(document.activeElement).toBe(view.getByLabelText(field))
  })

  it('takes Chinese user names', async () => {
    session.signUp.mockResolvedValue('smtp')
    const view = await show(SignUpView, { language: 'zh-CN' })
    await userEvent.type(view.getByLabelText('用户名'), '王小明')
    await userEvent.type(view.getByLabelText('邮箱'), 'ming@example.org')
    await userEvent.type(view.getByLabelText('密码'), '一句很长的短句吧')
    await userEvent.click(view.getByRole('button', { name: '注册' }))
    expect(session.signUp).toHaveBeenCalledOnce()
  })

  it('puts the server’s objections beside their fields', async () => {
    session.signUp.mockImplementation(() => refuse('password.common'))
    const view = await show(SignUpView)
    await fillIn(view)
    await userEvent.click(view.getByRole('button', { name: 'Create account' }))
    expect(view.getByLabelText('Password').getAttribute('aria-invalid')).toBe('true')
    expect(view.getByText('Too many people use this password. Please choose another one.')).toBeTruthy()
  })

  it('is closed where the server takes nobody', async () => {
    session.server['registration'] = 'closed'
    const view = await show(SignUpView)
    expect(view.getByRole('heading', { name: 'This server takes no new accounts' })).toBeTruthy()
    expect(view.queryByRole('button', { name: 'Create account' })).toBeNull()
  })
})

describe('the link in the activation mail', () => {
  const open = async (path: string) => {
    const view = await show(ActivateView, { path })
    const go = async (password: string) => {
      await userEvent.type(view.getByLabelText('Password'), password)
      await userEvent.click(view.getByRole('button', { name: 'Activate and start' }))
    }
    return { ...view, go }
  }

  it('works with the password, and leaves no token in the address', async () => {
    session.activate.mockResolvedValue(undefined)
    history.replaceState(null, '', '/activate#secret')
    const { router, go } = await open('/activate#secret')
    expect(location.hash).toBe('')
    expect(session.activate).not.toHaveBeenCalled()
    await go('a quiet harbour')
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/chats'))
    expect(session.activate).toHaveBeenCalledExactlyOnceWith({ token: 'secret', password: 'a quiet harbour' })
  })

  it('goes on to where somebody was going when they signed up', async () => {
    keepLanding('/contacts/requests')
    session.activate.mockResolvedValue(undefined)
    const { router, go } = await open('/activate#secret')
    await go('a quiet harbour')
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/contacts/requests'))
  })

  it('says so when the password is not the one of the sign-up', async () => {
    session.activate.mockImplementation(() => refuse('registration.wrong_password'))
    const { go, getByLabelText, getByText } = await open('/activate#secret')
    await go('a stranger’s')
    expect(getByLabelText('Password').getAttribute('aria-invalid')).toBe('true')
    expect(getByText('This is not the password that was chosen when signing up.')).toBeTruthy()
  })

  it('asks for another user name when it was taken meanwhile', async () => {
    session.activate.mockImplementation(({ username }: { username?: string }) =>
      username === 'anna2' ? Promise.resolve() : refuse('registration.username_taken'),
    )
    const { router, go, findByRole, getByLabelText, getByRole, findByText } = await open('/activate#secret')
    await go('a quiet harbour')
    expect(await findByRole('heading', { name: 'This user name was taken meanwhile' })).toBeTruthy()
    await userEvent.type(getByLabelText('User name'), 'anna1')
    await userEvent.click(getByRole('button', { name: 'Go on' }))
    expect(await findByText('This user name is taken. Please choose another one.')).toBeTruthy()
    await userEvent.clear(getByLabelText('User name'))
    await userEvent.type(getByLabelText('User name'), 'anna2')
    await userEvent.click(getByRole('button', { name: 'Go on' }))
    expect(session.activate).toHaveBeenLastCalledWith({
      token: 'secret',
      password: 'a quiet harbour',
      username: 'anna2',
    })
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/chats'))
  })

  it('can be sent again when it no longer works', async () => {
    session.activate.mockImplementation(() => refuse('token.invalid'))
    session.resendActivation.mockResolvedValue('smtp')
    const { go, findByRole, getByLabelText, getByRole } = await open('/activate#old')
    await go('a quiet harbour')
    expect(await findByRole('heading', { name: 'This link no longer works' })).toBeTruthy()
    await userEvent.type(getByLabelText('E-mail address'), 'anna@example.org')
    await userEvent.click(getByRole('button', { name: 'Send the mail again' }))
    expect(session.resendActivation).toHaveBeenCalledWith('anna@example.org')
  })

  it('can be tried again when the server was not reached', async () => {
    session.activate
      .mockImplementationOnce(() => refuse('network', { status: 0 }))
      .mockResolvedValueOnce(undefined)
    const { go, getByRole, router } = await open('/activate#secret')
    await go('a quiet harbour')
    await userEvent.click(getByRole('button', { name: 'Activate and start' }))
    await vi.waitFor(() => expect(router.currentRoute.value.path).toBe('/chats'))
  })

  it('that was cut off asks for the whole of it', async () => {
    const { getByRole } = await show(ActivateView, { path: '/activate' })
    expect(getByRole('heading', { name: 'This link is incomplete' })).toBeTruthy()
    expect(session.activate).not.toHaveBeenCalled()
  })
})

describe('a forgotten password', () => {
  it('is answered the same for every address', async () => {
    session.requestReset.mockResolvedValue('smtp')
    const view = await show(ForgotView)
    await userEvent.type(view.getByLabelText('E-mail address'), 'nobody@example.org')
    await userEvent.click(view.getByRole('button', { name: 'Send the link' }))
    expect(view.getByText(/If nobody@example.org belongs to an account/)).toBeTruthy()
  })

  it('is set anew with the link, and one signs in with it', async () => {
    session.confirmReset.mockResolvedValue(undefined)
    const view = await show(ResetView, { path: '/reset#secret' })
    await userEvent.type(view.getByLabelText('New password'), 'a new harbour')
    await userEvent.click(view.getByRole('button', { name: 'Set password' }))
    expect(session.confirmReset).toHaveBeenCalledExactlyOnceWith({
      token: 'secret',
      password: 'a new harbour',
    })
    await vi.waitFor(() => expect(view.router.currentRoute.value.fullPath).toBe('/sign-in?reset=done'))
  })

  it('needs a new link when the old one was used', async () => {
    session.confirmReset.mockImplementation(() => refuse('token.invalid'))
    const view = await show(ResetView, { path: '/reset#old' })
    await userEvent.type(view.getByLabelText('New password'), 'a new harbour')
    await userEvent.click(view.getByRole('button', { name: 'Set password' }))
    expect(view.getByRole('link', { name: 'Ask for a new link' }).getAttribute('href')).toBe('/forgot')
  })
})

describe('the first start', () => {
  it('makes the owner with the token of the link', async () => {
    session.server['setup'] = true
    session.setUp.mockResolvedValue(undefined)
    const view = await show(SetUpView, { path: '/setup#once' })
    await fillIn(view)
    await userEvent.click(view.getByRole('button', { name: 'Make it mine' }))
    expect(session.setUp.mock.calls[0]?.[0]).toMatchObject({ token: 'once', username: 'anna' })
  })

  it('without the link says where to find it', async () => {
    session.server['setup'] = true
    const view = await show(SetUpView, { path: '/setup' })
    expect(view.getByText(/printed when the server was started/)).toBeTruthy()
  })

  it('happens once', async () => {
    const view = await show(SetUpView, { path: '/setup#once' })
    expect(view.getByRole('heading', { name: 'This server has an owner already' })).toBeTruthy()
  })
})
