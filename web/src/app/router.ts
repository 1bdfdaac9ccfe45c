// The addresses of the app. Pages are loaded when they are opened; those for people who are signed out pull in
// neither the socket nor the cache.
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { pages } from '@/features/account/places'
import { keepLanding, takeLanding } from '@/platform/landing'
import { readSetting } from '@/platform/settings'
import { accountKey, useSession } from '@/stores/session'
import { boot } from './boot'
import type * as console from './console'
import type * as rare from './seldom'
import type * as signedOut from './signed-out'
import type * as signedIn from './signed-in'

declare module 'vue-router' {
  interface RouteMeta {
    /** Open to everybody; `only` for people who are signed out. */
    open?: 'always' | 'only'
    /** On a phone this page covers the list and the tabs. */
    detail?: boolean
  }
}

const within = (name: keyof typeof signedIn) => () => import('./signed-in').then((views) => views[name])
const seldom = (name: keyof typeof rare) => () => import('./seldom').then((views) => views[name])
const looking = (name: keyof typeof console) => () => import('./console').then((views) => views[name])
const outside = (name: keyof typeof signedOut) => () => import('./signed-out').then((views) => views[name])

// Who was signed in here before most likely still is: what that needs is on its way while the server is asked.
// If it does not come, the view that needs it asks again.
if (readSetting(accountKey) !== null) import('./signed-in').catch(() => undefined)

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/setup', component: outside('SetUpView'), meta: { open: 'only' } },
    { path: '/sign-in', component: outside('SignInView'), meta: { open: 'only' } },
    { path: '/sign-in/new', component: outside('NewHereView'), meta: { open: 'only' } },
    {
      path: '/sign-in/:provider',
      component: outside('ProviderReturnView'),
      props: true,
      meta: { open: 'always' },
    },
    { path: '/sign-up', component: outside('SignUpView'), meta: { open: 'only' } },
    { path: '/activate', component: outside('ActivateView'), meta: { open: 'always' } },
    { path: '/confirm-email', component: outside('ConfirmEmailView'), meta: { open: 'always' } },
    { path: '/forgot', component: outside('ForgotView'), meta: { open: 'always' } },
    { path: '/reset', component: outside('ResetView'), meta: { open: 'always' } },
    {
      path: '/',
      component: within('ShellView'),
      redirect: '/chats',
      children: [
        {
          path: 'chats',
          component: within('ChatsView'),
          children: [
            { path: '', name: 'chats', component: within('NoConversation') },
            {
              path: ':id(\\d+)',
              name: 'chat',
              component: within('ConversationPane'),
              props: true,
              meta: { detail: true },
            },
            { path: '/join', name: 'join', component: within('JoinPane'), meta: { detail: true } },
            {
              path: '/group/:number(\\d+)',
              name: 'group',
              component: within('JoinPane'),
              props: true,
              meta: { detail: true },
            },
          ],
        },
        { path: 'robot', name: 'robot', component: within('RobotView') },
        {
          path: 'contacts',
          component: within('ContactsView'),
          children: [
            { path: '', name: 'contacts', component: within('NoContact') },
            {
              path: '/add/:username',
              name: 'add',
              component: seldom('AddPane'),
              props: true,
              meta: { detail: true },
            },
            {
              path: 'groups',
              name: 'groups',
              component: seldom('GroupsPane'),
              meta: { detail: true },
            },
            {
              path: 'requests',
              name: 'requests',
              component: seldom('RequestsPane'),
              meta: { detail: true },
            },
            {
              path: ':id(\\d+)',
              name: 'contact',
              component: within('ContactPane'),
              props: true,
              meta: { detail: true },
            },
          ],
        },
        {
          path: 'share',
          name: 'share',
          component: () => import('@/features/chats/ShareView.vue'),
          meta: { detail: true },
        },
        {
          path: 'me',
          component: seldom('MeView'),
          children: [
            // Where there is room beside the list, its first page.
            { path: '', name: 'me', component: seldom('MePage'), props: { page: 'profile' } },
            {
              path: `:page(${pages.join('|')})`,
              name: 'me-page',
              component: seldom('MePage'),
              props: true,
              meta: { detail: true },
            },
            {
              path: 'feedback',
              name: 'feedback',
              component: looking('FeedbackView'),
              meta: { detail: true },
            },
          ],
        },
        {
          path: 'console',
          component: looking('ConsoleView'),
          meta: { detail: true },
          children: [
            { path: '', name: 'console-overview', component: looking('OverviewPane') },
            { path: 'people', name: 'console-people', component: looking('PeoplePane') },
            { path: 'groups', name: 'console-groups', component: looking('GroupsPane') },
            { path: 'feedback', name: 'console-feedback', component: looking('FeedbackPane') },
            { path: 'sign-ins', name: 'console-sign-ins', component: looking('SignInsPane') },
            { path: 'log', name: 'console-log', component: looking('LogPane') },
          ],
        },
      ],
    },
    {
      path: '/:rest(.*)*',
      component: outside('NotFoundView'),
      meta: { open: 'always' },
    },
  ],
})

router.beforeEach(async (to) => {
  if (!(await boot())) return false
  return redirect(to)
})

function redirect(to: RouteLocationNormalized) {
  const session = useSession()
  const signedIn = session.state === 'signed-in'
  const open = to.meta.open
  if (open === 'always') return true
  if (signedIn) return open === 'only' ? (takeLanding() ?? '/chats') : true
  if (session.server?.setup && to.path !== '/setup') return '/setup'
  if (open === 'only') return true
  if (to.path !== '/chats') keepLanding(to.fullPath)
  return '/sign-in'
}
