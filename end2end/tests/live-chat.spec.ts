// Live chat from the page of a shop: a real page on another site, the real loader, the real window, two agents, two visitors.
// Tells what a visitor loads, keeps and sees, and every way from a chat to a ticket and back.

import { Browser, Locator, Page } from '@playwright/test';
import { colleague, settle, Widget, widgetKey } from '../forms';
import { expect, found, go, look, test, World } from '../people';
import { bubble, inside, launcher, open, reply, row, says, shows, writes } from '../visitor';
import { Shop } from '../widget';

test.use({ story: 'live-chat' });
test.describe.configure({ mode: 'serial' });

let shop: Shop, key: string;
let marta: Page, paulo: Page, helena: Page, joao: Page;


/** What a page and its frames ask of Recado from now on: what, and how many bytes of it came over the wire. */
function wire(page: Page, world: World) {
  const asked: { url: string; bytes: number }[] = [];
  page.on('requestfinished', async (request) => {
    if (!request.url().startsWith(world.url)) return;
    const one = { url: request.url(), bytes: 0 };
    asked.push(one);
    // a page that is closed meanwhile is asked no more
    one.bytes = (await request.sizes().catch(() => undefined))?.responseBodySize ?? 0;
  });
  return () => [...asked];
}

/** A visitor's browser at a page of the shop. */
async function visitor(browser: Browser, where = '/', options = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.on('pageerror', (error) => { throw error; });
  await page.goto(shop.url + where);
  await expect(launcher(page)).toBeVisible();
  return page;
}


test('two agents, and a shop with the widget on another site', async ({ browser, world }) => {
  marta = await settle(browser, world);
  paulo = await colleague(browser, world, marta, 'paulo@aurora.example', 'Paulo Reis');
  key = await widgetKey(marta);
  // who waits long is asked for an address soon, so that the story need not wait
  await new Widget(marta, world).manners({ rescue_after: '4', acknowledge: 'on' });
  shop = await Shop.start({ url: world.url, script: `${world.url}/w/${key}.js` });
  await go(marta, '/inbox?kind=chat&sort=waiting');
  await go(paulo, '/inbox?kind=chat&sort=waiting');
});

test('before it is used, the widget is one request, and keeps nothing', async ({ browser, world }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  helena = await context.newPage();
  helena.on('pageerror', (error) => { throw error; });
  const asked = wire(helena, world);
  await helena.addInitScript(() => {
    (window as any).shifts = 0;
    new PerformanceObserver((list) => { for (const one of list.getEntries() as any[]) (window as any).shifts += one.value; }).observe({ type: 'layout-shift', buffered: true });
  });
  await helena.goto(shop.url);
  await expect(launcher(helena)).toBeVisible();
  await helena.waitForTimeout(1_000);
  const before = asked();
  expect(before.map(({ url }) => url)).toEqual([`${world.url}/w/${key}.js`]);
  expect(before[0].bytes, 'of the loader').toBeLessThan(5_000);
  expect(await context.cookies()).toEqual([]);
  expect(await helena.evaluate(() => [document.cookie, localStorage.length, sessionStorage.length, document.querySelectorAll('iframe').length, (window as any).shifts])).toEqual(['', 0, 0, 0, 0]);
  // opened, and nothing kept by that either
  await open(helena);
  await helena.waitForTimeout(1_000);
  const opened = asked().slice(1);
  const bytes = opened.reduce((sum, one) => sum + one.bytes, 0);
  console.log(`opened: ${opened.length} requests, ${bytes} bytes over the wire: ${opened.map((one) => `${new URL(one.url).pathname} ${one.bytes}`).join(', ')}`);
  // a debug build is not made small
  if (!process.env.RECADO_SITE?.endsWith('-dev')) expect(bytes).toBeLessThan(60_800);
  expect(await context.cookies()).toEqual([]);
  expect(await helena.evaluate(() => (window as any).shifts)).toBe(0);
  await look(helena, 'live-opened');
});

