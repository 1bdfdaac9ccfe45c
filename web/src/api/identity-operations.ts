// Signing in with others, over HTTP.
import type { Http } from './http'
import type { Arrival, ID, VisitSignUp } from './types'

export function identityOperations(http: Http) {
  return {
    beginVisit: async (provider: string, remember: boolean) =>
      (await http('post', '/api/v1/visits', { body: { provider, remember } })).address,
    finishVisit: (body: Arrival) => http('post', '/api/v1/visits/current/arrival', { body }),
    visit: () => http('get', '/api/v1/visits/current'),
    endVisit: () => http('delete', '/api/v1/visits/current'),
    signUpVisit: (body: VisitSignUp) => http('post', '/api/v1/visits/current/account', { body }),
    linkVisit: () => http('post', '/api/v1/visits/current/link', { body: {} }),
    identities: async () => (await http('get', '/api/v1/account/identities')).identities,
    beginLink: async (provider: string, password: string) =>
      (
        await http('post', '/api/v1/account/identities', {
          body: { provider, ...(password ? { password } : {}) },
        })
      ).address,
    unlink: (id: ID) => http('delete', '/api/v1/account/identities/{id}', { path: { id } }),
  }
}
