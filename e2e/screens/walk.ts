import type { Person } from '../support/person.ts'
import { console, fresh, inside, outside, type Screen, type Visit } from './list.ts'
import { makeOwner, makeWorld, type World } from './world.ts'

export const themes = ['light', 'dark', 'contrast', 'contrast-dark'] as const
export type Theme = (typeof themes)[number]

/** Goes to each screen in turn, and tells when it is there and still. */
export async function walk(
  someone: Person,
  world: World,
  screens: readonly Screen[],
  seen: (screen: Screen, visit: Visit) => Promise<void>,
) {
  const size = someone.size.width < 600 ? 'phone' : 'computer'
  const failed: string[] = []
  const page = await someone.open('/healthz')
  // As chosen in the settings: what does not move need not be waited for.
  await page.evaluate(() => localStorage.setItem('happychat.motion', 'less'))
  if (someone.engine === 'chromium') await someone.context.addInitScript(lack)
  const visit: Visit = { someone, page, t: someone.t, world }
  for (const screen of screens) {
    if (screen.only && screen.only !== size) continue
    if (screen.rewired && someone.engine !== 'chromium') continue
    try {
      await screen.before?.(visit)
      await page.goto(typeof screen.at === 'string' ? screen.at : screen.at(visit))
      await screen.show?.(visit)
      if (!screen.waiting) await page.locator('.skeleton').first().waitFor({ state: 'detached' })
      await someone.settled()
      await seen(screen, visit)
      await screen.after?.(visit)
    } catch (error) {
      failed.push(`${screen.name}: ${error instanceof Error ? error.message : String(error)}`)
      await screen.after?.(visit).catch(() => undefined)
    }
  }
  // One that cannot be reached hides no other.
  if (failed.length) throw new Error(failed.join('\n\n'))
}

/** Takes from the browser what pretend() says that it lacks. */
function lack() {
  if (location.protocol === 'about:') return
  const lacking = sessionStorage.getItem('pretended')
  if (lacking === 'no passkeys') Reflect.deleteProperty(window, 'PublicKeyCredential')
  if (lacking === 'no notifications') Reflect.deleteProperty(window, 'Notification')
  else {
    const permission = lacking === 'notifications refused' ? 'denied' : 'default'
    Object.defineProperty(Notification, 'permission', { get: () => permission })
  }
}

/** Shows a theme at once, as if it had been chosen in the settings. */
export async function wear(person: Person, theme: Theme) {
  await person.page.evaluate((name) => {
    document.documentElement.dataset['theme'] = name
  }, theme)
  await person.settled()
}

type Arrive = Parameters<typeof makeWorld>[0]
type Options = { language: 'en' | 'zh-CN'; size: { width: number; height: number } }

/** Everybody whose screens there are, and which they see; on a server that has its owner. */
export async function parties(arrive: Arrive, o: Options) {
  const world = await makeWorld(arrive, o.language, o.size)
  const owner = await makeOwner(arrive, o)
  const guest = await arrive('guest', { ...o, name: world.scene.names.stranger })
  const newcomer = await (await arrive('newcomer', { ...o, name: world.scene.names.asking })).join()
  return {
    world,
    list: [
      [guest, outside],
      [newcomer, fresh],
      [world.me, inside],
      [owner, console],
    ] as const,
  }
}
