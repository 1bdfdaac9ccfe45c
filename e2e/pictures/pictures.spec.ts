import { fileURLToPath } from 'node:url'
import type { Person } from '../support/person.ts'
import { computer, expect, phone, test } from '../support/test.ts'
import type { Language } from '../support/words.ts'

// Not a test: takes the pictures of the documentation from the real app.
// Run with “make pictures”.

const folder = fileURLToPath(new URL('../../docs/img/', import.meta.url))

interface Scene {
  me: string
  others: { username: string; name: string; remark?: string; lines: [who: 'me' | 'they', text: string][] }[]
}

const scenes: Record<Language, Scene> = {
  en: {
    me: 'Nora',
    others: [
      {
        username: 'grandpa',
        name: 'Heinrich',
        remark: 'Grandpa',
        lines: [
          ['they', 'Who hid my reading glasses?'],
          ['me', 'They are on your head again 🙂'],
        ],
      },
      {
        username: 'chess',
        name: 'Priya',
        lines: [
          ['they', 'Same time on Thursday?'],
          ['me', 'Bring the good clock.'],
        ],
      },
      {
        username: 'leo',
        name: 'Leo',
        lines: [
          ['they', 'The boat is back in the water ⛵'],
          ['they', 'Forecast says wind from the west, not too much of it. Saturday?'],
          ['me', 'Saturday is perfect.'],
          ['me', 'Shall I bring the children, or is it a day for the grown-ups?'],
          ['they', 'Bring them! There is room for six, and life jackets for eight.'],
          ['me', 'Then I bring cake.'],
          ['they', 'Here is the jetty: https://www.openstreetmap.org/#map=17/53.5436/9.9667'],
          ['me', 'See you at ten.'],
        ],
      },
    ],
  },
  'zh-CN': {
    me: '小雨',
    others: [
      {
        username: 'grandpa',
        name: '建国',
        remark: '外公',
        lines: [
          ['they', '我的老花镜又不见了，谁看到了？'],
          ['me', '外公，在您头上呢 🙂'],
        ],
      },
      {
        username: 'chess',
        name: '李思',
        lines: [
          ['they', '周四老时间下棋？'],
          ['me', '好，带上那个好钟。'],
        ],
      },
      {
        username: 'leo',
        name: '阿磊',
        lines: [
          ['they', '船修好了，今天又下水了 ⛵'],
          ['they', '预报说周六西风，不大，正合适。来吗？'],
          ['me', '周六正好有空。'],
          ['me', '要带孩子们来吗，还是大人们自己玩？'],
          ['they', '带上吧！船上坐得下六个人，救生衣有八件。'],
          ['me', '那我带蛋糕。'],
          ['they', '码头在这里：https://www.openstreetmap.org/#map=17/31.2397/121.4998'],
          ['me', '十点见。'],
        ],
      },
    ],
  },
}

const pictures = [
  { file: 'computer', language: 'en', size: computer, scheme: 'light' },
  { file: 'computer-dark', language: 'zh-CN', size: computer, scheme: 'dark' },
  { file: 'phone', language: 'zh-CN', size: phone, scheme: 'light' },
  { file: 'phone-dark', language: 'en', size: phone, scheme: 'dark' },
] as const

for (const { file, language, size, scheme } of pictures) {
  test(file, async ({ person }) => {
    const scene = scenes[language]
    const me = await (await person('me', { language, size, name: scene.me })).join()
    let last: Person | undefined
    for (const { username, name, remark, lines } of scene.others) {
      const other = await (await person(username, { language, name })).join()
      await other.befriend(me)
      const { conversationId: id } = await me.call<{ conversationId: string }>('POST', '/conversations', {
        accountId: other.id,
      })
      for (const [i, [who, body]] of lines.entries()) {
        const clientId = `picture-${username}-${i}`
        await (who === 'me' ? me : other).call('POST', `/conversations/${id}/messages`, { clientId, body })
      }
      await other.call('PUT', `/conversations/${id}/read`, { seq: lines.length })
      if (remark) await me.call('PATCH', `/contacts/${other.id}`, { remark })
      last = other
    }
    await last!.open('/')
    await me.open('/')
    await me.page.emulateMedia({ colorScheme: scheme })
    await me.openChat(last!.name)
    await expect(me.log(last!.name).getByText(scene.others.at(-1)!.lines.at(-1)![1])).toBeVisible()
    await expect(me.page.getByText(me.t('presence.online')).first()).toBeAttached()
    await me.settled()
    await me.page.screenshot({ path: `${folder}${file}.png`, animations: 'disabled' })
  })
}
