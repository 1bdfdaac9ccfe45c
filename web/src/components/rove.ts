// Arrow keys inside a list of links or buttons: Up and Down go from one to the next, Home and End to the edges.

export function rove(event: KeyboardEvent, selector = 'a, button'): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return
  const list = event.currentTarget as HTMLElement
  const all = [...list.querySelectorAll<HTMLElement>(selector)]
  const now = all.indexOf((event.target as HTMLElement).closest<HTMLElement>(selector) ?? list)
  const to = { ArrowDown: now + 1, ArrowUp: now - 1, Home: 0, End: all.length - 1 }[event.key]
  if (to === undefined || !all.length) return
  event.preventDefault()
  all[Math.max(0, Math.min(all.length - 1, to))]?.focus()
}
