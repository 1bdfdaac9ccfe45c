// A notification, the same from the page and from the service worker.
export interface News {
  title: string
  body: string
  /** A later one with the same tag takes the place of the one before. */
  tag: string
  /** Where it leads, in the app. */
  path: string
  /** Grows with what is new there: the same is not told twice. */
  seq: number
}

/** Of a friend request, of an invitation into a group, and of what is told without saying what it is. */
export const requestTag = (id: string) => `request-${id}`
export const invitationTag = (id: string) => `invitation-${id}`
export const generalTag = 'news'

interface Kept {
  path: string
  seq?: number
}

export function notificationOptions({ body, tag, path, seq }: News, silent = false): NotificationOptions {
  const data: Kept = { path, seq }
  return {
    body,
    tag,
    // Not in the DOM's types: a later one with the same tag is heard too.
    ...{ renotify: !silent },
    silent,
    icon: '/icons/icon-192.png',
    badge: '/icons/badge-96.png',
    data,
  }
}

/** Which state of its conversation a notification told of; 0: nobody knows. */
export function seqOf(notification: Notification): number {
  return (notification.data as Kept | null)?.seq ?? 0
}

/** Shows it unless the same is shown already; tells whether it was not. */
export async function show(registration: ServiceWorkerRegistration, news: News): Promise<boolean> {
  const before = await registration.getNotifications({ tag: news.tag })
  if (before.some((shown) => seqOf(shown) >= news.seq)) return false
  await registration.showNotification(news.title, notificationOptions(news))
  return true
}
