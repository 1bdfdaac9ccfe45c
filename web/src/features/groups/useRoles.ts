// Who may do what to whom in a group, as far as the buttons go; the server decides.
import { useI18n } from 'vue-i18n'
import type { GroupInfo, Member, Role } from '@/stores/types'

const rank: Record<Role, number> = { member: 0, admin: 1, owner: 2 }

/** Whether I stand above somebody: an owner above all, an admin above members. */
export function above(mine: Role | null, theirs: Role): boolean {
  return mine !== null && mine !== 'member' && rank[mine] > rank[theirs]
}

export function mayManage({ role }: GroupInfo): boolean {
  return role === 'owner' || role === 'admin'
}

export function mayAdd(group: GroupInfo): boolean {
  return group.joinPolicy === 'request' || mayManage(group)
}

export function useRoles() {
  const { t } = useI18n()

  /** What somebody is in the group; nothing for those who are just in it. */
  const roleName = (role: Role) => (role === 'member' ? '' : t(`role.${role}`))

  const isMuted = ({ mutedUntil = 0 }: Pick<Member, 'mutedUntil'>, now: number) => mutedUntil > now

  return { roleName, isMuted }
}
