// The stories, told once on each database, in one real Chromium.

import { defineConfig } from '@playwright/test';

/** The whole browser: for what it shows outside its pages, as notifications. */
export const CHROMIUM = {
  executablePath: process.env.RECADO_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
};

export default defineConfig({
  testDir: 'tests',
  // two cores: while one story waits, two others go on; each has a world of its own
  workers: 3,
  // a story that fails and then passes in a new world is named as flaky at the end of `make test`, and does not pass in silence
  retries: 1,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  outputDir: 'report/failures',
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    actionTimeout: 30_000,
    // a recording of each step costs a third of the time: RECADO_TRACE=1 has it
    trace: process.env.RECADO_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    // the engine without a window of its own, where there is one
    launchOptions: { ...CHROMIUM, executablePath: process.env.RECADO_HEADLESS_SHELL || CHROMIUM.executablePath },
  },
  projects: [{ name: 'sqlite' }, { name: 'postgres' }],
});
