// The Inbox by how a conversation came and on which days something was last said: by keys, live, kept as a view, without script.

import { Page } from '@playwright/test';
import { compose, expect, found, glance, go, look, seededAdmin, stay, test } from '../people';
import { leftInEnglish } from '../catalogue';

test.use({ story: 'inbox-filter', seeded: 60 });
test.describe.configure({ mode: 'serial' });

let marta: Page, other: Page, forwarding: string;

const DAY = 86_400_000;
/** A day by the clock of the seeded shop. */
const day = (ahead: number) => new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/Lisbon' }).format(Date.now() + ahead * DAY);
const row = (page: Page, subject: string) => page.locator('.inbox-rows > li').filter({ hasText: subject });
const rows = (page: Page) => page.locator('.inbox-rows > li');
const side = (page: Page, name: string) => page.locator('.side-link').filter({ hasText: name });
const filter = (page: Page, name: string) => page.locator('.filter').filter({ hasText: name });

test('a shop with chats, mails, and tickets that an agent wrote', async ({ browser, world }) => {
  marta = await seededAdmin(browser, world);
  other = await seededAdmin(browser, world);
  await go(marta, '/admin/overview');
  forwarding = (await marta.getByText(/@in\.recado\.example/).first().textContent())!.trim();
  await compose(marta, 'eva@moreau.example', 'Forty lamps', 'Here is the offer.');
});

test('by keys: a channel, then days, and the address bar carries both', async () => {
  await go(marta, '/inbox?kind=ticket&status=any');
  const same = await stay(marta);
  await filter(marta, 'Channel').locator('summary').focus();
  await marta.keyboard.press('Enter');
  for (let n = 0; n < 3; n++) await marta.keyboard.press('ArrowDown');
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/channel=web/);
  await expect(filter(marta, 'Channel: Written by an agent').locator('summary')).toBeFocused();
  await expect(rows(marta)).toHaveCount(1);
  await expect(row(marta, 'Forty lamps')).toBeVisible();
  await filter(marta, 'Date').locator('summary').focus();
  await marta.keyboard.press('ArrowDown');
  await expect(marta.getByRole('link', { name: 'Today', exact: true })).toBeFocused();
  await glance(marta, 'inbox-days');
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/channel=web&days=1/);
  await expect(filter(marta, 'Date: Today')).toBeVisible();
  await expect(row(marta, 'Forty lamps')).toBeVisible();
  // the chip takes it away again; a channel that says what it is takes the place of the drawer
  await marta.getByRole('link', { name: 'Remove the filter Date' }).click();
  await expect(marta).toHaveURL(/\/inbox\?status=any&channel=web$/);
  await filter(marta, 'Channel').locator('summary').click();
  await marta.getByRole('link', { name: 'Chat', exact: true }).click();
  await expect(marta).toHaveURL(/\/inbox\?status=any&channel=chat$/);
  await expect(row(marta, 'Forty lamps')).toHaveCount(0);
  await expect.poll(() => rows(marta).count()).toBeGreaterThan(3);
  await same();
});

test('days of one\'s own, from one, up to one', async () => {
  await go(marta, '/inbox?status=any&sort=oldest');
  const same = await stay(marta);
  const choose = async (from: string, until: string) => {
    const menu = filter(marta, 'Date');
    await menu.locator('summary').click();
    if (!(await menu.getByLabel('Last activity from').isVisible())) {
      await menu.getByRole('link', { name: 'Own dates' }).click();
      await expect(filter(marta, `Date: ${day(-6)} – ${day(0)}`)).toBeVisible();
      await menu.locator('summary').click();
    }
    await menu.getByLabel('Last activity from').fill(from);
    await menu.getByLabel('until').fill(until);
    await menu.getByRole('button', { name: 'Show' }).click();
  };
  await choose(day(0), '');
  await expect(marta).toHaveURL(new RegExp(`status=any&days=${day(0)}\\.\\.&sort=oldest`));
  await expect(row(marta, 'Forty lamps')).toBeVisible();
  await choose('', day(-1));
  await expect(marta).toHaveURL(new RegExp(`days=\\.\\.${day(-1)}`));
  await expect(row(marta, 'Forty lamps')).toHaveCount(0);
  await expect.poll(() => rows(marta).count()).toBeGreaterThan(8);
  // in whichever order they are said
  await choose(day(0), day(-2));
  await expect(filter(marta, `Date: ${day(-2)} – ${day(0)}`)).toBeVisible();
  await look(marta, 'inbox-own-days');
  await choose('', '');
  await expect(marta).toHaveURL(/\/inbox\?status=any&sort=oldest$/);
  await same();
});

