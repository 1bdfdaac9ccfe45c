/** Leaves the app for another site. Only for one that is reached over the web: an address is a stranger's word. */
export function leaveFor(address: string) {
  const { protocol } = new URL(address)
  if (protocol !== 'https:' && protocol !== 'http:') throw new Error(`${protocol} is no way out`)
  location.assign(address)
}
