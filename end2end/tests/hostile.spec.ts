// What means harm runs nowhere: words of visitors, agents and mails, names, file names, answers, attributes, titles and addresses of
// pages, in every place that shows them: the visitor's window, the Inbox, the page of visitors, tickets, letters.

import { Frame, Page } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { send, settle, Widget, widgetKey } from '../forms';
import { expect, go, somebody, test } from '../people';
import { bubble, inside, launcher, open, reply, row, shows, writes } from '../visitor';
import { Shop } from '../widget';

test.use({ story: 'hostile' });
test.describe.configure({ mode: 'serial' });

/** Ours: each would set `hit` in the window it stands in, or in the one above. */
const OWN = [
  '<img src=x onerror="window.hit=top.hit=1">',
  '<script>window.hit=1</script>',
  `"'><svg onload=window.hit=1>`,
  '</textarea></title></style></script><script>window.hit=1</script>',
  '<iframe srcdoc="<script>top.hit=parent.hit=1</script>"></iframe>',
  '[a link](javascript:window.hit=1) <javascript:window.hit=1> ![x](x"onerror="window.hit=1)',
  '`<img src=x onerror=window.hit=1>` **<b onmouseover=window.hit=1>x</b>**',
  '{{constructor.constructor("window.hit=1")()}}${window.hit=1}',
  '--></script><!--<img src=x onerror=window.hit=1>',
];
const EVIL = OWN[0];

/** The payloads of others. They are not part of the project: `RECADO_MAIL_CORPUS` names the folder. */
function corpus(): string[] {
  const folder = process.env.RECADO_MAIL_CORPUS ?? path.resolve(__dirname, '../../../shared/mail-corpus');
  const file = path.join(folder, 'cure53/DOMPurify/expect.json');
  if (!existsSync(file)) {
    expect(process.env.CI, `no corpus at ${file}`).not.toBe('true');
    return [];
  }
  return JSON.parse(readFileSync(file, 'utf8')).map((one: any) => one.payload).filter((one: unknown) => typeof one === 'string');
}
/** In as few messages as they fit into. */
function gathered(most: number): string[] {
  const all: string[] = [''];
  for (const one of [...OWN, ...corpus()]) {
    if (all.at(-1)!.length + one.length > most) all.push('');
    all.push(`${all.pop()}${one}\n\n`);
  }
  return all;
}

/** Every browser here says when something ran: the payloads call `alert`, or set `hit`. */
const ran: string[] = [];
async function watch(page: Page) {
  page.on('dialog', (dialog) => { ran.push(`${dialog.type()} ${dialog.message()}`); void dialog.dismiss(); });
  await page.context().addInitScript(() => {
    for (const name of ['alert', 'confirm', 'prompt', 'print']) (window as any)[name] = () => { (window as any).hit = name; };
  });
}

/** Nothing ran in any frame, and nothing stands there that could: that a policy forbids it is the second wall, not the first. */
async function harmless(page: Page, where: string) {
  // what loads and fails has failed by then
  await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  const look = (frame: Frame) => frame.evaluate(() => {
    const roots: ParentNode[] = [document];
    for (const root of roots) for (const one of root.querySelectorAll('*')) if (one.shadowRoot) roots.push(one.shadowRoot);
    const all = roots.flatMap((root) => [...root.querySelectorAll('*')]);
    const bad = (one: Element) => [...one.attributes].some(({ name, value }) => name.startsWith('on') || /^\s*javascript:/i.test(value))
      || (one.matches('script:not([src])') && !(one as HTMLScriptElement).nonce && /hit=/.test(one.textContent!))
      || one.matches('meta[http-equiv="refresh" i], head > :not(meta, link, title, script, style, base:not([href]))') || one.matches('img[src="x"], iframe[srcdoc*="top.hit"], svg[onload]');
    return { hit: (window as any).hit, bad: all.filter(bad).map((one) => one.outerHTML.slice(0, 200)) };
  });
  for (const frame of page.frames()) {
    // one whose document is still to come is looked at when it is there
    await frame.waitForLoadState();
    const seen = await look(frame).catch(async () => { await frame.waitForLoadState(); return look(frame); });
    expect(seen, `${where}, ${frame.url()}`).toEqual({ hit: undefined, bad: [] });
  }
  expect(ran).toEqual([]);
}

let marta: Page, mallory: Page, shop: Shop, key: string;

