// @vitest-environment node
import { beforeEach, describe, expect, it } from 'vitest'
import { unreachable } from '@/api/problem'
import type { Message, MessageQuery } from '@/api/types'
import { Timeline, type TimelineSource } from './timeline'
import { aMessage, messages } from './testing/rows'
import { settleTasks } from './testing/virtual-time'

/** A conversation on the server, of which a part is cached. */
class Source implements TimelineSource {
  truth: Message[] = []
  cached: Message[] = []
  read = 0
  online = true
  readonly asked: MessageQuery[] = []
  /** Runs between the question and its answer. */
  meanwhile: (() => void) | null = null

  constructor(length: number) {
    this.truth = length > 0 ? messages(1, length) : []
    this.read = length
  }

  lastSeq = () => this.truth.length
  readSeq = () => this.read
  cachedBefore = (seq: number, limit: number) =>
    Promise.resolve(this.cached.filter((one) => one.seq < seq && one.seq >= seq - limit))
  cachedAfter = (seq: number, limit: number) =>
    Promise.resolve(this.cached.filter((one) => one.seq > seq && one.seq <= seq + limit))
  fetch = async ({ before, after, limit = 50 }: MessageQuery) => {
    this.asked.push({ ...(before ? { before } : {}), ...(after ? { after } : {}), limit })
    if (!this.online) throw unreachable()
    const page = after
      ? this.truth.filter((one) => one.seq > after).slice(0, limit)
      : this.truth.filter((one) => one.seq < (before ?? Infinity)).slice(-limit)
    await Promise.resolve()
    this.meanwhile?.()
    this.meanwhile = null
    return page
  }

  /** Somebody writes. */
  say(): Message {
    const message = aMessage(this.truth.length + 1)
    this.truth.push(message)
    return message
  }
}

let source: Source
let timeline: Timeline

async function open(length: number, prepare: (source: Source) => void = () => undefined) {
  source = new Source(length)
  prepare(source)
  timeline = new Timeline(source, () => undefined)
  await timeline.open()
}

const range = () => [
  timeline.messages[0]?.seq ?? 0,
  timeline.messages[timeline.messages.length - 1]?.seq ?? 0,
]

beforeEach(() => {
  source = new Source(0)
})

describe('opening', () => {
  it('an empty conversation asks nobody', async () => {
    await open(0)
    expect(timeline).toMatchObject({ state: 'ready', hasOlder: false, hasNewer: false, firstUnreadSeq: null })
    expect(source.asked).toEqual([])
  })

  it('shows the newest page', async () => {
    await open(200)
    expect(range()).toEqual([151, 200])
    expect(timeline).toMatchObject({ hasOlder: true, hasNewer: false, firstUnreadSeq: null })
  })

  it('takes it from the device if that has it', async () => {
    await open(200, (at) => (at.cached = messages(160, 200)))
    expect(range()).toEqual([160, 200])
    expect(source.asked).toEqual([])
  })

  it('takes no page with a hole from the device', async () => {
    await open(200, (at) => (at.cached = [...messages(150, 170), ...messages(195, 200)]))
    expect(range()).toEqual([151, 200])
  })

  it('starts at the end when what is unread fits on the page', async () => {
    await open(200, (at) => (at.read = 190))
    expect(range()).toEqual([151, 200])
    expect(timeline.firstUnreadSeq).toBe(191)
  })

  it('starts at the first unread message when there are many', async () => {
    await open(200, (at) => (at.read = 60))
    expect(timeline.firstUnreadSeq).toBe(61)
    expect(range()).toEqual([31, 90])
    expect(timeline).toMatchObject({ hasOlder: true, hasNewer: true })
  })

  it('starts at the beginning when nothing was read', async () => {
    await open(200, (at) => (at.read = 0))
    expect(range()).toEqual([1, 60])
    expect(timeline.hasOlder).toBe(false)
  })

  it('without a connection shows what is there, or says why not, and comes back', async () => {
    await open(200, (at) => {
      at.online = false
      at.cached = messages(195, 200)
    })
    expect(range()).toEqual([195, 200])

    await open(200, (at) => (at.online = false))
    expect(timeline.state).toBe('failed')
    expect(timeline.problem?.code).toBe('network')
    source.online = true
    timeline.settle()
    await settleTasks()
    expect(range()).toEqual([151, 200])
    expect(timeline.problem).toBeNull()
  })

  it('misses nothing that comes while it loads', async () => {
    await open(100, (at) => {
      at.meanwhile = () => timeline.receive([at.say()], false)
    })
    expect(range()).toEqual([51, 101])
  })
})

