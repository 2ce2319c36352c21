// The visitor's window on its own page, `/chat/KEY`, in all its states: with and without script, broken lines, both languages, and what it weighs.

import { Browser, Page } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import path from 'node:path';
import { send, setUp, Widget, widgetKey } from '../forms';
import { expect, go, somebody, still, stumbles, test, World } from '../people';
import { small } from '../widget';

test.describe.configure({ mode: 'serial' });
test.use({ story: 'window' });

const wrong: string[] = [];
let marta: Page, ana: Page, key: string, widget: Widget;

/** Pictures in light, dark, on a phone and on the smallest screen, each read by axe. */
async function look(page: Page, name: string) {
  const folder = path.join(__dirname, '..', 'report', 'screens', 'window');
  mkdirSync(folder, { recursive: true });
  const kinds = [['light', 380, 560, 'light', 'all'], ['dark', 380, 560, 'dark', 'colours'], ['phone', 390, 844, 'light', 'the rest'], ['least', 320, 480, 'light', 'the rest']] as const;
  // a second database draws nothing else
  for (const [kind, width, height, scheme, ask] of kinds.slice(0, test.info().project.name === 'sqlite' ? 4 : 1)) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    await still(page);
    await page.screenshot({ path: path.join(folder, `${name}-${kind}.png`) });
    await stumbles(page, `${name} ${kind}`, ask, wrong);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) wrong.push(`${name} ${kind}: ${wide} pixels too wide`);
  }
  await page.setViewportSize({ width: 380, height: 560 });
  await page.emulateMedia({ colorScheme: 'light' });
}
const awake = (page: Page) => expect(page.locator('#opened')).toBeAttached().then(() => expect(page.locator('[data-awake]')).toBeAttached({ timeout: 30_000 }));
async function open(page: Page, query = '') {
  await page.goto(`/chat/${key}${query}`);
  await awake(page);
}
async function visitor(browser: Browser, world: World) {
  const page = await somebody(browser, world);
  await page.setViewportSize({ width: 380, height: 560 });
  return page;
}
const write = (page: Page) => page.getByRole('textbox', { name: 'Write a message' });
async function say(page: Page, words: string) {
  await write(page).fill(words);
  await write(page).press('Enter');
}
const said = (page: Page) => page.locator('.log .words').allInnerTexts();

test('nobody is there: a message is left', async ({ browser, world }) => {
  // the agent's side is told elsewhere; here it needs no script
  const context = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false });
  marta = await context.newPage();
  await setUp(marta, world);
  [key, widget] = [await widgetKey(marta), new Widget(marta, world)];
  ana = await visitor(browser, world);
  await widget.open(false);
  await open(ana);
  await expect(ana.getByRole('heading', { name: 'We are offline' })).toBeVisible();
  expect(await ana.context().cookies(), 'nothing is kept by opening').toEqual([]);
  await look(ana, 'offline');
  await ana.getByRole('button', { name: 'Send' }).click();
  await expect(ana.getByLabel('E-mail')).toHaveAttribute('aria-invalid', 'true');
  await expect(ana.getByLabel('E-mail')).toBeFocused();
  await look(ana, 'offline-refused');
  await ana.getByLabel('Name').fill('Ana Lima');
  await ana.getByLabel('E-mail').fill('ana@example.com');
  await ana.getByLabel('Message').fill('Do you ship to Braga?');
  await ana.getByRole('button', { name: 'Send' }).click();
  await expect(ana.getByText('We answer to ana@example.com')).toBeVisible();
  await expect(ana.getByText('Thank you for your message.')).toBeVisible();
  const [cookie] = await ana.context().cookies();
  expect([cookie.name, cookie.httpOnly, cookie.secure, cookie.sameSite]).toEqual([`__Host-recado-${key}`, true, true, 'None']);
  await look(ana, 'left');
  await ana.context().close();
});

