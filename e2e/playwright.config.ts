import { defineConfig } from '@playwright/test'
import type { Wishes } from './support/test.ts'

// What every engine must be able to do is marked with @core; README.md tells
// how to run one of them.
const core = /@core/
// Wants all three at once.
const together = /three-engines/
// Every screen; and what is repeated of it for the other engines.
const whole = /usable/
const repeated = /main-screens/
const engines = ['chromium', 'firefox', 'webkit'] as const

export default defineConfig<Wishes>({
  projects: [
    { name: 'specs', testDir: 'specs', testIgnore: [together, repeated] },
    { name: 'firefox', testDir: 'specs', grep: core, use: { engine: 'firefox' } },
    { name: 'webkit', testDir: 'specs', grep: core, use: { engine: 'webkit' } },
    { name: 'together', testDir: 'specs', testMatch: together },
    // By hand: every screen in every theme in every engine.
    ...engines.map((engine) => ({
      name: `screens-${engine}`,
      testDir: 'specs',
      testMatch: whole,
      use: { engine, everyTheme: true },
    })),
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
