// The part of the window that no on-screen keyboard covers. Most browsers shrink the page themselves
// (interactive-widget in index.html); Safari only tells through visualViewport.

/** Keeps --viewport at the height that can be seen; returns what ends it. */
export function followViewport(): () => void {
  const { visualViewport } = window
  if (!visualViewport) return () => undefined
  const root = document.documentElement
  const follow = () => {
    const covered = window.innerHeight - visualViewport.height > 80 && visualViewport.scale === 1
    if (covered) root.style.setProperty('--viewport', `${Math.round(visualViewport.height)}px`)
    else root.style.removeProperty('--viewport')
    // Safari also pushes the page up to show the field; there is nothing below it.
    if (covered) window.scrollTo(0, 0)
  }
  visualViewport.addEventListener('resize', follow)
  return () => {
    visualViewport.removeEventListener('resize', follow)
    root.style.removeProperty('--viewport')
  }
}
