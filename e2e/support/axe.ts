import axe from 'axe-core'
import type { Page } from '@playwright/test'

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** What keeps some people from using what is on the screen, in any engine. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async (values) => {
    const run = (window as unknown as { axe: typeof axe }).axe.run
    const { violations } = await run(document, {
      runOnly: { type: 'tag', values },
      resultTypes: ['violations'],
    })
    return violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.html} ${node.failureSummary}`))
  }, tags)
}
