// Following: an agent is told of a conversation that is a colleague's as of their own, finds it at the left, and follows it no longer.

import { expect, Page } from '@playwright/test';
import { colleague, send, settle } from '../forms';
import { compose, found, go, look, stay, test } from '../people';

test.use({ story: 'follow' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page, path: string;
const follow = (page: Page) => page.getByRole('button', { name: 'Follow' });
const following = (page: Page) => page.locator('.side-link').filter({ hasText: 'Following' });
const note = (world: any, text: string) => send(marta, world, path, 'write_note', { conversation: path.split('/').pop()!, 'form[text]': text });

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Alves');
  path = await compose(marta, 'joana@correio.example', 'Late order', 'We are looking for it.');
  await marta.locator('#menu-assign summary').click();
  await marta.locator('#menu-assign .menu-item').filter({ hasText: 'Marta Silva' }).click();
  await expect(marta.locator('#menu-assign summary')).toContainText('Marta Silva');
});

test('Rui follows what is Marta’s, and finds it at the left', async () => {
  await go(rui, path);
  await expect(follow(rui)).toHaveAttribute('aria-pressed', 'false');
  await expect(following(rui).locator('b')).toHaveText('');
  const same = await stay(rui);
  await follow(rui).click();
  await expect(follow(rui)).toHaveAttribute('aria-pressed', 'true');
  await expect(following(rui).locator('b')).toHaveText('1');
  await expect(following(marta).locator('b')).toHaveText('');
  await look(rui, 'follow');
  await following(rui).click();
  await expect(rui.locator('.row')).toHaveCount(1);
  await expect(following(rui)).toHaveAttribute('aria-current', 'page');
  await look(rui, 'follow-list');
  // wherever it stands
  await marta.locator('.solve').click();
  await expect(rui.locator('.row')).toContainText('Solved');
  await expect(following(rui).locator('b')).toHaveText('1');
  await marta.locator('.solve').click();
  await expect(rui.locator('.row')).not.toContainText('Solved');
  await same();
});

test('he is told of what is noted in it, and by a key no longer', async ({ world }) => {
  await note(world, 'The bank failed');
  await expect(rui).toHaveTitle(/^\(1\)/);
  await rui.locator('.row-link').click();
  await expect(rui.getByText('The bank failed').first()).toBeVisible();
  await expect(rui).not.toHaveTitle(/^\(1\)/);
  await expect(rui.locator('.rows-scroll')).toBeVisible();
  await rui.locator('.pane-title h1').focus();
  await rui.keyboard.press('f');
  await expect(follow(rui)).toHaveAttribute('aria-pressed', 'false');
  await expect(rui.locator('.row')).toHaveCount(0);
  await rui.keyboard.press('?');
  await expect(rui.locator('.keys div').filter({ hasText: 'Follow, or no longer' })).toContainText('f');
  await rui.keyboard.press('Escape');
  await go(rui, '/inbox?status=solved');
  await note(world, 'Another look');
  await rui.waitForTimeout(1_000);
  await expect(rui).not.toHaveTitle(/^\(1\)/);
});

test('a plain form follows, too, and a merge takes those who follow along', async ({ world }) => {
  await send(rui, world, path, 'follow_conversation', { conversation: path.split('/').pop()!, on: 'true' });
  await go(rui, '/inbox');
  await expect(following(rui).locator('b')).toHaveText('1');
  const other = await compose(marta, 'kenji@correio.example', 'Refund', 'Here it is.');
  const number = (await marta.locator('.pane-number').textContent())!.replace('#', '');
  await send(marta, world, `${path}?merge=1`, 'merge_ticket', { conversation: path.split('/').pop()!, ticket: number });
  await go(rui, other);
  await expect(follow(rui)).toHaveAttribute('aria-pressed', 'true');
  await expect(following(rui).locator('b')).toHaveText('1');
  await rui.setViewportSize({ width: 390, height: 844 });
  await look(rui, 'follow-phone');
});

test('nothing was left to be mended', () => expect(found).toEqual([]));
