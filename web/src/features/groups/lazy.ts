// The panes of groups, fetched while nobody waits: no tap waits for a file, and none fails without a network.
import { defineAsyncComponent } from 'vue'
import { whenIdle } from '@/platform/idle'

const load = () => import('./panes')

export function preloadGroups(): void {
  // It is loaded again when it is needed.
  whenIdle(() => void load().catch(() => undefined))
}

export const AnnouncementDialog = defineAsyncComponent(async () => (await load()).AnnouncementDialog)
export const GroupDetails = defineAsyncComponent(async () => (await load()).GroupDetails)
export const JoinGroupDialog = defineAsyncComponent(async () => (await load()).JoinGroupDialog)
export const JoinPane = defineAsyncComponent(async () => (await load()).JoinPane)
export const JoinRequestsDialog = defineAsyncComponent(async () => (await load()).JoinRequestsDialog)
export const MemberDialog = defineAsyncComponent(async () => (await load()).MemberDialog)
export const NewGroupDialog = defineAsyncComponent(async () => (await load()).NewGroupDialog)