test('the form before a chat, then the chat', async ({ browser, world }) => {
  await widget.open(true);
  await widget.beforeChat(['name', '', 'optional'], ['email', '', 'required'], ['question', 'Order number', 'optional']);
  await widget.manners({ online_with_nobody: 'on', rescue_after: '3' });
  ana = await visitor(browser, world);
  // what is typed before the script wakes stays
  await ana.route('**/*.wasm', async (route) => { await new Promise((done) => setTimeout(done, 1500)); await route.continue(); });
  await ana.goto(`/chat/${key}`, { waitUntil: 'domcontentloaded' });
  await ana.getByLabel('Name').fill('Helena');
  await ana.getByLabel('E-mail').focus();
  await awake(ana);
  await expect(ana.getByLabel('Name')).toHaveValue('Helena');
  await expect(ana.getByLabel('E-mail')).toBeFocused();
  await look(ana, 'before');
  await ana.getByLabel('E-mail').fill('helena@example.com');
  await ana.getByLabel('Message').fill('Hi, is the linen jacket true to size?');
  await ana.getByRole('button', { name: 'Start chat' }).click();
  await expect(write(ana)).toBeFocused();
  expect(await said(ana)).toEqual(['Hi, is the linen jacket true to size?']);
  await expect(ana.getByText('Thank you for your patience.')).toBeVisible({ timeout: 10_000 });
  await look(ana, 'rescue');
  await ana.reload();
  await awake(ana);
  expect(await said(ana), 'comes back').toEqual(['Hi, is the linen jacket true to size?']);
});

test('an agent answers', async () => {
  await marta.goto('/inbox');
  await marta.getByText('Hi, is the linen jacket').first().click();
  await marta.locator('textarea[name="form[text]"]').first().fill('Hello Helena! It runs **slightly** large, most people take one size down.');
  await marta.getByRole('button', { name: /^Send/ }).first().click();
  await expect(ana.getByText('It runs slightly large')).toBeVisible();
  await expect(ana.getByText('Thank you for your patience.')).toBeHidden();
  await expect(ana.getByRole('heading', { name: 'Marta' })).toBeVisible();
  await say(ana, 'Thanks! 🙂');
  // without script she looks again until it is there
  await expect(async () => {
    await marta.reload();
    await expect(marta.getByText('Thanks! 🙂').first()).toBeVisible({ timeout: 500 });
  }).toPass();
  await look(ana, 'chat');
  await ana.getByRole('button', { name: 'Emoji' }).click();
  await look(ana, 'emoji');
  await ana.getByRole('button', { name: '👍' }).click();
  await expect(write(ana)).toHaveValue('👍');
  await write(ana).press('Enter');
  await expect(ana.locator('.log .words').last()).toHaveText('👍');
});

test('a broken line loses nothing and doubles nothing', async () => {
  const before = await said(ana);
  // answers are lost on the way: the words were taken, and are sent again
  let cut = 0;
  await ana.route('**/api/say_words*', async (route) => {
    if (cut++ < 1) await route.fetch();
    if (cut < 3) return route.abort();
    await route.continue();
  });
  for (const words of ['one', 'two', 'three']) await say(ana, words);
  await expect(ana.getByText('Sending…').first()).toBeVisible();
  await expect(ana.getByText('Sending…')).toHaveCount(0, { timeout: 20_000 });
  await ana.unroute('**/api/say_words*');
  expect(await said(ana)).toEqual([...before, 'one', 'two', 'three']);
  await ana.reload();
  await awake(ana);
  expect(await said(ana)).toEqual([...before, 'one', 'two', 'three']);
  // written while there is no line at all, and the page is left
  await ana.route('**/api/say_words*', (route) => route.abort());
  await say(ana, 'four');
  await expect(ana.getByText('Sending…')).toBeVisible();
  await ana.reload();
  await ana.unroute('**/api/say_words*');
  await expect.poll(() => said(ana)).toEqual([...before, 'one', 'two', 'three', 'four']);
  await expect(ana.getByText('Sending…')).toHaveCount(0);
});

