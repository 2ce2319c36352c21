// The widget on a shop's page: what a visitor and the page itself notice of it.

import { expect, test } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { still, stumbles } from '../eyes';
import { call, frameOf, heard, kept, launcher, NOTHING, opened, panel, recado, says, shop, stage, visit } from '../shop';
import { small } from '../widget';

stage();

test('a page with the widget costs one request, keeps nothing, moves nothing', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.addInitScript(() => {
    (window as any).shifts = [];
    (window as any).long = [];
    new PerformanceObserver((list) => (window as any).shifts.push(...list.getEntries().map((one: any) => one.value))).observe({ type: 'layout-shift', buffered: true });
    new PerformanceObserver((list) => (window as any).long.push(...list.getEntries().map((one) => one.duration))).observe({ type: 'longtask', buffered: true });
  });
  await visit(page);
  await page.waitForTimeout(1500);
  expect(requests.filter((url) => url.startsWith(recado.url)), 'one file').toEqual([recado.script]);
  expect(page.frames()).toHaveLength(1);
  expect(await kept(page)).toEqual(NOTHING);
  expect(await page.context().cookies()).toEqual([]);
  expect(await page.evaluate('shifts')).toEqual([]);
  expect(await page.evaluate('long')).toEqual([]);
  expect(Object.keys(await page.evaluate(() => Object.fromEntries(Object.keys(window).filter((name) => /recado|tawk/i.test(name)).map((name) => [name, 1]))))).toEqual(['Tawk_API', 'Recado']);

  const frame = await opened(page);
  expect(requests.filter((url) => url.startsWith(recado.url)).map((url) => new URL(url).pathname)).toEqual([`/w/${recado.key}.js`, `/chat/${recado.key}`]);
  expect(frame.url()).toBe(`${recado.url}/chat/${recado.key}?embed=1&lang=en`);
  expect(await page.evaluate('shifts')).toEqual([]);
  expect(await kept(page), 'nor by opening it').toEqual(NOTHING);
});

test('what is sent is at most five kilobytes', async () => {
  const answer = await fetch(recado.script);
  const bytes = small(await answer.text()).length;
  console.log(`widget: ${bytes} bytes, brotli, with its configuration`);
  expect(bytes).toBeLessThanOrEqual(5000);
});

test('the site and the widget do not meet, under the strictest policy', async ({ page }) => {
  const refused: string[] = [];
  page.on('console', (said) => { if (/Content.Security.Policy|Trusted/i.test(said.text())) refused.push(said.text()); });
  await visit(page);
  await expect(launcher(page)).toBeVisible();
  expect(await launcher(page).evaluate((button) => getComputedStyle(button).backgroundColor)).toBe('rgb(11, 122, 85)');
  const box = (await launcher(page).boundingBox())!;
  expect([Math.round(1440 - box.x - box.width), Math.round(900 - box.y - box.height), box.width, box.height]).toEqual([20, 20, 56, 56]);
  await opened(page);
  expect(await page.locator('recado-widget').evaluate((host) => getComputedStyle(host).opacity)).toBe('1');
  expect(refused).toEqual([]);
});

test('at each position the launcher stays where it is, and the window opens beside it, in sight', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const screens = path.join(__dirname, '..', 'report', 'screens', 'sqlite');
  mkdirSync(screens, { recursive: true });
  for (const at of ['br', 'bl', 'cr', 'cl', 'tr', 'tl'] as const) {
    recado.config = { desktop: { at, x: 30, y: 50 } };
    await visit(page);
    await call(page, 'say', 'Hello! Can we help?');
    const box = (await launcher(page).boundingBox())!;
    expect(Math.round(at[1] === 'l' ? box.x : 1440 - box.x - box.width), at).toBe(30);
    expect(Math.round({ b: 850 - box.y - box.height, t: box.y - 50, c: box.y + box.height / 2 - 450 }[at[0]]!), at).toBe(0);
    await page.screenshot({ path: path.join(screens, `position-${at}-closed.png`) });
    await call(page, 'open');
    await opened(page);
    expect(await launcher(page).boundingBox(), at).toEqual(box);
    const chat = (await panel(page).boundingBox())!;
    expect([chat.x >= 0, chat.y >= 0, chat.x + chat.width <= 1440, chat.y + chat.height <= 900], at).toEqual([true, true, true, true]);
    const apart = { b: box.y - chat.y - chat.height, t: chat.y - box.y - box.height, c: at[1] === 'l' ? chat.x - box.x - box.width : box.x - chat.x - chat.width }[at[0]];
    expect(Math.round(apart!), at).toBe(24);
    await page.screenshot({ path: path.join(screens, `position-${at}.png`) });
  }
  // as a page for Tawk says it
  await page.addInitScript(() => { (window as any).Tawk_API = { customStyle: { visibility: { desktop: { position: 'cl', xOffset: 15, yOffset: 0 } } } }; });
  await visit(page);
  const { x, y, height } = (await launcher(page).boundingBox())!;
  expect([Math.round(x), Math.round(y + height / 2)]).toEqual([15, 450]);
  expect(await page.evaluate('Tawk_API.widgetPosition()')).toBe('cl');
});

