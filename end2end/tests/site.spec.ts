// The widget for those who make sites: its interface, its line to the frame, and pages that were made for Tawk.

import { expect, test } from '@playwright/test';
import { call, frameOf, heard, launcher, opened, panel, recado, says, shop, stage, visit } from '../shop';
import { Shop } from '../widget';

stage();

test('the interface: calls before the script, before the frame, and their answers', async ({ page }) => {
  shop.pages['/api'] = { script: `
    window.Recado = window.Recado || function () { (Recado.q = Recado.q || []).push(arguments) };
    window.log = []; window.stub = Recado;
    Recado('on', 'load', () => { log.push('load'); throw new Error('the site\\'s own') });
    Recado('on', 'load', () => log.push('load again'));
    Recado('identify', { id: '7', name: '<script>alert(1)</script>', email: 'helena@example.com', hash: 'made on the server' });
    Recado('status', (error, value) => log.push(['status', error, value]));
    Recado('on', 'load', () => { const cart = { total: 40 }; Recado('set', cart); cart.total = 41; });` };
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(`${shop.url}/api`);
  await expect.poll(() => page.evaluate('log')).toEqual(['load', 'load again', ['status', null, 'online']]);
  // a listener's error is the site's, reported once, and in nobody's way
  expect(errors).toEqual(["the site's own"]);
  expect(recado.asked, 'nothing was sent').toEqual([`GET /w/${recado.key}.js`]);
  expect(await call(page, 'tag', ['vip', 'linen'])).toBe(false);
  expect(await page.evaluate(() => { (window as any).stub('event', 'cart', { items: 2 }); })).toBeUndefined();
  await call(page, 'on', 'load', null);

  await call(page, 'open', { department: 'sales' });
  const frame = await opened(page);
  await expect.poll(async () => (await heard(frame)).length).toBeGreaterThan(4);
  const [{ connect }, ...calls] = await heard(frame);
  expect(connect).toMatchObject({ recado: 1, page: `${shop.url}/api`, title: 'Loja Aurora', language: 'en', open: true, focus: true, department: 'sales' });
  expect(calls.map((one) => [one.call, ...one.args])).toEqual([
    ['identify', { id: '7', name: '<script>alert(1)</script>', email: 'helena@example.com', hash: 'made on the server' }],
    ['set', { total: 40 }],
    ['tag', ['vip', 'linen']],
    ['event', 'cart', { items: 2 }],
  ]);
  // now answers come from the other side
  expect(await call(page, 'identify', { id: '7', hash: 'right' })).toBe(true);
  expect(await page.evaluate(() => (window as any).Recado('identify', { id: '8', hash: 'forged' }).catch((error: Error) => error.message))).toBe('IDENTITY_REFUSED');
  expect(await page.evaluate(() => new Promise((resolve) => (window as any).Recado('identify', { hash: 'forged' }, (error: Error) => resolve(error.message))))).toBe('IDENTITY_REFUSED');
  // what cannot be sent, and what is not there, is refused; unasked, it is in nobody's error reports
  expect(await page.evaluate(() => (window as any).Recado('set', { no: document }).catch((error: Error) => error.name))).toBe('DataCloneError');
  for (const name of ['nonsense', 'constructor', '__proto__']) expect(await page.evaluate((name) => (window as any).Recado(name).catch((error: Error) => error.name), name)).toBe('TypeError');
  await page.evaluate(() => { void (window as any).Recado('nonsense'); });
  await page.waitForTimeout(200);
  expect(errors).toEqual(["the site's own"]);
  expect(await call(page, 'state')).toEqual({ status: 'online', open: true, hidden: false, unread: 0, chatting: false, known: false, language: 'en' });
});

test('only our frame on our origin is listened to', async ({ page }) => {
  const evil = await Shop.start(recado);
  evil.pages['/evil'] = { head: '', script: `setInterval(() => { for (const data of [{ recado: 1 }, { recado: 1, event: 'chatStarted' }]) parent.postMessage(data, '*') }, 50);
    addEventListener('message', ({ data, ports }) => { top.postMessage({ stolen: data, ports: ports.length }, '*') })` };
  shop.pages['/hostile'] = { policy: `script-src 'self' ${recado.url}; frame-src ${recado.url} ${evil.url}`, script: `
    window.stolen = []; addEventListener('message', ({ data }) => data?.stolen && stolen.push(data))`, body: `<h1>Shop</h1><iframe title="advertisement" src="${evil.url}/evil"></iframe>` };
  await visit(page, '/hostile');
  await page.evaluate(() => {
    (window as any).log = [];
    for (const name of ['chatStarted', 'unreadCountChanged']) (window as any).Recado('on', name, () => (window as any).log.push(name));
    // the page itself, with a frame of nobody and with none
    for (const data of [{ recado: 1 }, { recado: 1, do: 'open' }, { recado: 1, state: { unread: 9 }, event: 'unreadCountChanged' }, null, 'x']) postMessage(data, '*');
  });
  const frame = await opened(page);
  await page.waitForTimeout(400);
  expect(await page.evaluate('stolen')).toEqual([]);
  expect(await page.evaluate('log')).toEqual([]);
  // the right origin in a window that is not ours: another of Recado's pages on the site
  const chat = `${recado.url}/chat/${recado.key}`;
  await page.evaluate((src) => { document.body.append(Object.assign(document.createElement('iframe'), { src })); }, chat);
  await expect.poll(() => page.frames().some((one) => one.url() == chat)).toBe(true);
  const other = page.frames().find((one) => one.url() == chat)!;
  await other.waitForLoadState();
  await page.waitForTimeout(300);
  expect(await heard(other)).toEqual([]);
  expect((await heard(frame)).filter((one) => one.connect)).toHaveLength(1);
  // our window at another's address is no longer ours
  const before = (await heard(frame)).length;
  expect(before).toBeGreaterThan(0);
  await frame.evaluate((url) => { location.href = url; }, `${evil.url}/evil`);
  await expect.poll(() => page.frames().filter((one) => one.url() === `${evil.url}/evil`).length).toBe(2);
  await page.waitForTimeout(400);
  expect(await page.evaluate('stolen')).toEqual([]);
  expect(await page.evaluate('log')).toEqual([]);
  evil.stop();
});

