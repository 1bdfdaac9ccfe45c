// Passkeys over HTTP: mine, and signing in with one.
import type { Http } from './http'
import type { ID, PasskeyMade, PasskeyUsed } from './types'

export function passkeyOperations(http: Http) {
  return {
    passkeyChallenge: () => http('post', '/api/v1/sessions/passkey-challenge'),
    signInPasskey: (used: PasskeyUsed, remember: boolean) =>
      http('post', '/api/v1/sessions/passkey', { body: { ...used, remember } }),
    passkeyFactorChallenge: (challenge: string) =>
      http('post', '/api/v1/sessions/factor/passkey-challenge', { body: { challenge } }),
    signInPasskeyFactor: (challenge: string, used: PasskeyUsed) =>
      http('post', '/api/v1/sessions/factor/passkey', { body: { ...used, challenge } }),
    passkeys: () => http('get', '/api/v1/account/passkeys'),
    beginPasskey: (password: string) =>
      http('post', '/api/v1/account/passkeys/challenge', { body: { password } }),
    addPasskey: (made: PasskeyMade) => http('post', '/api/v1/account/passkeys', { body: made }),
    renamePasskey: (id: ID, name: string) =>
      http('patch', '/api/v1/account/passkeys/{id}', { path: { id }, body: { name } }),
    removePasskey: (id: ID, password: string) =>
      http('post', '/api/v1/account/passkeys/{id}/removal', { path: { id }, body: { password } }),
  }
}
