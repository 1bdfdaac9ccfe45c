/// <reference types="vite/client" />

/** The address of the table of emoji (build/emoji.ts). */
declare module 'virtual:emoji' {
  const address: string
  export default address
}