test('the end, a rating, the chat by mail, and a new chat', async () => {
  await ana.locator('summary').click();
  await look(ana, 'menu');
  await ana.getByRole('button', { name: 'End chat' }).click();
  await expect(ana.getByText('The chat is over')).toBeVisible();
  await look(ana, 'ended');
  await ana.getByRole('button', { name: 'Good' }).click();
  await expect(ana.getByText('Thank you for telling us.')).toBeVisible();
  await ana.getByLabel('Would you like to say more?').fill('Quick and kind.');
  await ana.locator('[data-card=rating]').getByRole('button', { name: 'Send' }).click();
  await look(ana, 'rated');
  await ana.locator('summary').click();
  await ana.getByRole('button', { name: 'Send this chat to me' }).click();
  await expect(ana.locator('[data-card=transcript]').getByLabel('E-mail')).toHaveValue('helena@example.com');
  await look(ana, 'transcript');
  await ana.locator('[data-card=transcript]').getByRole('button', { name: 'Send' }).click();
  await expect(ana.getByText('This chat is sent to helena@example.com')).toBeVisible();
  await say(ana, 'One more thing');
  await expect(ana.locator('.log .words').last()).toHaveText('One more thing');
  await expect(ana.getByText('What you write now begins a new chat.')).toBeHidden();
  await ana.context().close();
});

test('consent is asked first, and nothing is kept before', async ({ browser, world }) => {
  await widget.beforeChat();
  await widget.manners({ online_with_nobody: 'on', consent: 'all' });
  await widget.words({ suggestions: 'Where is my order?\nCan I return it?' });
  ana = await visitor(browser, world);
  await open(ana);
  await look(ana, 'consent');
  await ana.getByRole('button', { name: 'Yes, begin' }).click();
  await expect(ana.getByText('Hello! How can we help?')).toBeVisible();
  expect(await ana.context().cookies()).toEqual([]);
  expect(await ana.evaluate(() => sessionStorage.length + localStorage.length)).toBe(0);
  await look(ana, 'suggested');
  await ana.getByRole('button', { name: 'Can I return it?' }).click();
  await expect.poll(() => said(ana)).toEqual(['Can I return it?']);
  await ana.context().close();
});

test('where the law asks for consent, the time zone tells', async ({ browser, world }) => {
  await widget.manners({ online_with_nobody: 'on', consent: 'eu' });
  for (const [timezoneId, asked] of [['Europe/Lisbon', true], ['America/Sao_Paulo', false]] as const) {
    const context = await browser.newContext({ baseURL: world.url, timezoneId });
    const page = await context.newPage();
    await open(page);
    await expect(page.getByRole('button', { name: 'Yes, begin' })).toBeVisible({ visible: asked });
    await expect(write(page)).toBeVisible({ visible: !asked });
    if (asked) await page.getByRole('button', { name: 'Yes, begin' }).click();
    await say(page, `Hello from ${timezoneId}`);
    await expect.poll(() => said(page)).toEqual([`Hello from ${timezoneId}`]);
    await context.close();
  }
});

test('without script it is all there, in both languages', async ({ browser, world }) => {
  await widget.manners({ online_with_nobody: 'on', consent: 'eu' });
  const context = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, locale: 'pt-BR' });
  const page = await context.newPage();
  await page.setViewportSize({ width: 380, height: 560 });
  await page.goto(`/chat/${key}`);
  await page.getByRole('button', { name: 'Sim, começar' }).click();
  await page.getByRole('textbox', { name: 'Escreva uma mensagem' }).fill('Olá, boa tarde');
  await page.getByRole('button', { name: 'Enviar' }).click();
  await expect(page.locator('.log .words')).toHaveText('Olá, boa tarde');
  await page.screenshot({ path: path.join(__dirname, '..', 'report', 'screens', 'window', 'plain.png') });
  await context.close();
});

