// How an agent notices: the number in the title, a notification of the desktop, a sound once however many pages are open, a push while
// none is; what each of them chooses, and what the page says when a browser allows nothing.

import { BrowserContext, Page } from '@playwright/test';
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto';
import http from 'node:http';
import { AddressInfo } from 'node:net';
import { settle, Widget, widgetKey } from '../forms';
import { expect, found, go, look, test } from '../people';
import { CHROMIUM } from '../playwright.config';

// a shell without a window shows no notifications
test.use({ story: 'notify', launchOptions: CHROMIUM });
test.describe.configure({ mode: 'serial' });

let marta: Page, forwarding: string;

/** Records what a page does to be noticed. Only what shows and sounds is replaced; whether it is in front, the test says. */
const record = (page: Page) =>
  page.addInitScript(() => {
    const heard = ((window as any).heard = { notifications: [] as any[], tones: 0, front: true });
    document.hasFocus = () => heard.front;
    class Recorded {
      static permission = Notification.permission;
      static requestPermission = async () => 'granted';
      onclick?: () => void;
      constructor(title: string, more: any) { heard.notifications.push({ title, ...more, shown: this }); }
      close() {}
    }
    (window as any).Notification = Recorded;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { heard.tones += 1; return start.apply(this, at); };
  });
const front = (page: Page, here: boolean) => page.evaluate((here) => { (window as any).heard.front = here; window.dispatchEvent(new Event(here ? 'focus' : 'blur')); }, here);
const tones = (page: Page) => page.evaluate(() => (window as any).heard.tones);
const notifications = (page: Page) => page.evaluate(() => (window as any).heard.notifications.map(({ title, body, tag }: any) => ({ title, body, tag })));

/** Opens a page that watches, and touches it, so that it may sound. */
async function watching(context: BrowserContext, address: string): Promise<Page> {
  const page = await context.newPage();
  await record(page);
  const script = page.waitForResponse((answer) => answer.url().endsWith('/notify.js'));
  const settings = page.waitForResponse((answer) => answer.url().includes('/load_notify_settings'));
  await go(page, address);
  await script;
  await settings;
  await page.mouse.click(5, 5);
  await page.waitForTimeout(300);
  return page;
}

const write = (world: any, from: string, subject: string, text = 'Where is it?') => world.mail({ from, to: forwarding, subject, text });

test('Marta finds her notifications in her menu, and what she chooses is kept', async ({ browser, world }) => {
  marta = await settle(browser, world);
  await marta.context().grantPermissions(['notifications'], { origin: world.url });
  await go(marta, '/admin/overview');
  forwarding = (await marta.locator('.copy-text code').filter({ hasText: '@' }).first().textContent())!.trim();
  await marta.locator('.avatar-button').click();
  await marta.getByRole('link', { name: 'Notifications' }).click();
  await expect(marta).toHaveURL(/\/account\/notifications$/);
  await expect(marta.getByRole('heading', { name: 'Notifications', exact: true })).toBeVisible();
  await expect(marta.getByText('Desktop notifications can be shown here.')).toBeVisible();
  await look(marta, 'notifications');
  await expect(marta.getByLabel('Play a sound')).toBeChecked();
  await marta.getByLabel('Show only who wrote').check();
  await marta.getByLabel('A new ticket').uncheck();
  await marta.getByLabel('Be quiet every day').check();
  await marta.getByLabel('From').fill('');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.locator('.field.refused input[name=quiet_from]')).toBeFocused();
  await marta.getByLabel('From').fill('23:15');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.locator('.toast')).toBeVisible();
  await go(marta, '/account/notifications');
  await expect(marta.getByLabel('Show only who wrote')).toBeChecked();
  await expect(marta.getByLabel('A new ticket')).not.toBeChecked();
  await expect(marta.getByLabel('From')).toHaveValue('23:15');
  // and back, without wasm: a plain form
  const plain = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() });
  const page = await plain.newPage();
  await page.goto('/account/notifications');
  await page.getByLabel('Show only who wrote').uncheck();
  await page.getByLabel('A new ticket').check();
  await page.getByLabel('Be quiet every day').uncheck();
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page.locator('.done')).toBeVisible();
  await expect(page.getByLabel('A new ticket')).toBeChecked();
  await plain.close();
});

