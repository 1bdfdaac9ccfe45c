import PhotoSwipe from 'photoswipe'
import 'photoswipe/style.css'
import { icons } from '@/components/icons'
import type { ThreadAttachment } from '@/stores/types'

export interface ViewerWords {
  close: string
  zoom: string
  previous: string
  next: string
  download: string
  failed: string
}

export function showPictures(
  pictures: readonly ThreadAttachment[],
  index: number,
  words: ViewerWords,
): PhotoSwipe {
  const focused = document.activeElement
  const viewer = new PhotoSwipe({
    dataSource: pictures.map(({ preview, original, thumb, name, width, height, animated }) => ({
      src: animated ? original : preview,
      msrc: thumb,
      alt: name,
      width: width ?? 0,
      height: height ?? 0,
    })),
    index,
    bgOpacity: 0.92,
    showHideAnimationType: 'fade',
    wheelToZoom: true,
    closeTitle: words.close,
    zoomTitle: words.zoom,
    arrowPrevTitle: words.previous,
    arrowNextTitle: words.next,
    errorMsg: words.failed,
    returnFocus: false,
  })
  viewer.on('uiRegister', () => {
    viewer.ui?.registerElement({
      name: 'download',
      title: words.download,
      order: 8,
      isButton: true,
      tagName: 'a',
      html: {
        isCustomSVG: true,
        size: 24,
        inner: `<path d="${icons.download}" fill="none" stroke="white" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" id="pswp__icn-download"/>`,
        outlineID: 'pswp__icn-download',
      },
      onInit: (element) => {
        const link = element as HTMLAnchorElement
        const follow = () => {
          const picture = pictures[viewer.currIndex]
          if (!picture) return
          link.href = picture.original.startsWith('blob:')
            ? picture.original
            : `${picture.original}?download=true`
          link.download = picture.name
        }
        viewer.on('change', follow)
        follow()
      },
    })
  })
  viewer.on('destroy', () => {
    if (focused instanceof HTMLElement && focused.isConnected) focused.focus({ preventScroll: true })
  })
  viewer.init()
  return viewer
}
