// A ticket travels: from an empty Recado to a customer's mail program and back, with two agents looking on.
// The steps follow each other; each begins where the last one ended.

import { Page } from '@playwright/test';
import { createServer } from 'node:http';
import { AddressInfo } from 'node:net';
import { alive, expect, found, go, join, Letter, look, PASSWORD, somebody, stay, test } from '../people';

// here words are taken back
test.use({ story: 'ticket', undo: 6 });
test.describe.configure({ mode: 'serial' });

const SHOP = 'Loja Aurora';
let marta: Page, rui: Page, ines: Page;
let letters: Letter[], ticket: string, forwarding: string;

test('an empty Recado is set up once', async ({ browser, world }) => {
  marta = await somebody(browser, world);
  await go(marta, '/');
  await expect(marta).toHaveURL(/\/setup$/);
  await look(marta, 'set-up');
  await marta.getByLabel('Your name').fill('Marta Silva');
  await marta.getByLabel('E-mail').fill('marta@aurora.example');
  await marta.getByLabel('Password').fill('short');
  await marta.getByLabel('Name of your property').fill(SHOP);
  await marta.getByRole('button', { name: 'Set up Recado' }).click();
  await expect(marta.getByText('At least 10 characters.').last()).toBeVisible();
  await expect(marta.getByLabel('Your name')).toHaveValue('Marta Silva');
  await marta.getByLabel('Password').fill(PASSWORD);
  await marta.getByRole('button', { name: 'Set up Recado' }).click();
  await expect(marta).toHaveURL(/\/inbox/);
  await alive(marta);
  await look(marta, 'inbox-empty');
  const late = await somebody(browser, world);
  const answer = await late.goto('/setup');
  expect(answer!.status()).toBe(404);
  await late.context().close();
});

test('agents are invited by mail and join', async ({ browser, world }) => {
  for (const email of ['rui@aurora.example', 'ines@aurora.example']) {
    await go(marta, '/admin/agents');
    await marta.getByLabel('E-mail').fill(email);
    await marta.getByRole('button', { name: 'Send invitation' }).click();
    await expect(marta.getByText(email)).toBeVisible();
  }
  await look(marta, 'agents');
  rui = await join(browser, world, 'rui@aurora.example', 'Rui Costa');
  ines = await join(browser, world, 'ines@aurora.example', 'Inês Dias');
});

test('a department of two', async () => {
  await go(marta, '/admin/departments');
  await marta.getByLabel('Name').fill('Billing');
  await marta.getByLabel('Description').fill('Invoices and refunds');
  await marta.getByLabel('Rui Costa').check();
  await marta.getByLabel('Inês Dias').check();
  await marta.getByRole('button', { name: 'Create department' }).click();
  await expect(marta.getByRole('heading', { name: 'Billing' })).toBeVisible();
  await look(marta, 'departments');
});

test('a ticket to the department sends three letters with one reply address', async ({ world }) => {
  await go(rui, '/inbox');
  await go(ines, '/inbox');
  await go(marta, '/inbox');
  await marta.keyboard.press('c');
  await expect(marta.getByRole('dialog', { name: 'Compose ticket' })).toBeVisible();
  await marta.getByLabel('Recipient name').fill('Joana Prates');
  await marta.getByLabel('Recipient e-mail').fill('not an address');
  await marta.getByLabel('Subject').fill('Refund for order 88213');
  await marta.getByLabel('Message').fill('Good morning Joana,\n\nyour **refund** is on its way. See the statement.');
  await marta.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(marta.getByText('This is not an e-mail address')).toBeVisible();
  await marta.getByLabel('Recipient e-mail').fill('joana@correio.example');
  await marta.getByLabel('Assign to').selectOption({ label: 'Billing (department)' });
  await marta.getByLabel('Tags').fill('refund');
  await marta.getByRole('dialog').getByText('Highest', { exact: true }).click();
  await marta.locator('dialog input[type=file]').setInputFiles({ name: 'statement.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n' + 'x'.repeat(90_000)) });
  await expect(marta.getByText('statement.pdf')).toBeVisible();
  await look(marta, 'compose');
  await marta.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(marta.getByRole('heading', { name: 'Refund for order 88213' })).toBeVisible();
  ticket = new URL(marta.url()).pathname;
  // the agents see it come, with no reload
  await expect(rui.getByText('Refund for order 88213').first()).toBeVisible();
  await expect(ines.getByText('Refund for order 88213').first()).toBeVisible();

  letters = await world.letters.about('Refund for order 88213', 3);
  expect(letters.map((letter) => letter.envelopeTo).sort()).toEqual(['ines@aurora.example', 'joana@correio.example', 'rui@aurora.example']);
  const addresses = new Set(letters.map((letter) => letter.replyTo!.value[0].address));
  expect(addresses.size).toBe(1);
  for (const letter of letters) {
    expect(letter.from!.value[0].address).toBe([...addresses][0]);
    expect(letter.attachments.map((one) => [one.filename, one.size])).toEqual([['statement.pdf', 90_009]]);
    expect(letter.html).toContain('<strong>refund</strong>');
    expect(letter.text).toContain('Good morning Joana');
  }
  // each letter's state is seen at its message
  await expect(marta.getByText('sent', { exact: false }).first()).toBeVisible();
  await look(marta, 'ticket');
});

