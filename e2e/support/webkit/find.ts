import type * as TestingLibrary from '@testing-library/dom'

/** A string or pattern that a name or a text must match, as it travels to the page. */
export type Words = { text: string; exact: boolean } | { pattern: string; flags: string }

/** One narrowing of a locator: what is looked for inside what was found before, or what is kept of it. */
export type Step =
  | { by: 'css'; css: string }
  | { by: 'role'; role: string; name?: Words; level?: number }
  | { by: 'label' | 'text' | 'title' | 'placeholder' | 'alt' | 'testId'; words: Words }
  | { by: 'has'; not: boolean; words?: Words; inside?: Step[] }
  | { by: 'visible' }
  | { by: 'nth'; n: number }
  | { by: 'or'; other: Step[] }

export interface Found {
  elements: Element[]
  url: string
}

/** What `installFinder` leaves in every document. */
export interface Finder {
  find: (steps: Step[]) => Found
  state: (element: Element) => State
  /** Brings the one that is found into view; whether it can be seen, takes input and has stopped moving. */
  ready: (steps: Step[]) => Promise<Found & { ready: boolean }>
}

/** Everything about an element that is waited for. */
export interface State {
  attached: boolean
  visible: boolean
  enabled: boolean
  checked: boolean
  focused: boolean
  text: string
  value: string
}

/**
 * Runs in the page, so it uses nothing from outside. Roles and labels are found
 * by Testing Library; what a text matches follows Playwright: spaces count once,
 * a string matches a part in any case unless it is exact, and of nested elements
 * the innermost is meant.
 */
export function installFinder(dom: typeof TestingLibrary): Finder {
  const plain = (text: string) => text.replace(/\s+/g, ' ').trim()

  function matcher(words: Words) {
    if ('pattern' in words) {
      const pattern = new RegExp(words.pattern, words.flags)
      return (text: string) => pattern.test(plain(text))
    }
    const wanted = plain(words.text)
    if (words.exact) return (text: string) => plain(text) === wanted
    return (text: string) => plain(text).toLowerCase().includes(wanted.toLowerCase())
  }

  const textOf = (element: Element) =>
    element.matches('script, style, noscript, head') ? '' : (element.textContent ?? '')

  function visible(element: Element): boolean {
    const style = getComputedStyle(element)
    if (style.display === 'contents') return [...element.children].some(visible)
    const { width, height } = element.getBoundingClientRect()
    return width > 0 && height > 0 && style.visibility === 'visible' && element.checkVisibility()
  }

  function inside(scope: ParentNode, step: Step): Element[] {
    const root = (scope === document ? document.documentElement : scope) as HTMLElement
    switch (step.by) {
      case 'css':
        return [...scope.querySelectorAll(step.css)]
      case 'role':
        return dom.queryAllByRole(root, step.role, {
          ...(step.name && { name: matcher(step.name) }),
          ...(step.level && { level: step.level }),
        })
      case 'label':
        return dom.queryAllByLabelText(root, matcher(step.words))
      case 'text': {
        const matches = matcher(step.words)
        const fits = (element: Element) => matches(textOf(element))
        return [...scope.querySelectorAll('*')].filter((e) => fits(e) && ![...e.children].some(fits))
      }
      default: {
        const attribute = { title: 'title', placeholder: 'placeholder', alt: 'alt', testId: 'data-testid' }[
          step.by as 'title'
        ]
        const matches = matcher((step as { words: Words }).words)
        return [...scope.querySelectorAll(`[${attribute}]`)].filter((e) =>
          matches(e.getAttribute(attribute) ?? ''),
        )
      }
    }
  }

  const inOrder = (elements: Iterable<Element>) =>
    [...new Set(elements)].sort((a, b) =>
      a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    )

  function walk(start: ParentNode, steps: Step[]): Element[] {
    let scopes: ParentNode[] = [start]
    for (const step of steps) {
      const elements = scopes as Element[]
      if (step.by === 'nth') scopes = elements.slice(step.n, step.n === -1 ? undefined : step.n + 1)
      else if (step.by === 'or') scopes = inOrder([...elements, ...walk(document, step.other)])
      else if (step.by === 'visible') scopes = elements.filter(visible)
      else if (step.by === 'has') {
        const fits = step.words ? matcher(step.words) : () => true
        scopes = elements.filter(
          (e) => (fits(textOf(e)) && (!step.inside || walk(e, step.inside).length > 0)) !== step.not,
        )
      } else scopes = inOrder(scopes.flatMap((scope) => inside(scope, step)))
    }
    return scopes as Element[]
  }

  function state(element: Element): State {
    const field = element as HTMLInputElement
    const enabled = !element.matches(':disabled, [aria-disabled=true]')
    return {
      attached: element.isConnected,
      visible: visible(element),
      enabled,
      checked: field.checked ?? element.getAttribute('aria-checked') === 'true',
      focused: document.activeElement === element && document.hasFocus(),
      text: textOf(element),
      value: field.value ?? '',
    }
  }

  const answer = (elements: Element[]) => ({ elements, url: location.href })

  return {
    find: (steps) => answer(walk(document, steps)),
    state,
    ready: async (steps) => {
      const { elements, url } = answer(walk(document, steps))
      const [element] = elements
      if (!element || elements.length > 1) return { elements, url, ready: false }
      const place = () => JSON.stringify(element.getBoundingClientRect())
      const frame = () => new Promise(requestAnimationFrame)
      element.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      await frame()
      const before = place()
      await frame()
      const { visible, enabled } = state(element)
      return { elements, url, ready: visible && enabled && place() === before }
    },
  }
}
