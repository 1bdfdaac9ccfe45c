// Times as people say them, in the language of the interface and the zone of the device.

const day = 24 * 60 * 60 * 1000

const formats = new Map<string, Intl.DateTimeFormat>()

function format(language: string, key: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const id = `${language} ${key}`
  let known = formats.get(id)
  if (!known) {
    // Day before month, as most who read English write it.
    known = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, options)
    formats.set(id, known)
  }
  return known
}

export function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0)
}

/** Whole calendar days between two moments; daylight saving makes some days shorter or longer. */
function daysBetween(at: number, now: number): number {
  return Math.round((startOfDay(now) - startOfDay(at)) / day)
}

export function clockTime(at: number, language: string): string {
  return format(language, 'clock', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
}

/** Complete: on hover, and for screen readers. */
export function fullTime(at: number, language: string): string {
  return format(language, 'full', { dateStyle: 'full', timeStyle: 'short' }).format(at)
}

function sameYear(at: number, now: number): boolean {
  return new Date(at).getFullYear() === new Date(now).getFullYear()
}

function relativeDay(days: number, language: string): string {
  return capital(new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-days, 'day'))
}

function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1)
}

function date(at: number, now: number, language: string): string {
  return sameYear(at, now)
    ? format(language, 'date', { day: 'numeric', month: language === 'en' ? 'short' : 'long' }).format(at)
    : format(language, 'year', { year: 'numeric', month: 'numeric', day: 'numeric' }).format(at)
}

function justNow(language: string): string {
  return language.startsWith('zh') ? '刚刚' : 'now'
}

/** In a list: now, 09:41, Yesterday, Mon, 12 May. */
export function listTime(at: number, now: number, language: string): string {
  if (Math.abs(now - at) < 60_000) return justNow(language)
  const days = daysBetween(at, now)
  if (days <= 0) return clockTime(at, language)
  if (days === 1) return relativeDay(1, language)
  if (days < 7) return format(language, 'weekday', { weekday: 'short' }).format(at)
  return date(at, now, language)
}

/** Above the messages of a day: Today, Yesterday, Monday, 12 May. */
export function dayName(at: number, now: number, language: string): string {
  const days = daysBetween(at, now)
  if (days <= 1) return relativeDay(Math.max(0, days), language)
  if (days < 7) return format(language, 'weekday long', { weekday: 'long' }).format(at)
  if (!sameYear(at, now)) return format(language, 'day year', { dateStyle: 'long' }).format(at)
  return format(language, 'day', { day: 'numeric', month: 'long', weekday: 'long' }).format(at)
}

/** A moment seen from another: its clock on the same day, else with its date. */
export function momentTime(at: number, from: number, language: string): string {
  if (daysBetween(at, from) === 0) return clockTime(at, language)
  return `${date(at, from, language)} ${clockTime(at, language)}`
}

/** How long ago somebody was seen or a device was used. */
export function ago(at: number, now: number, language: string): string {
  const minutes = Math.round((now - at) / 60_000)
  if (minutes < 1) return justNow(language)
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  if (minutes < 60) return relative.format(-minutes, 'minute')
  const days = daysBetween(at, now)
  if (days < 1) return relative.format(-Math.round(minutes / 60), 'hour')
  if (days < 7) return relative.format(-days, 'day')
  return date(at, now, language)
}
