// What somebody does about their own account over HTTP, besides signing in, and what they see of others'.
import type { Http } from './http'
import type { ID } from './types'

export function accountOperations(http: Http) {
  return {
    profile: (id: ID) => http('get', '/api/v1/accounts/{id}', { path: { id } }),
    signInFactor: (challenge: string, code: string) =>
      http('post', '/api/v1/sessions/factor', { body: { challenge, code } }),
    factors: () => http('get', '/api/v1/account/factors'),
    beginTotp: (password: string) => http('post', '/api/v1/account/totp', { body: { password } }),
    confirmTotp: async (code: string) =>
      (await http('post', '/api/v1/account/totp/confirmation', { body: { code } })).recoveryCodes,
    removeTotp: (password: string) => http('post', '/api/v1/account/totp/removal', { body: { password } }),
    newRecoveryCodes: async (password: string) =>
      (await http('post', '/api/v1/account/recovery-codes', { body: { password } })).recoveryCodes,
    emailChange: () => http('get', '/api/v1/account/email-change'),
    requestEmailChange: (email: string, password: string) =>
      http('post', '/api/v1/account/email-change', { body: { email, password } }),
    cancelEmailChange: () => http('delete', '/api/v1/account/email-change'),
    confirmEmail: (token: string) => http('post', '/api/v1/email-confirmations', { body: { token } }),
    deleteAccount: (password: string) => http('post', '/api/v1/account/deletion', { body: { password } }),
  }
}
