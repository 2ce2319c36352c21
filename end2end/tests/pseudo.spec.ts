// Every screen in a language that nobody speaks, with script and without: nothing is said that no catalogue has, and texts a good third longer
// fit where they stand, on a desk and on a phone.

import { Page } from '@playwright/test';
import { cut } from '../catalogue';
import { colleague, send, settle, widgetKey } from '../forms';
import { compose, expect, fits, found, go, somebody, still, test } from '../people';
import { speak } from '../pseudo';

test.use({ story: 'pseudo' });
test.describe.configure({ mode: 'serial' });

/** What people wrote in this story; names that are the same in every language, and what is typed to search and not said. */
const THEIRS = [
  'Marta Silva', 'Rui Costa', 'Joana Prado', 'Marta', 'Joana', 'Rui', 'Loja Aurora', 'Late parcel', 'Late', 'We are looking for it.', 'Returns', 'Where is my lamp?', 'I ordered it in May.',
  'parcel', 'none-such', 'fax', 'Recado', 'English', 'Português (Brasil)', 'UTC', 'SQLite', 'PostgreSQL', 'Rust', 'Python', 'PHP', 'Node.js', 'Chrome', 'Linux', 'Aa', 'shop.example',
  'status:open', 'assignee:me', 'is:ticket', 'is:chat', 'is:missed', 'has:attachment', 'in:all', 'status:fax', 'status',
];
/** What a browser says of itself; and, known to be missing: the names of fields in the audit log, and why a mail was filed as it is. */
const UNSAID = /^(Mozilla\/|(name|role|reach): |new$)/;

let marta: Page, ticket: string, contact: string, key: string;
const wrong: string[] = [];

/** Says a page so, at both widths; says what is wrong with it. */
async function check(page: Page, name: string) {
  for (const [width, height] of [[1440, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    await still(page);
    // of another width some is drawn anew
    wrong.push(...(await speak(page, THEIRS)).filter((text) => !UNSAID.test(text)).map((text) => `${name} says ${JSON.stringify(text)}`));
    await still(page);
    wrong.push(...(await cut(page)).map((text) => `${name} at ${width} cuts ${text}`));
    await fits(page, `${name} at ${width}`);
  }
  // a bar of links that is too long is pushed along by itself
  const bars = /(top-nav|nav\.tabs|leaves the window: a\. )/;
  found.splice(0, found.length, ...found.filter((one) => !bars.test(one)));
  await page.setViewportSize({ width: 1440, height: 900 });
}

const pages = () => [
  '/inbox', '/inbox?status=any&priority=high&channel=email&days=7', '/inbox?days=2026-11-01..', '/inbox?tag=none-such', '/inbox?compose=1', '/inbox?views=1', ticket, `${ticket}?merge=1`, `/print/${ticket.split('/').at(-1)}`,
  '/everywhere', '/contacts', '/contacts?filter=name.known.', '/contacts/twins', contact, `${contact}?tab=notes`, '/organisations', '/visitors', '/search?q=parcel', '/search?q=status:fax', '/reports', '/reports?by=channel',
  '/account', '/account/notifications', '/account/shortcuts',
  ...['overview', 'widget', 'hours', 'agents', 'departments', 'rules', 'targets', 'shortcuts', 'bans', 'email', 'email?box=in', 'data', 'audit', 'triggers', 'settings'].map((page) => `/admin/${page}`),
  '/no-such-page',
];

test('a shop with something of everything', async ({ browser, world }) => {
  marta = await settle(browser, world);
  await (await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa')).context().close();
  ticket = await compose(marta, 'joana@correio.example', 'Late parcel', 'We are looking for it.');
  await send(marta, world, '/admin/departments', 'create_department', { name: 'Returns', about: '' });
  await go(marta, '/admin/overview');
  const forwarding = (await marta.getByText(/@in\.recado\.example/).first().textContent())!.trim();
  await world.mail({ from: 'Joana Prado <joana@correio.example>', to: 'support@aurora.example', envelopeTo: forwarding, subject: 'Where is my lamp?', text: 'I ordered it in May.' });
  await go(marta, '/contacts');
  contact = (await marta.locator('main a[href^="/contacts/"]').filter({ hasText: 'Joana' }).first().getAttribute('href'))!;
  key = await widgetKey(marta);
});

test('every page, with script', async () => {
  test.setTimeout(600_000);
  for (const page of pages()) {
    await go(marta, page);
    await check(marta, page);
  }
});

test('every menu and dialog', async () => {
  test.setTimeout(300_000);
  for (const page of ['/inbox', ticket]) {
    await go(marta, page);
    for (const menu of await marta.locator('details.menu:visible').all()) {
      await menu.locator('summary').first().click();
      await check(marta, `a menu of ${page}`);
      await marta.keyboard.press('Escape');
    }
  }
  for (const keys of ['?', 'Control+k']) {
    await go(marta, '/inbox');
    await marta.keyboard.press(keys);
    await expect(marta.getByRole('dialog')).toBeVisible();
    await check(marta, keys);
  }
});

test('every page, without script, and those of who is not signed in', async ({ browser, world }) => {
  test.setTimeout(600_000);
  const plain = await (await browser.newContext({ baseURL: world.url, storageState: await marta.context().storageState() })).newPage();
  // ours does not run, that of the test does
  await plain.route('**/pkg/*.js', (route) => route.abort());
  for (const page of pages()) {
    await plain.goto(page);
    await check(plain, `${page} without script`);
  }
  await plain.context().close();
  const stranger = await somebody(browser, world);
  for (const page of ['/sign-in', '/invitation/none', `/chat/${key}`]) {
    await stranger.goto(page);
    await check(stranger, page);
  }
  await stranger.context().close();
});

test('nothing is left in another language, cut, or beside the window', () => {
  expect([...new Set([...wrong, ...found.splice(0)])]).toEqual([]);
});
