import type { Sticker } from '@/api/types'

/** What tells a sticker apart from all others: its key, or its identifier. */
export function stickerName({ key, id }: Pick<Sticker, 'key' | 'id'>): string {
  return key ?? id ?? ''
}
