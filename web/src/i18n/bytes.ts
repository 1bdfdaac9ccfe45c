// Sizes of files as people say them: 1024 bytes are a KB, as their systems count.
const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const

export function bytes(n: number, language: string): string {
  let size = n
  let unit = 0
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(size)} ${units[unit]}`
}
