// Files on their way into a conversation: chosen, pasted or dropped, looked at, and then sent together.
import { computed, onScopeDispose, ref, shallowRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { bytes } from '@/i18n/bytes'
import { filesIn, readFile, type ReadFile } from '@/platform/pictures'
import { limits } from '@/stores/limits'
import { useToasts } from '@/stores/toasts'

export interface ChosenFile extends ReadFile {
  id: string
  /** Where it is shown from; empty for what is no picture. */
  url: string
}

export interface SendFilesOptions {
  /** Nothing can be sent here just now. */
  refused: Readonly<Ref<boolean>>
}

export function useSendFiles({ refused }: SendFilesOptions) {
  const { t, locale } = useI18n()
  const toasts = useToasts()

  const chosen = shallowRef<readonly ChosenFile[]>([])
  const reading = ref(0)
  /** Whether files hang above the conversation. */
  const hovering = ref(false)
  const most = computed(() => limits.value.attachmentsPerMessage ?? Infinity)
  const largest = computed(() => limits.value.attachmentBytes ?? Infinity)

  async function add(files: readonly File[]) {
    if (refused.value) return
    reading.value++
    try {
      const read = await Promise.all(files.map(readFile))
      const fit = read.filter((file) => {
        if (file.bytes.size > 0 && file.bytes.size <= largest.value) return true
        toasts.notice(
          file.bytes.size === 0
            ? t('attachment.empty', { name: file.name })
            : t('attachment.tooLarge', { name: file.name, size: bytes(largest.value, locale.value) }),
        )
        return false
      })
      const room = most.value - chosen.value.length
      if (fit.length > room) toasts.notice(t('attachment.tooMany', { n: most.value }, most.value))
      chosen.value = [
        ...chosen.value,
        ...fit.slice(0, room).map((file) => ({
          ...file,
          id: crypto.randomUUID(),
          url: file.width ? URL.createObjectURL(file.bytes) : '',
        })),
      ]
    } finally {
      reading.value--
    }
  }

  function remove(id: string) {
    for (const file of chosen.value) if (file.id === id && file.url) URL.revokeObjectURL(file.url)
    chosen.value = chosen.value.filter((file) => file.id !== id)
  }

  function clear() {
    for (const { url } of chosen.value) if (url) URL.revokeObjectURL(url)
    chosen.value = []
  }

  function pasted(event: ClipboardEvent) {
    const files = filesIn(event.clipboardData)
    if (files.length === 0) return
    event.preventDefault()
    void add(files)
  }

  const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

  function dragged(event: DragEvent) {
    if (!carriesFiles(event) || refused.value) return
    event.preventDefault()
    hovering.value = true
  }

  function leaving(event: DragEvent) {
    const { currentTarget, relatedTarget } = event
    if (!(currentTarget as Element).contains(relatedTarget as Node | null)) hovering.value = false
  }

  function dropped(event: DragEvent) {
    hovering.value = false
    if (!carriesFiles(event)) return
    event.preventDefault()
    void add(filesIn(event.dataTransfer))
  }

  onScopeDispose(clear)
  return { chosen, reading, hovering, add, remove, clear, pasted, dragged, leaving, dropped }
}
