// Every key that does something, in one list: it is what the app listens to, and what the sheet shows.

export type Everywhere = 'find' | 'keys' | 'previous' | 'next' | 'details' | 'settings'
export type Elsewhere =
  'send' | 'newLine' | 'mention' | 'emoji' | 'toMessages' | 'walk' | 'actions' | 'back' | 'resize'

export interface Shortcut<Id extends string = string> {
  id: Id
  /** One or more ways, such as Mod+K; Mod is Ctrl, and on Apple's computers ⌘. */
  keys: readonly string[]
}

/** Heard wherever one is, also while one writes. A sign alone is heard only while one does not. */
export const everywhere: readonly Shortcut<Everywhere>[] = [
  { id: 'find', keys: ['Mod+K'] },
  { id: 'next', keys: ['Alt+ArrowDown'] },
  { id: 'previous', keys: ['Alt+ArrowUp'] },
  { id: 'details', keys: ['Mod+I'] },
  { id: 'settings', keys: ['Mod+,'] },
  { id: 'keys', keys: ['?', 'Mod+/'] },
]

/** Heard by what has the focus: by the list of messages, by the composer. */
export const elsewhere: readonly {
  group: 'reading' | 'writing'
  shortcuts: readonly Shortcut<Elsewhere>[]
}[] = [
  {
    group: 'writing',
    shortcuts: [
      { id: 'send', keys: ['Enter'] },
      { id: 'newLine', keys: ['Shift+Enter'] },
      { id: 'mention', keys: ['@'] },
      { id: 'emoji', keys: [':'] },
      { id: 'toMessages', keys: ['ArrowUp'] },
    ],
  },
  {
    group: 'reading',
    shortcuts: [
      { id: 'walk', keys: ['ArrowUp', 'ArrowDown'] },
      { id: 'actions', keys: ['Enter'] },
      { id: 'back', keys: ['Escape'] },
      { id: 'resize', keys: ['ArrowLeft', 'ArrowRight'] },
    ],
  },
]

export const apple = () => /Mac|iPhone|iPad/.test(navigator.platform)

const shownAs: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Escape: 'Esc',
}
const onApple: Record<string, string> = { Mod: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' }

/** The keys of a combination as they are written on them. */
export function keyNames(keys: string, mac = apple()): string[] {
  return keys
    .split('+')
    .map((key) => (mac ? onApple[key] : undefined) ?? (key === 'Mod' ? 'Ctrl' : (shownAs[key] ?? key)))
}

type Pressed = Pick<KeyboardEvent, 'key' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey'>

/** What a key alone writes; it may be switched off, for those who speak to their computer. */
export const single = (keys: string) => keys.length === 1

export function matches(event: Pressed, keys: string, mac = apple()): boolean {
  const parts = keys.split('+')
  const key = parts.pop() ?? ''
  if (event.key.toLowerCase() !== key.toLowerCase()) return false
  const mod = parts.includes('Mod')
  if (event.altKey !== parts.includes('Alt')) return false
  if (event.ctrlKey !== (mod && !mac) || event.metaKey !== (mod && mac)) return false
  // On some keyboards a sign needs Shift.
  return /^\p{L}$/u.test(key) || key.length > 1 ? event.shiftKey === parts.includes('Shift') : true
}
