import { expect } from '../../support/expect.ts'
import type { Screen } from '../screen.ts'
import { chat, dialog, groupDetails, heading, open, plus, press, said, tick } from '../steps.ts'

// Groups: what members and owners do with them, making one, joining one.

export const groups: readonly Screen[] = [
  {
    name: 'group-announcement-banner',
    at: chat('group'),
    show: async (visit) => {
      await expect(visit.page.getByRole('region', { name: visit.t('group.announcement') })).toBeVisible()
      await said(visit, visit.world.scene.group.caption)
    },
  },
  {
    name: 'group',
    at: chat('group'),
    show: async (visit) => {
      const seen = visit.page.getByRole('button', { name: visit.t('group.gotIt') })
      if (await seen.isVisible({ timeout: 2000 })) await seen.click()
      await said(visit, visit.world.scene.group.caption)
    },
  },
  {
    name: 'group-details',
    at: chat('family'),
    show: groupDetails,
  },
  {
    name: 'group-card',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await press(visit, 'group.card')
      await expect(dialog(visit).getByRole('img')).toBeVisible()
    },
  },
  {
    name: 'group-links',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await press(visit, 'link.title')
      await heading(visit, 'link.title')
    },
  },
  {
    name: 'group-requests',
    at: chat('family'),
    show: async (visit) => {
      await open(visit)
      await visit.page.getByRole('button', { name: visit.t('joinRequests.waiting', { n: 1 }) }).click()
      await expect(dialog(visit).getByText(visit.world.scene.greeting)).toBeVisible()
    },
  },
  {
    name: 'group-announcement',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.world.scene.group.announcement }).last().click()
      await expect(dialog(visit)).toBeVisible()
    },
  },
  {
    name: 'group-members',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.t('group.allMembers') }).click()
      await heading(visit, 'group.members', { n: 4 })
    },
  },
  {
    name: 'group-members-nothing-found',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.t('group.allMembers') }).click()
      await visit.page.getByLabel(visit.t('group.searchMembers')).fill('zzz')
      await heading(visit, 'chats.nothingFound')
    },
  },
  {
    name: 'group-member',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.world.scene.names.mia }).last().click()
      await expect(visit.page.getByRole('button', { name: visit.t('member.promote') })).toBeVisible()
    },
  },
  {
    name: 'group-add-members',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.t('group.add'), exact: true }).click()
      await heading(visit, 'group.addMembers')
    },
  },
  {
    name: 'group-nickname',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await visit.page.getByRole('button', { name: visit.t('group.nickname') }).click()
      await expect(dialog(visit).getByRole('textbox')).toBeVisible()
    },
  },
  {
    name: 'group-leave',
    at: chat('family'),
    show: async (visit) => {
      await groupDetails(visit)
      await press(visit, 'group.leave')
      await heading(visit, 'group.leaveTitle', { name: visit.world.scene.family })
    },
  },
  {
    name: 'group-long-name',
    at: chat('long'),
    show: (visit) => said(visit, visit.world.scene.longName),
  },
  {
    name: 'group-muted',
    at: chat('quiet'),
    show: ({ page, t }) => expect(page.getByText(t('refusal.group_muted'))).toBeVisible(),
  },
  {
    name: 'group-removed',
    at: chat('removed'),
    show: async (visit) => {
      await expect(visit.page.getByRole('listitem').first()).toBeVisible()
      const { me, others, chats } = visit.world
      await others.ivo.call('DELETE', `/conversations/${chats.removed}/members/${me.id}`)
      await heading(visit, 'left.removed')
    },
  },
]

export const newGroups: readonly Screen[] = [
  {
    name: 'new-group',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'group.new')
      await tick(visit, visit.world.scene.names.leo)
      await tick(visit, visit.world.scene.names.mia)
    },
  },
  {
    name: 'new-group-name',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'group.new')
      await tick(visit, visit.world.scene.names.leo)
      await dialog(visit)
        .getByRole('button', { name: visit.t('group.nextCount', { n: 1 }) })
        .click()
      await expect(dialog(visit).getByRole('textbox').first()).toBeVisible()
    },
  },
  {
    name: 'join-group',
    at: '/chats',
    show: async (visit) => {
      await plus(visit, 'join.title')
      await dialog(visit).getByRole('textbox').first().fill(visit.world.groupNumber)
      await dialog(visit)
        .getByRole('button', { name: visit.t('add.find') })
        .click()
      await expect(dialog(visit).getByRole('button', { name: visit.t('join.ask') })).toBeVisible()
    },
  },
  {
    name: 'join-link',
    at: ({ world }) => world.link,
    show: ({ page, t }) => expect(page.getByRole('button', { name: t('join.ask') })).toBeVisible(),
  },
  { name: 'join-link-gone', at: '/join#nothing', show: (visit) => heading(visit, 'join.linkGone') },
]
