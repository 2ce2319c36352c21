// Targets: an admin says how soon tickets are to be answered and solved; clocks count down at the rows and in the ticket, and what is due
// soon or overdue has a view of its own that follows without a reload.

import { Page } from '@playwright/test';
import { cut, leftInEnglish } from '../catalogue';
import { colleague, send, settle } from '../forms';
import { expect, go, look, stay, test } from '../people';

test.use({ story: 'targets' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page;
const target = (priority: string, what: string) => marta.getByRole('group', { name: priority, exact: true }).getByLabel(what, { exact: true });
const unit = (priority: string, place: number) => marta.getByRole('group', { name: priority, exact: true }).getByLabel('Unit').nth(place);
const soon = () => rui.locator('.side-link', { hasText: 'Due soon' });
const row = (subject: string) => rui.locator('.inbox-rows > li').filter({ hasText: subject });

test('an admin sets targets; what is wrong is said at its field and nothing typed is lost', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  world.grow(60, 10);
  await go(rui, '/inbox');
  await expect(rui.locator('.chip.due')).toHaveCount(0);
  await expect(soon().locator('b')).toHaveText('');
  await go(marta, '/admin/overview');
  await marta.getByRole('link', { name: 'Targets' }).click();
  await expect(target('Medium', 'Reply within')).toHaveValue('');
  await target('Medium', 'Reply within').fill('90');
  await unit('Medium', 0).selectOption('minutes');
  await target('High', 'Solved within').fill('90');
  await unit('High', 1).selectOption('days');
  await marta.getByLabel('Around the clock').check();
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByText('A whole number from 1 to 60')).toBeVisible();
  await expect(target('High', 'Solved within')).toBeFocused();
  await expect(target('Medium', 'Reply within')).toHaveValue('90');
  await look(marta, 'targets-refused');
  await target('High', 'Solved within').fill('3');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByText('Saved.')).toBeVisible();
  await go(marta, '/admin/targets');
  await expect(target('Medium', 'Reply within')).toHaveValue('90');
  await expect(unit('Medium', 0)).toHaveValue('1');
  await expect(target('High', 'Solved within')).toHaveValue('3');
  await expect(marta.getByLabel('Around the clock')).toBeChecked();
  await look(marta, 'targets');
  await go(marta, '/admin/audit');
  await expect(marta.getByText('Changed the targets').first()).toBeVisible();
});

test('open tickets follow by themselves, and what is overdue is said in words', async () => {
  await expect(soon().locator('b')).not.toHaveText('', { timeout: 20_000 });
  const same = await stay(rui);
  await soon().click();
  await expect(rui).toHaveURL(/soon=1/);
  await expect(rui.locator('.inbox-rows > li').first().locator('.chip.due.bad')).toContainText(/Reply overdue by \d+ (h|d)/);
  await same();
  await look(rui, 'due-soon');
});

test('a clock counts down at the row and in the ticket, and follows what is done', async ({ world }) => {
  const forwarding = /[a-z0-9-]+@in\.recado\.example/.exec(await (await marta.request.get('/admin/overview')).text())![0];
  await world.mail({ from: 'Eva Lima <eva@correio.example>', to: forwarding, subject: 'My lamp is dark', text: 'Please help.' });
  await expect(row('My lamp is dark').locator('.chip.due.warm')).toHaveText('Reply due in 1 h', { timeout: 15_000 });
  const count = Number(await soon().locator('b').textContent());
  await row('My lamp is dark').getByRole('link').first().click();
  await expect(rui.locator('.pane-facts .chip.due')).toHaveText('Reply due in 1 h');
  await expect(rui.locator('.pane-facts .chip.due')).toHaveAttribute('title', /\d+ \w+ \d{4}, \d\d:\d\d/);
  await look(rui, 'due-in-ticket');
  await rui.locator('#menu-priority summary').click();
  await rui.locator('#menu-priority').getByRole('button', { name: /^▲ High$/ }).click();
  await expect(rui.locator('.pane-facts .chip.due')).toHaveText('Resolution due in 2 d');
  // it is not due soon any more, and its row goes by itself
  await expect(row('My lamp is dark')).toHaveCount(0);
  await expect(soon().locator('b')).toHaveText(`${count - 1}`);
  await rui.getByRole('button', { name: 'Solve', exact: false }).first().click();
  await expect(rui.locator('.pane-facts .chip.due')).toHaveCount(0);
});

test('all of it in Portuguese', async ({ world }) => {
  await send(marta, world, '/account', 'change_profile', { name: 'Marta Silva', language: 'pt-BR' });
  await go(marta, '/admin/targets');
  expect(await leftInEnglish(marta, /Marta|Loja Aurora/)).toEqual([]);
  expect(await cut(marta)).toEqual([]);
  await go(marta, '/inbox?soon=1&status=any&sort=due');
  await expect(marta.locator('.chip.due').first()).toContainText('Resposta atrasada há');
});
