// Runs before the first paint, so that a chosen theme never flashes. A file of its own because the
// Content-Security-Policy allows no inline script. The key is the one in src/stores/appearance.ts.
;(function () {
  try {
    var theme = localStorage.getItem('happychat.theme')
    if (theme === 'light' || theme === 'dark' || theme === 'contrast') {
      document.documentElement.dataset.theme = theme
    }
  } catch {
    // Storage is blocked: the system's theme is used.
  }
})()
