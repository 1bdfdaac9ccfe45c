import { expect as playwright } from '@playwright/test'
import { withWebKit } from './webkit/expect.ts'

export const expect = withWebKit(playwright)
