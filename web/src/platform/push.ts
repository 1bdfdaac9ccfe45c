// That this device is called when something is new while the app is closed.
import type { PushPlace } from './place'
import { platform } from './platform'

/** How it stands with that. */
export interface PushState {
  /** missing: the phone has no app that passes calls on; choose: it has several, and somebody has to say which */
  state: 'off' | 'missing' | 'choose' | 'waiting' | 'on' | 'failed'
  /**
   * Why it failed. network: whoever calls has no connection; action: it waits for something that a person does;
   * refused: the server does not call at this address; server: it could not be told; service: the push service of the
   * browser does not answer; internal: something else.
   */
  reason?: 'network' | 'action' | 'refused' | 'server' | 'service' | 'internal'
  /** What the app that passes calls on is called. */
  via?: string
  /** There is more than one that could. */
  several?: boolean
}

/** Tells the server where this browser is called; null: nowhere. The Android app tells it itself. */
export type TellPlace = (place: PushPlace | null) => Promise<void>

export interface Push {
  state: () => PushState
  /** Wants calls, which the server signs with this key. Harmless to repeat. */
  on: (publicKey: string, tell: TellPlace) => void
  /** Wants them no longer: somebody turned notifications off, or signed out. */
  off: (tell: TellPlace) => void
  /** Asks somebody who shall call. */
  choose: () => void
  /** `changed` is called when the state may be another. */
  follow: (changed: () => void) => void
}

/** Null where nobody can call. */
export const push: Push | null = platform.push