test('she writes, an agent sees her write and answers, and each sees the other type', async () => {
  await says(helena, 'Hi, is the linen jacket true to size?');
  await expect(row(marta, 'Hi, is the linen jacket')).toContainText(/waiting 0:\d\d/);
  await row(marta, 'Hi, is the linen jacket').click();
  await writes(helena).pressSequentially('I am usually an M');
  await expect(marta.locator('.bubble.writes')).toContainText('I am usually an M');
  await expect(row(marta, 'I am usually an M')).toBeVisible();
  await reply(marta).pressSequentially('Hello! It runs slightly large');
  await shows(helena, 'Marta Silva is typing…');
  await reply(marta).press('Enter');
  await shows(helena, 'Hello! It runs slightly large');
  await shows(helena, 'Marta Silva joined');
  await expect(inside(helena).getByRole('heading', { name: 'Marta Silva' })).toBeVisible();
  await writes(helena).fill('');
  await look(helena, 'live-chat');
});

test('the agent brings a picture, and the visitor sees it beside her name and her words', async () => {
  const faces = inside(helena).locator('.face');
  await expect(faces).toHaveText(['MS', 'MS']);
  await go(paulo, '/account');
  const field = paulo.getByLabel('Choose a picture');
  await field.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('<svg onload="alert(1)"/>') });
  await paulo.getByRole('button', { name: 'Upload' }).click();
  await expect(paulo.getByText('This is no picture that can be read here.')).toBeVisible();
  await expect(field).toBeFocused();
  await look(paulo, 'picture-refused');
  await go(paulo, '/inbox?kind=chat&sort=waiting');
  const tab = await marta.context().newPage();
  // drawn here: a face, wider than high
  await tab.setViewportSize({ width: 600, height: 400 });
  await tab.setContent(`<body style="margin:0;background:#f4b942"><svg viewBox="0 0 600 400"><path d="M150 400q0-130 150-130t150 130z" fill="#7a1fa2"/>
    <circle cx="300" cy="180" r="95" fill="#8d5524"/><circle cx="265" cy="170" r="11"/><circle cx="335" cy="170" r="11"/><path d="M255 210q45 45 90 0" fill="none" stroke="#000" stroke-width="9"/></svg>`);
  const face = await tab.screenshot();
  await tab.setViewportSize({ width: 1440, height: 900 });
  await go(tab, '/account');
  await tab.getByLabel('Choose a picture').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: face });
  await tab.getByRole('button', { name: 'Upload' }).click();
  await expect(tab.getByText('Saved.', { exact: true })).toBeVisible();
  const shown = (pictures: Locator) => expect.poll(() => pictures.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).naturalWidth)));
  await shown(tab.locator('.picture-now img')).toEqual([256]);
  await look(tab, 'picture');
  await shown(faces.locator('img')).toEqual([256, 256]);
  // agents see it where she stands
  await shown(marta.locator('.avatar-button img')).toEqual([256]);
  await look(helena, 'live-picture');
  await tab.getByRole('button', { name: 'Remove picture' }).click();
  await expect(tab.getByText('Your picture is gone.')).toBeVisible();
  await expect(tab.locator('.picture-now .avatar')).toHaveText('MS');
  await expect(faces.locator('img')).toHaveCount(0);
  await tab.close();
});

test('a second visitor on a phone has a chat of his own', async ({ browser }) => {
  joao = await visitor(browser, '/linen', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'pt-BR' });
  await open(joao);
  await says(joao, 'Do you have it in green?');
  await row(paulo, 'Do you have it in green?').click();
  await reply(paulo).fill('Yes, in two greens.');
  await reply(paulo).press('Enter');
  await shows(joao, 'Yes, in two greens.');
  await expect(inside(helena).getByText('Yes, in two greens.')).toHaveCount(0);
  await expect(inside(joao).getByText('Hello! It runs slightly large')).toHaveCount(0);
});

test('on another page, and in another tab, the chat goes on', async () => {
  await helena.goto(`${shop.url}/cart`);
  await shows(helena, 'Hello! It runs slightly large');
  const tab = await helena.context().newPage();
  await tab.goto(shop.url);
  await open(tab);
  await shows(tab, 'Hello! It runs slightly large');
  await says(tab, 'Written in the second tab.');
  await expect(inside(helena).getByText('Written in the second tab.')).toHaveCount(1);
  await tab.close();
});