test('by keyboard alone: open, leave by Escape, come back', async ({ page }) => {
  await visit(page);
  // the last stop of the page, after all that is the site's
  await page.keyboard.press('Shift+Tab');
  await expect(page.getByRole('button', { name: 'Chat with us' })).toBeFocused();
  expect(await launcher(page).evaluate((button) => getComputedStyle(button).outlineStyle)).toBe('solid');
  await page.keyboard.press('Enter');
  const frame = await opened(page);
  await expect(frame.getByLabel('Name')).toBeFocused();
  await page.keyboard.type('Helena');
  await page.keyboard.press('Escape');
  await expect(panel(page)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Chat with us' })).toBeFocused();
  // minimised, not gone
  await page.keyboard.press('Space');
  await expect(panel(page)).toBeVisible();
  await expect(frame.getByLabel('Name')).toBeFocused();
  await expect(frame.getByLabel('Name')).toHaveValue('Helena');
  await expect(page.getByRole('button', { name: 'Minimise', exact: true })).toHaveAttribute('aria-expanded', 'true');
  // opened by a button of the site, closing goes back to that button
  await call(page, 'minimize');
  await page.getByRole('button', { name: 'Add to cart' }).focus();
  await call(page, 'open');
  await expect(frame.getByLabel('Name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Add to cart' })).toBeFocused();
});

test('unread messages show on the launcher and are read out', async ({ page }) => {
  await visit(page);
  const frame = await opened(page);
  await page.evaluate(() => { (window as any).counts = []; (window as any).Recado('on', 'unreadCountChanged', (count: number) => (window as any).counts.push(count)); });
  await launcher(page).click();
  await says(frame, { state: { unread: 2 }, event: 'unreadCountChanged', value: 2 });
  await says(frame, { do: 'say', value: 'Hello Helena! <img src=x onerror=alert(1)> It runs slightly large.' });
  await expect(page.getByRole('button', { name: 'Chat with us, 2 unread' })).toBeVisible();
  await expect(page.getByRole('status')).toContainText('<img src=x onerror=alert(1)>');
  await expect(page.locator('recado-widget .badge')).toHaveText('2');
  // words are words, wherever they come from
  for (const text of ['<svg onload=alert(1)>', '"><script>alert(1)</script>', 'javascript:alert(1)', '<recado-widget></recado-widget>', '${alert(1)}']) {
    await says(frame, { do: 'say', value: text });
    await expect(page.locator('recado-widget .teaser button').first()).toHaveText(text);
    await says(frame, { state: { unread: text }, event: 'unreadCountChanged', value: text });
    await expect(page.locator('recado-widget .badge')).toHaveText(text);
  }
  expect(await page.locator('recado-widget').evaluate((host) => host.shadowRoot!.querySelectorAll('script, img, svg, a').length)).toBe(0);
  // a frame may be newer than the script in somebody's cache
  await says(frame, { do: 'dance' });
  await page.evaluate(() => { (window as any).counts.length = 0; });
  await says(frame, { state: { unread: 12 }, event: 'unreadCountChanged', value: 12 });
  await expect(page.locator('recado-widget .badge')).toHaveText('9+');
  expect(await page.evaluate('counts')).toEqual([12]);
});

