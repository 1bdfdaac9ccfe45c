// What owners see and do. Nothing of it is kept: every page asks the server anew.
import { defineStore } from 'pinia'
import type { components } from '@/api/schema.gen'
import { useLive } from './live'

type Shapes = components['schemas']
export type ConsolePerson = Shapes['ConsolePerson']
export type ConsoleGroup = Shapes['ConsoleGroup']
export type ConsoleSignIn = Shapes['ConsoleSignIn']
export type ConsoleDay = Shapes['ConsoleDay']
export type ConsoleStorage = Shapes['ConsoleStorage']
export type AuditEntry = Shapes['AuditEntry']
export type Feedback = Shapes['Feedback']

/** Where a list goes on. */
export interface At {
  cursor?: string
  limit: number
}

export interface PeopleFilter {
  query?: string
  state?: 'active' | 'disabled' | 'deleted'
}

export interface FeedbackFilter {
  kind?: Feedback['kind']
  state?: Feedback['state']
}

export const useConsole = defineStore('console', () => {
  const { api } = useLive()

  return {
    async people(filter: PeopleFilter, at: At) {
      const { people, total, nextCursor } = await api.consolePeople({ ...filter, ...at })
      return { list: people, total, next: nextCursor }
    },
    person: api.consolePerson,
    async groups(query: string, at: At) {
      const { groups, nextCursor } = await api.consoleGroups(query ? { query, ...at } : at)
      return { list: groups, next: nextCursor }
    },
    async feedback(filter: FeedbackFilter, at: At) {
      const { feedback, nextCursor } = await api.consoleFeedback({ ...filter, ...at })
      return { list: feedback, next: nextCursor }
    },
    async signIns(at: At) {
      const { signIns, nextCursor } = await api.consoleSignIns(at)
      return { list: signIns, next: nextCursor }
    },
    async signInsOf(accountId: string) {
      return (await api.consoleSignIns({ accountId, limit: 10 })).signIns
    },
    async audit(at: At) {
      const { entries, nextCursor } = await api.consoleAudit(at)
      return { list: entries, next: nextCursor }
    },
    async statistics(days: number) {
      return (await api.consoleStatistics(days)).days
    },
    storage: api.consoleStorage,
    disable: api.disablePerson,
    enable: api.enablePerson,
    signOut: api.signOutPerson,
    sendReset: api.sendReset,
    makeOwner: api.makeOwner,
    makeUser: api.makeUser,
    dissolve: api.dissolveForAll,
    answer: api.answerFeedback,
    close: api.closeFeedback,
    reopen: api.reopenFeedback,
  }
})