test('what is written on a broken line is kept, and said once when it is back', async () => {
  await helena.context().setOffline(true);
  await writes(helena).fill('Said in a tunnel.');
  await writes(helena).press('Enter');
  await shows(helena, 'Said in a tunnel.');
  await expect(marta.getByText('Said in a tunnel.')).toHaveCount(0);
  // the old line may be dead and not know it: another one is opened as soon as there is a network
  const line = helena.waitForEvent('websocket');
  await helena.context().setOffline(false);
  await line;
  await expect(marta.locator('.bubble', { hasText: 'Said in a tunnel.' })).toHaveCount(1);
  await expect(inside(helena).getByText('Said in a tunnel.')).toHaveCount(1);
  await reply(marta).fill('Heard.');
  await reply(marta).press('Enter');
  await expect(inside(helena).getByText('Heard.')).toHaveCount(1);
});

test('files go both ways', async () => {
  const [chooser] = await Promise.all([helena.waitForEvent('filechooser'), inside(helena).getByRole('button', { name: 'Attach a file' }).click()]);
  await chooser.setFiles({ name: 'sleeve.txt', mimeType: 'text/plain', buffer: Buffer.from('62 cm') });
  await expect(inside(helena).getByRole('button', { name: 'Remove sleeve.txt' })).toBeVisible();
  await writes(helena).fill('My measures.');
  await writes(helena).press('Enter');
  await expect(marta.getByRole('link', { name: /sleeve.txt/ })).toBeVisible();
  const composer = marta.locator('form', { has: reply(marta) });
  await composer.locator('input[type=file]').setInputFiles({ name: 'pattern.txt', mimeType: 'text/plain', buffer: Buffer.from('cut at 60 cm') });
  // while a file is under way, nothing is sent
  await expect(composer.locator('.uploads')).toContainText('12 B');
  await expect(composer.locator('.uploads progress')).toHaveCount(0);
  await reply(marta).fill('And our pattern.');
  await reply(marta).press('Enter');
  const link = inside(helena).getByRole('link', { name: 'pattern.txt' });
  await expect(link).toBeVisible();
  expect(await link.evaluate((link: HTMLAnchorElement) => fetch(link.href).then((answer) => answer.text()))).toBe('cut at 60 cm');
});

test('ended by the agent, rated by her; the next words begin a new chat below the old one', async () => {
  await marta.locator('.chat-acts').getByText('End chat').click();
  await marta.getByRole('button', { name: 'End the chat now' }).click();
  await shows(helena, 'The chat is over');
  await inside(helena).getByRole('button', { name: 'Good' }).click();
  await shows(helena, 'Thank you for telling us.');
  await look(helena, 'live-rated');
  await says(helena, 'One more thing: shortening the sleeves?');
  await shows(helena, 'Hello! It runs slightly large');
  await expect(row(paulo, 'One more thing')).toBeVisible();
});

