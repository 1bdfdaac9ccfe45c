// Keys as WebDriver names them (W3C WebDriver, section 15.4.2): special ones
// are characters of a private range.
const special: Record<string, string> = {
  Enter: '\uE007',
  Escape: '\uE00C',
  Tab: '\uE004',
  Backspace: '\uE003',
  Delete: '\uE017',
  Space: ' ',
  PageUp: '\uE00E',
  PageDown: '\uE00F',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  F10: '\uE03A',
  Shift: '\uE008',
  Control: '\uE009',
  ControlOrMeta: '\uE009',
  Alt: '\uE00A',
  Meta: '\uE03D',
  ContextMenu: '\uE05D',
}

export interface KeyAction {
  type: 'keyDown' | 'keyUp'
  value: string
}

const key = (name: string) => {
  const value = special[name] ?? (name.length === 1 ? name : undefined)
  if (value === undefined) throw new Error(`There is no key ${name}`)
  return value
}

/** Keys that are held together, as in Shift+Enter. */
export function chord(keys: string): KeyAction[] {
  const values = keys.split(/\+(?=.)/).map(key)
  return [
    ...values.map((value) => ({ type: 'keyDown' as const, value })),
    ...values.reverse().map((value) => ({ type: 'keyUp' as const, value })),
  ]
}

/** A text, key by key. */
export const typed = (text: string): KeyAction[] =>
  [...text].flatMap((character) => chord(character === '\n' ? 'Enter' : character))
