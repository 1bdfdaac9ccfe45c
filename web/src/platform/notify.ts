// Notifications of the system, and the tone. A browser on Android shows them through the service worker only.
import { type News, notificationOptions, show } from './news'
import { platform } from './platform'
import { noteTold } from './told'

export type Permission = 'granted' | 'denied' | 'default' | 'impossible'

export function permission(): Permission {
  if (platform.notices) return platform.notices.permission()
  return 'Notification' in window && window.isSecureContext ? Notification.permission : 'impossible'
}

/** iPhones and iPads notify only for what is on the home screen. */
export function needsHomeScreen(): boolean {
  return 'standalone' in navigator && navigator.standalone === false
}

/** Asks the person; call it from a tap. */
export async function askPermission(): Promise<Permission> {
  if (platform.notices) return platform.notices.ask()
  if (permission() === 'impossible') return 'impossible'
  return Notification.requestPermission()
}

/** Shows it; `open` is called with the path when it is followed and no service worker does that. */
export async function notify(news: News, open: (path: string) => void): Promise<void> {
  const { title, body, tag, path, seq } = news
  if (platform.notices) return platform.notices.show({ title, body, tag, path })
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  if (registration?.active) {
    await show(registration, news)
    return noteTold(tag, seq)
  }
  const shown = new Notification(title, notificationOptions(news))
  shown.addEventListener('click', () => {
    window.focus()
    open(path)
    shown.close()
  })
}

/** The tags of what is shown, also since before this page was loaded. */
export async function notified(): Promise<string[]> {
  if (platform.notices) return platform.notices.shown()
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  return ((await registration?.getNotifications()) ?? []).map(({ tag }) => tag)
}

/** Takes away what is shown with this tag: it was read. */
export async function unnotify(tag: string): Promise<void> {
  if (platform.notices) return platform.notices.hide(tag)
  const registration = await navigator.serviceWorker?.getRegistration().catch(() => undefined)
  for (const shown of (await registration?.getNotifications({ tag })) ?? []) shown.close()
}

let audio: AudioContext | undefined
/** When the tone is over, in seconds of the audio's clock. */
let over = 0

/** One short, soft tone: two notes that fade. What comes while it sounds, as after an absence, is told by it. */
export function playTone(): void {
  if (!('AudioContext' in window)) return
  audio ??= new AudioContext()
  // Until the page was touched once, a browser keeps it silent.
  if (audio.state === 'suspended') void audio.resume().catch(() => undefined)
  const at = audio.currentTime
  if (at < over) return
  over = at + 0.5
  for (const [frequency, start] of [
    [880, 0],
    [1174.7, 0.09],
  ] as const) {
    const note = audio.createOscillator()
    const volume = audio.createGain()
    note.frequency.value = frequency
    volume.gain.setValueAtTime(0, at + start)
    volume.gain.linearRampToValueAtTime(0.12, at + start + 0.01)
    volume.gain.exponentialRampToValueAtTime(0.0001, at + start + 0.35)
    note.connect(volume).connect(audio.destination)
    note.start(at + start)
    note.stop(at + start + 0.4)
  }
}