test('nobody answers: she leaves her address, it is a missed chat, and its ticket is one press away', async ({ world }) => {
  await expect(inside(helena).getByLabel('E-mail')).toBeVisible({ timeout: 90_000 });
  await look(helena, 'live-rescue');
  await inside(helena).getByLabel('Name').fill('Helena Fontes');
  await inside(helena).getByLabel('E-mail').fill('helena@fontes.example');
  await inside(helena).getByRole('button', { name: 'Leave' }).click();
  await shows(helena, 'Thank you for your message.');
  await expect(row(paulo, 'Helena Fontes')).toContainText('missed');
  await go(paulo, '/inbox?kind=chat&status=open');
  await row(paulo, 'Helena Fontes').click();
  await paulo.getByRole('link', { name: 'Create ticket' }).click();
  const drawer = paulo.getByRole('dialog', { name: 'Create ticket from this chat' });
  await expect(drawer.getByLabel('Recipient e-mail')).toHaveValue('helena@fontes.example');
  await expect(drawer.getByLabel('Recipient name')).toHaveValue('Helena Fontes');
  await drawer.getByLabel('Subject').fill('Shortening the sleeves');
  await drawer.getByLabel('Message').fill('Hello Helena, our workshop can do that.');
  await drawer.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(drawer).toBeHidden();
  const [letter] = await world.letters.about('Shortening the sleeves', 1);
  expect(letter.envelopeTo).toBe('helena@fontes.example');
  await world.mail({ from: 'Helena Fontes <helena@fontes.example>', to: letter.replyTo!.text, subject: 'Re: Shortening the sleeves', text: 'Wonderful, by Friday?', answers: letter });
  await paulo.getByRole('link', { name: /^Ticket #\d+/ }).first().click();
  await expect(paulo.locator('.message').filter({ hasText: 'Wonderful, by Friday?' })).toBeVisible();
});

test('her mail to an answered missed chat stands in the chat, and the answer in her window', async ({ browser, world }) => {
  joao = await visitor(browser, '/', { viewport: { width: 1280, height: 800 } });
  await open(joao);
  await says(joao, 'Is anybody there on Sundays?');
  await expect(inside(joao).getByLabel('E-mail')).toBeVisible({ timeout: 90_000 });
  await inside(joao).getByLabel('Name').fill('João Lima');
  await inside(joao).getByLabel('E-mail').fill('joao@lima.example');
  await inside(joao).getByRole('button', { name: 'Leave' }).click();
  await shows(joao, 'Thank you for your message.');
  const since = world.letters.all.length;
  await joao.goto('about:blank');
  await go(paulo, '/inbox?kind=chat&status=open');
  await row(paulo, 'João Lima').click();
  // who only loads another page has not left: that takes a moment
  await expect(paulo.locator('.absent')).toContainText('joao@lima.example', { timeout: 60_000 });
  await reply(paulo).fill('On Sundays we rest.');
  await reply(paulo).press('Enter');
  await expect.poll(() => world.letters.all.slice(since).filter((letter) => letter.text?.includes('On Sundays we rest.')).length, { timeout: 60_000 }).toBe(1);
  const letter = world.letters.all.slice(since).find((letter) => letter.text?.includes('On Sundays we rest.'))!;
  await joao.goto(shop.url);
  await open(joao);
  await shows(joao, 'On Sundays we rest.');
  await world.mail({ from: 'João Lima <joao@lima.example>', to: letter.replyTo!.text, subject: `Re: ${letter.subject}`, text: 'Then on Monday.', answers: letter });
  await expect(paulo.getByRole('log').getByText('Then on Monday.').first()).toBeVisible();
});

test('logged out, nothing of him is left in the browser', async () => {
  await joao.evaluate(() => (window as any).Recado('logout'));
  await expect.poll(async () => (await joao.context().cookies()).length).toBe(0);
  expect(await joao.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  await open(joao);
  await expect(inside(joao).getByText('On Sundays we rest.')).toHaveCount(0);
});

/** A page as those of Tawk's customers are, with what they set before the snippet. */
function tawkPage(world: World, before: string) {
  return {
    head: '',
    script: `var Tawk_API = Tawk_API || {}, Tawk_LoadStart = new Date(); ${before}
      (function () { var s1 = document.createElement('script'), s0 = document.getElementsByTagName('script')[0]; s1.async = true;
        s1.src = '${world.url}/w/${key}.js'; s1.charset = 'UTF-8'; s1.setAttribute('crossorigin', '*'); s0.parentNode.insertBefore(s1, s0); })();`,
    policy: `default-src 'self'; script-src 'self' ${world.url}; frame-src ${world.url}; style-src 'self'`,
  };
}
const tawk = (page: Page, name: string, ...words: unknown[]) =>
  page.evaluate(([name, words]) => { (window as any).Tawk_API[name](...words); }, [name, words] as const);

test('a page made for Tawk works by changing one address', async ({ browser, world }) => {
  shop.pages['/tawk'] = tawkPage(world, `window.done = [];
      Tawk_API.onLoad = () => done.push('load'); Tawk_API.onChatMaximized = () => done.push('max'); Tawk_API.onChatStarted = () => done.push('started');
      Tawk_API.onChatMessageVisitor = (words) => done.push('said ' + words); Tawk_API.onAgentJoinChat = (who) => done.push('agent ' + who.name);
      Tawk_API.onChatMessageAgent = (words) => done.push('heard ' + words);`);
  const page = await visitor(browser, '/tawk');
  await page.evaluate(() => (window as any).Tawk_API.maximize());
  await expect(inside(page).locator('[data-awake]')).toBeAttached();
  await says(page, 'From a page of Tawk.');
  await row(marta, 'From a page of Tawk.').click();
  // the chat before stands until this one has come
  await expect(bubble(marta, 'From a page of Tawk.')).toBeVisible();
  await reply(marta).fill('Welcome over.');
  await reply(marta).press('Enter');
  await expect.poll(() => page.evaluate(() => (window as any).done)).toEqual(expect.arrayContaining(['load', 'max', 'started', 'said From a page of Tawk.', 'agent Marta Silva', 'heard Welcome over.']));
});

test('whom a site names is named to the agents, and what it tells is told to them alone', async ({ browser, world }) => {
  shop.pages['/known'] = tawkPage(world, `Tawk_API.visitor = { name: 'Rita Moura', email: 'rita@moura.example' };
    Tawk_API.onLoad = () => Tawk_API.addEvent('looked-at', { sku: 'LJ-38' });`);
  const page = await visitor(browser, '/known');
  await tawk(page, 'maximize');
  await expect(inside(page).locator('[data-awake]')).toBeAttached();
  await says(page, 'I am known here.');
  await expect(row(marta, 'Rita Moura')).toBeVisible();
  await row(marta, 'Rita Moura').click();
  await expect(bubble(marta, 'I am known here.')).toBeVisible();
  await expect(marta.getByText('rita@moura.example').first()).toBeVisible();
  await expect(marta.locator('.event', { hasText: 'On the site: looked-at · sku: LJ-38' })).toBeVisible();
  await tawk(page, 'addEvent', 'added-to-cart', { sku: 'LJ-38', price: 120 });
  await tawk(page, 'addEvent', 'added-to-cart', { sku: 'LJ-40', price: 90 });
  await expect(marta.locator('.event', { hasText: 'On the site: added-to-cart · ' })).toHaveCount(2);
  await expect(inside(page).getByText('added-to-cart')).toHaveCount(0);
  // signed in only when the chat goes on; an address that is none does not stand in the way
  const late = await visitor(browser, '/linen');
  await open(late);
  await says(late, 'Who am I?');
  await expect(row(marta, 'Who am I?')).toContainText(/Visitor \d{4}/);
  await late.evaluate(() => (window as any).Recado('identify', { name: 'Rosa Pinto', email: 'no address' }));
  await expect(row(marta, 'Who am I?')).toContainText('Rosa Pinto');
  await late.context().close();
  await page.context().close();
});

test('what Tawk calls back comes from the real window', async ({ browser, world }) => {
  const names = ['onBeforeLoad', 'onStatusChange', 'onChatHidden', 'onChatMaximized', 'onPrechatSubmit', 'onOfflineSubmit', 'onChatMessageSystem', 'onAgentJoinChat', 'onAgentLeaveChat', 'onChatSatisfaction', 'onVisitorNameChanged', 'onFileUpload', 'onUnreadCountChanged'];
  shop.pages['/called'] = tawkPage(world, `window.log = []; ${JSON.stringify(names)}.forEach((name) => { Tawk_API[name] = (value) => log.push([name.slice(2), value]); });`);
  const called = (page: Page, name: string) => page.evaluate((name) => (window as any).log.filter((one: [string]) => one[0] == name).map((one: [string, unknown]) => one[1]), name);
  const widget = new Widget(marta, world);
  await widget.beforeChat(['name', '', 'required']);
  const page = await visitor(browser, '/called');
  expect(await called(page, 'BeforeLoad')).toHaveLength(1);
  await open(page);
  await inside(page).getByLabel('Name').fill('Tina');
  await inside(page).getByLabel('Message').fill('Who is called back?');
  await inside(page).getByRole('button', { name: 'Start chat' }).click();
  await shows(page, 'Who is called back?');
  await expect.poll(() => called(page, 'PrechatSubmit')).toEqual([{ name: 'Tina', message: 'Who is called back?', questions: [] }]);
  await tawk(page, 'minimize');
  await row(marta, 'Who is called back?').click();
  await expect(bubble(marta, 'Who is called back?')).toBeVisible();
  await reply(marta).fill('You are.');
  await reply(marta).press('Enter');
  await expect.poll(() => called(page, 'UnreadCountChanged')).toEqual([1]);
  await expect.poll(() => called(page, 'ChatMessageSystem')).toEqual(['Marta Silva joined']);
  await tawk(page, 'maximize');
  await expect.poll(() => called(page, 'UnreadCountChanged')).toEqual([1, 0]);
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), inside(page).getByRole('button', { name: 'Attach a file' }).click()]);
  await chooser.setFiles({ name: 'me.txt', mimeType: 'text/plain', buffer: Buffer.from('me') });
  await expect(inside(page).getByRole('button', { name: 'Remove me.txt' })).toBeVisible();
  await says(page, 'This is me.');
  await expect.poll(() => called(page, 'FileUpload')).toEqual([expect.stringMatching(new RegExp(`^${world.url}/chat/${key}/attachments/`))]);
  await page.evaluate(() => (window as any).Recado('identify', { name: 'Tina Braga' }));
  // by the form before the chat, and by the site
  await expect.poll(() => called(page, 'VisitorNameChanged')).toEqual(['Tina', 'Tina Braga']);
  const picture = await paulo.locator('.top').screenshot();
  const brought = await paulo.request.post('/account/picture', { headers: { origin: world.url }, multipart: { file: { name: 'me.png', mimeType: 'image/png', buffer: picture } } });
  expect(brought.ok()).toBe(true);
  await row(paulo, 'This is me.').click();
  await expect(bubble(paulo, 'This is me.')).toBeVisible();
  await reply(paulo).fill('Only a moment.');
  await reply(paulo).press('Enter');
  await shows(page, 'Only a moment.');
  const [, joined] = (await called(page, 'AgentJoinChat')) as { name: string; image: string }[];
  expect(joined).toMatchObject({ name: 'Paulo Reis', image: expect.stringContaining(`${world.url}/pictures/`) });
  const image = await page.request.get(joined.image);
  expect([image.status(), image.headers()['cross-origin-resource-policy']]).toEqual([200, 'cross-origin']);
  await paulo.getByRole('button', { name: 'Leave', exact: true }).click();
  await expect.poll(() => called(page, 'AgentLeaveChat')).toEqual([expect.objectContaining({ name: 'Paulo Reis' })]);
  await marta.locator('.chat-acts').getByText('End chat').click();
  await marta.getByRole('button', { name: 'End the chat now' }).click();
  await shows(page, 'The chat is over');
  await inside(page).getByRole('button', { name: 'Good' }).click();
  await expect.poll(() => called(page, 'ChatSatisfaction')).toEqual([1]);
  await tawk(page, 'hideWidget');
  expect(await called(page, 'ChatHidden')).toHaveLength(1);
  await widget.open(false);
  await expect.poll(() => called(page, 'StatusChange')).toEqual(['offline']);
  await widget.beforeChat();
  const late = await visitor(browser, '/called');
  await open(late);
  await inside(late).getByLabel('E-mail').fill('late@braga.example');
  await inside(late).getByLabel('Message').fill('Nobody there?');
  await inside(late).getByRole('button', { name: 'Send' }).click();
  await shows(late, 'Nobody there?');
  expect(await called(late, 'OfflineSubmit')).toEqual([{ email: 'late@braga.example', message: 'Nobody there?', questions: [] }]);
  await widget.open(true);
  await expect.poll(() => called(page, 'StatusChange')).toEqual(['offline', 'online']);
  for (const one of [page, late]) await one.context().close();
});

