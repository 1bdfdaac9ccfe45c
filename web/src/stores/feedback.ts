// What I told the owners of the server.
import { defineStore } from 'pinia'
import { useLive } from './live'

export type { Feedback } from './console'

/** What a report is about: an account, a conversation, or a message in one. */
export type Subject = { accountId: string } | { conversationId: string; seq?: number }

export const useFeedback = defineStore('feedback', () => {
  const { api } = useLive()
  return {
    mine: api.feedback,
    give: api.giveFeedback,
    report: (subject: Subject, body: string) => api.report({ ...subject, body }),
  }
})
