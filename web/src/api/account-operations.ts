// What somebody does about their own account over HTTP, besides signing in, and what they see of others'.
import type { Http } from './http'
import type { ID } from './types'

export function accountOperations(http: Http) {
  return {
    profile: (id: ID) => http('get', '/api/v1/accounts/{id}', { path: { id } }),
    emailChange: () => http('get', '/api/v1/account/email-change'),
    requestEmailChange: (email: string, password: string) =>
      http('post', '/api/v1/account/email-change', { body: { email, password } }),
    cancelEmailChange: () => http('delete', '/api/v1/account/email-change'),
    confirmEmail: (token: string) => http('post', '/api/v1/email-confirmations', { body: { token } }),
    deleteAccount: (password: string) => http('post', '/api/v1/account/deletion', { body: { password } }),
  }
}
