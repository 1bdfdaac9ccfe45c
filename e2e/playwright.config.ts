import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { defineConfig } from '@playwright/test'

// The system's own browser: the one that people have, and none to download.
function chromium() {
  if (process.env['CHROMIUM']) return process.env['CHROMIUM']
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      try {
        accessSync(join(folder, name), constants.X_OK)
        return join(folder, name)
      } catch {
        // not in this one
      }
    }
  }
  throw new Error(
    'Chromium is missing: install it (Debian: apt-get install chromium), or name it in CHROMIUM.',
  )
}

export default defineConfig({
  projects: [
    { name: 'specs', testDir: 'specs' },
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
    browserName: 'chromium',
    actionTimeout: 15_000,
    screenshot: 'only-on-failure',
    trace: 'off',
    launchOptions: {
      executablePath: chromium(),
      args: [
        // Going back by a swipe is the app's own; the browser's would go on where the app has gone back.
        '--overscroll-history-navigation=0',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
})
