// What there is under “Me”, in the order of its list: the list, its pages, the addresses and the quick switcher all
// know it from here.
import type { IconName } from '@/components/icons'

export interface Place {
  page: Page
  icon: IconName
  /** The key of its title. */
  title: string
}

export const pages = [
  'profile',
  'account',
  'devices',
  'notifications',
  'appearance',
  'language',
  'stickers',
  'about',
] as const

export type Page = (typeof pages)[number]

/** In groups, as they stand on the list. */
export const places: readonly (readonly Place[])[] = [
  [
    { page: 'profile', icon: 'me', title: 'me.profile' },
    { page: 'account', icon: 'lock', title: 'me.account' },
    { page: 'devices', icon: 'devices', title: 'me.devices' },
  ],
  [
    { page: 'notifications', icon: 'bell', title: 'notifications.title' },
    { page: 'appearance', icon: 'theme', title: 'me.appearance' },
    { page: 'language', icon: 'language', title: 'me.language' },
    { page: 'stickers', icon: 'sticker', title: 'sticker.title' },
  ],
  [{ page: 'about', icon: 'info', title: 'me.about' }],
]

export const placeOf = (page: Page): Place => places.flat().find((place) => place.page === page) as Place
