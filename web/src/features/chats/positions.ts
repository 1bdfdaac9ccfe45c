// Where somebody was in each conversation, for as long as the page's session lives: the topmost message in view and
// how far it was scrolled. Nobody is there when the newest message was in view.

export interface Position {
  seq: number
  /** Pixels from the top of the message to the top of the view. */
  offset: number
}

const key = 'happychat.positions'

function read(): Record<string, Position> {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '{}') as Record<string, Position>
  } catch {
    return {}
  }
}

export function positionIn(conversationId: string): Position | null {
  const position = read()[conversationId]
  return position && Number.isFinite(position.seq) && Number.isFinite(position.offset) ? position : null
}

export function keepPosition(conversationId: string, position: Position | null): void {
  const { [conversationId]: _previous, ...others } = read()
  try {
    sessionStorage.setItem(key, JSON.stringify(position ? { ...others, [conversationId]: position } : others))
  } catch {
    // Without storage a conversation opens at its newest message.
  }
}
