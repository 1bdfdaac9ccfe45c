// What leaves the composer: words, a sticker, files with the words as their caption. What cannot even be kept to be
// sent later stays where it was written.
import { computed, nextTick, watch } from 'vue'
import { useDrafts } from '@/stores/drafts'
import { useShared } from '@/stores/shared'
import { useStickers } from '@/stores/stickers'
import type { useThread } from '@/stores/thread'
import { useToasts } from '@/stores/toasts'
import type { ConversationSummary, Sticker } from '@/stores/types'
import type { useMentions } from './useMentions'
import type { useSendFiles } from './useSendFiles'

interface Options {
  id: () => string
  conversation: () => ConversationSummary | undefined
  thread: ReturnType<typeof useThread>
  mentions: ReturnType<typeof useMentions>
  outgoing: ReturnType<typeof useSendFiles>
  /** Called when one goes on writing. */
  goOn: () => void
}

export function useSending({ id, conversation, thread, mentions, outgoing, goOn }: Options) {
  const drafts = useDrafts()
  const shared = useShared()
  const stickers = useStickers()
  const toasts = useToasts()

  const draft = computed({ get: () => drafts.get(id()), set: (text) => drafts.set(id(), text) })

  // What another app shared is looked at once more before it is sent.
  watch(
    () => conversation() !== undefined && id(),
    (known) => {
      const came = known ? shared.takeFor(id()) : null
      if (!came) return
      if (came.text) draft.value = [draft.value, came.text].filter(Boolean).join('\n')
      void outgoing.add(came.files)
    },
    { immediate: true },
  )

  function send(body: string) {
    try {
      thread.send(body, mentions.mentionsIn(body))
    } catch (error) {
      draft.value = body
      toasts.problem(error)
    }
  }

  function sendSticker(sticker: Sticker) {
    try {
      thread.send(sticker.emoji, { sticker })
      stickers.used(sticker)
    } catch (error) {
      toasts.problem(error)
    }
  }

  /** The emoji that was written gives way. */
  function sendSuggested(sticker: Sticker) {
    draft.value = ''
    sendSticker(sticker)
    void nextTick(goOn)
  }

  /** The words in the composer are the caption. */
  function sendFiles() {
    const body = draft.value
    try {
      thread.send(body.trim() === '' ? '' : body, {
        ...mentions.mentionsIn(body),
        files: outgoing.chosen.value.map(({ url: _, ...file }) => file),
      })
      draft.value = ''
      outgoing.clear()
      void nextTick(goOn)
    } catch (error) {
      toasts.problem(error)
    }
  }

  return { draft, send, sendSticker, sendSuggested, sendFiles }
}
