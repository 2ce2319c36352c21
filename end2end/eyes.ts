// What one sees of a page: pictures of it, what a screen reader would stumble over, what does not fit. Knows no story.

import { Frame, Page, test } from '@playwright/test';
import axe from 'axe-core';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** What screens were found wanting, each said once; the last test of a story holds it empty. */
export const found: string[] = [];

/** All that axe can say of a page, or what it says of colours, or the rest. */
type Ask = 'all' | 'colours' | 'the rest';

const COLOURS = ['color-contrast', 'link-in-text-block'];
const RUN: Record<Ask, axe.RunOptions> = {
  all: {},
  colours: { runOnly: { type: 'rule', values: COLOURS } },
  'the rest': { rules: Object.fromEntries(COLOURS.map((rule) => [rule, { enabled: false }])) },
};

/** What a screen reader would stumble over, in each frame by itself; but for those that no script runs in, of mails. */
export async function stumbles(page: Page, name: string, ask: Ask = 'all', wrong = found) {
  for (const frame of page.frames()) if (await runs(frame)) wrong.push(...(await violations(frame, ask)).map((one) => `${name}: ${one}`));
}

async function runs(frame: Frame): Promise<boolean> {
  const sandbox = frame.parentFrame() && (await (await frame.frameElement()).getAttribute('sandbox'));
  return typeof sandbox !== 'string' || sandbox.includes('allow-scripts');
}

async function violations(frame: Frame, ask: Ask): Promise<string[]> {
  // it is large, and stays in a document once it is there
  if (!(await frame.evaluate(() => 'axe' in window))) await frame.evaluate(axe.source);
  const tags: axe.RunOptions = { runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] } };
  return frame.evaluate(async (run) => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, run);
    return violations.map((one) => `${one.id}: ${one.nodes.map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  }, { ...tags, ...RUN[ask], iframes: false, resultTypes: ['violations' as const] });
}

/** Waits until what was changed is drawn and nothing moves any more. */
export async function still(page: Page) {
  await page.evaluate(async () => {
    await new Promise((drawn) => { requestAnimationFrame(() => requestAnimationFrame(drawn)); setTimeout(drawn, 200); });
    const ends = document.getAnimations().filter((one) => one.effect?.getComputedTiming().endTime !== Infinity);
    // one that is taken back before it began never ends
    await Promise.race([Promise.all(ends.map((one) => one.finished.catch(() => undefined))), new Promise((waited) => setTimeout(waited, 2_000))]);
  });
}

/** What can be scrolled sideways and is not made for it, and what one could press if it were in the window. */
export async function fits(page: Page, name: string) {
  const out = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a, button, summary, input, .menu-panel')]
      .filter((one) => one.offsetParent && !one.closest('.side, .skip, .visually-hidden, details:not([open]) > :not(summary)'))
      .map((one) => [one, one.getBoundingClientRect()] as const)
      .filter(([, box]) => box.width > 1 && (box.left < -1 || box.right > innerWidth + 1))
      .map(([one, box]) => `${one.tagName.toLowerCase()}.${one.className} ${(one.textContent ?? '').slice(0, 30)}: ${box.left} to ${box.right}`),
  );
  found.push(...out.map((one) => `${name} leaves the window: ${one}`));
  const wide = await page.evaluate(() =>
    [...document.querySelectorAll('html, body, body *')]
      .filter((one) => !one.matches('.side, .scroll, pre, textarea, input, iframe, details:not([open]) > :not(summary)') && one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
      .filter((one) => one === document.documentElement || ['auto', 'scroll'].includes(getComputedStyle(one).overflowX))
      .map((one) => `${one.tagName.toLowerCase()}.${one.className}: ${one.scrollWidth} in ${one.clientWidth}`),
  );
  found.push(...wide.map((one) => `${name} scrolls sideways: ${one}`));
}

/** Where pictures of this run go. */
function pictures(): string {
  const folder = path.join(__dirname, 'report', 'screens', test.info().project.name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Looks for what a screen reader would stumble over, in light, dark, and on a phone; with a picture of each. Each is asked for what
    is new in it: the dark one has other colours, the phone another order. A second database draws nothing else: it is looked at once. */
export async function look(page: Page, name: string) {
  if (test.info().project.name !== 'sqlite') return;
  const [folder, size] = [pictures(), page.viewportSize()!];
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await still(page);
  await page.screenshot({ path: path.join(folder, `${name}-light.png`) });
  await stumbles(page, `${name} light`);
  await fits(page, name);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await still(page);
  await page.screenshot({ path: path.join(folder, `${name}-dark.png`) });
  await stumbles(page, `${name} dark`, 'colours');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 390, height: 844 });
  await still(page);
  await page.screenshot({ path: path.join(folder, `${name}-phone.png`) });
  await stumbles(page, `${name} on a phone`, 'the rest');
  await fits(page, `${name} on a phone`);
  await page.setViewportSize(size);
}

/** The same in few moments: whether it fits, with a picture of each width. */
export async function glance(page: Page, name: string) {
  if (test.info().project.name !== 'sqlite') return;
  const [folder, size] = [pictures(), page.viewportSize()!];
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    await still(page);
    await page.screenshot({ path: path.join(folder, `${name}-${width}.png`) });
    await fits(page, `${name} at ${width}`);
  }
  await page.setViewportSize(size);
}
