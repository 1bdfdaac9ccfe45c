// What somebody does about their own account over HTTP, besides signing in, and what they see of others'.
import type { Http } from './http'
import type { ID } from './types'

interface Uploaded {
  attachment?: { id: string }
}

export function accountOperations(http: Http) {
  // Bytes have no place among the typed bodies.
  const send = http as unknown as (
    method: 'patch',
    path: string,
    input: { path: { id: string }; body: Blob; headers: Record<string, string> },
  ) => Promise<Uploaded>
  return {
    profile: (id: ID) => http('get', '/api/v1/accounts/{id}', { path: { id } }),
    /** A small picture, in one piece; gives the attachment. */
    uploadPicture: async (picture: Blob, name: string): Promise<string> => {
      const { id } = await http('post', '/api/v1/uploads', { body: { name, size: picture.size } })
      const { attachment } = await send('patch', '/api/v1/uploads/{id}', {
        path: { id },
        body: picture,
        headers: { 'Upload-Offset': '0' },
      })
      return attachment?.id ?? ''
    },
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