test('open, minimise, close, hide, show and toggle, with their events', async ({ page }) => {
  await visit(page);
  await page.evaluate(() => { (window as any).log = []; for (const name of ['chatMaximized', 'chatMinimized', 'chatHidden']) (window as any).Recado('on', name, () => (window as any).log.push(name)); });
  await call(page, 'toggle');
  await opened(page);
  await call(page, 'toggle');
  expect(frameOf(page)).toBeTruthy();
  await call(page, 'hide');
  await expect(launcher(page)).toBeHidden();
  await call(page, 'open');
  await expect(panel(page)).toBeVisible();
  await call(page, 'close');
  await expect.poll(() => frameOf(page)).toBeUndefined();
  await expect(launcher(page)).toBeVisible();
  expect(await page.evaluate('log')).toEqual(['chatMaximized', 'chatMinimized', 'chatHidden', 'chatMaximized', 'chatMinimized']);
  const [popup] = await Promise.all([page.waitForEvent('popup'), call(page, 'popup')]);
  await expect(popup).toHaveURL(`${recado.url}/chat/${recado.key}?lang=en`);
  expect(await popup.evaluate('opener')).toBeNull();
});

test('a chat that goes on is there on the next page; a logout wipes it', async ({ page }) => {
  await visit(page);
  let frame = await opened(page);
  await says(frame, { state: { chatting: true, known: true }, event: 'chatStarted' });
  const name = `recado.${recado.key}`;
  await expect.poll(() => kept(page)).toEqual({ ...NOTHING, local: { [name]: '1' }, session: { [name]: 'open' } });
  await page.goto(`${shop.url}/linen`);
  await expect(panel(page)).toBeVisible();
  // it opened by itself: whoever reads the page keeps the focus
  expect(await page.evaluate('document.activeElement.tagName')).toBe('BODY');
  frame = await opened(page);
  await call(page, 'minimize');
  await page.goto(`${shop.url}/cart`);
  await expect.poll(() => frameOf(page)?.url()).toBeTruthy();
  await expect(panel(page)).toBeHidden();
  await expect(page.locator('recado-widget [data-frame=live]')).toBeAttached();
  frame = frameOf(page)!;
  await call(page, 'logout');
  expect(await kept(page)).toEqual(NOTHING);
  await expect.poll(() => frameOf(page)).toBeUndefined();
  // nothing to wipe: nothing is asked
  recado.asked.length = 0;
  await call(page, 'logout');
  await page.waitForTimeout(300);
  expect(recado.asked).toEqual([]);
});

test('a logout that was not answered comes first on the next page', async ({ page }) => {
  await visit(page);
  let frame = await opened(page);
  await says(frame, { state: { chatting: true, known: true } });
  await frame.evaluate('port.onmessage = ({ data }) => heard.push(data)');
  await page.evaluate(() => { void (window as any).Recado('logout'); });
  await expect.poll(() => heard(frame)).toContainEqual(expect.objectContaining({ call: 'logout' }));
  // what the frame says of how it stood does not take that back
  await says(frame, { state: { known: true } });
  const name = `recado.${recado.key}`;
  expect(await kept(page)).toEqual({ ...NOTHING, local: { [name]: '0' } });
  shop.pages['/next'] = { script: `window.Recado = function () { (Recado.q = Recado.q || []).push(arguments) }; Recado('identify', { name: 'Somebody else' });` };
  await visit(page, '/next');
  await expect.poll(() => kept(page)).toEqual(NOTHING);
  await expect.poll(() => frameOf(page)?.evaluate('heard.length').catch(() => 0)).toBe(3);
  frame = frameOf(page)!;
  expect((await heard(frame)).slice(1).map(({ call }) => call)).toEqual(['logout', 'identify']);
});

test('a one-page site: bodies and pages come and go, the chat stays', async ({ page }) => {
  await visit(page);
  const frame = await opened(page);
  await frame.getByLabel('Name').fill('Helena');
  await page.evaluate(() => {
    history.pushState(0, '', '/linen#/size?x=1');
    document.body.replaceWith(Object.assign(document.createElement('body'), { textContent: 'another page' }));
  });
  await expect.poll(async () => (await heard(frame)).filter((one) => one.event == 'page')).toEqual([{ event: 'page', value: `${shop.url}/linen#/size?x=1` }]);
  await expect(frame.getByLabel('Name')).toHaveValue('Helena');
  // even all of it
  await page.evaluate(() => {
    const html = document.createElement('html');
    html.append(document.createElement('head'), document.createElement('body'));
    document.replaceChild(html, document.documentElement);
  });
  await expect(launcher(page)).toBeVisible();
  await page.evaluate(() => document.documentElement.replaceChildren(document.createElement('body')));
  await expect(launcher(page)).toBeVisible();
  await expect(page.locator('recado-widget')).toHaveCount(1);
});

