import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from '@/app/router'
import { i18n } from '@/i18n'
import { useAppearance } from '@/stores/appearance'
import { useLocale } from '@/stores/locale'
import './styles/tokens.css'
import './styles/base.css'

const app = createApp(App).use(createPinia()).use(i18n)
useAppearance()
void useLocale()
  .ready()
  .then(() => app.use(router).mount('#app'))
