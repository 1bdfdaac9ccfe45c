// All that is done to groups, loaded in one piece after the first screen.
export { default as AddMembersDialog } from './AddMembersDialog.vue'
export { default as AnnouncementDialog } from './AnnouncementDialog.vue'
export { default as GroupDetails } from './GroupDetails.vue'
export { default as JoinGroupDialog } from './JoinGroupDialog.vue'
export { default as JoinPane } from './JoinPane.vue'
export { default as JoinRequestsDialog } from './JoinRequestsDialog.vue'
export { default as MemberDialog } from './MemberDialog.vue'
export { default as NewGroupDialog } from './NewGroupDialog.vue'
