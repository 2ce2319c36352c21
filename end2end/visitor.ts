// A visitor of a shop, with the real widget: its launcher, its window, what is said in it.

import { expect, FrameLocator, Page } from '@playwright/test';

export const launcher = (page: Page) => page.locator('recado-widget .launcher');
export const inside = (page: Page): FrameLocator => page.frameLocator('recado-widget iframe');
export const writes = (page: Page) => inside(page).locator('form[data-form="say"] textarea');

/** Opens the window, and waits until it is awake. */
export async function open(page: Page) {
  if (!(await page.locator('recado-widget .panel').isVisible())) await launcher(page).click();
  await expect(inside(page).locator('[data-awake]')).toBeAttached();
}

/** The window says it. */
export const shows = (page: Page, words: string) => expect(inside(page).getByText(words).first()).toBeVisible();

export async function says(page: Page, words: string) {
  await writes(page).fill(words);
  await writes(page).press('Enter');
  await shows(page, words);
}

/** The other side: an agent's list, and where one writes. */
export const row = (page: Page, words: RegExp | string) => page.locator('.row-link').filter({ hasText: words });
export const reply = (page: Page) => page.locator('#write-reply-text');
export const bubble = (page: Page, words: RegExp | string) => page.locator('.bubble').filter({ hasText: words });
