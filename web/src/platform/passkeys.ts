// What the browser does about passkeys (WebAuthn): whether it has them, making one, using one. What crosses the
// network is base64url; what the browser takes and gives are bytes.

export interface Party {
  id: string
  origin: string
}

interface Named {
  type: 'public-key'
  id: string
  transports?: string[]
}

/** PublicKeyCredentialCreationOptionsJSON, as far as the server fills it in. */
export interface Creation {
  rp: { id: string; name: string }
  user: { id: string; name: string; displayName: string }
  challenge: string
  pubKeyCredParams: { type: 'public-key'; alg: number }[]
  timeout: number
  excludeCredentials: Named[]
  authenticatorSelection: {
    residentKey: ResidentKeyRequirement
    requireResidentKey: boolean
    userVerification: UserVerificationRequirement
  }
  attestation: AttestationConveyancePreference
}

/** PublicKeyCredentialRequestOptionsJSON, as far as the server fills it in. */
export interface Request {
  challenge: string
  timeout: number
  rpId: string
  allowCredentials: Named[]
  userVerification: UserVerificationRequirement
}

export interface Made {
  credentialId: string
  clientDataJSON: string
  attestationObject: string
  transports: string[]
}

export interface Used {
  credentialId: string
  clientDataJSON: string
  authenticatorData: string
  signature: string
  userHandle?: string
}

/** Why there are no passkeys on this page, or that there are. */
export type Availability =
  | 'here'
  /** The server has no address that browsers make passkeys for. */
  | 'no-https'
  /** The page was opened at another address than the server's own. */
  | 'elsewhere'
  | 'no-browser'

export function availability(party: Party | undefined): Availability {
  if (!party) return 'no-https'
  if (location.origin !== party.origin) return 'elsewhere'
  return typeof PublicKeyCredential === 'function' && 'credentials' in navigator ? 'here' : 'no-browser'
}

/** Whether the browser offers passkeys in the field of the user name. */
export async function canAutofill(): Promise<boolean> {
  try {
    return (await PublicKeyCredential.isConditionalMediationAvailable?.()) === true
  } catch {
    return false
  }
}

/** Why the browser gave no passkey: codes of problems, for the words. */
export type Refusal = 'passkey.given_up' | 'passkey.have_one' | 'passkey.unsupported' | 'passkey.failed'

export function refusalOf(error: unknown): Refusal {
  switch (error instanceof DOMException ? error.name : '') {
    // Given up, too slow, or none there: browsers do not tell which.
    case 'NotAllowedError':
    case 'AbortError':
      return 'passkey.given_up'
    case 'InvalidStateError':
      return 'passkey.have_one'
    case 'NotSupportedError':
    case 'ConstraintError':
      return 'passkey.unsupported'
    default:
      return 'passkey.failed'
  }
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(plain, (c) => c.charCodeAt(0))
}

function text(buffer: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join('')
  return btoa(plain).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

const descriptor = ({ type, id, transports }: Named): PublicKeyCredentialDescriptor => ({
  type,
  id: bytes(id),
  ...(transports ? { transports: transports as AuthenticatorTransport[] } : {}),
})

export async function make(creation: Creation): Promise<Made> {
  const credential = (await navigator.credentials.create({
    publicKey: {
      ...creation,
      challenge: bytes(creation.challenge),
      user: { ...creation.user, id: bytes(creation.user.id) },
      excludeCredentials: creation.excludeCredentials.map(descriptor),
    },
  })) as PublicKeyCredential | null
  if (!credential) throw new DOMException('', 'NotAllowedError')
  const response = credential.response as AuthenticatorAttestationResponse
  return {
    credentialId: credential.id,
    clientDataJSON: text(response.clientDataJSON),
    attestationObject: text(response.attestationObject),
    // Not in every browser.
    transports: (response.getTransports as (() => string[]) | undefined)?.call(response) ?? [],
  }
}

/** `quiet` waits until somebody chooses a passkey in the field of the user name. */
export async function use(
  request: Request,
  { quiet = false, signal }: { quiet?: boolean; signal?: AbortSignal } = {},
): Promise<Used> {
  const credential = (await navigator.credentials.get({
    ...(quiet ? { mediation: 'conditional' as const } : {}),
    ...(signal ? { signal } : {}),
    publicKey: {
      ...request,
      challenge: bytes(request.challenge),
      allowCredentials: request.allowCredentials.map(descriptor),
    },
  })) as PublicKeyCredential | null
  if (!credential) throw new DOMException('', 'NotAllowedError')
  const response = credential.response as AuthenticatorAssertionResponse
  return {
    credentialId: credential.id,
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    ...(response.userHandle ? { userHandle: text(response.userHandle) } : {}),
  }
}

interface Signals {
  signalAllAcceptedCredentials?: (list: {
    rpId: string
    userId: string
    allAcceptedCredentialIds: string[]
  }) => Promise<void>
}

/** Tells the password manager which passkeys there are, so that it offers no removed one. */
export function tellAccepted(party: Party, userHandle: string, credentialIds: string[]) {
  const { signalAllAcceptedCredentials: tell } = PublicKeyCredential as unknown as Signals
  // It is a courtesy: where it does not work, nothing is lost.
  tell
    ?.call(PublicKeyCredential, {
      rpId: party.id,
      userId: userHandle,
      allAcceptedCredentialIds: credentialIds,
    })
    .catch(() => undefined)
}