test('what comes to match appears by itself, and what does no longer goes', async ({ world }) => {
  await go(marta, '/inbox?status=any&channel=email&days=1');
  await go(other, '/inbox?status=any&days=..' + day(-1));
  const [same, otherStays] = [await stay(marta), await stay(other)];
  const old = (await other.locator('.inbox-rows [data-row]').first().getAttribute('data-row'))!;
  await world.mail({ from: 'Ana <ana@correio.example>', to: 'support@aurora.example', envelopeTo: forwarding, subject: 'Where is my lamp?', text: 'I ordered it in May.' });
  await expect(row(marta, 'Where is my lamp?')).toBeVisible();
  await expect(row(other, 'Where is my lamp?')).toHaveCount(0);
  // a word today, in what was last spoken of on another day
  const page = await marta.context().newPage();
  await go(page, `/inbox/${old}`);
  await page.locator('#write-note-text, #write-reply-text').first().waitFor();
  await page.keyboard.press('n');
  await page.keyboard.type('Asked again.');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByRole('log').getByText('Asked again.')).toBeVisible();
  await expect(other.locator(`[data-row="${old}"]`)).toHaveCount(0);
  await page.close();
  await same();
  await otherStays();
});

test('kept as a view it counts, here and elsewhere', async ({ world }) => {
  await go(marta, '/inbox?channel=email&days=1&views=1');
  const sheet = marta.getByRole('dialog', { name: 'Views' });
  await sheet.getByLabel('Name of the view').first().fill('Mail of today');
  await sheet.getByText('All agents see it').click();
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(side(marta, 'Mail of today')).toHaveAttribute('aria-current', 'page');
  await expect(side(other, 'Mail of today').locator('b')).toHaveText(/\d/);
  const before = Number(await side(other, 'Mail of today').locator('b').textContent());
  expect(before).toBe(await rows(marta).count());
  await world.mail({ from: 'Rui <rui@correio.example>', to: 'support@aurora.example', envelopeTo: forwarding, subject: 'And my chair?', text: 'It is late.' });
  await expect(side(other, 'Mail of today').locator('b')).toHaveText(String(before + 1));
  await side(other, 'Mail of today').click();
  await expect(other).toHaveURL(/\/inbox\?channel=email&days=1$/);
  await expect(row(other, 'And my chair?')).toBeVisible();
});

test('a list that goes by today is loaded anew when a day begins', async () => {
  const page = await marta.context().newPage();
  await page.clock.install();
  await go(page, '/inbox?days=7');
  const asked = page.waitForRequest((request) => request.url().includes('/api/list_inbox'));
  await page.clock.fastForward(DAY);
  await asked;
  await page.close();
});

test('without script the same, by plain links and a form', async ({ browser, world }) => {
  const context = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() });
  const plain = await context.newPage();
  await plain.goto('/inbox?status=any');
  await filter(plain, 'Channel').locator('summary').click();
  await plain.getByRole('link', { name: 'E-mail', exact: true }).click();
  await expect(row(plain, 'Forty lamps')).toHaveCount(0);
  await filter(plain, 'Date').locator('summary').click();
  await plain.getByRole('link', { name: 'Own dates' }).click();
  await filter(plain, 'Date').locator('summary').click();
  await plain.getByLabel('Last activity from').fill(day(0));
  await plain.getByLabel('until').fill('');
  await plain.getByRole('button', { name: 'Show' }).click();
  await expect(plain).toHaveURL(/status=any&channel=email/);
  await expect(row(plain, 'And my chair?')).toBeVisible();
  await expect(filter(plain, `Date: ${day(0)} –`)).toBeVisible();
  await expect(filter(plain, 'Channel: E-mail')).toBeVisible();
  await context.close();
});

test('in Portuguese, in all properties too', async () => {
  await go(marta, '/account');
  await marta.getByLabel('Language').selectOption({ label: 'Português (Brasil)' });
  await marta.locator('section', { has: marta.getByRole('heading', { name: 'Profile' }) }).getByRole('button').click();
  await expect(marta.getByText('Salvo.')).toBeVisible();
  for (const page of ['/inbox?days=30&channel=web', '/everywhere?days=7']) {
    await go(marta, page);
    await filter(marta, 'Data').locator('summary').click();
    await marta.getByRole('link', { name: 'Outras datas' }).click();
    await filter(marta, 'Data').locator('summary').click();
    await expect(marta.getByLabel('Última atividade de')).toBeVisible();
    await glance(marta, `pt-days${page.slice(0, 4).replace('/', '-')}`);
    expect(await leftInEnglish(marta, /^(?!(Channel|Date|Today|Last|Show|Written)\b).*/)).toEqual([]);
  }
});

test('nobody stumbles', () => {
  expect(found.splice(0)).toEqual([]);
});
