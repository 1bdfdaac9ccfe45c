// Runs before the first paint and before the app, in browsers of any age, so it is written for the oldest. A file of
// its own because the Content-Security-Policy allows no inline script.
//
// A chosen theme or size of text never flashes (the keys are those in src/stores/appearance.ts). And a browser that can not run the
// app is led to the plain pages: at once if it knows no modules, else by a link that stays unless the app appears.
;(function (window, document) {
  try {
    var theme = window.localStorage.getItem('happychat.theme')
    if (theme === 'light' || theme === 'dark' || theme === 'contrast') {
      document.documentElement.setAttribute('data-theme', theme)
    }
    var text = window.localStorage.getItem('happychat.text')
    if (text === 'large' || text === 'larger') document.documentElement.setAttribute('data-text', text)
    if (window.localStorage.getItem('happychat.motion') === 'less') {
      document.documentElement.setAttribute('data-motion', 'less')
    }
    // eslint-disable-next-line @typescript-eslint/no-unused-vars -- the oldest know no catch without a name
  } catch (error) {
    // Storage is blocked: the system's theme is used.
  }

  if (!('noModule' in document.createElement('script'))) {
    leave()
  } else if (!suffices()) {
    document.addEventListener('DOMContentLoaded', offer)
  }

  // What the app can not do without.
  function suffices() {
    return (
      typeof window.structuredClone === 'function' &&
      typeof Intl === 'object' &&
      typeof Intl.Segmenter === 'function' &&
      !!window.CSS &&
      window.CSS.supports('color', 'oklch(0.5 0.1 250)')
    )
  }

  function leave() {
    // A mailed link carries its token behind the #, which no server sees: it is brought along.
    var page = /^\/(activate|reset)$/.exec(window.location.pathname)
    var token = window.location.hash.slice(1)
    if (!page || !token) {
      window.location.replace('/lite')
      return
    }
    var form = document.createElement('form')
    form.method = 'post'
    form.action = '/lite/' + page[1]
    field(form, 'link', token)
    field(form, 'brought', '1')
    document.documentElement.appendChild(form)
    form.submit()
  }

  function field(form, name, value) {
    var input = document.createElement('input')
    input.type = 'hidden'
    input.name = name
    input.value = value
    form.appendChild(input)
  }

  function offer() {
    var place = document.getElementById('app')
    if (!place) return
    line(place, 'zh-CN', '此浏览器可能无法运行乐聊的完整版。', '打开简洁版')
    line(place, 'en', 'This browser may be too old for all of Happy Chat.', 'Open the plain pages')
  }

  function line(place, language, text, label) {
    var paragraph = document.createElement('p')
    var link = document.createElement('a')
    paragraph.lang = language
    paragraph.className = 'old'
    link.href = '/lite'
    link.appendChild(document.createTextNode(label))
    paragraph.appendChild(document.createTextNode(text + ' '))
    paragraph.appendChild(link)
    place.appendChild(paragraph)
  }
})(window, document)
