import { afterEach, describe, expect, it, vi } from 'vitest'
import { availability, make, refusalOf, use } from './passkeys'

afterEach(() => vi.unstubAllGlobals())

const here = { id: location.hostname, origin: location.origin }

describe('whether there are passkeys', () => {
  it('depends on the server, the address and the browser', () => {
    vi.stubGlobal('PublicKeyCredential', undefined)
    expect(availability(undefined)).toBe('no-https')
    expect(availability({ id: 'other.example', origin: 'https://other.example' })).toBe('elsewhere')
    expect(availability(here)).toBe('no-browser')
    vi.stubGlobal('PublicKeyCredential', vi.fn())
    vi.stubGlobal('navigator', { credentials: {} })
    expect(availability(here)).toBe('here')
  })

  it.each([
    ['NotAllowedError', 'passkey.given_up'],
    ['AbortError', 'passkey.given_up'],
    ['InvalidStateError', 'passkey.have_one'],
    ['NotSupportedError', 'passkey.unsupported'],
    ['ConstraintError', 'passkey.unsupported'],
    ['SecurityError', 'passkey.failed'],
  ])('%s of the browser is %s', (name, code) => {
    expect(refusalOf(new DOMException('', name))).toBe(code)
  })
})

const bytes = (...list: number[]) => Uint8Array.from(list).buffer

describe('what the browser takes and gives', () => {
  it('is bytes when one is made', async () => {
    const create = vi.fn().mockResolvedValue({
      id: '-_8',
      response: {
        clientDataJSON: bytes(251, 255, 1),
        attestationObject: bytes(0),
        getTransports: () => ['usb'],
      },
    })
    vi.stubGlobal('navigator', { credentials: { create } })
    const made = await make({
      rp: { id: 'x', name: 'X' },
      user: { id: '_-8', name: 'ann', displayName: 'Ann' },
      challenge: '-_8B',
      pubKeyCredParams: [],
      timeout: 1,
      excludeCredentials: [{ type: 'public-key', id: 'AQ' }],
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
    })
    expect(made).toEqual({
      credentialId: '-_8',
      clientDataJSON: '-_8B',
      attestationObject: 'AA',
      transports: ['usb'],
    })
    const { publicKey } = create.mock.calls[0]?.[0] as CredentialCreationOptions
    expect([...(publicKey?.challenge as Uint8Array)]).toEqual([251, 255, 1])
    expect([...(publicKey?.user.id as Uint8Array)]).toEqual([255, 239])
    expect([...(publicKey?.excludeCredentials?.[0]?.id as Uint8Array)]).toEqual([1])
  })

  it('is bytes when one is used; nothing is as good as given up', async () => {
    const request = {
      challenge: 'AQ',
      timeout: 1,
      rpId: 'x',
      allowCredentials: [],
      userVerification: 'required',
    } as const
    const get = vi.fn().mockResolvedValue({
      id: 'AQ',
      response: {
        clientDataJSON: bytes(1),
        authenticatorData: bytes(2),
        signature: bytes(3),
        userHandle: null,
      },
    })
    vi.stubGlobal('navigator', { credentials: { get } })
    const { signal } = new AbortController()
    expect(await use({ ...request, allowCredentials: [] }, { quiet: true, signal })).toEqual({
      credentialId: 'AQ',
      clientDataJSON: 'AQ',
      authenticatorData: 'Ag',
      signature: 'Aw',
    })
    expect(get.mock.calls[0]?.[0]).toMatchObject({ mediation: 'conditional', signal })
    get.mockResolvedValue(null)
    const refused: unknown = await use({ ...request, allowCredentials: [] }).catch((error: unknown) => error)
    expect(refusalOf(refused)).toBe('passkey.given_up')
  })
})
