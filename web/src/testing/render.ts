// Renders a component as the app does: with words, stores and, where asked, a router.
import { render, type RenderOptions } from '@testing-library/vue'
import { createPinia, setActivePinia } from 'pinia'
import type { Component } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n, useLanguage, type Language } from '@/i18n'

interface Options {
  props?: Record<string, unknown>
  slots?: RenderOptions<Component>['slots']
  language?: Language
  path?: string
}

export async function show(
  component: Component,
  { props = {}, slots = {}, language = 'en', path = '/' }: Options = {},
) {
  await useLanguage(language)
  const pinia = createPinia()
  setActivePinia(pinia)
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/:rest(.*)*', component: { template: '' } }],
  })
  await router.push(path)
  const view = render(component, { props, slots, global: { plugins: [i18n, pinia, router] } })
  return { ...view, router }
}
