// What happened in a group, as each viewer reads it.
import { createPinia, setActivePinia } from 'pinia'
import { defineComponent } from 'vue'
import { describe, expect, it, vi } from 'vitest'
import { useConversations } from '@/stores/conversations'
import { useSession } from '@/stores/session'
import type { Account, Notice } from '@/stores/types'
import type { Language } from '@/i18n'
import { show } from '@/testing/render'
import { useNotices } from './notice'

const names: Record<string, string> = {
  '2': '小明',
  '3': 'Cleo',
  '4': 'Dora',
  '5': 'Emil',
  '6': 'Fay',
  '7': 'Gus',
}
const at = new Date(2026, 4, 12, 15, 30).getTime()

async function told(language: Language, senderId: string, part: Partial<Notice>): Promise<string> {
  setActivePinia(createPinia())
  let text = ''
  const accountIds = part.accountIds ?? []
  const notice = { event: 'group.created', count: accountIds.length, ...part, accountIds } as Notice
  await show(
    defineComponent({
      setup() {
        useSession().account = { id: '1', name: 'Ann' } as Account
        vi.spyOn(useConversations(), 'nameIn').mockImplementation((_, id) => names[id] ?? '')
        text = useNotices().noticeText('9', { senderId, createdAt: at, notice })
        return () => null
      },
    }),
    { language },
  )
  return text
}

describe('what happened in a group', () => {
  it.each<[Partial<Notice>, string, string, string]>([
    [
      { event: 'group.created', accountIds: ['2', '3'] },
      '1',
      'You created the group with 小明 and Cleo',
      '你邀请小明和Cleo加入了群聊',
    ],
    [{ event: 'member.added', accountIds: ['1'] }, '2', '小明 added you', '小明邀请你加入了群聊'],
    [
      { event: 'member.joined', accountIds: ['1'], via: 'link' },
      '1',
      'You joined by a link',
      '你通过邀请链接加入了群聊',
    ],
    [
      { event: 'member.joined', accountIds: ['3'], via: 'request' },
      '2',
      '小明 let Cleo in',
      '小明同意Cleo加入了群聊',
    ],
    [{ event: 'member.quit', accountIds: ['3'] }, '3', 'Cleo left the group', 'Cleo退出了群聊'],
    [
      { event: 'group.renamed', text: 'Rowing' },
      '2',
      '小明 renamed the group to “Rowing”',
      '小明将群名修改为“Rowing”',
    ],
    [
      { event: 'role.changed', accountIds: ['1'], role: 'admin' },
      '2',
      '小明 made you admin',
      '小明将你设为管理员',
    ],
    [{ event: 'owner.changed', accountIds: ['1'] }, '2', 'The group now belongs to you', '你成为新的群主'],
    [
      { event: 'member.muted', accountIds: ['3'], until: at + 3_600_000 },
      '1',
      'You muted Cleo until 16:30',
      '你禁言了Cleo，至16:30',
    ],
    [
      { event: 'member.muted', accountIds: ['3'], until: Number.MAX_SAFE_INTEGER },
      '1',
      'You muted Cleo',
      '你禁言了Cleo',
    ],
    [{ event: 'announcement.changed', text: '' }, '2', '小明 took the announcement away', '小明清除了群公告'],
    [{ event: 'member.removed', accountIds: ['99'] }, '1', 'You removed Somebody', '你将某位成员移出了群聊'],
  ])('%j', async (notice, sender, english, chinese) => {
    expect(await told('en', sender, notice)).toBe(english)
    expect(await told('zh-CN', sender, notice)).toBe(chinese)
  })

  it('names a few of many', async () => {
    const many = { event: 'member.added' as const, accountIds: ['2', '3', '4', '5', '6', '7'], count: 80 }
    expect(await told('en', '1', many)).toBe('You added 小明, Cleo, Dora, Emil, Fay and 75 others')
    expect(await told('zh-CN', '1', many)).toBe('你邀请小明、Cleo、Dora、Emil、Fay和另外 75 人加入了群聊')
  })

  it('is said in general when it is new', async () => {
    expect(await told('en', '2', { event: 'group.painted' as Notice['event'] })).toBe(
      'Something in the group changed',
    )
  })
})
