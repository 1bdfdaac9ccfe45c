// The lengths and counts that the server allows, by their names in GET /server. Each is missing until it was asked.
import type { ShallowRef } from 'vue'
import { limits as known } from '@/i18n/limits'
import type { ServerInfo } from './types'

export const limits = known as Readonly<ShallowRef<Readonly<Partial<ServerInfo['limits']>>>>
