// The page's side of the Android app. Its other side is android/app/src/main/java/io/github/happychat/Bridge.java.
import type { Platform } from './platform'
import type { PushState } from './push'
import type { Shared } from './shared'

/** What the app offers. It answers only pages of its server; all that comes back is JSON or null. */
export interface Shell {
  start: () => string | null
  shared: () => string | null
  sharedTaken: () => void
  appearance: (dark: boolean, background: string) => void
  changeServer: () => void
  permission: () => string | null
  askPermission: () => void
  show: (title: string, body: string, tag: string, path: string) => void
  hide: (tag: string) => void
  // An app that was not updated yet has none of these.
  settings?: () => void
  shown?: () => string | null
  push?: () => string | null
  pushOn?: (publicKey: string) => void
  pushOff?: () => void
  pushChoose?: () => void
}

/** What the app calls. */
interface Page {
  /** The phone's way back: whether the page had something to close. */
  back: () => boolean
  told: (what: 'insets' | 'shared' | 'permission' | 'push') => void
  /** Whether the page goes there itself. */
  open: (path: string) => boolean
}

declare global {
  interface Window {
    happychat?: Page
  }
}

interface Told {
  text: string
  files: { url: string; name: string; type: string }[]
}

export function android(shell: Shell): Platform {
  let take: ((shared: Shared) => void) | null = null
  let go: ((path: string) => void) | null = null
  let answered: (() => void) | null = null
  let pushChanged: (() => void) | null = null
  keepClear()
  window.happychat = {
    back,
    told: (what) => {
      if (what === 'insets') keepClear()
      else if (what === 'shared') void hand()
      else if (what === 'push') pushChanged?.()
      else answered?.()
    },
    open: (path) => {
      go?.(path)
      return go !== null
    },
  }

  /** The parts of the window that the system draws over (styles/tokens.css). */
  function keepClear() {
    const { top, bottom } = JSON.parse(shell.start() ?? '{"top":0,"bottom":0}') as {
      top: number
      bottom: number
    }
    document.documentElement.style.setProperty('--safe-top', `${top}px`)
    document.documentElement.style.setProperty('--safe-bottom', `${bottom}px`)
  }

  async function hand() {
    const told = take ? shell.shared() : null
    if (told === null) return
    const { text, files } = JSON.parse(told) as Told
    const read = await Promise.all(files.map(fetchFile))
    // Only now: whoever reads it twice has it twice, whoever forgets it first may lose it.
    shell.sharedTaken()
    take?.({ text, files: read.filter((file) => file !== null) })
  }

  const permission = () => (shell.permission() ?? 'denied') as NotificationPermission

  return {
    app: true,
    appearance: (dark) => shell.appearance(dark, background()),
    changeServer: () => shell.changeServer(),
    onShared(next) {
      take = next
      void hand()
    },
    notices: {
      permission,
      ask: () =>
        new Promise((resolve) => {
          answered = () => resolve(permission())
          shell.askPermission()
        }),
      show: ({ title, body, tag, path }) => shell.show(title, body, tag, path),
      hide: (tag) => shell.hide(tag),
      shown: () => JSON.parse(shell.shown?.() ?? '[]') as string[],
      settings: shell.settings ? () => shell.settings?.() : null,
    },
    push: shell.push
      ? {
          state: () => JSON.parse(shell.push?.() ?? '{"state":"off"}') as PushState,
          on: (publicKey) => shell.pushOn?.(publicKey),
          off: () => shell.pushOff?.(),
          choose: () => shell.pushChoose?.(),
          follow: (changed) => (pushChanged = changed),
        }
      : null,
    onOpen: (next) => (go = next),
    inApp: null,
  }
}

/** Null when the other app has taken it back. */
async function fetchFile({ url, name, type }: Told['files'][number]): Promise<File | null> {
  try {
    const response = await fetch(url, { cache: 'no-store' })
    return response.ok ? new File([await response.blob()], name, { type }) : null
  } catch {
    return null
  }
}

/** Closes what lies above the page, as Esc does. */
function back(): boolean {
  const dialog = [...document.querySelectorAll<HTMLDialogElement>('dialog[open]')].at(-1)
  if (dialog) {
    dialog.dispatchEvent(new Event('cancel', { cancelable: true }))
    return true
  }
  const over = [...document.querySelectorAll('.pswp--open, .over-page')].at(-1)
  over?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }))
  return over !== undefined
}

/** The colour of the page, as the app takes it: whatever way of writing it the style uses, a canvas reads it. */
function background(): string {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  const context = canvas.getContext('2d')
  if (!context) return '#000000'
  context.fillStyle = getComputedStyle(document.documentElement).backgroundColor
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`
}