test('a site that means harm, and an agent with a name', async ({ browser, world }) => {
  marta = await settle(browser, world);
  await watch(marta);
  key = await widgetKey(marta);
  const widget = new Widget(marta, world);
  await widget.beforeChat(['name', '', 'optional'], ['email', '', 'optional'], ['phone', '', 'optional'], ['question', EVIL, 'optional']);
  await widget.words({ greeting: OWN[1], online_head: EVIL, online_line: EVIL, before_chat: OWN[2], suggestions: EVIL });
  await widget.manners({ acknowledge: 'on' });
  await send(marta, world, '/account', 'change_profile', { name: EVIL, language: 'en' });
  await go(marta, '/visitors');
  await marta.getByRole('button', { name: 'Switch it on' }).click();
  await expect(marta.getByText('Nobody is on the site')).toBeVisible();
  shop = await Shop.start({ url: world.url, script: `${world.url}/w/${key}.js` });
});

test('titles, addresses and referrers of pages, and the form before a chat', async ({ browser }) => {
  const page = `/evil?q=${encodeURIComponent(EVIL)}&r=</script><script>window.hit=1</script>`;
  const policy = `script-src * 'unsafe-inline'; frame-src *; connect-src *`;
  shop.pages['/evil'] = { policy, script: `document.title = ${JSON.stringify(OWN.join(' '))}`, body: '<h1>Evil</h1><a id="on" href="/next?&quot;><svg/onload=window.hit=1>">next</a>' };
  shop.pages['/next'] = { ...shop.pages['/evil'] };
  mallory = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, userAgent: `Mozilla/5.0 ${EVIL} Chrome/140.0`, extraHTTPHeaders: { 'accept-language': 'en' } })).newPage();
  await watch(mallory);
  await mallory.goto(shop.url + page);
  await mallory.locator('#on').click();
  await expect(launcher(mallory)).toBeVisible();
  await expect(marta.locator('.visit-line')).toHaveCount(1);
  await marta.locator('.visit-line .visit-name').first().click();
  await expect(marta.locator('.visit-opened')).toBeVisible();
  await harmless(marta, 'visitors');
  await open(mallory);
  await harmless(mallory, 'the form before a chat');
  await inside(mallory).getByLabel('Name').fill(EVIL);
  await inside(mallory).getByLabel('Phone').fill('"><svg onload=window.hit=1>');
  await inside(mallory).getByLabel(EVIL).fill(OWN[3]);
  await inside(mallory).getByLabel('Message').fill(EVIL);
  await inside(mallory).getByRole('button', { name: 'Start chat' }).click();
  await expect(inside(mallory).locator('.said').first()).toBeVisible();
  await harmless(mallory, 'the window');
});

test('all that a page can say of its visitor', async () => {
  const answers = await mallory.evaluate(async ([evil, more]) => {
    const call = (...words: unknown[]) => (window as any).Recado(...words).then(String, (error: Error) => error.message);
    return [
      await call('identify', { name: evil, email: 'mallory@evil.example', userId: evil, [more.slice(0, 30)]: more }),
      await call('set', { [evil.slice(0, 39)]: evil, plan: more, javascript: 'javascript:window.hit=1' }),
      await call('tag', [evil.slice(0, 30), more.slice(0, 30)]),
      await call('event', evil.slice(0, 30), { [evil.slice(0, 30)]: more }),
    ];
  }, [EVIL, OWN[2]]);
  expect(answers[1]).toBe('true');
  await go(marta, '/inbox?kind=chat&sort=waiting');
  await harmless(marta, 'the list');
  await row(marta, 'img src=x').first().click();
  await expect(bubble(marta, 'img src=x').first()).toBeVisible();
  await expect(marta.locator('dd').filter({ hasText: 'javascript:window.hit=1' })).toBeVisible();
  await harmless(marta, 'the chat');
});

test('every payload there is, said by a visitor and by an agent', async () => {
  for (const words of gathered(4_900)) {
    await writes(mallory).fill(words);
    await harmless(marta, 'what is being written');
    await writes(mallory).press('Enter');
    await expect(writes(mallory)).toHaveValue('');
  }
  await expect(bubble(marta, gathered(4_900).at(-1)!.trim().slice(-30)).last()).toBeAttached();
  await harmless(marta, 'the chat');
  await harmless(mallory, 'the window');
  const [all] = gathered(90_000);
  await reply(marta).fill(all);
  await reply(marta).press('Enter');
  await expect(inside(mallory).locator('.said.theirs').last()).toContainText('window.hit');
  await harmless(mallory, 'the window, an agent answered');
  await harmless(marta, 'the chat, answered');
  await mallory.reload();
  await expect(inside(mallory).locator('.said.theirs').last()).toContainText('window.hit');
  await harmless(mallory, 'the window, drawn by the server');
  await marta.reload();
  await expect(bubble(marta, 'img src=x').first()).toBeVisible();
  await harmless(marta, 'the chat, drawn by the server');
  // what was refused comes back by the address, and anybody can make an address
  const [form, here] = [await marta.locator('form.write-reply').getAttribute('action'), new URL(marta.url()).pathname];
  for (const one of OWN) {
    await marta.goto(`${here}?__path=${encodeURIComponent(form!)}&typed.form[text]=${encodeURIComponent(`\n${one}</textarea>${one}`)}`);
    await expect(reply(marta)).toHaveValue(/textarea/);
    await harmless(marta, 'a field filled by an address');
  }
});

