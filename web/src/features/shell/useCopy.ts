// Puts words on the clipboard and says so, or how to do it by hand.
import { useI18n } from 'vue-i18n'
import { useToasts } from '@/stores/toasts'

export function useCopy() {
  const { t } = useI18n()
  const toasts = useToasts()

  async function copy(text: string, done: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      toasts.done(done)
    } catch {
      toasts.notice(t('chat.copyFailed'))
    }
  }

  return { copy }
}
