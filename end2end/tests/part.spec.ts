// Parts of the app are files of their own, and a network can fail between two of them.

import { settle } from '../forms';
import { alive, compose, expect, go, test } from '../people';

test.use({ story: 'part' });

test('a part that cannot be had leaves its page plain, and is asked for again', async ({ browser, world }) => {
  const marta = await settle(browser, world);
  const ticket = await compose(marta, 'joana@correio.example', 'Late parcel', 'We are looking for it.');
  const part = '**/pkg/split_conversation*';
  await marta.route(part, (route) => route.abort());
  // a page that needs it is complete, and its forms are sent as they are
  await marta.goto(ticket);
  await expect(marta.getByRole('log').getByText('We are looking for it.')).toBeVisible();
  await marta.waitForTimeout(1_000);
  expect(await marta.evaluate(() => 'live' in document.documentElement.dataset)).toBe(false);
  await marta.locator('#write-reply-text').fill('Said without the part.');
  await marta.getByRole('button', { name: 'Send' }).first().click();
  await expect(marta.getByRole('log').getByText('Said without the part.')).toBeVisible();
  // a page that is awake says so, and tries again
  await go(marta, '/inbox');
  await marta.getByRole('link', { name: 'Late parcel' }).first().click();
  await expect(marta.getByRole('link', { name: 'Try again' })).toBeVisible();
  await marta.unroute(part);
  await marta.getByRole('link', { name: 'Try again' }).click();
  await expect(marta.getByRole('log').getByText('We are looking for it.')).toBeVisible();
  await alive(marta);
});