test('what happens while the window is loaded anew is called back, once', async ({ browser, world }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  // what comes down the line can be held up
  let held: (() => void)[] | undefined;
  await page.routeWebSocket(/\/live\?/, (socket) => {
    const server = socket.connectToServer();
    server.onMessage((message) => (held ? held.push(() => socket.send(message)) : socket.send(message)));
  });
  await page.goto(shop.url);
  await page.evaluate(() => {
    (window as any).heard = [];
    for (const name of ['chatMessageAgent', 'chatMessageVisitor', 'chatStarted', 'visitorNameChanged']) {
      (window as any).Recado('on', name, (value: any) => (window as any).heard.push([name, value?.text ?? value]));
    }
  });
  await open(page);
  await says(page, 'Who tells me?');
  await row(marta, 'Who tells me?').click();
  await expect(bubble(marta, 'Who tells me?')).toBeVisible();
  await reply(marta).fill('One.');
  await reply(marta).press('Enter');
  await shows(page, 'One.');
  let go: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => { go = resolve; });
  await page.route('**/api/open_window*', async (route) => {
    await gone;
    await route.continue();
  });
  const [asked] = await Promise.all([page.waitForRequest('**/api/open_window*'), new Widget(marta, world).words({ greeting: 'Good day!' })]);
  held = [];
  await reply(marta).fill('Two.');
  await reply(marta).press('Enter');
  await expect(marta.locator('.bubble.going')).toHaveCount(0);
  go();
  await asked.response();
  await shows(page, 'Two.');
  held.forEach((pass) => pass());
  held = undefined;
  await reply(marta).fill('Three.');
  await reply(marta).press('Enter');
  await shows(page, 'Three.');
  expect(await page.evaluate('heard')).toEqual([
    ['chatStarted', null], ['chatMessageVisitor', 'Who tells me?'], ['chatMessageAgent', 'One.'], ['chatMessageAgent', 'Two.'], ['chatMessageAgent', 'Three.'],
  ]);
  await context.close();
});

