import { describe, expect, it } from 'vitest'
import { ago, dayName, fullTime, listTime } from './time'

// A Tuesday, in the zone of whoever runs this.
const now = new Date(2026, 4, 12, 15, 30).getTime()
const at = (day: number, hour = 9, minute = 41, month = 4, year = 2026) =>
  new Date(year, month, day, hour, minute).getTime()

describe('the time in a list', () => {
  it.each([
    [now - 20_000, 'now', '刚刚'],
    [at(12), '09:41', '09:41'],
    [at(12, 0, 5), '00:05', '00:05'],
    [at(11, 23, 59), 'Yesterday', '昨天'],
    [at(8), 'Fri', '周五'],
    [at(2), '2 May', '5月2日'],
    [at(2, 9, 41, 10, 2025), '02/11/2025', '2025/11/2'],
  ])('%i', (when, english, chinese) => {
    expect(listTime(when, now, 'en')).toBe(english)
    expect(listTime(when, now, 'zh-CN')).toBe(chinese)
  })
})

describe('the name of a day', () => {
  it.each([
    [at(12), 'Today', '今天'],
    [at(11), 'Yesterday', '昨天'],
    [at(8), 'Friday', '星期五'],
    [at(2), 'Saturday 2 May', '5月2日星期六'],
    [at(2, 9, 41, 10, 2025), '2 November 2025', '2025年11月2日'],
  ])('%i', (when, english, chinese) => {
    expect(dayName(when, now, 'en')).toBe(english)
    expect(dayName(when, now, 'zh-CN')).toBe(chinese)
  })

  it('is right where the clocks change', () => {
    const spring = new Date(2026, 2, 30, 1).getTime()
    expect(dayName(new Date(2026, 2, 29, 1).getTime(), spring, 'en')).toBe('Yesterday')
  })
})

it('says how long ago', () => {
  expect(ago(now - 10_000, now, 'en')).toBe('now')
  expect(ago(now - 5 * 60_000, now, 'en')).toBe('5 minutes ago')
  expect(ago(now - 3 * 3600_000, now, 'zh-CN')).toBe('3小时前')
  expect(ago(at(11, 23), now, 'en')).toBe('yesterday')
})

it('can say it in full', () => {
  expect(fullTime(at(12), 'en')).toMatch(/Tuesday,? 12 May 2026/)
  expect(fullTime(at(12), 'zh-CN')).toContain('2026年5月12日')
})
