// The pages for owners of the server, and feedback: opened seldom, so in a piece of their own.
export { default as ConsoleView } from '@/features/console/ConsoleView.vue'
export { default as OverviewPane } from '@/features/console/OverviewPane.vue'
export { default as PeoplePane } from '@/features/console/PeoplePane.vue'
export { default as GroupsPane } from '@/features/console/GroupsPane.vue'
export { default as FeedbackPane } from '@/features/console/FeedbackPane.vue'
export { default as SignInsPane } from '@/features/console/SignInsPane.vue'
export { default as LogPane } from '@/features/console/LogPane.vue'
export { default as FeedbackView } from '@/features/feedback/FeedbackView.vue'