test('a logout that does not reach the server wipes what is seen at once, and the rest as soon as it does', async ({ browser }) => {
  const page = await visitor(browser);
  await open(page);
  await says(page, 'Forget me.');
  await expect.poll(async () => (await page.context().cookies()).length).toBe(1);
  const mark = () => page.evaluate((name) => localStorage[name], `recado.${key}`);
  await expect.poll(mark).toBe('1');
  await page.route('**/api/log_out_visitor*', (route) => route.abort());
  const refused = page.waitForEvent('requestfailed');
  await page.evaluate(() => { void (window as any).Recado('logout'); });
  await refused;
  await expect(inside(page).getByText('Forget me.')).toHaveCount(0);
  expect(await mark()).toBe('0');
  // who is next may already write: it is said when the one before is forgotten, and by nobody else
  await open(page);
  await writes(page).fill('Somebody else.');
  await writes(page).press('Enter');
  await expect(inside(page).getByText('Sending…')).toBeVisible();
  await page.unroute('**/api/log_out_visitor*');
  await expect(row(marta, 'Somebody else.')).toBeVisible({ timeout: 40_000 });
  await expect(row(marta, 'Forget me.')).toBeVisible();
  await expect(inside(page).getByText('Forget me.')).toHaveCount(0);
  // and on the next page, before anything else
  await page.route('**/api/log_out_visitor*', (route) => route.abort());
  const again = page.waitForEvent('requestfailed');
  await page.evaluate(() => { void (window as any).Recado('logout'); });
  await again;
  await page.unroute('**/api/log_out_visitor*');
  await page.goto(`${shop.url}/linen`);
  await expect.poll(async () => (await page.context().cookies()).length).toBe(0);
  await expect.poll(() => page.evaluate(() => [localStorage.length, sessionStorage.length])).toEqual([0, 0]);
  await open(page);
  await expect(inside(page).getByText('Somebody else.')).toHaveCount(0);
  await page.context().close();
});

test('nobody stumbled', () => {
  expect(found).toEqual([]);
  shop.stop();
});
