// What differs between a browser and the Android app (android/), behind one interface. The app shows these same pages
// under the server's own address, so most things do not differ: signing in, the socket, files, the microphone.
import { android, type Shell } from './android'
import { browser } from './browser'
import type { Push } from './push'
import type { Shared } from './shared'

/** The system's notifications, where the app shows them and not the browser. */
export interface Notices {
  permission: () => NotificationPermission
  ask: () => Promise<NotificationPermission>
  /** A later one with the same tag takes the place of the one before. */
  show: (news: { title: string; body: string; tag: string; path: string }) => void
  hide: (tag: string) => void
  /** The tags of what is shown. */
  shown: () => string[]
  /** Opens where the system lets somebody allow what they refused; null: nothing does. */
  settings: (() => void) | null
}

export interface Platform {
  /** Whether this is the app, and not a browser. */
  readonly app: boolean
  /** The window around the page follows how the page looks. */
  appearance: (dark: boolean) => void
  /** Asks for another server; null where the address bar does. */
  readonly changeServer: (() => void) | null
  /** Gives what other apps share, now and later. A browser puts it aside through the service worker (shared.ts). */
  onShared: (take: (shared: Shared) => void) => void
  readonly notices: Notices | null
  readonly push: Push | null
  /** Told when somebody follows a notification or a link into the app. */
  onOpen: (open: (path: string) => void) => void
  /** The address that opens a page of this server in the app; null where there is no such app. */
  readonly inApp: ((path: string) => string) | null
}

declare global {
  interface Window {
    HappyChatShell?: Shell
  }
}

export const platform: Platform = window.HappyChatShell ? android(window.HappyChatShell) : browser()