test('files with names and contents that mean harm', async () => {
  const script = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.hit=1"><script>window.hit=1</script></svg>';
  const files = [
    { name: `${EVIL.replaceAll('/', ' ')}.txt`, mimeType: 'text/plain', buffer: Buffer.from('words') },
    { name: '"><script>window.hit=1<script>.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(script) },
    { name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<script>window.hit=1;opener&&(opener.hit=1)</script>') },
  ];
  const [chooser] = await Promise.all([mallory.waitForEvent('filechooser'), inside(mallory).getByRole('button', { name: 'Attach a file' }).click()]);
  await chooser.setFiles(files);
  await expect(inside(mallory).getByRole('button', { name: /^Remove / })).toHaveCount(3);
  await harmless(mallory, 'files in the window');
  await writes(mallory).fill('My files.');
  await writes(mallory).press('Enter');
  const links = bubble(marta, 'My files.').getByRole('link');
  await expect(links).toHaveCount(3);
  await harmless(marta, 'files in the chat');
  await harmless(mallory, 'files said');
  // opened by their addresses they are not pages of ours
  for (const href of await links.evaluateAll((all) => all.map((one) => (one as HTMLAnchorElement).href))) {
    const answer = await marta.request.get(href);
    expect(answer.headers()['content-disposition'] ?? '', href).toMatch(/^attachment/);
    expect(answer.headers()['content-security-policy'], href).toContain('sandbox');
    expect(answer.headers()['x-content-type-options']).toBe('nosniff');
  }
});

test('a ticket of the chat, its letter, and the letter as it is shown to admins', async ({ browser, world }) => {
  await marta.getByRole('link', { name: 'Ticket', exact: true }).or(marta.locator('.chat-ticket')).first().click();
  const drawer = marta.getByRole('dialog', { name: 'Create ticket from this chat' });
  await expect(drawer.getByLabel('Recipient name')).toHaveValue(/img src=x/);
  await drawer.getByLabel('Recipient e-mail').fill('mallory@evil.example');
  await drawer.getByLabel('Subject').fill(`Harm ${OWN[3]}<meta http-equiv="refresh" content="0;url=/gone">`);
  await drawer.getByRole('textbox', { name: 'Message' }).fill(gathered(90_000)[0]);
  await harmless(marta, 'the form of a ticket');
  await drawer.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(drawer).toBeHidden();
  const [letter] = await world.letters.about('Harm', 1);
  const reader = await somebody(browser, world);
  await watch(reader);
  await reader.setContent(letter.html || '');
  await expect(reader.getByText('window.hit').first()).toBeAttached();
  await harmless(reader, 'the letter');
  await reader.context().close();
  await marta.getByRole('link', { name: /^Ticket #\d+/ }).first().click();
  await expect(marta.getByRole('heading', { name: 'Harm' })).toBeVisible();
  await harmless(marta, 'the ticket');
  const ticket = new URL(marta.url()).pathname;
  await go(marta, ticket);
  await expect(marta).toHaveTitle(/Harm <\/textarea><\/title>/);
  await harmless(marta, 'the ticket, drawn by the server');
  await go(marta, '/admin/email');
  await harmless(marta, 'letters');
  await marta.getByText('Harm').first().click();
  await expect(marta.locator('iframe').first()).toBeVisible();
  await harmless(marta, 'a letter');
  // and the answer, a mail that is all payloads
  await world.mail({
    from: `"${OWN[2].replaceAll('"', '\\"')}" <mallory@evil.example>`, to: letter.replyTo!.value[0].address!, subject: `Re: Harm ${EVIL}`, answers: letter,
    text: `By mail.\n\n${gathered(200_000)[0]}`, html: `<p>By mail.</p>${gathered(200_000)[0]}`,
    attachments: [{ filename: `${EVIL}.html`, content: '<script>window.hit=1</script>' }],
  });
  await go(marta, ticket);
  await expect(marta.locator('.message, .bubble').filter({ hasText: 'By mail.' }).last()).toBeVisible();
  await harmless(marta, 'the answer');
});

test('nothing ran', () => {
  expect(ran).toEqual([]);
  shop.stop();
});
