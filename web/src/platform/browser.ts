import { browserPush } from './browser-push'
import type { Platform } from './platform'

/** The name by which phones know the app (android/app/build.gradle). */
const application = 'io.github.happychat'

/** In a browser there is nothing around the page to be told. */
export function browser(): Platform {
  return {
    app: false,
    appearance: () => undefined,
    changeServer: null,
    onShared: () => undefined,
    notices: null,
    push: browserPush(),
    onOpen: () => undefined,
    inApp: /Android/.test(navigator.userAgent) ? inApp : null,
  }
}

/** Browsers on Android open the app, or the page that has it where it is not there yet. */
function inApp(path: string): string {
  const query = `url=${encodeURIComponent(location.origin + path)}`
  const instead = encodeURIComponent(`${location.origin}/download`)
  return `intent://open?${query}#Intent;scheme=happychat;package=${application};S.browser_fallback_url=${instead};end`
}