test('the number in the title changes live, and goes when the conversation is opened', async ({ world }) => {
  const page = await watching(marta.context(), '/inbox');
  await expect(page).toHaveTitle('Inbox · Recado');
  await write(world, 'Ana Prado <ana@correio.example>', 'Late parcel');
  await expect(page).toHaveTitle('(1) Inbox · Recado');
  await write(world, 'Kenji Sato <kenji@correio.example>', 'Wrong size');
  await expect(page).toHaveTitle('(2) Inbox · Recado');
  await page.getByText('Late parcel').first().click();
  await expect(page).toHaveTitle(/^\(1\) #\d+ Late parcel · Recado$/);
  // read in another page of hers, it is read here too
  await go(marta, '/inbox');
  await marta.getByText('Wrong size').first().click();
  await expect(page).toHaveTitle(/^#\d+ Late parcel · Recado$/);
  await page.close();
});

test('a notification of the desktop says who and what, and a click opens the conversation', async ({ world }) => {
  // a page of hers in front would be enough
  await marta.goto('about:blank');
  const page = await watching(marta.context(), '/inbox');
  // in front of her eyes there is no need of one
  await write(world, 'Bia Reis <bia@correio.example>', 'An invoice');
  await expect(page).toHaveTitle('(1) Inbox · Recado');
  await page.waitForTimeout(800);
  expect(await notifications(page)).toEqual([]);
  await front(page, false);
  await write(world, 'Leo Dias <leo@correio.example>', 'A jacket', 'Is it true to size?');
  await expect.poll(() => notifications(page)).toHaveLength(1);
  const [shown] = await notifications(page);
  expect(shown.title).toBe('New ticket from Leo Dias');
  expect(shown.body).toMatch(/^#\d+ A jacket: Is it true to size\?$/);
  await page.evaluate(() => (window as any).heard.notifications[0].shown.onclick());
  await expect(page).toHaveURL(new RegExp(`/inbox/${shown.tag}$`));
  await expect(page.getByRole('heading', { name: 'A jacket' })).toBeVisible();
  await page.close();
});

test('over two pages the sound is heard once, and not for what one looks at', async ({ world }) => {
  const context = marta.context();
  const [one, two] = [await watching(context, '/inbox'), await watching(context, '/inbox')];
  const both = async () => (await tones(one)) + (await tones(two));
  await write(world, 'Rita Melo <rita@correio.example>', 'A refund');
  await expect(one).toHaveTitle(/^\(1\)/);
  await expect(two).toHaveTitle(/^\(1\)/);
  await expect.poll(both).toBe(2);
  await one.waitForTimeout(1500);
  expect(await both(), 'two tones are one sound').toBe(2);
  // she opens it in one page and takes it; what Rita answers is before her eyes there
  await one.getByText('A refund').first().click();
  await expect(one.getByRole('heading', { name: 'A refund' })).toBeVisible();
  await expect(two).toHaveTitle('Inbox · Recado');
  await one.keyboard.press('a');
  await one.locator('#menu-assign').getByText('Marta Silva').click();
  await expect(one.getByText('assigned', { exact: false }).last()).toBeVisible();
  await front(two, false);
  await write(world, 'Rita Melo <rita@correio.example>', 'Something else', 'A second one');
  await expect.poll(both).toBe(4);
  await expect.poll(async () => (await notifications(two)).length, 'page one is in front, so the desktop is not needed').toBe(0);
  const letter = world.letters.all.find((letter) => letter.envelopeTo === 'rita@correio.example');
  if (letter) {
    await world.mail({ from: 'Rita Melo <rita@correio.example>', to: letter.replyTo!.value[0].address!, subject: 'Re: A refund', text: 'Thank you', answers: letter });
    await expect(one.getByText('Thank you')).toBeVisible();
    await one.waitForTimeout(1200);
    expect(await both()).toBe(4);
  }
  await one.close();
  await two.close();
});

test('a chat that waits is told once, and its words to who is in it', async ({ browser, world }) => {
  const [widget, key] = [new Widget(marta, world), await widgetKey(marta)];
  await widget.manners({ online_with_nobody: 'on' });
  await widget.beforeChat(['name', '', 'optional']);
  await marta.goto('about:blank');
  const page = await watching(marta.context(), '/inbox');
  await front(page, false);
  const helena = await (await browser.newContext({ baseURL: world.url, javaScriptEnabled: false })).newPage();
  await helena.goto(`/chat/${key}`);
  await helena.getByLabel('Name').fill('Helena');
  await helena.getByLabel('Message').fill('Is the jacket true to size?');
  await helena.getByRole('button', { name: 'Start chat' }).click();
  await expect.poll(() => notifications(page)).toHaveLength(1);
  expect((await notifications(page))[0]).toMatchObject({ title: 'Helena waits in a chat', body: 'Is the jacket true to size?' });
  await expect.poll(() => tones(page)).toBe(2);
  await expect(page).toHaveTitle('(1) Inbox · Recado');
  const say = async (words: string) => {
    await helena.getByRole('textbox', { name: 'Write a message' }).fill(words);
    await helena.getByRole('button', { name: 'Send', exact: true }).click();
    await expect(page.getByText(words).first()).toBeVisible();
  };
  await say('Hello?');
  await page.waitForTimeout(1500);
  expect([(await notifications(page)).length, await tones(page)], 'it waits already').toEqual([1, 2]);
  await page.getByText('Hello?').first().click();
  await page.getByPlaceholder(/reply|message/i).first().fill('It runs large.');
  await page.keyboard.press('Control+Enter');
  // there, and not only on its way: before it is, nobody is in the chat, and what Helena adds would be no news
  await expect(page.locator('.bubble[data-message]').filter({ hasText: 'It runs large.' })).toBeVisible();
  await expect(page).not.toHaveTitle(/^\(/);
  await say('Thank you');
  await expect.poll(() => notifications(page)).toHaveLength(2);
  expect((await notifications(page))[1]).toMatchObject({ title: 'Helena wrote', body: 'Thank you' });
  await expect.poll(() => tones(page)).toBe(4);
  // before her eyes it is not told
  await front(page, true);
  await say('One more thing');
  await page.waitForTimeout(1500);
  expect([(await notifications(page)).length, await tones(page)]).toEqual([2, 4]);
  await helena.context().close();
  await page.close();
});

test('with sound and desktop off nothing is heard, at once in every page, and the number still counts', async ({ world }) => {
  const page = await watching(marta.context(), '/inbox');
  await front(page, false);
  await go(marta, '/account/notifications');
  await marta.waitForResponse((answer) => answer.url().endsWith('/notify.js')).catch(() => undefined);
  await marta.getByLabel('Play a sound').uncheck();
  await marta.getByLabel('Show a desktop notification').uncheck();
  const again = page.waitForResponse((answer) => answer.url().includes('/load_notify_settings'));
  await marta.getByRole('button', { name: 'Save' }).click();
  await again;
  await page.waitForTimeout(300);
  await write(world, 'Caio Luz <caio@correio.example>', 'A question');
  await expect(page).toHaveTitle('(1) Inbox · Recado');
  await page.waitForTimeout(1200);
  expect([await tones(page), await notifications(page)]).toEqual([0, []]);
  await page.close();
});

test('a browser that allows nothing is explained, in both languages', async ({ browser, world }) => {
  const context = await browser.newContext({ baseURL: world.url, storageState: await marta.context().storageState() });
  const page = await context.newPage();
  await page.addInitScript(() => { Object.defineProperty(Notification, 'permission', { get: () => 'denied' }); });
  await go(page, '/account/notifications');
  await expect(page.getByText('This browser was told to show none')).toBeVisible();
  await expect(page.getByText('Allow notifications above first.')).toBeVisible();
  await page.getByText('Allow notifications above first.').scrollIntoViewIfNeeded();
  await look(page, 'notifications-denied');
  await go(page, '/account');
  await page.getByLabel('Language').selectOption('pt-BR');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await expect(page).toHaveURL(/done=profile/);
  await go(page, '/account/notifications');
  await expect(page.getByText('não mostrar nenhuma')).toBeVisible();
  await look(page, 'notifications-pt');
  await go(page, '/account');
  await page.getByLabel('Idioma').selectOption('en');
  await page.getByRole('button', { name: 'Salvar' }).first().click();
  await expect(page).toHaveURL(/done=profile/);
  await context.close();
});

test('without a push service the page says so', async () => {
  await go(marta, '/account/notifications');
  await marta.getByRole('button', { name: 'Tell this browser' }).click();
  await expect(marta.getByText('The push service of this browser did not answer')).toBeVisible({ timeout: 30_000 });
  await marta.getByText('None so far.').scrollIntoViewIfNeeded();
  await look(marta, 'notifications-no-service');
});

/** A push service of this machine, and the keys of a browser; reads by the standards, with Node's own cryptography. */
class Service {
  readonly pushed: { headers: http.IncomingHttpHeaders; body: Buffer }[] = [];
  readonly key = createECDH('prime256v1');
  readonly auth = randomBytes(16);
  private readonly server = http.createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part) => parts.push(part)).on('end', () => {
      this.pushed.push({ headers: request.headers, body: Buffer.concat(parts) });
      response.writeHead(request.url!.includes('gone') ? 410 : 201).end();
    });
  });
  static async start() {
    const service = new Service();
    service.key.generateKeys();
    await new Promise<void>((done) => service.server.listen(0, '127.0.0.1', done));
    return service;
  }
  get origin() { return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`; }
  read(body: Buffer) {
    const [salt, length] = [body.subarray(0, 16), body[20]];
    const [theirs, record] = [body.subarray(21, 21 + length), body.subarray(21 + length)];
    const hkdf = (secret: Buffer, salt: Buffer, info: Buffer, length: number) => Buffer.from(hkdfSync('sha256', secret, salt, info, length));
    const secret = hkdf(this.key.computeSecret(theirs), this.auth, Buffer.concat([Buffer.from('WebPush: info\0'), this.key.getPublicKey(), theirs]), 32);
    const key = hkdf(secret, salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
    const nonce = hkdf(secret, salt, Buffer.from('Content-Encoding: nonce\0'), 12);
    const cipher = createDecipheriv('aes-128-gcm', key, nonce);
    cipher.setAuthTag(record.subarray(-16));
    const text = Buffer.concat([cipher.update(record.subarray(0, -16)), cipher.final()]);
    return JSON.parse(text.subarray(0, text.lastIndexOf(2)).toString());
  }
  /** What is said to this service under the signature of a key. */
  signed(authorization: string) {
    const [, token, key] = /^vapid t=(\S+), k=(\S+)$/.exec(authorization)!;
    const point = Buffer.from(key, 'base64url');
    const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
    const [head, claims, signature] = token.split('.');
    const right = verify('sha256', Buffer.from(`${head}.${claims}`), { key: createPublicKey({ key: jwk, format: 'jwk' }), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'));
    return { right, ...JSON.parse(Buffer.from(claims, 'base64url').toString()) };
  }
  stop() { this.server.closeAllConnections(); this.server.close(); }
}

test('a browser with a push service is told, can be tested, and is told no more', async ({ world }) => {
  const service = await Service.start();
  const fake = { endpoint: `${service.origin}/send/marta`, keys: { p256dh: service.key.getPublicKey().toString('base64url'), auth: service.auth.toString('base64url') } };
  const page = await marta.context().newPage();
  // Chromium here has no push service: only that is replaced, everything else is as it is
  await page.addInitScript((fake) => {
    let kept: any = JSON.parse(sessionStorage.getItem('kept') ?? 'null');
    const keep = (value: any) => { kept = value; sessionStorage.setItem('kept', JSON.stringify(value)); };
    const as = (value: any) => value && { toJSON: () => value, unsubscribe: async () => { keep(null); return true; } };
    PushManager.prototype.getSubscription = async () => as(kept);
    PushManager.prototype.subscribe = async (options: any) => {
      if (options.applicationServerKey.length !== 65) throw new Error('no key');
      keep(fake);
      return as(kept);
    };
  }, fake);
  await go(page, '/account/notifications');
  await page.getByRole('button', { name: 'Tell this browser' }).click();
  await expect(page.getByText('This browser is told.', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Send me a test' }).click();
  await expect(page.getByText('The push service took it.')).toBeVisible();
  expect(service.pushed).toHaveLength(1);
  const [test] = service.pushed;
  expect(service.read(test.body)).toEqual({ title: 'A test by Recado', body: 'This is how you notice that somebody waits.', path: '/account/notifications', tag: 'test' });
  expect(service.signed(test.headers.authorization!)).toMatchObject({ right: true, aud: service.origin });
  expect(test.headers).toMatchObject({ 'content-encoding': 'aes128gcm', urgency: 'high', topic: 'test' });
  await page.getByRole('button', { name: 'Send me a test' }).scrollIntoViewIfNeeded();
  await look(page, 'notifications-told');

  // a ticket comes while she looks: no push. She goes away: one.
  await page.close();
  await marta.evaluate(() => { document.hasFocus = () => true; window.dispatchEvent(new Event('blur')); window.dispatchEvent(new Event('focus')); });
  await write(world, 'Nina Paz <nina@correio.example>', 'While she looks');
  // a push waits three seconds for who may read it here
  await marta.waitForTimeout(5000);
  expect(service.pushed).toHaveLength(1);
  await marta.evaluate(() => { document.hasFocus = () => false; window.dispatchEvent(new Event('blur')); });
  await write(world, 'Nina Paz <nina@correio.example>', 'While she is away');
  await expect.poll(() => service.pushed.length, { timeout: 15_000 }).toBe(2);
  expect(service.read(service.pushed[1].body)).toMatchObject({ title: 'New ticket from Nina Paz' });

  await go(marta, '/account/notifications');
  await marta.getByRole('button', { name: 'Remove' }).click();
  await expect(marta.getByText('None so far.')).toBeVisible();
  await write(world, 'Nina Paz <nina@correio.example>', 'Afterwards');
  await marta.waitForTimeout(5000);
  expect(service.pushed).toHaveLength(2);
  service.stop();
});

test('the worker shows what a push says, and opens what it is about', async ({ world }) => {
  const script = marta.waitForResponse((answer) => answer.url().endsWith('/notify.js'));
  await go(marta, '/account/notifications');
  await script;
  const devtools = await marta.context().newCDPSession(marta);
  const registered = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find((one) => one.scopeURL.endsWith('/push/') && !one.isDeleted);
      if (ours) resolve(ours.registrationId);
    });
  });
  await devtools.send('ServiceWorker.enable');
  await marta.evaluate(() => navigator.serviceWorker.register('/push.js', { scope: '/push/' }));
  const registrationId = await registered;
  const said = { title: 'Ana Prado wrote', body: 'Is it true to size?', path: '/inbox', tag: 'x' };
  const shown = () => marta.evaluate(async () => (await (await navigator.serviceWorker.getRegistration('/push/'))!.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag })));
  await expect.poll(async () => {
    await devtools.send('ServiceWorker.deliverPushMessage', { origin: world.url, registrationId, data: JSON.stringify(said) });
    return shown();
  }).toEqual([{ title: said.title, body: said.body, tag: said.tag }]);
  // it opens pages of ours alone
  const worker = marta.context().serviceWorkers().find((one) => one.url().endsWith('/push.js'))!;
  await worker.evaluate(async () => {
    const [notification] = await (self as any).registration.getNotifications();
    self.dispatchEvent(new (self as any).NotificationEvent('notificationclick', { notification }));
  });
  await expect(marta).toHaveURL(/\/inbox$/);
});

test('nothing was found wanting', async () => {
  expect(found).toEqual([]);
});
