import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from '@/app/router'
import { i18n } from '@/i18n'
import { useAppearance } from '@/stores/appearance'
import { useLocale } from '@/stores/locale'
import { useShared } from '@/stores/shared'
import { useUpdates } from '@/stores/updates'
import './styles/tokens.css'
import './styles/base.css'

// A page that was left open over an upgrade asks for files that are gone: loading it again brings the new ones. One
// that has only just been loaded does not, so this ends.
const fresh = 10_000
window.addEventListener('vite:preloadError', () => {
  if (performance.now() > fresh) location.reload()
})

const app = createApp(App).use(createPinia()).use(i18n)
useAppearance()
useUpdates().follow((path) => void router.push(path))
useShared().followOpened(() => void router.push('/share'))
useShared().followPhone(() => void router.isReady().then(() => router.push('/share')))
void useLocale()
  .ready()
  .then(() => app.use(router).mount('#app'))