test('twice on a page, deferred, below another base, sandboxed', async ({ page }) => {
  const tag = `<script async src="${recado.script}"></script>`;
  shop.pages['/twice'] = { head: `<base href="/elsewhere/">${tag}${tag}<script defer src="${recado.script}"></script>` };
  await visit(page, '/twice');
  await page.waitForLoadState('load');
  await expect(page.locator('recado-widget')).toHaveCount(1);
  expect((await opened(page)).url()).toContain(`${recado.url}/chat/`);
  shop.pages['/sandbox'] = { policy: `sandbox allow-scripts allow-forms allow-same-origin; script-src ${recado.url}; frame-src ${recado.url}` };
  await visit(page, '/sandbox');
  await opened(page);
  // a page without an origin may embed nobody and has nowhere to keep anything: nothing breaks, and there is a way out
  shop.pages['/opaque'] = { policy: `sandbox allow-scripts allow-forms; script-src ${recado.url}; frame-src ${recado.url}` };
  await visit(page, '/opaque');
  await launcher(page).click();
  await expect(panel(page)).toBeVisible();
  await launcher(page).click();
  await expect(panel(page)).toBeHidden();
});

test('only on the sites of the property', async ({ page }) => {
  recado.config = { sites: ['shop.example', '*.shop.example'] };
  await page.goto(shop.url);
  await page.waitForTimeout(300);
  await expect(page.locator('recado-widget')).toHaveCount(0);
  recado.config = { sites: ['localhost'] };
  await visit(page);
});

test('words in the language of the page, and in another one when asked', async ({ page }) => {
  shop.pages['/pt'] = { lang: 'pt-BR' };
  await visit(page, '/pt');
  await expect(page.getByRole('button', { name: 'Fale conosco' })).toBeVisible();
  expect((await opened(page)).url()).toContain('lang=pt-BR');
  await call(page, 'minimize');
  await call(page, 'language', 'en');
  await expect(page.getByRole('button', { name: 'Chat with us' })).toBeVisible();
  shop.pages['/fr'] = { lang: 'fr' };
  await visit(page, '/fr');
  await expect(page.getByRole('button', { name: 'Chat with us' })).toBeVisible();
});

test('a trigger shows its message where and when it should, once, and not after it was sent away', async ({ page }) => {
  await page.clock.install({ time: new Date('2026-05-04T10:00:00') });
  recado.config = { triggers: [
    { id: 'night', hours: [22, 6], say: { en: 'Still awake?' } },
    { id: 'french', language: 'fr', say: { en: 'Bonjour' } },
    { id: 'cart', page: '/cart*', seconds: 20, hours: [9, 18], language: 'en', say: { en: '<b>Questions</b> about your cart?' } },
  ] };
  await visit(page);
  const note = page.locator('recado-widget .teaser');
  await page.clock.runFor(30_000);
  await expect(note).toBeHidden();
  await page.evaluate(() => history.pushState(0, '', '/cart/2'));
  await page.clock.runFor(10_000);
  await expect(note).toBeHidden();
  await page.clock.runFor(15_000);
  await expect(note).toContainText('<b>Questions</b> about your cart?');
  expect(await kept(page), 'still nothing').toEqual(NOTHING);
  expect(recado.asked).toEqual([`GET /w/${recado.key}.js`]);
  await page.getByRole('button', { name: 'Questions' }).click();
  const frame = await opened(page);
  expect((await heard(frame))[0].connect.trigger).toBe('cart');
  await expect(note).toBeHidden();
  await page.goto(`${shop.url}/cart`);
  await page.clock.runFor(25_000);
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await expect(note).toBeHidden();
  await page.reload();
  await page.clock.runFor(25_000);
  await expect(note).toBeHidden();
});

