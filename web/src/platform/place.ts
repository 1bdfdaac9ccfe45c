// Where a browser is called while the app is closed, as the server is told.
export interface PushPlace {
  endpoint: string
  keys: { p256dh: string; auth: string }
}

export function placeOf(subscription: PushSubscription): PushPlace {
  const { endpoint, keys } = subscription.toJSON()
  return { endpoint: endpoint ?? '', keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' } }
}

/** A key as the server writes it, for applicationServerKey. */
export function keyBytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
