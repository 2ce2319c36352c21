// Limits of an agent: an admin says what somebody sees, and it counts at once, on the screen that is open. What is not theirs is nowhere:
// not in the list, not beside it, not at its address, not in search; until it is given to them.

import { Page } from '@playwright/test';
import { cut, leftInEnglish } from '../catalogue';
import { colleague, send, settle } from '../forms';
import { alive, compose, expect, found, go, look, stay, test } from '../people';

test.use({ story: 'limits' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page;
let secret: string, chair: string;
const row = (page: Page, subject: string) => page.locator('.inbox-rows > li').filter({ hasText: subject });
const all = (page: Page) => page.locator('.side-link', { hasText: 'All' }).first().locator('b');
const ruis = () => marta.locator('.row-line').filter({ hasText: 'Rui Costa' });

async function assign(page: Page, name: string) {
  await page.locator('#menu-assign summary').click();
  await page.locator('#menu-assign').getByText(name).click();
}

test('an admin limits an agent, and his open Inbox loses the row at once', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  await send(marta, world, '/admin/departments', 'create_department', { name: 'Billing', description: '' });
  secret = await compose(marta, 'eva@correio.example', 'A secret lamp', 'It is made of brass.');
  chair = await compose(marta, 'eva@correio.example', 'A plain chair', 'It is made of wood.');
  await assign(marta, 'Rui Costa');
  await go(rui, '/inbox');
  await expect(row(rui, 'A secret lamp')).toHaveCount(1);
  await expect(all(rui)).toHaveText('2');
  await go(marta, '/admin/agents');
  await ruis().getByLabel('Sees').selectOption({ label: 'Only own' });
  await ruis().getByRole('button', { name: 'Save' }).click();
  // within a second his page is another one
  await expect(row(rui, 'A secret lamp')).toHaveCount(0, { timeout: 4_000 });
  await alive(rui);
  await expect(row(rui, 'A plain chair')).toHaveCount(1);
  await expect(all(rui)).toHaveText('1');
  await look(rui, 'limited-inbox');
  await go(marta, '/admin/agents');
  await expect(ruis().getByLabel('Sees')).toHaveValue('own');
  await look(marta, 'agents-limits');
  await go(marta, '/admin/audit');
  await expect(marta.getByText('Changed what an agent sees').first()).toBeVisible();
});

test('the address of a foreign ticket, search, the contact and reports show nothing of it', async () => {
  await go(rui, secret);
  await expect(rui.getByText('This is not here, or you may not see it.')).toBeVisible();
  await expect(rui.getByText('brass')).toHaveCount(0);
  await look(rui, 'limited-not-found');
  for (const [words, many] of [['lamp', 0], ['brass', 0], ['chair', 1]] as const) {
    await expect.poll(async () => {
      await go(rui, `/search?q=${words}`);
      return rui.locator('main a[href^="/inbox/"]').count();
    }, { message: words, timeout: 20_000 }).toBe(many);
  }
  await go(rui, chair);
  await expect(rui.getByRole('heading', { name: 'A plain chair' })).toBeVisible();
  await expect(rui.getByText('A secret lamp')).toHaveCount(0);
  await go(rui, '/reports');
  await expect(rui.getByText('Reports are of the whole property')).toBeVisible();
});

test('what is given to him comes by itself, and what is taken goes', async () => {
  await go(rui, '/inbox');
  const same = await stay(rui);
  await go(marta, secret);
  await assign(marta, 'Rui Costa');
  await expect(row(rui, 'A secret lamp')).toHaveCount(1);
  await expect(all(rui)).toHaveText('2');
  await row(rui, 'A secret lamp').getByRole('link').first().click();
  await expect(rui.getByText('It is made of brass.').first()).toBeVisible();
  await assign(marta, 'Marta Silva');
  await expect(rui.getByText('This conversation is not here any more')).toBeVisible();
  await expect(row(rui, 'A secret lamp')).toHaveCount(0);
  await expect(all(rui)).toHaveText('1');
  await same();
});

test('called in a note, he sees that one', async () => {
  await go(rui, '/inbox');
  await marta.getByText('Internal note', { exact: true }).click();
  await marta.locator('#write-note-text').fill('@Rui what do you think?');
  await marta.getByRole('button', { name: 'Add note' }).click();
  await expect(row(rui, 'A secret lamp')).toHaveCount(1);
});

test('all of it in Portuguese', async ({ world }) => {
  await send(marta, world, '/account', 'change_profile', { name: 'Marta Silva', language: 'pt-BR' });
  await go(marta, '/admin/agents');
  expect(await leftInEnglish(marta, /Marta|Rui|Loja Aurora/)).toEqual([]);
  expect(await cut(marta)).toEqual([]);
  await look(marta, 'agents-limits-pt');
  expect(found).toEqual([]);
});
