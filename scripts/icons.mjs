// Draws the icons of the installed app from one shape, with Chromium: node scripts/icons.mjs
// What it draws is committed; run it again when the mark changes.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from './system.mjs'

const out = fileURLToPath(new URL('../web/public/icons', import.meta.url))

const bubble =
  'M32 5C16 5 4 15.5 4 29.2c0 7.5 3.6 14.1 9.3 18.6-.2 3.3-1.5 6.2-3.7 8.5-.9.9-.2 2.4 1 2.4 5.8-.2 10.6-2.1 14.1-5.3 2.3.4 4.8.7 7.3.7 16 0 28-10.6 28-24.7C60 15.5 48 5 32 5z'
const eyes = '<ellipse cx="22.5" cy="24" rx="3.4" ry="4.5"/><ellipse cx="41.5" cy="24" rx="3.4" ry="4.5"/>'
const smile = 'M20 34.5c2.8 5 7 7.5 12 7.5s9.2-2.5 12-7.5'

/** @param part how much of the width the bubble takes; @param corner of the ground, in parts of the width */
function icon(part, corner) {
  const scale = (512 * part) / 56
  const x = 256 - 32 * scale
  const y = 256 - 31.5 * scale
  return `<rect width="512" height="512" rx="${512 * corner}" fill="url(#ground)"/>
    <g transform="translate(${x} ${y}) scale(${scale})"><path fill="#fff" d="${bubble}"/><g fill="#0068e8">${eyes}</g>
    <path fill="none" stroke="#0068e8" stroke-width="4.6" stroke-linecap="round" d="${smile}"/></g>`
}

/** One colour, for where a system paints it itself: the face is cut out. */
const badge = `<mask id="face"><rect width="64" height="64" fill="#fff"/><g fill="#000">${eyes}</g>
  <path fill="none" stroke="#000" stroke-width="5" stroke-linecap="round" d="${smile}"/></mask>
  <g transform="scale(8)"><path fill="#fff" mask="url(#face)" d="${bubble}"/></g>`

const files = {
  'icon-192.png': [192, icon(0.62, 0.225)],
  'icon-512.png': [512, icon(0.62, 0.225)],
  // Systems cut these into their own shape: what matters stays within the middle four fifths.
  'maskable-512.png': [512, icon(0.54, 0)],
  'apple-180.png': [180, icon(0.62, 0)],
  'badge-96.png': [96, badge],
}

// Asked for by browsers that were told of no icon: those of the plain pages, and old ones.
const favicon = [16, 32, 48]

const folder = mkdtempSync(join(tmpdir(), 'happychat-icons-'))
try {
  for (const [name, [size, drawing]] of Object.entries(files)) draw(join(out, name), size, drawing)
  const drawn = favicon.map((size) => {
    const file = join(folder, `${size}.png`)
    draw(file, size, icon(0.8, 0.225))
    return readFileSync(file)
  })
  writeFileSync(join(out, '../favicon.ico'), ico(drawn))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function draw(file, size, drawing) {
  const page = join(folder, 'icon.html')
  writeFileSync(
    page,
    `<!doctype html><style>body{margin:0}svg{display:block}</style><svg width="${size}" height="${size}" viewBox="0 0 512 512">
    <defs><linearGradient id="ground" x2="0" y2="1"><stop stop-color="#2e90ff"/><stop offset="1" stop-color="#005fdb"/></linearGradient></defs>
    ${drawing}</svg>`,
  )
  const run = spawnSync(chromium(), [
    '--headless', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--disable-background-networking', '--default-background-color=00000000',
    `--user-data-dir=${folder}/profile`, `--window-size=${size},${size}`, `--screenshot=${file}`, `file://${page}`,
  ], { stdio: 'ignore' })
  if (run.status !== 0) throw new Error(`${file}: Chromium ended with ${run.status}`)
}

/** Several PNG in one file: ICONDIR and its entries, then the pictures. */
function ico(pictures) {
  const head = Buffer.alloc(6 + 16 * pictures.length)
  head.writeUInt16LE(1, 2) // icons, not cursors
  head.writeUInt16LE(pictures.length, 4)
  let offset = head.length
  pictures.forEach((png, i) => {
    const at = 6 + 16 * i
    head.writeUInt8(png.readUInt32BE(16), at) // width, from the PNG's own head
    head.writeUInt8(png.readUInt32BE(20), at + 1)
    head.writeUInt16LE(1, at + 4) // planes
    head.writeUInt16LE(32, at + 6) // bits of a pixel
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([head, ...pictures])
}