test('the requester answers by mail, and it appears in both Inboxes with no reload', async ({ world }) => {
  await go(rui, ticket);
  await go(ines, ticket);
  const [ruiStays, inesStays] = [await stay(rui), await stay(ines)];
  const mine = letters.find((letter) => letter.envelopeTo === 'joana@correio.example')!;
  const before = world.letters.all.length;
  await world.mail({
    from: 'Joana Prates <joana@correio.example>',
    to: mine.replyTo!.value[0].address!,
    subject: `Re: ${mine.subject}`,
    text: `The bank says nothing was sent.\n\nOn Mon, 23 Nov 2026 at 09:24, Marta Silva wrote:\n> ${mine.text!.split('\n').join('\n> ')}`,
    answers: mine,
  });
  for (const page of [rui, ines]) await expect(page.getByText('The bank says nothing was sent.').first()).toBeVisible();
  await ruiStays();
  await inesStays();
  await expect(rui.getByText('Quoted text').first()).toBeVisible();
  // to all parties except its sender
  const copies = await world.letters.about('Refund for order 88213', 2, before);
  expect(copies.map((letter) => letter.envelopeTo).sort()).toEqual(['ines@aurora.example', 'rui@aurora.example']);
  expect(copies[0].text).not.toContain('your refund is on its way');
});

test('an agent answers by mail, and is believed because the domain vouches', async ({ world }) => {
  world.vouch('aurora.example');
  const copy = world.letters.all.filter((letter) => letter.envelopeTo === 'rui@aurora.example').at(-1)!;
  const before = world.letters.all.length;
  await world.mail({ from: 'Rui Costa <rui@aurora.example>', to: copy.replyTo!.value[0].address!, subject: `Re: ${copy.subject}`, text: 'We sent it again today.', answers: copy, signed: true });
  await expect(ines.getByText('We sent it again today.').first()).toBeVisible();
  const sent = await world.letters.about('Refund for order 88213', 2, before);
  expect(sent.map((letter) => letter.envelopeTo).sort()).toEqual(['ines@aurora.example', 'joana@correio.example']);
  expect(sent.find((letter) => letter.envelopeTo === 'joana@correio.example')!.from!.value[0].name).toContain('Rui Costa');
});

test('who only claims to be an agent is held', async ({ world }) => {
  const copy = world.letters.all.filter((letter) => letter.envelopeTo === 'rui@aurora.example').at(-1)!;
  const before = world.letters.all.length;
  await world.mail({ from: 'Rui Costa <rui@aurora.example>', to: copy.replyTo!.value[0].address!, subject: `Re: ${copy.subject}`, text: 'Please pay to this new account.', answers: copy });
  await expect(ines.getByText('claims to come from an agent').first()).toBeVisible();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect(world.letters.all.length).toBe(before);
  await look(ines, 'held');
});

