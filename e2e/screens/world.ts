import { createHmac } from 'node:crypto'
import type { Person, PersonOptions } from '../support/person.ts'
import type { Server } from '../support/server.ts'
import type { Language } from '../support/words.ts'
import { cake, seaside } from './paintings.ts'
import { type Line, scenes, type Who } from './scenes.ts'

/** Settings of a server on which there is everything to see. */
export const worldSettings = {
  HAPPYCHAT_ROBOT: 'on',
  // Nobody goes there.
  HAPPYCHAT_GITHUB_CLIENT_ID: 'x',
  HAPPYCHAT_GITHUB_CLIENT_SECRET: 'y',
}

type Arrive = (username: string, options?: PersonOptions) => Promise<Person>

/** Somebody whose account has everything in it that can be shown, and those whom they know. */
export interface World {
  scene: (typeof scenes)[Language]
  me: Person
  others: Record<Who, Person>
  /** Conversations by what they show. */
  chats: Record<Who | 'group' | 'family' | 'quiet' | 'removed' | 'long' | 'open', string>
  /** A pack of stickers of Mia's; I have one of my own. */
  packs: { stickers: { id: string }[] }
  /** The number of a group that I am not in. */
  groupNumber: string
  /** A link into it, without the server. */
  link: string
}

let sent = 0

/** Writes through the API, as any client could. */
export async function write(person: Person, conversation: string, body: string, more: object = {}) {
  const clientId = `screens-${String(++sent).padStart(6, '0')}`
  await person.call('POST', `/conversations/${conversation}/messages`, { clientId, body, ...more })
}

async function upload(person: Person, name: string, bytes: Buffer): Promise<string> {
  const { id } = await person.call<{ id: string }>('POST', '/uploads', { name, size: bytes.length })
  const answer = await person.context.request.fetch(`/api/v1/uploads/${id}`, {
    method: 'PATCH',
    data: bytes,
    headers: {
      Origin: `http://127.0.0.1:${person.relay.port}`,
      'Upload-Offset': '0',
      'Content-Type': 'application/octet-stream',
    },
  })
  if (!answer.ok()) throw new Error(`upload of ${name}: ${answer.status()} ${await answer.text()}`)
  const { attachment } = (await answer.json()) as { attachment?: { id: string } }
  return attachment?.id ?? id
}

const friends = ['leo', 'grandpa', 'priya', 'mia', 'tom', 'zoe', 'ivo', 'uma', 'ravi'] as const