test('no beacon unless the property watches; then pages and rest, and an id that is kept nowhere', async ({ page }) => {
  await visit(page);
  await page.evaluate(() => history.pushState(0, '', '/linen'));
  await page.mouse.move(10, 10);
  await page.waitForTimeout(1500);
  expect(recado.asked).toEqual([`GET /w/${recado.key}.js`]);

  recado.config = { monitor: true };
  shop.pages['/watched'] = { policy: `${shop.policy}; connect-src ${recado.url}` };
  await page.clock.install();
  await visit(page, '/watched?size=M#access_token=secret');
  await expect.poll(() => recado.visits.length).toBe(1);
  expect(recado.visits[0]).toEqual({ id: expect.stringMatching(/^(\d+-){3}\d+$/), page: `${shop.url}/watched?size=M`, referrer: '', idle: false, trigger: null });
  await page.evaluate(() => history.pushState(0, '', '/linen'));
  await page.clock.runFor(2_000);
  await expect.poll(() => recado.visits.length).toBe(2);
  // somebody is there: said each twenty seconds, until nothing was moved for ten minutes; then no more
  await page.clock.runFor(590_000);
  await expect.poll(() => recado.visits.length).toBeGreaterThan(29);
  expect(recado.visits.some((visit) => visit.idle)).toBe(false);
  await page.clock.runFor(40_000);
  await expect.poll(() => recado.visits.at(-1)!.idle).toBe(true);
  const rested = recado.visits.length;
  await page.clock.runFor(1_200_000);
  expect(recado.visits).toHaveLength(rested);
  await page.mouse.move(50, 50);
  await expect.poll(() => recado.visits.length).toBe(rested + 1);
  expect(recado.visits.at(-1)!.idle).toBe(false);
  expect(new Set(recado.visits.map((visit) => visit.id)).size).toBe(1);
  expect(await kept(page)).toEqual(NOTHING);
});

test('what answers in the place of the server opens no window', async ({ page }) => {
  recado.config = { monitor: true };
  shop.pages['/watched'] = { policy: `${shop.policy}; connect-src ${recado.url}` };
  const answers: [number, string][] = [[200, '{"error":"no such page"}'], [200, 'null'], [200, '"words"'], [500, '{"id":"1"}'], [403, '{"id":"1"}'], [200, '<p>Sign in'], [200, '{"id":"1"}']];
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  for (const [status, body] of answers) {
    await page.route('**/visit', (route) => route.fulfill({ status, body, contentType: 'application/json', headers: { 'Access-Control-Allow-Origin': '*' } }));
    await Promise.all([page.waitForResponse('**/visit'), visit(page, '/watched')]);
    await page.waitForTimeout(200);
    if (status == 200 && body.startsWith('{"id')) await expect(panel(page), 'the server does').toBeVisible();
    else await expect(panel(page), `${status} ${body}`).toBeHidden();
    await page.unroute('**/visit');
  }
  expect(wrong).toEqual([]);
});

test('a tab in which a trigger was sent away tells the server so', async ({ page }) => {
  recado.config = { monitor: true };
  shop.pages['/watched'] = { policy: `${shop.policy}; connect-src ${recado.url}` };
  await page.route('**/visit', (route) => route.fulfill({ body: '{"id":"1","say":{"":"Can we help?"}}', contentType: 'application/json', headers: { 'Access-Control-Allow-Origin': '*' } }));
  await visit(page, '/watched');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.unroute('**/visit');
  await visit(page, '/watched');
  await expect.poll(() => recado.visits.map((one) => one.trigger)).toEqual(['quiet']);
});

test('of who is asked for consent, and did not give it, not even that is kept', async ({ page }) => {
  recado.config = { monitor: true, consent: true };
  shop.pages['/watched'] = { policy: `${shop.policy}; connect-src ${recado.url}` };
  await page.route('**/visit', (route) => route.fulfill({ body: '{"id":"1","say":{"":"Can we help?"}}', contentType: 'application/json', headers: { 'Access-Control-Allow-Origin': '*' } }));
  const sendAway = async () => {
    await visit(page, '/watched');
    await page.getByRole('button', { name: 'Dismiss' }).click();
    return page.evaluate(() => sessionStorage.length);
  };
  expect(await sendAway()).toBe(0);
  // the frame says so once it keeps something of theirs: with their consent
  await page.evaluate((key) => localStorage.setItem(`recado.${key}`, '1'), recado.key);
  expect(await sendAway()).toBe(1);
});

