// All pictures of what is shown of a conversation, one at a time and as large as they are: zoom, swipe, keyboard,
// download. The library is loaded when the first picture is opened.
import { onScopeDispose } from 'vue'
import { useI18n } from 'vue-i18n'
import type PhotoSwipe from 'photoswipe'
import type { ThreadAttachment, ThreadMessage } from '@/stores/types'

const pictureOf = ({ kind, width, height }: ThreadAttachment) => kind === 'image' && width && height

export function usePictureViewer() {
  const { t } = useI18n()
  let viewer: PhotoSwipe | null = null

  async function open(messages: readonly ThreadMessage[], key: string) {
    const pictures = messages.flatMap(({ attachments = [] }) => attachments.filter(pictureOf))
    const index = pictures.findIndex((picture) => picture.key === key)
    if (index < 0) return
    const { showPictures } = await import('./viewer')
    viewer?.destroy()
    viewer = showPictures(pictures, index, {
      close: t('action.close'),
      zoom: t('attachment.zoom'),
      previous: t('attachment.previous'),
      next: t('attachment.next'),
      download: t('attachment.download'),
      failed: t('attachment.gone'),
    })
    viewer.on('destroy', () => (viewer = null))
  }

  onScopeDispose(() => viewer?.destroy())
  return { open }
}
