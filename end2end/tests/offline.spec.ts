// A line that is gone: a page that says so, and what was typed is there again.

import { Page } from '@playwright/test';
import { settle } from '../forms';
import { alive, compose, expect, go, look, test } from '../people';

test.use({ story: 'offline' });
test.describe.configure({ mode: 'serial' });

let marta: Page, ticket: string;

test('an agent whose browser has met Recado before', async ({ browser, world }) => {
  marta = await settle(browser, world);
  ticket = await compose(marta, 'joana@correio.example', 'Late parcel', 'We are looking for it.');
  await go(marta, ticket);
  await expect.poll(() => marta.evaluate(async () => (await navigator.serviceWorker.getRegistration('/'))?.active?.state)).toBe('activated');
});

test('when the network is back, another line is opened', async () => {
  for (const address of [ticket, '/everywhere']) {
    await go(marta, address);
    await marta.context().setOffline(true);
    const line = marta.waitForEvent('websocket', (line) => line.url().includes('/live'));
    await marta.context().setOffline(false);
    await line;
  }
  await go(marta, ticket);
});

test('what is typed without a line outlives the page', async () => {
  await marta.context().setOffline(true);
  await marta.keyboard.press('r');
  await marta.keyboard.type('Found it, it leaves today.');
  await expect.poll(() => marta.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('recado.draft.')).length)).toBe(1);
  await marta.reload();
  await expect(marta.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await look(marta, 'no-line');
  await marta.context().setOffline(false);
  await marta.getByRole('link', { name: 'Try again' }).click();
  await expect(marta.getByRole('heading', { name: 'Late parcel' })).toBeVisible();
  await alive(marta);
  await expect(marta.locator('#write-reply-text')).toHaveValue('Found it, it leaves today.');
  // once it is sent, nothing of it comes back
  await marta.locator('#write-reply-text').press('Control+Enter');
  await expect(marta.getByRole('log').getByText('Found it, it leaves today.')).toBeVisible();
  await go(marta, ticket);
  await expect(marta.locator('#write-reply-text')).toHaveValue('');
  expect(await marta.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('recado.draft.')).length)).toBe(0);
});

test('a ticket that is being composed, too', async () => {
  await go(marta, '/inbox?compose=1');
  await marta.context().setOffline(true);
  await marta.getByLabel('Recipient e-mail').fill('tomas@oliveira.example');
  await marta.getByLabel('Subject').fill('Your invoice');
  await marta.getByLabel('Message').fill('Here it is.');
  await marta.waitForTimeout(800);
  await marta.reload();
  await expect(marta.getByRole('heading', { name: 'No connection' })).toBeVisible();
  await marta.context().setOffline(false);
  await go(marta, '/inbox?compose=1');
  await expect(marta.getByLabel('Subject')).toHaveValue('Your invoice');
  await expect(marta.getByLabel('Message')).toHaveValue('Here it is.');
  await expect(marta.getByLabel('Recipient e-mail')).toHaveValue('tomas@oliveira.example');
});
