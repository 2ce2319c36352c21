// What the stories of the widget share: a shop with the widget on its page, and ways to look at both sides.

import { expect, Frame, Page, test } from '@playwright/test';
import { Recado, Shop } from './widget';

export let recado: Recado, shop: Shop;
/** A spec that calls this has both, from its first test to its last. */
export function stage() {
  test.beforeAll(async () => {
    recado = await Recado.start();
    shop = await Shop.start(recado);
  });
  test.afterAll(() => {
    shop.stop();
    recado.stop();
  });
  test.beforeEach(() => {
    test.skip(test.info().project.name != 'sqlite', 'no database takes part in these');
    recado.reset();
  });
}

export const launcher = (page: Page) => page.locator('recado-widget .launcher');
export const panel = (page: Page) => page.locator('recado-widget .panel');
export const frameOf = (page: Page) => page.frames().find((frame) => frame.url().startsWith(`${recado.url}/chat/`) && frame.url().includes('embed=1'));
export const call = (page: Page, ...words: unknown[]) => page.evaluate((words) => (window as any).Recado(...words), words);
/** What the frame was told and asked, without what tests do not look at. */
export const heard = (frame: Frame): Promise<any[]> => frame.evaluate('heard') as Promise<any[]>;
/** The frame says something, as Recado's page would. */
export const says = (frame: Frame, message: object) => frame.evaluate(`say(${JSON.stringify(message)})`);

export async function visit(page: Page, where = '/') {
  page.on('pageerror', (error) => { throw error; });
  await page.goto(shop.url + where);
  await expect(launcher(page)).toBeAttached();
}
export async function opened(page: Page): Promise<Frame> {
  if (!(await panel(page).isVisible())) await launcher(page).click();
  await expect(page.locator('recado-widget [data-frame=live]')).toBeAttached();
  return frameOf(page)!;
}
/** All that a browser keeps for a page. */
export const kept = (page: Page) => page.evaluate(async () => ({
  cookie: document.cookie, local: { ...localStorage }, session: { ...sessionStorage }, databases: (await indexedDB.databases()).length, caches: 'caches' in window ? (await caches.keys()).length : 0,
}));
export const NOTHING = { cookie: '', local: {}, session: {}, databases: 0, caches: 0 };
