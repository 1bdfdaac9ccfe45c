import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import { answers, heading, press, real } from '../steps.ts'

// The door: signing up, signing in, and what mailed links open.

/** For people who are signed out. */
export const outside: readonly Screen[] = [
  {
    name: 'start-failed',
    at: '/no/such/page',
    rewired: true,
    show: async (visit) => {
      await visit.page.route('**/api/v1/server', (route) => route.abort())
      await visit.page.goto('/sign-in')
      await expect(visit.page.getByRole('button', { name: visit.t('action.retry') })).toBeVisible()
    },
    after: ({ page }) => page.unrouteAll({ behavior: 'ignoreErrors' }),
  },
  { name: 'sign-in', at: '/sign-in', show: (visit) => heading(visit, 'signIn.title') },
  {
    name: 'sign-in-wrong',
    at: '/sign-in',
    show: async (visit) => {
      await press(visit, 'signIn.submit')
      await expect(visit.page.getByText(visit.t('field.required')).first()).toBeVisible()
    },
  },
  {
    name: 'not-activated',
    at: '/sign-in',
    show: async (visit) => {
      const { someone } = visit
      const { username, email, password, name, language } = someone
      await someone.call('POST', '/registrations', { username, email, password, name, language })
      await someone.field('signIn.login').fill(email)
      await someone.field('signIn.password').fill(password)
      await press(visit, 'signIn.submit')
      await heading(visit, 'signIn.notActivated')
    },
  },
  {
    name: 'sign-in-second-step',
    at: '/sign-in',
    rewired: true,
    before: answers(
      '/sessions',
      {
        ...{ status: 401, code: 'session.second_factor', title: '', detail: '' },
        secondFactor: { challenge: 'x', expiresAt: Date.now() + 300_000, methods: ['totp', 'recovery'] },
      },
      { status: 401, method: 'POST' },
    ),
    show: async (visit) => {
      await visit.someone.field('signIn.login').fill('nora')
      await visit.someone.field('signIn.password').fill(visit.someone.password)
      await press(visit, 'signIn.submit')
      await heading(visit, 'twoStep.title')
    },
    after: real,
  },
  {
    name: 'sign-in-provider-failed',
    at: '/sign-in/github?code=x&state=y',
    show: async (visit) => {
      await expect(visit.page.getByText(visit.t('problem.visit.gone'))).toBeVisible()
      await heading(visit, 'signIn.title')
    },
  },
  { name: 'sign-up', at: '/sign-up', show: (visit) => heading(visit, 'signUp.title') },
  {
    name: 'sign-up-wrong',
    at: '/sign-up',
    show: async (visit) => {
      await visit.someone.field('signUp.username').fill('1')
      await visit.someone.field('signUp.password').fill('short')
      await press(visit, 'signUp.submit')
      await expect(visit.page.locator('[aria-invalid=true]').first()).toBeVisible()
    },
  },
  {
    name: 'mail-sent',
    at: '/forgot',
    show: async (visit) => {
      await visit.page.getByRole('textbox').first().fill('somebody@example.com')
      await visit.page.locator('button[type=submit]').click()
      await expect(visit.page.getByText('somebody@example.com').first()).toBeVisible()
    },
  },
  { name: 'forgot', at: '/forgot', show: (visit) => heading(visit, 'forgot.title') },
  {
    name: 'activate',
    at: '/activate#something',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  {
    name: 'activate-incomplete',
    at: '/activate',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  {
    name: 'reset',
    at: '/reset#something',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  {
    name: 'confirm-email-bad',
    at: '/confirm-email#something',
    show: ({ page }) => expect(page.getByRole('heading').first()).toBeVisible(),
  },
  { name: 'page-not-found', at: '/no/such/page', show: (visit) => heading(visit, 'page.notFound') },
]

/** On a server that has just begun. */
export const beginning: readonly Screen[] = [
  { name: 'set-up-without-link', at: '/', show: (visit) => heading(visit, 'setUp.noTokenTitle') },
]