test('a mail to the forwarding address is a new ticket of its sender', async ({ world }) => {
  // a server that notes whoever asks it for a picture
  const asked: string[] = [];
  const canary = createServer((request, answer) => { asked.push(request.url!); answer.end(); });
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve));
  const outside = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/pixel.gif`;
  await go(marta, '/admin/overview');
  await look(marta, 'overview');
  forwarding = (await marta.getByText(/@in\.recado\.example/).first().textContent())!.trim();
  await go(marta, '/inbox');
  await world.mail({
    from: 'Tomás Oliveira <tomas@oliveira.example>',
    to: 'support@aurora.example',
    envelopeTo: forwarding,
    subject: 'Invoice with the wrong tax number',
    text: 'Attached is the corrected company name.',
    html: '<p>Attached is the <b>corrected</b> company name.</p><script>document.title="stolen"</script><img src="' + outside + '"><img src="cid:logo">',
    attachments: [{ filename: 'logo.png', cid: 'logo', content: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64') }],
  });
  await marta.getByText('Invoice with the wrong tax number').first().click();
  await expect(marta.getByRole('heading', { name: 'Invoice with the wrong tax number' })).toBeVisible();
  await expect(marta.getByText('tomas@oliveira.example').first()).toBeVisible();
  // the HTML in its own frame: no script, no picture from outside, the inner picture shown
  await marta.getByText('Show the original mail').click();
  const frame = marta.frameLocator('iframe').first();
  await expect(frame.getByText('corrected')).toBeVisible();
  await expect.poll(() => frame.locator('img').evaluateAll((all) => all.filter((one: any) => one.naturalWidth > 0).length)).toBe(1);
  expect(asked).toEqual([]);
  canary.close();
  expect(await marta.title()).not.toBe('stolen');
});

test('a reply can be taken back for some seconds, and a draft survives a reload', async ({ world }) => {
  await go(marta, ticket);
  const box = marta.locator('#write-reply-text');
  await box.fill('Wrong words');
  await marta.keyboard.press('Control+Enter');
  await expect(marta.getByRole('log').getByText('Wrong words')).toBeVisible();
  await marta.getByRole('button', { name: 'Undo' }).click();
  await expect(marta.getByRole('log').getByText('Wrong words')).toHaveCount(0);
  await expect(box).toHaveValue('Wrong words');
  await box.fill('Half a sen');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await go(marta, ticket);
  await expect(box).toHaveValue('Half a sen');
  await box.fill('');
  expect(world.letters.all.filter((letter) => letter.text?.includes('Wrong words'))).toEqual([]);
});

test('status, priority, assignee, tags and notes are told in the conversation', async () => {
  await go(marta, ticket);
  await marta.locator('#menu-status summary, #menu-status button').first().click();
  await marta.locator('#menu-status').getByRole('button', { name: 'Pending' }).click();
  await expect(marta.getByText('Marta Silva set the status to Pending')).toBeVisible();
  await marta.getByText('Internal note', { exact: true }).click();
  await marta.locator('#write-note-text').fill('Gateway shows **failed: account closed**.');
  await marta.getByRole('button', { name: 'Add note' }).click();
  await expect(rui.getByText('failed: account closed')).toBeVisible();
  await look(rui, 'ticket-notes');
});

test('the Inbox by keyboard alone', async () => {
  await go(rui, '/inbox?status=any');
  await rui.keyboard.press('j');
  await rui.keyboard.press('j');
  await rui.keyboard.press('Enter');
  await expect(rui).toHaveURL(/\/inbox\/[0-9a-z]{25}/);
  await rui.keyboard.press('r');
  await expect(rui.locator('#write-reply-text')).toBeFocused();
  await rui.keyboard.press('Escape');
  await rui.locator('body').click({ position: { x: 5, y: 400 } });
  await rui.keyboard.press('?');
  await expect(rui.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await rui.keyboard.press('Escape');
});

test('filters combine, and the address bar carries them', async () => {
  await go(marta, '/inbox?tag=refund&status=any&priority=highest');
  await expect(marta.getByRole('link', { name: /Refund for order 88213/ })).toBeVisible();
  await expect(marta.getByText('Invoice with the wrong tax number')).toHaveCount(0);
  await look(marta, 'inbox-filtered');
  await go(marta, '/inbox?tag=none-such');
  await expect(marta.getByText('Nothing here')).toBeVisible();
});

test('the letters are read under Admin', async () => {
  await go(marta, '/admin/email');
  await expect(marta.getByText('Refund for order 88213').first()).toBeVisible();
  await look(marta, 'email');
  await marta.getByText('Refund for order 88213').first().click();
  await look(marta, 'letter');
});

test('who else reads and writes is said where one is about to answer', async () => {
  await go(ines, '/account');
  await go(marta, ticket);
  await go(rui, ticket);
  const [hers, his] = [marta, rui].map((page) => page.locator('.composer-others:visible'));
  await expect(hers).toHaveText('Rui Costa reading');
  await expect(his).toHaveText('Marta Silva reading');
  await rui.locator('#write-reply-text').pressSequentially('I look into');
  await expect(hers).toHaveText('Rui Costa typing…');
  await look(marta, 'ticket-others');
  // he stops, and goes
  await expect(hers).toHaveText('Rui Costa reading', { timeout: 15_000 });
  await go(rui, '/account');
  await expect(hers).toHaveCount(0);
});

test('what is chosen is formatted by the buttons above it, and taken back by the same', async () => {
  await go(rui, ticket);
  const [field, bar] = [rui.locator('#write-reply-text'), rui.locator('.sheet.write-reply').getByRole('group', { name: 'Formatting' })];
  const press = (name: string) => bar.getByRole('button', { name }).click();
  const choose = (words: string) => field.evaluate((one: HTMLTextAreaElement, words) => one.setSelectionRange(one.value.indexOf(words), one.value.indexOf(words) + words.length), words);
  await field.fill('The amount is back on your card');
  await choose('amount');
  await press('Bold');
  await expect(field).toHaveValue('The **amount** is back on your card');
  await press('Bold');
  await expect(field).toHaveValue('The amount is back on your card');
  await press('Bold');
  await choose('your card');
  await press('Italic');
  // without the mouse: from the field on to the button
  await choose('back');
  const code = bar.getByRole('button', { name: 'Code' });
  await field.focus();
  for (let at = 0; at < 12 && !(await code.evaluate((one) => one === document.activeElement)); at++) await rui.keyboard.press('Tab');
  await rui.keyboard.press('Enter');
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('The **amount** is `back` on *your card*');
  await rui.locator('.sheet.write-reply').getByRole('button', { name: 'Send', exact: true }).click();
  const said = rui.getByRole('log').locator('article', { hasText: 'The amount is back on your card' });
  await expect(said.locator('strong')).toHaveText('amount');
  await expect(said.locator('em')).toHaveText('your card');
  await expect(said.locator('code')).toHaveText('back');
});

test('without scripts the Inbox is plain pages and forms', async ({ browser, world }) => {
  const context = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() });
  const page = await context.newPage();
  await page.goto('/inbox?status=any');
  await page.getByRole('link', { name: /Refund for order 88213/ }).click();
  await expect(page.getByRole('heading', { name: 'Refund for order 88213' })).toBeVisible();
  await go(marta, new URL(page.url()).pathname);
  await page.locator('#write-reply-text').fill('Sent by a plain form.');
  await page.getByRole('button', { name: 'Send' }).first().click();
  await expect(page.getByRole('log').getByText('Sent by a plain form.')).toBeVisible();
  await expect(marta.getByRole('log').getByText('Sent by a plain form.')).toBeVisible();
  await context.close();
});

test('a disabled agent is out at once, and a changed password ends the other sessions', async ({ browser, world }) => {
  await go(marta, '/admin/agents');
  const row = marta.getByRole('listitem').filter({ hasText: 'ines@aurora.example' });
  await row.getByRole('button', { name: 'Disable' }).click();
  await expect(row.getByText('Disabled')).toBeVisible();
  await expect(ines).toHaveURL(/\/sign-in/, { timeout: 10_000 });
  const second = await somebody(browser, world);
  await go(second, '/sign-in');
  await look(second, 'sign-in');
  await second.getByLabel('E-mail').fill('rui@aurora.example');
  await second.getByLabel('Password').fill('wrong, wrong, wrong');
  await second.getByRole('button', { name: 'Sign in' }).click();
  await expect(second.getByText('E-mail and password do not match.')).toBeVisible();
  await second.getByLabel('Password').fill(PASSWORD);
  await second.getByRole('button', { name: 'Sign in' }).click();
  await expect(second).toHaveURL(/\/inbox/);
  await go(second, '/account');
  await look(second, 'account');
  await second.getByLabel('Current password').fill(PASSWORD);
  await second.getByLabel('New password').fill('another long secret');
  await second.getByRole('button', { name: 'Change password' }).click();
  await expect(second.getByText('Your password is changed.')).toBeVisible();
  await expect(rui).toHaveURL(/\/sign-in/, { timeout: 10_000 });
  await second.context().close();
});

test('properties are switched by keyboard, and each has its own Inbox', async () => {
  await go(marta, '/admin/settings');
  await look(marta, 'settings');
  const create = marta.locator('section', { has: marta.getByRole('heading', { name: 'New property' }) });
  await create.getByLabel('Name').fill('Oficina Norte');
  await create.getByRole('button', { name: 'Create property' }).click();
  await expect(marta.getByRole('button', { name: /Oficina Norte/ }).or(marta.locator('summary', { hasText: 'Oficina Norte' })).first()).toBeVisible();
  await go(marta, '/inbox?status=any');
  await expect(marta.getByText('Refund for order 88213')).toHaveCount(0);
  const [pill, other] = [marta.locator('.top .pill'), marta.getByRole('button', { name: 'Loja Aurora' })];
  await expect(pill).toContainText('Oficina Norte');
  await pill.focus();
  await marta.keyboard.press('Enter');
  await expect(other).toBeVisible();
  // below the list of all properties
  for (let at = 0; at < 4 && !(await other.evaluate((button) => button === document.activeElement)); at++) await marta.keyboard.press('ArrowDown');
  await expect(other).toBeFocused();
  await marta.keyboard.press('Enter');
  await expect(pill).toContainText('Loja Aurora');
  await go(marta, '/inbox?status=any');
  await expect(marta.getByRole('link', { name: /Refund for order 88213/ })).toBeVisible();
});

test('nobody stumbles: axe finds nothing on any screen that was looked at, and none scrolls sideways', () => {
  expect(found.splice(0)).toEqual([]);
});
