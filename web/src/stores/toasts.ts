// Short notices at the edge of the screen: what failed and what to do, or that something is done.
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { problemText } from '@/i18n/problem'
import { problemOf } from './problem'

interface Toast {
  id: number
  kind: 'problem' | 'done'
  text: string
}

const shownFor = { problem: 8000, done: 4000 }

export const useToasts = defineStore('toasts', () => {
  const list = ref<readonly Toast[]>([])
  const timers = new Map<number, ReturnType<typeof setTimeout>>()
  let next = 1
  let held = false

  function show(kind: Toast['kind'], text: string) {
    // The same sentence twice says nothing new; show it again from the start.
    const same = list.value.find((toast) => toast.text === text)
    if (same) dismiss(same.id)
    const toast = { id: next++, kind, text }
    list.value = [...list.value.slice(-3), toast]
    if (!held) schedule(toast)
  }

  function schedule({ id, kind }: Toast) {
    clearTimeout(timers.get(id))
    timers.set(
      id,
      setTimeout(() => dismiss(id), shownFor[kind]),
    )
  }

  function dismiss(id: number) {
    clearTimeout(timers.get(id))
    timers.delete(id)
    list.value = list.value.filter((toast) => toast.id !== id)
  }

  /** While somebody reads or reaches for one, none goes away. */
  function hold() {
    held = true
    for (const timer of timers.values()) clearTimeout(timer)
  }

  function release() {
    held = false
    list.value.forEach(schedule)
  }

  return {
    list,
    done: (text: string) => show('done', text),
    problem: (error: unknown) => show('problem', problemText(problemOf(error))),
    /** Something that did not work and is explained already. */
    notice: (text: string) => show('problem', text),
    dismiss,
    hold,
    release,
  }
})