describe('going back', () => {
  it('reaches the beginning, from the device and from the server', async () => {
    await open(120, (at) => (at.cached = messages(60, 120)))
    await timeline.loadOlder()
    expect(range()).toEqual([60, 120])
    await timeline.loadOlder()
    expect(range()).toEqual([10, 120])
    await timeline.loadOlder()
    expect(range()).toEqual([1, 120])
    expect(timeline.hasOlder).toBe(false)
    expect(source.asked).toHaveLength(2)
  })

  it('asks once when called twice', async () => {
    await open(200)
    const first = timeline.loadOlder()
    expect(timeline.loadOlder()).toBe(first)
    expect(timeline.loadingOlder).toBe(true)
    await first
    expect(timeline.loadingOlder).toBe(false)
    expect(range()).toEqual([101, 200])
  })

  it('says why it failed, and works again', async () => {
    await open(200)
    source.online = false
    await timeline.loadOlder()
    expect(timeline.problem?.code).toBe('network')
    source.online = true
    await timeline.loadOlder()
    expect(timeline.problem).toBeNull()
    expect(range()).toEqual([101, 200])
  })

  it('does not undo a change that overtakes the page', async () => {
    await open(200)
    const edited = aMessage(120, { version: 999, body: 'edited' })
    source.meanwhile = () => timeline.receive([edited], false)
    await timeline.loadOlder()
    expect(timeline.messages.find((message) => message.seq === 120)).toBe(edited)
  })

  it('forgets a page that was asked for before the window moved', async () => {
    await open(500)
    const older = timeline.loadOlder()
    await timeline.openAt(100)
    await older
    expect(range()).toEqual([70, 129])
  })
})

describe('going forward', () => {
  it('reaches the end and stays there', async () => {
    await open(200, (at) => (at.read = 60))
    while (timeline.hasNewer) await timeline.loadNewer()
    expect(range()).toEqual([31, 200])
    timeline.receive([source.say()], false)
    expect(range()).toEqual([31, 201])
  })

  it('does not follow the end while it is elsewhere', async () => {
    await open(200, (at) => (at.read = 60))
    timeline.receive([source.say()], false)
    expect(range()).toEqual([31, 90])
    expect(timeline.hasNewer).toBe(true)
    await timeline.openAt('newest')
    expect(range()).toEqual([152, 201])
  })
})

describe('at the end', () => {
  it('waits for what is between, and shows it meanwhile apart', async () => {
    await open(10)
    const [eleven, twelve] = [source.say(), source.say()]
    timeline.receive([twelve], false)
    expect(range()).toEqual([1, 10])
    expect(timeline.ahead).toEqual([twelve])
    expect(timeline.hasNewer).toBe(false)
    timeline.receive([eleven], false)
    expect(range()).toEqual([1, 12])
    expect(timeline.ahead).toEqual([])
  })

  it('fetches what never came', async () => {
    await open(10)
    source.say()
    timeline.receive([source.say()], false)
    timeline.settle()
    await timeline.loadNewer()
    expect(range()).toEqual([1, 12])
  })

  it('shows no message twice, and unchanged ones as the same objects', async () => {
    await open(10)
    const before = timeline.messages
    const again = source.say()
    timeline.receive([again, again], false)
    timeline.receive([again], true)
    expect(range()).toEqual([1, 11])
    expect(timeline.messages.slice(0, 10)).toEqual(before)
    for (const [index, message] of before.entries()) expect(timeline.messages[index]).toBe(message)
  })

  it('marks where the unread ones begin that came with catching up', async () => {
    await open(10)
    const eleven = source.say()
    timeline.receive([eleven], true)
    expect(timeline.firstUnreadSeq).toBe(11)
    timeline.receive([source.say()], false)
    expect(timeline.firstUnreadSeq).toBe(11)
  })
})

describe('when older changes were left out', () => {
  it('the end is shown anew', async () => {
    await open(100)
    source.truth = messages(1, 300)
    timeline.truncated(messages(281, 300))
    expect(range()).toEqual([281, 300])
    expect(timeline.hasOlder).toBe(true)
    expect(timeline.firstUnreadSeq).toBe(101)
    await timeline.loadOlder()
    expect(range()).toEqual([231, 300])
  })

  it('somebody who reads elsewhere stays there, with what is true now', async () => {
    await open(200, (at) => (at.read = 60))
    source.truth[40] = aMessage(41, { version: 777, body: 'edited' })
    timeline.truncated(messages(181, 200))
    await settleTasks()
    expect(range()).toEqual([31, 90])
    expect(timeline.messages[10]?.body).toBe('edited')
  })
})

describe('letting go of what is far away', () => {
  it('loads it again when it is wanted', async () => {
    await open(300)
    while (timeline.hasOlder) await timeline.loadOlder()
    expect(range()).toEqual([1, 300])
    timeline.trim(150, 300)
    expect(range()).toEqual([150, 300])
    expect(timeline).toMatchObject({ hasOlder: true, hasNewer: false })
    timeline.receive([source.say()], false)
    expect(range()).toEqual([150, 301])
    timeline.trim(150, 220)
    expect(timeline).toMatchObject({ hasOlder: true, hasNewer: true })
    timeline.receive([source.say()], false)
    expect(range()).toEqual([150, 220])
    await timeline.loadOlder()
    while (timeline.hasNewer) await timeline.loadNewer()
    expect(range()).toEqual([100, 302])
    expect(timeline.messages).toEqual(source.truth.slice(99))
  })

  it('waits while a page is on its way', async () => {
    await open(300)
    const loading = timeline.loadOlder()
    timeline.trim(290, 300)
    await loading
    expect(range()).toEqual([201, 300])
  })
})