export async function makeWorld(
  arrive: Arrive,
  language: Language,
  size: { width: number; height: number },
): Promise<World> {
  const scene = scenes[language]
  const me = await (await arrive('nora', { language, size, name: scene.me.name })).join()
  const others = {} as Record<Who, Person>
  await Promise.all(
    ([...friends, 'asking', 'stranger'] as const).map(async (who) => {
      // Nobody looks through their eyes, so any browser will do.
      const theirs = { language, name: scene.names[who], engine: 'chromium' } as const
      others[who] = await (await arrive(who, theirs)).join()
    }),
  )
  const { leo, grandpa, priya, mia, tom, zoe, ivo, uma, ravi, asking, stranger } = others
  for (const who of friends) await others[who].befriend(me)
  for (const one of [leo, mia]) await priya.befriend(one)

  await me.call('PATCH', '/account', { about: scene.me.about, place: scene.me.place })
  await leo.call('PATCH', '/account', {
    about: scene.about,
    place: scene.me.place,
    website: 'https://leo.example',
    avatar: await upload(leo, 'leo.png', seaside(256, 256, 'morning')),
  })
  await mia.call('PATCH', '/account', { avatar: await upload(mia, 'mia.png', cake(256)) })
  await me.call('PATCH', `/contacts/${grandpa.id}`, { remark: scene.remark })

  const chats = {} as World['chats']
  for (const who of friends) {
    const { conversationId } = await me.call<{ conversationId: string }>('POST', '/conversations', {
      accountId: others[who].id,
    })
    chats[who] = conversationId
  }
  const group = async (of: Person, name: string, members: Person[], more: object = {}) => {
    const { conversationId } = await of.call<{ conversationId: string }>('POST', '/conversations', {
      group: { name, members: members.map(({ id }) => id), ...more },
    })
    return conversationId
  }
  const speak = async (conversation: string, lines: readonly Line[]) => {
    for (const [who, body] of lines) await write(who === 'me' ? me : others[who], conversation, body)
    return lines.length
  }

  // Groups: one that lives, one with me at its head, one where only admins write, one with a name too long.
  const { announcement, name, lines, caption, mention } = scene.group
  chats.group = await group(priya, name, [me, leo, mia], { announcement })
  await speak(chats.group, lines)
  await write(leo, chats.group, caption, {
    attachments: await Promise.all([
      upload(leo, 'morning.png', seaside(900, 600, 'morning')),
      upload(leo, 'evening.png', seaside(600, 600, 'evening')),
      upload(leo, 'cake.png', cake(480)),
    ]),
  })
  await write(me, chats.group, '', {
    attachments: [await upload(me, scene.file, Buffer.from('%PDF-1.4\n% nothing\n'.repeat(4000)))],
  })
  await write(mia, chats.group, `@${scene.me.name}${mention}`, { mentions: [me.id] })
  chats.family = await group(me, scene.family, [grandpa, mia, tom], { announcement })
  await asking.call('POST', `/conversations/${chats.family}/join-requests`, { greeting: scene.greeting })
  await write(grandpa, chats.family, scene.chats.grandpa![0]![1])
  await me.call('POST', `/conversations/${chats.family}/links`, { approval: true })
  await me.call('PATCH', `/conversations/${chats.family}/membership`, { pinned: true })
  chats.quiet = await group(ivo, scene.quietGroup, [me])
  await write(ivo, chats.quiet, scene.chats.tom![0]![1])
  await ivo.call('PATCH', `/conversations/${chats.quiet}`, { muted: true })
  await me.call('PATCH', `/conversations/${chats.quiet}/membership`, { notify: 'none' })
  chats.removed = await group(ivo, scene.removedGroup, [me])
  chats.long = await group(ravi, scene.longName, [me])
  await write(ravi, chats.long, `${scene.longName} `.repeat(3))
  chats.open = await group(stranger, scene.names.stranger, [])
  const { token } = await stranger.call<{ token: string }>('POST', `/conversations/${chats.open}/links`, {
    approval: true,
  })
  const { conversation: found } = await stranger.call<{ conversation: { group: { number: string } } }>(
    'GET',
    `/conversations/${chats.open}`,
  )

  for (const who of ['grandpa', 'tom', 'mia', 'leo', 'priya'] as const) {
    const seq = await speak(chats[who], scene.chats[who]!)
    await others[who].call('PUT', `/conversations/${chats[who]}/read`, { seq })
    if (who !== 'priya') await me.call('PUT', `/conversations/${chats[who]}/read`, { seq })
  }
  await write(me, chats.leo, '', {
    attachments: [await upload(me, 'harbour.png', seaside(900, 640, 'evening'))],
  })

  const stickers = async (of: Person, title: string) => {
    const pictures = [
      await upload(of, 'cake.png', cake(240)),
      await upload(of, 'sea.png', seaside(240, 240, 'morning')),
    ]
    return of.call<World['packs']>('POST', '/sticker-packs', {
      title,
      stickers: pictures.map((id, i) => ({ id, emoji: i ? '🐚' : '🎂' })),
    })
  }
  await stickers(me, scene.stickers)
  const packs = await stickers(mia, scene.theirStickers)

  // What is over, or has not begun.
  await write(uma, chats.uma, scene.chats.tom![0]![1])
  await me.call('PUT', `/blocks/${uma.id}`)
  await write(ravi, chats.ravi, scene.chats.tom![0]![1])
  await ravi.call('DELETE', `/contacts/${me.id}`)
  await asking.call('POST', '/friend-requests', { accountId: me.id, greeting: scene.greeting })
  await me.call('POST', '/friend-requests', { accountId: stranger.id, greeting: scene.greeting })
  await stranger.call('POST', '/reports', { accountId: uma.id, body: scene.report }).catch(() => undefined)
  await me.call('POST', '/feedback', { body: scene.feedback[0] })
  await zoe.open('/')

  return { scene, me, others, chats, packs, groupNumber: found.group.number, link: `/join#${token}` }
}

/** The owner of the server, signed in. */
export async function makeOwner(arrive: Arrive, o: PersonOptions): Promise<Person> {
  const owner = await arrive('owner', o)
  owner.password = 'a quiet harbour at noon'
  await owner.call('POST', '/sessions', { login: 'owner', password: owner.password })
  await owner.call('PATCH', '/account', { language: owner.language })
  return owner
}

/** A server that has just begun, for the page of the first start. */
export async function setUpPath(server: Server) {
  const [path] = await server.says(/\/setup#\S+/)
  return path
}

/** What an app shows for a secret now (RFC 6238). `later` is a step ahead, which the server takes too. */
export function codeOf(secret: string, later = false) {
  const bits = [...secret]
    .map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + (later ? 1 : 0)))
  const sum = createHmac('sha1', key).update(counter).digest()
  const number = sum.readUInt32BE(sum[19]! & 0xf) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}
