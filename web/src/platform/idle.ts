// Work that nobody waits for, done while the browser has nothing better to do. Safari cannot tell when that is.

export function whenIdle(job: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(job)
  else setTimeout(job, 2000)
}
