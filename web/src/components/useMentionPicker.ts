// Choosing whom to speak to while writing: an @ opens the list.
import type { Ref, ShallowRef } from 'vue'
import { typedMention } from './mentions'
import { useCompletion } from './useCompletion'

export interface Mentionable {
  id: string
  /** What is written into the message: what they call themselves, which everyone may read. */
  name: string
  /** As the viewer knows them. */
  label: string
  kind: 'person' | 'robot' | 'group'
}

interface Options {
  text: Ref<string>
  area: Readonly<ShallowRef<HTMLTextAreaElement | null>>
  people: () => readonly Mentionable[]
  looking: (query: string | null) => void
  picked: (id: string) => void
}

export function useMentionPicker({ text, area, people, looking, picked }: Options) {
  return useCompletion<Mentionable>({
    text,
    area,
    looking,
    find: typedMention,
    items: people,
    // The first person is the best guess. Everybody is never spoken to by mistake.
    first: (all) => (all[0]?.kind === 'group' && all.length > 1 ? 1 : 0),
    words: ({ name }) => `@${name} `,
    picked: ({ id }) => picked(id),
  })
}
