// What happened in a period, at one glance: figures compared, charts with their tables, told apart, taken out as lists; who sees what. And
// what is told of those who change settings.

import { expect, Page } from '@playwright/test';
import { colleague, send, settle } from '../forms';
import { found, go, look, stay, test } from '../people';

test.use({ story: 'reports' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page;
const figure = (page: Page, name: string) => page.locator('.report-figures .figure', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) });
const lines = () => marta.locator('table.parts tbody tr');

/** A list as it is downloaded. */
async function list(page: Page, address: string): Promise<string> {
  const answer = await page.request.get(address);
  expect(answer.headers()['content-disposition']).toContain('attachment');
  return answer.text();
}

/** Waits until everything is counted. */
async function counted(page: Page) {
  await expect.poll(async () => {
    await go(page, '/reports?period=366');
    return page.getByText('still being counted').count();
  }, { timeout: 60_000 }).toBe(0);
}

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
});

test('a new property has nothing to report, and says so', async () => {
  await marta.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Reports' }).click();
  await expect(marta.getByRole('heading', { name: 'Reports' })).toBeVisible();
  await expect(marta.getByText('Nothing happened in these days')).toBeVisible();
  await look(marta, 'reports-empty');
});

test('half a year is told in figures, charts and a table of hours', async ({ browser, world }) => {
  await send(marta, world, '/admin/departments', 'create_department', { name: 'Support' });
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Alves');
  world.grow(500, 260);
  await counted(marta);
  await go(marta, '/reports');
  expect(Number(await figure(marta, 'New conversations').locator('b').textContent())).toBeGreaterThan(50);
  await expect(figure(marta, 'First reply')).toContainText('9 of 10 within');
  await expect(figure(marta, 'Satisfaction')).toContainText('%');
  await expect(marta.locator('.chart')).toHaveCount(5);
  expect(await marta.locator('#by-day ~ .plot path.full').getAttribute('d')).toContain('M');
  await expect(marta.locator('table.heat td')).toHaveCount(7 * 24);
  await look(marta, 'reports');
});

test('the address carries days and what is told apart, with no page loaded anew', async () => {
  const same = await stay(marta);
  await marta.getByRole('link', { name: '90 days' }).click();
  await expect(marta).toHaveURL(/period=90/);
  await expect(marta.getByRole('link', { name: '90 days' })).toHaveAttribute('aria-current', 'true');
  await marta.getByRole('link', { name: 'By channel' }).click();
  await expect(marta).toHaveURL(/period=90&by=channel/);
  await expect(lines().filter({ hasText: 'E-mail' })).toHaveCount(1);
  await marta.getByRole('link', { name: 'By tag' }).click();
  await expect(lines().filter({ hasText: '#vip' })).toHaveCount(1);
  await marta.goBack();
  await expect(lines().filter({ hasText: 'Chat' })).toHaveCount(1);
  await marta.getByRole('link', { name: 'Last month' }).click();
  // the days themselves are there, not only the address
  await expect(marta.locator('input[name=from]')).toHaveValue(/-01$/);
  await expect(marta.locator('.report-days')).toContainText('compared with');
  await same();
  // own days, by keyboard alone
  await marta.locator('.own-days > summary').focus();
  await marta.keyboard.press('Enter');
  await marta.getByLabel('From').fill('2026-01-01');
  await marta.getByLabel('Until').fill('2026-01-31');
  await marta.getByLabel('Until').press('Enter');
  await expect(marta).toHaveURL(/from=2026-01-01&until=2026-01-31/);
  await expect(marta.locator('.report-days')).toContainText('1 Jan – 31 Jan 2026');
});