test('in a shop on another origin: calls, events, a window of its own, and all forgotten', async ({ browser, world }) => {
  await widget.manners({ online_with_nobody: 'on' });
  const events = ['chatMaximized', 'chatMinimized', 'chatStarted', 'chatEnded', 'chatMessageVisitor', 'tagsUpdated'];
  const html = `<!doctype html><html lang="pt-BR"><title>Loja</title><h1>Loja</h1>
    <script>Recado = function () { (Recado.q = Recado.q || []).push(arguments) }; heard = [];
    for (const name of ${JSON.stringify(events)}) Recado('on', name, (value) => heard.push(name + (value?.text ? ': ' + value.text : '')))</script>
    <script async src="${world.url}/w/${key}.js"></script>`;
  const shop = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(html)).listen(0, '127.0.0.1');
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => { throw error; });
  await page.goto(`http://localhost:${(shop.address() as AddressInfo).port}/`);
  const call = (...words: unknown[]) => page.evaluate((words) => (window as any).Recado(...words).catch((error: Error) => error.message), words);
  await call('open');
  const frame = page.frameLocator('iframe');
  const writer = frame.getByRole('textbox', { name: 'Escreva uma mensagem' });
  await expect(writer).toBeFocused();
  expect(await context.cookies()).toEqual([]);
  expect(await call('set', { plan: 'gold' })).toBe(true);
  expect(await call('tag', 'vip')).toBe(true);
  expect(await call('identify', { id: '1', hash: '00', nonce: 'x'.repeat(20), expires: 1 })).toBe('IDENTITY_REFUSED');
  await writer.fill('Olá da loja');
  await writer.press('Enter');
  await expect(frame.locator('.log .words')).toHaveText('Olá da loja');
  const [cookie] = await context.cookies();
  expect([cookie.name, (cookie as any).partitionKey]).toEqual([`__Host-recado-${key}`, 'http://localhost']);
  await expect(async () => {
    await marta.goto('/inbox?kind=chat&sort=newest');
    await marta.getByText('Olá da loja').first().click({ timeout: 1_000 });
  }).toPass();
  await expect(marta.locator('.facts').filter({ hasText: 'plan' }).getByText('gold')).toBeVisible();
  await expect(marta.locator('.pane-facts').getByText('vip').first()).toBeVisible();
  // a window of its own has the chat, by an address that works once
  const [own] = await Promise.all([context.waitForEvent('page'), call('popup')]);
  await expect(own.locator('.log .words')).toHaveText('Olá da loja');
  expect(own.url()).not.toContain('hand=');
  await own.close();
  await call('open');
  await writer.press('Escape');
  await expect.poll(() => call('state')).toMatchObject({ open: false, chatting: true, known: true });
  expect(await call('end')).toBe(true);
  await expect.poll(() => page.evaluate('heard')).toContain('chatEnded');
  await call('logout');
  // that of the closed window is forgotten by the server, and goes when it is opened again
  await expect.poll(async () => (await context.cookies()).filter((one: any) => one.partitionKey === 'http://localhost')).toEqual([]);
  expect(await page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  const heard = await page.evaluate('heard');
  expect(heard).toEqual(expect.arrayContaining(['chatMaximized', 'tagsUpdated', 'chatStarted', 'chatMessageVisitor: Olá da loja', 'chatMinimized', 'chatEnded']));
  await context.close();
  shop.close();
});

test('everybody is away', async ({ browser, world }) => {
  await widget.manners({});
  // there, with a page before her eyes, and not at her desk
  const there = await browser.newContext({ baseURL: world.url, storageState: await marta.context().storageState() });
  const desk = await there.newPage();
  await go(desk, '/inbox');
  await send(desk, world, '/inbox', 'set_presence', { presence: 'away' });
  ana = await visitor(browser, world);
  await open(ana);
  await expect(ana.locator('.head')).toHaveAttribute('data-status', 'away');
  await expect(ana.getByText('We may take a little longer to answer.')).toBeVisible();
  await look(ana, 'away');
  await say(ana, 'Hello, when you are back');
  await expect.poll(() => said(ana)).toEqual(['Hello, when you are back']);
  await look(ana, 'away-chat');
  await send(desk, world, '/inbox', 'set_presence', { presence: 'online' });
  await expect(ana.locator('.head')).toHaveAttribute('data-status', 'online');
  for (const context of [there, ana.context()]) await context.close();
});

test('what is loaded when it is opened is at most 60 KB', async ({ world }) => {
  const page = await (await fetch(`${world.url}/chat/${key}?embed=1`)).text();
  const bytes = small(page).length;
  console.log(`window: page ${bytes} bytes brotli of 3000`);
  expect(bytes).toBeLessThanOrEqual(3000);
});

test('nothing was found wanting', () => {
  expect(wrong).toEqual([]);
});
