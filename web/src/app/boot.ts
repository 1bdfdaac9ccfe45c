// What is known before the first page: who is signed in, and what the server is like.
import { shallowRef } from 'vue'
import { problemOf } from '@/stores/problem'
import { useSession } from '@/stores/session'
import type { Problem } from '@/stores/types'

/** Why the start failed, when nothing can be shown without the server. */
export const bootProblem = shallowRef<Problem | null>(null)

export async function boot(): Promise<boolean> {
  try {
    await useSession().load()
    bootProblem.value = null
    return true
  } catch (error) {
    bootProblem.value = problemOf(error)
    return false
  }
}
