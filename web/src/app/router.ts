// The addresses of the app. Pages are loaded when they are opened; those for people who are signed out pull in
// neither the socket nor the cache.
import { createRouter, createWebHistory, type RouteLocationNormalized } from 'vue-router'
import { useSession } from '@/stores/session'
import { boot } from './boot'

declare module 'vue-router' {
  interface RouteMeta {
    /** Open to everybody; `only` for people who are signed out. */
    open?: 'always' | 'only'
    /** On a phone this page covers the list and the tabs. */
    detail?: boolean
  }
}

const account = {
  setUp: () => import('@/features/account/SetUpView.vue'),
  signIn: () => import('@/features/account/SignInView.vue'),
  signUp: () => import('@/features/account/SignUpView.vue'),
  activate: () => import('@/features/account/ActivateView.vue'),
  forgot: () => import('@/features/account/ForgotView.vue'),
  reset: () => import('@/features/account/ResetView.vue'),
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/setup', component: account.setUp, meta: { open: 'only' } },
    { path: '/sign-in', component: account.signIn, meta: { open: 'only' } },
    { path: '/sign-up', component: account.signUp, meta: { open: 'only' } },
    { path: '/activate', component: account.activate, meta: { open: 'always' } },
    { path: '/forgot', component: account.forgot, meta: { open: 'always' } },
    { path: '/reset', component: account.reset, meta: { open: 'always' } },
    {
      path: '/',
      component: () => import('@/features/shell/ShellView.vue'),
      redirect: '/chats',
      children: [
        {
          path: 'chats',
          component: () => import('@/features/chats/ChatsView.vue'),
          children: [
            { path: '', name: 'chats', component: () => import('@/features/chats/NoConversation.vue') },
            {
              path: ':id(\\d+)',
              name: 'chat',
              component: () => import('@/features/chats/ConversationPane.vue'),
              props: true,
              meta: { detail: true },
            },
          ],
        },
        {
          path: 'contacts',
          component: () => import('@/features/contacts/ContactsView.vue'),
          children: [
            { path: '', name: 'contacts', component: () => import('@/features/contacts/NoContact.vue') },
            {
              path: 'requests',
              name: 'requests',
              component: () => import('@/features/contacts/RequestsPane.vue'),
              meta: { detail: true },
            },
            {
              path: ':id(\\d+)',
              name: 'contact',
              component: () => import('@/features/contacts/ContactPane.vue'),
              props: true,
              meta: { detail: true },
            },
          ],
        },
        { path: 'me', name: 'me', component: () => import('@/features/account/MeView.vue') },
      ],
    },
    {
      path: '/:rest(.*)*',
      component: () => import('@/features/shell/NotFoundView.vue'),
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
  if (signedIn) return open === 'only' ? inside(to.query['next']) : true
  if (session.server?.setup && to.path !== '/setup') return '/setup'
  if (open === 'only') return true
  return { path: '/sign-in', query: to.path === '/chats' ? {} : { next: to.fullPath } }
}

/** Only a path of our own: an address elsewhere in the query must lead nowhere. */
function inside(next: unknown): string {
  if (typeof next !== 'string' || !next.startsWith('/')) return '/chats'
  const resolved = new URL(next, location.origin)
  return resolved.origin === location.origin ? resolved.pathname + resolved.search : '/chats'
}
