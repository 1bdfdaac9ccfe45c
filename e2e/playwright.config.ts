import { defineConfig } from '@playwright/test'
import type { Wishes } from './support/test.ts'

// What every engine must be able to do is marked with @core; README.md tells
// how to run one of them.
const core = /@core/
// Wants all three at once.
const together = /three-engines/
// Repeats for the others what usable.spec.ts does for all screens.
const repeated = /main-screens/

export default defineConfig<Wishes>({
  projects: [
    { name: 'specs', testDir: 'specs', testIgnore: [together, repeated] },
    { name: 'firefox', testDir: 'specs', grep: core, use: { engine: 'firefox' } },
    { name: 'webkit', testDir: 'specs', grep: core, use: { engine: 'webkit' } },
    { name: 'together', testDir: 'specs', testMatch: together },
    { name: 'screenshots', testDir: 'screenshots', expect: { timeout: 5000 }, use: { actionTimeout: 5000 } },
    { name: 'pictures', testDir: 'pictures', use: { deviceScaleFactor: 2 } },
  ],
  outputDir: 'test-results',
  globalSetup: './support/build.ts',
  fullyParallel: true,
  workers: 2,
  // A second try tells a flaky test, which is named at the end, from a broken one.
  retries: process.env['CI'] ? 1 : 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 90_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    trace: 'off',
  },
})