test('behind another property\'s launcher nothing of the first one is left: no chat, no trigger, no beacon', async ({ page }) => {
  await page.clock.install({ time: new Date('2026-05-04T10:00:00') });
  recado.config = { monitor: true, triggers: [{ id: 'late', seconds: 60, say: { en: 'Still there?' } }] };
  shop.pages['/watched'] = { policy: `${shop.policy}; connect-src ${recado.url}` };
  await visit(page, '/watched');
  await says(await opened(page), { state: { chatting: true, unread: 2, known: true } });
  await call(page, 'minimize');
  await expect(launcher(page)).toHaveAccessibleName('Chat with us, 2 unread');
  await expect.poll(() => recado.visits.length).toBe(1);
  await call(page, 'switch', { propertyId: 'another' });
  await expect(launcher(page)).toHaveAccessibleName('Chat with us');
  expect(await call(page, 'state')).toMatchObject({ open: false, unread: 0, chatting: false, known: false });
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  await page.evaluate(() => history.pushState(0, '', '/linen'));
  await page.clock.runFor(90_000);
  await page.mouse.move(10, 10);
  await expect(page.locator('recado-widget .teaser')).toBeHidden();
  expect(recado.visits).toHaveLength(1);
  await launcher(page).click();
  await expect.poll(() => frameOf(page)?.url()).toContain('/chat/another?');
});

test('a phone: the whole screen, a way out before the frame lives, and the keyboard', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  // a frame that never answers still has a way out
  await page.route('**/chat/**', (route) => route.fulfill({ contentType: 'text/html', body: 'Not to be reached' }));
  await visit(page);
  await launcher(page).click();
  const out = page.getByRole('button', { name: 'Minimise', exact: true });
  const box = (await out.boundingBox())!;
  expect(box.y).toBeLessThan(20);
  expect(Math.min(box.width, box.height)).toBeGreaterThanOrEqual(44);
  await out.click();
  await expect(panel(page)).toBeHidden();
  await page.unroute('**/chat/**');
  await call(page, 'shutdown');
  await call(page, 'show');
  const frame = await opened(page);
  await expect.poll(() => panel(page).boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 844 });
  await expect(launcher(page)).toBeHidden();
  await frame.getByRole('button', { name: 'Minimise' }).click();
  await expect(launcher(page)).toBeFocused();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
});

test('pictures of every state, and nothing a screen reader stumbles over', async ({ page }) => {
  test.setTimeout(240_000);
  const folder = path.join(__dirname, '../report/screens/widget');
  mkdirSync(folder, { recursive: true });
  const wrong: string[] = [];
  const look = async (name: string, ask: 'all' | 'colours' | 'the rest') => {
    await still(page);
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
    await stumbles(page, name, ask, wrong);
  };
  const plain = `script-src * 'unsafe-eval' 'unsafe-inline'; frame-src *`;
  shop.pages['/look'] = { policy: plain };
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
    for (const [device, size] of [['desktop', { width: 1000, height: 760 }], ['phone', { width: 390, height: 844 }]] as const) {
      await page.setViewportSize(size);
      const ask = scheme == 'dark' ? 'colours' : device == 'phone' ? 'the rest' : 'all';
      for (const status of ['online', 'away', 'offline'] as const) {
        recado.config = { status, labelled: status != 'online' };
        await visit(page, '/look');
        await look(`${status}-${scheme}-${device}`, ask);
        const frame = await opened(page);
        await look(`${status}-open-${scheme}-${device}`, ask);
        if (status != 'online') continue;
        await call(page, 'minimize');
        await says(frame, { state: { unread: 2 } });
        await says(frame, { do: 'say', value: 'Hello Helena! It runs slightly large, most people take one size down.' });
        await page.keyboard.press('Tab');
        await launcher(page).focus();
        await look(`unread-${scheme}-${device}`, ask);
        await call(page, 'shutdown');
      }
    }
  }
  expect(wrong).toEqual([]);
});
