// What is opened seldom: nobody waits for it to read their messages, so it is in a piece of its own.
export { default as MeView } from '@/features/account/MeView.vue'
export { default as MePage } from '@/features/account/MePage.vue'
export { default as GroupsPane } from '@/features/groups/GroupsPane.vue'
export { default as RequestsPane } from '@/features/contacts/RequestsPane.vue'
export { default as AddPane } from '@/features/contacts/AddPane.vue'
