// The Inbox as a place to work in all day: by keys alone, in another language, in a long list, signed in here and there.

import { Page } from '@playwright/test';
import { cut, leftInEnglish } from '../catalogue';
import { colleague, settle } from '../forms';
import { alive, compose, expect, fits, found, glance, go, look, PASSWORD, somebody, test } from '../people';

test.use({ story: 'inbox' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page, first: string, second: string;

const focused = (page: Page) => page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row') ?? document.activeElement?.id ?? '');
const id = (path: string) => path.split('/').at(-1)!;

test('two agents, two tickets', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  first = await compose(marta, 'joana@correio.example', 'Late parcel', 'We are looking for it.');
  // nothing is left on the form of what was sent, however fast one was
  await go(marta, '/inbox?compose=1');
  await expect(marta.getByLabel('Message')).toHaveValue('');
  await expect(marta.getByLabel('Subject')).toHaveValue('');
  second = await compose(marta, 'tomas@oliveira.example', 'Wrong invoice', 'Here is the right one.');
});

test('each key does what the list of keys says', async ({ world }) => {
  await go(marta, '/inbox');
  await marta.keyboard.press('j');
  await expect.poll(() => focused(marta)).toBe(id(second));
  await marta.keyboard.press('j');
  await expect.poll(() => focused(marta)).toBe(id(first));
  await marta.keyboard.press('k');
  await expect.poll(() => focused(marta)).toBe(id(second));
  await marta.keyboard.press('Enter');
  await expect(marta.getByRole('heading', { name: 'Wrong invoice' })).toBeVisible();
  // reply and note, and out of the field again
  await marta.keyboard.press('r');
  await expect(marta.locator('#write-reply-text')).toBeFocused();
  await marta.keyboard.press('Escape');
  await expect(marta.locator('#write-reply-text')).not.toBeFocused();
  await marta.keyboard.press('n');
  await expect(marta.locator('#write-note-text')).toBeFocused();
  await marta.keyboard.type('Written by keys.');
  await marta.keyboard.press('Control+Enter');
  await expect(marta.getByRole('log').getByText('Written by keys.')).toBeVisible();
  await marta.keyboard.press('Escape');
  // menus: open, choose, and the focus is on their button again
  await marta.keyboard.press('p');
  await expect(marta.locator('#menu-priority .menu-item').first()).toBeFocused();
  await marta.keyboard.press('ArrowDown');
  await marta.keyboard.press('Enter');
  await expect(marta.getByText('Marta Silva set the priority to High')).toBeVisible();
  await expect(marta.locator('#menu-priority summary')).toBeFocused();
  await marta.keyboard.press('a');
  await marta.keyboard.press('ArrowUp');
  await expect(marta.locator('#menu-assign .menu-item').last()).toBeFocused();
  await marta.keyboard.press('Enter');
  await expect(marta.getByText('Marta Silva assigned this to Rui Costa')).toBeVisible();
  await marta.keyboard.press('t');
  await marta.keyboard.type('invoice');
  await marta.keyboard.press('Enter');
  await expect(marta.getByText('Marta Silva added the tag invoice')).toBeVisible();
  await expect(marta.locator('#menu-tag summary')).toBeFocused();
  // a menu that is left closes
  await marta.keyboard.press('p');
  await expect(marta.locator('#menu-priority details')).toHaveAttribute('open', '');
  await marta.keyboard.press('Escape');
  await expect(marta.locator('#menu-priority details')).not.toHaveAttribute('open', '');
  await expect(marta.locator('#menu-priority summary')).toBeFocused();
  await marta.keyboard.press('Enter');
  for (let n = 0; n < 6; n++) await marta.keyboard.press('Tab');
  await expect(marta.locator('#menu-priority details')).not.toHaveAttribute('open', '');
  // solved, and opened again
  await marta.locator('body').click({ position: { x: 700, y: 300 } });
  await marta.keyboard.press('e');
  await expect(marta.getByText('Marta Silva set the status to Solved')).toBeVisible();
  await marta.keyboard.press('e');
  await expect(marta.getByText('Marta Silva set the status to Open')).toBeVisible();
  // help, with the focus back where it was; the letters are gone, so that no row is drawn anew under it
  await expect.poll(() => world.letters.all.filter((letter) => letter.envelopeTo === 'tomas@oliveira.example').length, { timeout: 30_000 }).toBe(1);
  await go(marta, '/inbox');
  await marta.keyboard.press('j');
  await expect.poll(() => focused(marta)).not.toBe('');
  const row = await focused(marta);
  await marta.keyboard.press('?');
  await expect(marta.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await marta.keyboard.press('Escape');
  expect(await focused(marta)).toBe(row);
  await marta.keyboard.press('c');
  await expect(marta.getByLabel('Recipient name')).toBeFocused();
  await marta.keyboard.press('Escape');
  await expect(marta.getByRole('dialog')).toHaveCount(0);
  await expect(marta).toHaveURL(/\/inbox$/);
  await expect.poll(() => focused(marta)).toBe(row);
  // switched off, they are letters
  await marta.keyboard.press('?');
  await look(marta, 'keys');
  await marta.getByLabel('Single keys do things on this browser').uncheck();
  await marta.keyboard.press('Escape');
  await marta.keyboard.press('c');
  await marta.waitForTimeout(300);
  await expect(marta.getByRole('dialog')).toHaveCount(0);
  await marta.getByRole('button', { name: /Keyboard shortcuts/ }).click();
  await marta.getByLabel('Single keys do things on this browser').check();
  await marta.keyboard.press('Escape');
});

test('who types faster than a conversation comes loses no key, and strays into no other', async () => {
  const late = async (page: Page, what: string) => page.route(what, async (route) => { await new Promise((done) => setTimeout(done, 700)); await route.continue(); });
  await go(marta, first);
  await late(marta, '**/api/open_conversation*');
  await marta.locator(`[data-row="${id(second)}"]`).first().focus();
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(new RegExp(id(second)));
  await marta.keyboard.press('r');
  // the one before still stands, to be seen and not to be used; what is typed now is meant for the field to come
  await expect(marta.locator('.pane-main')).toHaveJSProperty('inert', true);
  await expect(marta.getByRole('heading', { name: 'Late parcel' })).toBeHidden();
  await marta.keyboard.press('e');
  await expect(marta.getByRole('heading', { name: 'Wrong invoice' })).toBeVisible();
  await expect(marta.locator('.pane-main')).toHaveJSProperty('inert', false);
  await expect(marta.locator('#write-reply-text')).toBeFocused();
  await expect(marta.locator('#menu-status summary')).toContainText('Open');
  await marta.keyboard.press('Escape');
  // a menu of the one that comes; and a wish that was taken back
  await marta.locator(`[data-row="${id(first)}"]`).first().focus();
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(new RegExp(id(first)));
  await marta.keyboard.press('p');
  await expect(marta.getByRole('heading', { name: 'Late parcel' })).toBeVisible();
  await expect(marta.locator('#menu-priority .menu-item').first()).toBeFocused();
  await marta.keyboard.press('Escape');
  await marta.locator(`[data-row="${id(second)}"]`).first().focus();
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(new RegExp(id(second)));
  await marta.keyboard.press('n');
  await marta.keyboard.press('Escape');
  await expect(marta.getByRole('heading', { name: 'Wrong invoice' })).toBeVisible();
  await expect(marta.locator('#write-note-text')).not.toBeFocused();
  await marta.unroute('**/api/open_conversation*');
  // the form of a ticket is a part of its own: letters typed before it is there solve nothing
  const page = await marta.context().newPage();
  await late(page, '**/pkg/split_conversation*');
  await go(page, '/inbox');
  await page.keyboard.press('j');
  await expect.poll(() => focused(page)).not.toBe('');
  await page.keyboard.press('c');
  await page.keyboard.press('e');
  await expect(page.getByLabel('Recipient name')).toBeFocused();
  await expect(page.locator('.row-link').filter({ hasText: 'Solved' })).toHaveCount(0);
  await expect(page.locator('.inbox-rows > li')).toHaveCount(2);
  await page.close();
});

test('one goes on where one was, whatever comes and goes in the list', async () => {
  const third = await compose(marta, 'eva@moreau.example', 'Bulk order', 'Forty units.');
  await go(rui, '/inbox');
  await rui.keyboard.press('j');
  await rui.keyboard.press('j');
  await expect.poll(() => focused(rui)).toBe(id(second));
  // somebody changes that very row: it is drawn anew, and keeps the focus
  await go(marta, second);
  await marta.locator('#menu-status summary').click();
  await marta.locator('#menu-status').getByRole('button', { name: 'Pending' }).click();
  await marta.locator('#menu-status summary').click();
  await marta.locator('#menu-status').getByRole('button', { name: 'Open' }).click();
  await go(rui, '/inbox?status=any');
  await rui.keyboard.press('j');
  await rui.keyboard.press('j');
  await expect.poll(() => focused(rui)).toBe(id(second));
  // not for the blink of an eye is it nowhere, or a key would be lost there
  await rui.evaluate(() => {
    const [look, page] = [new MessageChannel(), window as any];
    page.nowhere = 0;
    look.port1.onmessage = () => {
      if (document.activeElement === document.body) page.nowhere++;
      look.port2.postMessage('');
    };
    look.port2.postMessage('');
  });
  await marta.keyboard.press('e');
  await expect(rui.locator(`[data-row="${id(second)}"]`)).toContainText('Solved');
  expect(await focused(rui)).toBe(id(second));
  expect(await rui.evaluate(() => (window as any).nowhere)).toBe(0);
  // solved, a row goes from the open ones; the next one is the one after it
  await marta.keyboard.press('e');
  await expect(rui.locator(`[data-row="${id(second)}"]`)).not.toContainText('Solved');
  await go(rui, '/inbox');
  await rui.keyboard.press('j');
  await rui.keyboard.press('j');
  await expect.poll(() => focused(rui)).toBe(id(second));
  await rui.keyboard.press('e');
  await expect(rui.locator(`[data-row="${id(second)}"]`)).toHaveCount(0);
  await rui.keyboard.press('j');
  await expect.poll(() => focused(rui)).toBe(id(first));
  await rui.keyboard.press('k');
  await expect.poll(() => focused(rui)).toBe(id(third));
});

test('filters and compose by Tab, arrows and Enter, with the focus always to be seen', async () => {
  await go(marta, '/inbox');
  const status = marta.locator('.filter summary').first();
  await status.focus();
  await marta.keyboard.press('Enter');
  await marta.keyboard.press('ArrowDown');
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/status=any/);
  await expect(marta.locator('.filter summary').first()).toBeFocused();
  await go(marta, '/inbox?compose=1');
  await expect(marta.getByLabel('Recipient name')).toBeFocused();
  const unseen: string[] = [];
  for (let n = 0; n < 30; n++) {
    await marta.keyboard.press('Tab');
    const seen = await marta.evaluate(() => {
      const one = document.activeElement as HTMLElement;
      if (!one.closest('dialog')) return `outside: ${one.outerHTML.slice(0, 80)}`;
      // a choice that is drawn by its label has the outline there
      const drawn = [one, one.closest('label'), one.parentElement].some((element) => {
        const style = element && getComputedStyle(element);
        return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
      });
      return drawn ? '' : one.outerHTML.slice(0, 120);
    });
    if (seen !== '') unseen.push(seen);
  }
  // the browser's own bar may take its turn
  expect(unseen.filter((one) => !one.startsWith('outside: <body'))).toEqual([]);
});

test('every menu opens within the window of a phone', async () => {
  await marta.setViewportSize({ width: 390, height: 844 });
  for (const page of ['/inbox', second]) {
    await go(marta, page);
    for (const menu of await marta.locator('details.menu:visible').all()) {
      await menu.locator('summary').click();
      await expect(menu.locator('.menu-panel')).toBeVisible();
      await fits(marta, `${page === second ? 'ticket' : page} ${await menu.locator('summary').textContent()}`);
      await marta.keyboard.press('Escape');
    }
  }
  await marta.setViewportSize({ width: 1440, height: 900 });
});

test('a ticket sleeps until a moment, and wakes by itself', async () => {
  await go(marta, first);
  await go(rui, '/inbox');
  await expect(rui.getByRole('link', { name: /Late parcel/ })).toBeVisible();
  const more = marta.locator('.pane-acts').getByLabel('More');
  const tomorrow = new Date(Date.now() + 86_400_000 * 3).toISOString().slice(0, 10);
  await more.click();
  await look(marta, 'snooze');
  expect(await cut(marta)).toEqual([]);
  // a day of one's own: what is typed on the way there sends nothing
  const day = marta.getByLabel('Until a day, 9:00');
  const button = marta.getByRole('button', { name: 'Snooze', exact: true });
  await expect(button).toBeDisabled();
  await day.fill('2001-01-01');
  await button.click();
  await expect(marta.getByText('Choose a moment in the future.')).toBeVisible();
  await more.click();
  await day.fill(tomorrow);
  await button.click();
  await expect(marta.locator('#menu-status summary')).toContainText('Snoozed');
  await expect(marta.locator('.pane-facts')).toContainText('until');
  await expect(marta.getByText(/Marta Silva snoozed this until .*9:00/)).toBeVisible();
  await look(marta, 'snoozed');
  await expect(rui.getByRole('link', { name: /Late parcel/ })).toHaveCount(0);
  await more.click();
  await marta.getByRole('button', { name: 'Snooze for 3 hours' }).click();
  await expect(marta.getByText(/Marta Silva snoozed this until/)).toHaveCount(2);
  // nobody waits three hours here: the same button, for a moment that is near
  await more.click();
  await marta.getByRole('button', { name: 'Snooze for 3 hours' }).evaluate((one: HTMLButtonElement) => { one.value = String((Date.now() + 3000) * 1000); });
  await marta.getByRole('button', { name: 'Snooze for 3 hours' }).click();
  await expect(marta.getByText(/Marta Silva snoozed this until/)).toHaveCount(3);
  await expect(marta.getByText('Woke up: the snooze is over')).toBeVisible({ timeout: 30_000 });
  await expect(marta.locator('#menu-status summary')).toContainText('Open');
  await expect(rui.getByRole('link', { name: /Late parcel/ })).toBeVisible();
});

test('a long list keeps few rows in the page, to its very end, and stays true', async ({ world }) => {
  await go(marta, '/admin/overview');
  const forwarding = (await marta.getByText(/@in\.recado\.example/).first().textContent())!.trim();
  const mails = Array.from({ length: 120 }, (_, n) => n);
  while (mails.length > 0) {
    await Promise.all(mails.splice(0, 10).map((n) => world.mail({ from: `Person ${n} <person${n}@many.example>`, to: 'support@aurora.example', envelopeTo: forwarding, subject: `Question number ${n}`, text: `Words of ${n}.` })));
  }
  await expect(rui.locator('.side-link').first()).toContainText('122', { timeout: 60_000 });
  await go(rui, '/inbox?sort=oldest');
  const [scroller, rows] = [rui.locator('.rows-scroll'), rui.locator('.inbox-rows > li')];
  let most = 0;
  await expect.poll(async () => {
    await scroller.evaluate((one) => { one.scrollTop += 700; });
    most = Math.max(most, await rows.count());
    const end = await scroller.evaluate((one) => one.scrollTop + one.clientHeight >= one.scrollHeight - 1);
    return end && (await rui.locator('.rows-more').count()) === 0;
  }, { intervals: [50], timeout: 60_000 }).toBe(true);
  expect(most).toBeLessThan(30);
  await expect(rui.getByRole('link', { name: /Question number \d+/ }).last()).toBeInViewport();
  await expect(rui.locator('.inbox-rows')).toHaveCSS('height', `${122 * 104}px`);
  await look(rui, 'inbox-end');
  // whoever reads in the middle is not moved by what comes above
  await go(rui, '/inbox');
  await scroller.evaluate((one) => { one.scrollTop = 2000; });
  await rui.waitForTimeout(300);
  const row = await rui.evaluate(() => document.elementFromPoint(400, 500)!.closest('[data-row]')!.getAttribute('data-row'));
  const middle = rui.locator(`[data-row="${row}"]`);
  const place = (await middle.boundingBox())!.y;
  await world.mail({ from: 'Late Person <late@many.example>', to: 'support@aurora.example', envelopeTo: forwarding, subject: 'The last question', text: 'Am I late?' });
  await expect(rui.locator('.side-link').first()).toContainText('123');
  await rui.waitForTimeout(300);
  expect(Math.abs((await middle.boundingBox())!.y - place)).toBeLessThan(2);
  await scroller.evaluate((one) => { one.scrollTop = 0; });
  await expect(rui.getByRole('link', { name: /The last question/ })).toBeVisible();
});

test('everything is said in Portuguese to who reads Portuguese', async () => {
  await go(marta, '/account');
  await marta.getByLabel('Language').selectOption({ label: 'Português (Brasil)' });
  await marta.locator('section', { has: marta.getByRole('heading', { name: 'Profile' }) }).getByRole('button').click();
  await expect(marta.getByText('Salvo.')).toBeVisible();
  const wrong: string[] = [];
  // what people wrote, letters in the language of who reads them, and names of things that are alike in both languages
  const theirs = /^(Marta Silva invites you to Loja Aurora|Late parcel|Wrong invoice|The last question|Question number \d+|Billing|Chats?|Spam|Chat|Tickets?|Mozilla\/.*|Por exemplo America\/.*)$/;
  const check = async (name: string) => {
    wrong.push(...(await leftInEnglish(marta, theirs)).map((text) => `${name}: ${text}`));
    wrong.push(...(await cut(marta)).map((text) => `${name} cut: ${text}`));
    await glance(marta, `pt-${name}`);
  };
  for (const page of ['inbox', 'inbox?status=any&priority=high', 'inbox?tag=none-such', 'inbox?compose=1', first.slice(1), second.slice(1), 'account', 'admin/overview', 'admin/agents', 'admin/departments', 'admin/email', 'admin/email?box=in', 'admin/settings', 'visitors', 'contacts', 'search?q=parcel', 'account/notifications', 'admin/hours', 'admin/bans', 'admin/triggers']) {
    await go(marta, `/${page}`);
    expect(await marta.locator('html').getAttribute('lang')).toBe('pt-BR');
    await check(page.replace(/\W+/g, '-'));
  }
  await go(marta, second);
  for (const menu of await marta.locator('.pane-head details, .bar details, .send details, .top details').all()) {
    await menu.locator('summary').click();
    wrong.push(...(await leftInEnglish(marta, theirs)), ...(await cut(marta)));
    await marta.keyboard.press('Escape');
  }
  await marta.keyboard.press('?');
  await check('teclas');
  await marta.keyboard.press('Escape');
  // refusals too
  await go(marta, '/inbox?compose=1');
  await marta.getByRole('button', { name: 'Criar', exact: true }).click();
  await check('recusado');
  expect([...new Set(wrong)]).toEqual([]);
  await go(marta, '/account');
  await marta.getByLabel('Idioma').selectOption({ index: 0 });
  await marta.locator('section', { has: marta.getByRole('heading', { name: 'Perfil' }) }).getByRole('button').click();
  await expect(marta.getByText('Saved.')).toBeVisible();
});

test('another browser is signed out from here, and signing in again leaves no session behind', async ({ browser, world }) => {
  const phone = await somebody(browser, world);
  const signIn = async () => {
    await go(phone, '/sign-in');
    await phone.getByLabel('E-mail').fill('marta@aurora.example');
    await phone.getByLabel('Password').fill(PASSWORD);
    await phone.getByRole('button', { name: 'Sign in' }).click();
    await expect(phone).toHaveURL(/\/inbox/);
    await alive(phone);
  };
  await signIn();
  await go(marta, '/account');
  const sessions = marta.locator('section', { has: marta.getByRole('heading', { name: 'Where you are signed in' }) }).getByRole('listitem');
  await expect(sessions).toHaveCount(2);
  await look(marta, 'sessions');
  // again, by another tab that shows the sign-in page still: the one before is gone, and two are not three
  const old = (await phone.context().cookies()).find((cookie) => cookie.name === 'recado')!.value;
  await signIn();
  expect((await phone.context().cookies()).find((cookie) => cookie.name === 'recado')!.value).not.toBe(old);
  await go(marta, '/account');
  await expect(sessions).toHaveCount(2);
  const stolen = await browser.newContext({ baseURL: world.url });
  await stolen.addCookies([{ name: 'recado', value: old, url: world.url }]);
  const page = await stolen.newPage();
  await page.goto('/inbox');
  await expect(page).toHaveURL(/\/sign-in/);
  await stolen.close();
  await sessions.getByRole('button', { name: 'Sign out' }).click();
  await expect(sessions).toHaveCount(1);
  await expect(phone).toHaveURL(/\/sign-in/, { timeout: 10_000 });
  await phone.context().close();
});

test('a browser that asks for our icon gets it', async () => {
  const answer = await marta.request.get('/favicon.ico');
  expect([answer.status(), answer.headers()['content-type']]).toEqual([200, 'image/svg+xml']);
});

test('nobody stumbles', () => {
  expect(found.splice(0)).toEqual([]);
});
