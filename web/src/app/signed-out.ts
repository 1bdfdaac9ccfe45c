// The pages for people who are not signed in. They need neither the socket nor the cache.
export { default as SetUpView } from '@/features/account/SetUpView.vue'
export { default as SignInView } from '@/features/account/SignInView.vue'
export { default as SignUpView } from '@/features/account/SignUpView.vue'
export { default as ActivateView } from '@/features/account/ActivateView.vue'
export { default as ConfirmEmailView } from '@/features/account/ConfirmEmailView.vue'
export { default as ForgotView } from '@/features/account/ForgotView.vue'
export { default as ResetView } from '@/features/account/ResetView.vue'
export { default as NotFoundView } from '@/features/shell/NotFoundView.vue'
