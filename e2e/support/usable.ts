import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type axe from 'axe-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * What axe holds against a page, as far as it is sure; nothing of WCAG 2.2 AA may remain. By itself and not through
 * its builder, which opens another page each time: that takes longer than the looking.
 */
export async function flaws(page: Page, what: 'everything' | 'colours'): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(source)
  return page.evaluate(async (colours) => {
    // What lies below a dialog is out of reach, and looked at when nothing covers it.
    const context = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(context, {
      resultTypes: ['violations'],
      runOnly: colours
        ? { type: 'rule', values: ['color-contrast'] }
        : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
    })
    return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html} ${node.failureSummary}`))
  }, what === 'colours')
}

/** By how many pixels the page, or what lies over it, is wider than its place. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('dialog[open]')]
      .map((element) => element.scrollWidth - element.clientWidth)
      .reduce((a, b) => Math.max(a, b), 0),
  )
}

/** What a finger would miss: less than 44 pixels high or wide where it can be pressed, in a row or alone. */
export function smallTargets(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const least = 44
    const root = [...document.querySelectorAll('dialog[open]')].at(-1) ?? document.body
    const found: string[] = []
    const all =
      'button, a[href], summary, select, input, textarea, [role=option], [role=menuitem], [role=tab]'
    for (const element of root.querySelectorAll<HTMLElement>(all)) {
      if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      // A link within a sentence is as large as its words.
      if (getComputedStyle(element).display === 'inline' || element.closest('[inert], [aria-hidden=true]'))
        continue
      // The words beside a box choose it too, and around a line that one writes in is more of its field.
      const target = element.matches('input, textarea')
        ? (element.closest('label, .box') ?? element)
        : element
      let { width, height } = target.getBoundingClientRect()
      if (width < 2) continue
      const around = getComputedStyle(target, '::after')
      if (around.position === 'absolute' && around.content !== 'none') {
        width = Math.max(width, parseFloat(around.width))
        height = Math.max(height, parseFloat(around.height))
      }
      if (width >= least - 0.5 && height >= least - 0.5) continue
      found.push(`${Math.round(width)} × ${Math.round(height)}: ${element.outerHTML.slice(0, 160)}`)
    }
    return found
  })
}