test('a frame that loads anew is told again, and gets what was not answered', async ({ page }) => {
  await visit(page);
  let frame = await opened(page);
  await frame.evaluate('told.set = () => new Promise(() => {}); port.onmessage = () => {}');
  const answered = call(page, 'set', { size: 'M' });
  await frame.evaluate(() => location.reload());
  expect(await answered).toBe(true);
  frame = frameOf(page)!;
  const [first, second] = await heard(frame);
  expect(first.connect.open).toBe(true);
  expect(second).toMatchObject({ call: 'set', args: [{ size: 'M' }] });
});

test('a page made for Tawk works when its one address is changed', async ({ page }) => {
  const events = ['onStatusChange', 'onChatMaximized', 'onChatMinimized', 'onChatHidden', 'onChatStarted', 'onChatEnded', 'onPrechatSubmit', 'onOfflineSubmit', 'onChatMessageVisitor', 'onChatMessageAgent',
    'onChatMessageSystem', 'onAgentJoinChat', 'onAgentLeaveChat', 'onChatSatisfaction', 'onVisitorNameChanged', 'onFileUpload', 'onTagsUpdated', 'onUnreadCountChanged'];
  // the snippet as their panel gives it, and calls from their documentation
  shop.pages['/tawk'] = { head: '', policy: `script-src 'self' ${recado.url}; frame-src ${recado.url}`, script: `
    var Tawk_API = Tawk_API || {}, Tawk_LoadStart = new Date();
    window.log = []; window.done = []; window.seen = [];
    Tawk_API.visitor = { name: 'Helena', email: 'helena@example.com', hash: 'from the server' };
    Tawk_API.customStyle = { zIndex: '1000 !important', visibility: { desktop: { position: 'bl', xOffset: '15', yOffset: 30 }, mobile: { position: 'br', xOffset: 0, yOffset: 0 } } };
    Tawk_API.onBeforeLoad = function () { log.push(['onBeforeLoad', typeof Tawk_API.maximize]) };
    Tawk_API.onLoad = function () {
      log.push(['onLoad', Tawk_API.getStatus(), Tawk_API.getWindowType()]);
      Tawk_API.setAttributes({ id: 'A1234', store: 'Midvalley' }, function (error) { done.push(['set', error]) });
      Tawk_API.addEvent('requested-quotation', function (error) { done.push(['event', error]) });
      Tawk_API.addEvent('product-add-to-cart', { sku: 'A0012', price: '50' }, function (error) { done.push(['event', error]) });
      Tawk_API.addTags(['hello', 'world'], function (error) { done.push(['tags', error]) });
      Tawk_API.removeTags(['world'], function (error) { done.push(['tags', error]) });
    };
    ${JSON.stringify(events)}.forEach(function (name) { Tawk_API[name] = function (value) { log.push([name, value]) } });
    window.addEventListener('tawkChatStarted', function () { seen.push('window event') });
    (function () {
      var s1 = document.createElement('script'), s0 = document.getElementsByTagName('script')[0];
      s1.async = true;
      s1.src = '${recado.script}';
      s1.charset = 'UTF-8';
      s1.setAttribute('crossorigin', '*');
      s0.parentNode.insertBefore(s1, s0);
    })();` };
  await visit(page, '/tawk');
  const tawk = (name: string, ...words: unknown[]) => page.evaluate(([name, words]) => (window as any).Tawk_API[name](...words), [name, words] as const);
  await expect.poll(() => page.evaluate('log')).toEqual([['onBeforeLoad', 'function'], ['onLoad', 'online', 'inline']]);
  await expect.poll(() => page.evaluate('done.length')).toBe(5);
  expect(await page.evaluate('done.every(([, error]) => error === undefined)')).toBe(true);
  expect(await page.evaluate('[Tawk_API.onLoaded, Tawk_API.onBeforeLoaded, Tawk_API.isChatMaximized(), Tawk_API.isChatMinimized(), Tawk_API.isChatHidden(), Tawk_API.isChatOngoing(), Tawk_API.isVisitorEngaged(), Tawk_API.widgetPosition()]'))
    .toEqual([true, true, false, true, false, false, false, 'bl']);
  const box = (await launcher(page).boundingBox())!;
  expect([Math.round(box.x), Math.round(900 - box.y - box.height)]).toEqual([15, 30]);
  expect(await page.locator('recado-widget').evaluate((host) => getComputedStyle(host).zIndex)).toBe('1000');

  await tawk('maximize');
  const frame = await opened(page);
  // what was called before the frame stood reaches it one by one
  await expect.poll(async () => (await heard(frame)).filter((one) => one.call).map((one) => [one.call, ...one.args])).toEqual([
    ['identify', { name: 'Helena', email: 'helena@example.com', hash: 'from the server' }],
    ['set', { id: 'A1234', store: 'Midvalley' }],
    ['event', 'requested-quotation'],
    ['event', 'product-add-to-cart', { sku: 'A0012', price: '50' }],
    ['tag', ['hello', 'world']],
    ['untag', ['world']],
  ]);
  await page.evaluate('log.length = 0');
  const said: [string, unknown][] = [
    ['statusChange', 'away'], ['chatStarted', null], ['prechatSubmit', { name: 'Helena', questions: [] }], ['offlineSubmit', { message: 'Hi', questions: [] }], ['chatMessageVisitor', { id: '1', text: 'Hello' }],
    ['chatMessageAgent', { id: '2', text: 'Hello Helena!' }], ['chatMessageSystem', { id: '3', text: 'Marta joined' }], ['agentJoinChat', { id: '5', name: 'Marta' }], ['agentLeaveChat', { id: '5', name: 'Marta' }],
    ['chatSatisfaction', 1], ['visitorNameChanged', 'Lena'], ['fileUpload', 'https://recado.example/f/1'], ['tagsUpdated', ['hello']], ['unreadCountChanged', 3],
  ];
  for (const [event, value] of said) await says(frame, { event, value, state: { statusChange: { status: 'away' }, chatStarted: { chatting: true } }[event] });
  await expect.poll(() => page.evaluate('log.length')).toBe(said.length);
  expect(await page.evaluate('log')).toEqual(said.map(([event, value]) => [`on${event[0].toUpperCase()}${event.slice(1)}`, (value as any)?.text ?? value]));
  expect(await page.evaluate('[seen, Tawk_API.getStatus(), Tawk_API.isChatOngoing(), Tawk_API.isVisitorEngaged(), Tawk_API.isChatMaximized()]')).toEqual([['window event'], 'away', true, true, true]);
  await says(frame, { event: 'chatEnded', state: { chatting: false } });

  await tawk('minimize');
  await tawk('toggle');
  await tawk('hideWidget');
  expect(await tawk('isChatHidden')).toBe(true);
  await tawk('toggleVisibility');
  await tawk('toggleVisibility');
  await tawk('showWidget');
  await tawk('endChat');
  await page.evaluate(() => new Promise((resolve) => (window as any).Tawk_API.login({ userId: '9', hash: 'h', name: 'Ana' }, resolve)));
  expect((await heard(frame)).at(-1)).toMatchObject({ call: 'identify', args: [{ userId: '9', hash: 'h', name: 'Ana' }] });
  expect(await page.evaluate(() => new Promise((resolve) => (window as any).Tawk_API.login({ userId: '9', hash: 'forged' }, resolve)))).toBe('IDENTITY_REFUSED');
  const [popup] = await Promise.all([page.waitForEvent('popup'), tawk('popup')]);
  await popup.close();
  await page.evaluate(() => new Promise((resolve) => (window as any).Tawk_API.logout(resolve)));
  await tawk('shutdown');
  await expect(launcher(page)).toBeHidden();
  await page.evaluate(() => (window as any).Tawk_API.start({ showWidget: true }));
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => new Promise((resolve) => (window as any).Tawk_API.switchWidget({ propertyId: 'another', widgetId: 'default' }, resolve)));
  await tawk('maximize');
  await expect.poll(() => frameOf(page)?.url()).toContain('/chat/another?');
});

test('Tawk pages that start by hand stay hidden until then; the real Tawk is left alone', async ({ page }) => {
  shop.pages['/by-hand'] = { script: 'var Tawk_API = { autoStart: false }' };
  await visit(page, '/by-hand');
  await expect(launcher(page)).toBeHidden();
  await page.evaluate(() => (window as any).Tawk_API.start({ showWidget: true }));
  await expect(launcher(page)).toBeVisible();
  shop.pages['/both'] = { script: 'var calls = 0, Tawk_API = { maximize() { calls++ }, onLoad() { calls += 100 } }' };
  await visit(page, '/both');
  await page.evaluate('Tawk_API.maximize()');
  expect(await page.evaluate('calls')).toBe(1);
  await expect(panel(page)).toBeHidden();
});