test('each chart has its table and its list, and no cell of a list is a formula', async ({ world }) => {
  await send(rui, world, '/account', 'change_profile', { name: '=HYPERLINK("x")', language: 'en' });
  await go(marta, '/reports?period=30&by=agent');
  const chart = marta.locator('.chart').first();
  await chart.getByText('Show as a table').click();
  await expect(chart.locator('tbody tr')).toHaveCount(30);
  await look(marta, 'reports-table');
  const days = (await list(marta, '/reports/days.csv?period=30')).trim().split('\r\n');
  expect(days).toHaveLength(31);
  expect(days[0]).toContain('First reply: median (seconds)');
  const shown = await chart.locator('tbody tr').evaluateAll((rows) => rows.map((row) => Number(row.children[1].textContent)));
  expect(days.slice(1).map((day) => Number(day.split(',')[1]))).toEqual(shown);
  expect((await list(marta, '/reports/hours.csv?period=30')).trim().split('\r\n')).toHaveLength(8);
  const parts = await list(marta, '/reports/parts.csv?period=30&by=agent');
  expect(parts).toContain(`"'=HYPERLINK`);
  expect((await marta.request.get('/reports/other.csv')).status()).toBe(404);
  await send(rui, world, '/account', 'change_profile', { name: 'Rui Alves', language: 'en' });
});

test('without script all of it can be read', async ({ browser, world }) => {
  const plain = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() });
  const page = await plain.newPage();
  await page.goto('/reports?period=90');
  await expect(page.locator('.chart path.full').first()).toBeAttached();
  await page.locator('.own-days > summary').click();
  await page.getByLabel('From').fill('2026-02-01');
  await page.getByLabel('Until').fill('2026-02-03');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.locator('.report-days')).toContainText('1 Feb – 3 Feb 2026');
  await plain.close();
});

test('an agent sees the whole and their own; in their own language', async ({ world }) => {
  await go(rui, '/reports?period=90&by=agent');
  const all = await figure(rui, 'New conversations').locator('b').textContent();
  await go(marta, '/reports?period=90&by=agent');
  await expect(figure(marta, 'New conversations').locator('b')).toHaveText(all!);
  expect(await lines().count()).toBeGreaterThan(1);
  await expect(rui.locator('table.parts tbody tr')).toHaveCount(1);
  await expect(rui.locator('table.parts tbody tr')).toContainText('Rui Alves');
  expect((await list(rui, '/reports/parts.csv?period=90&by=agent')).trim().split('\r\n')).toHaveLength(2);
  await send(rui, world, '/account', 'change_profile', { name: 'Rui Alves', language: 'pt-BR' });
  await go(rui, '/reports');
  await expect(rui.getByRole('heading', { name: 'Relatórios' })).toBeVisible();
  await look(rui, 'reports-pt');
});

test('the overview tells of today', async () => {
  await go(marta, '/admin/overview');
  await expect(marta.getByRole('heading', { name: 'Today' })).toBeVisible();
  await look(marta, 'overview-today');
});

test('the audit log tells who did what, and from where', async ({ world }) => {
  await send(marta, world, '/admin/settings', 'change_property', { name: 'Loja Aurora Nova', language: 'en', time_zone: 'Europe/Lisbon' });
  const wrong = { email: 'rui@aurora.example', password: 'not the right one' };
  await send(await marta.context().browser()!.newPage({ baseURL: world.url }), world, '/sign-in', 'sign_in', wrong).catch(() => undefined);
  await go(marta, '/admin/overview');
  await marta.getByRole('navigation', { name: 'Admin pages' }).getByRole('link', { name: 'Audit log' }).click();
  const rows = marta.locator('.audit-line');
  await expect(rows.first()).toContainText('Not let in: wrong password');
  await expect(rows.first()).toContainText('127.0.0.1');
  const changed = rows.filter({ hasText: 'Changed the property' });
  await expect(changed).toContainText('name: Loja Aurora');
  await expect(changed).toContainText('time_zone: Europe/Lisbon');
  await look(marta, 'audit');
  await marta.getByLabel('Kind').selectOption('export');
  await marta.getByRole('button', { name: 'Filter' }).click();
  await expect(marta).toHaveURL(/area=export/);
  await expect(rows.first()).toContainText('Exported a report');
  expect(await list(marta, '/audit.csv?area=property')).toContain('Loja Aurora Nova');
  expect((await rui.request.get('/audit.csv')).status()).toBe(403);
  expect(world.doctor()).toContain('each as it was written');
});

test('nothing was found wanting on the way', () => {
  expect(found).toEqual([]);
});
