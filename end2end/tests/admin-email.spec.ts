// An admin sets up the ways of mail: a mailbox elsewhere, a token for a program, the signature in DNS, an address that is dead; and sees
// every mail with its fate.

import { Page } from '@playwright/test';
import { MailboxServer } from '../mailbox';
import { settle } from '../forms';
import { compose, expect, found, go, look, stay, test } from '../people';

test.use({ story: 'admin-email' });

let marta: Page;
let mailbox: MailboxServer;
const card = (name: string | RegExp) => marta.getByRole('region', { name });

test.beforeAll(async ({ browser, world }) => {
  mailbox = await MailboxServer.start('right');
  marta = await settle(browser, world);
});

test.afterAll(() => mailbox.stop());

test('a try of a mailbox says in plain words what is wrong', async () => {
  await go(marta, '/admin/email');
  await marta.getByRole('navigation', { name: 'E-mail' }).getByRole('link', { name: 'Set-up' }).click();
  const same = await stay(marta);
  const form = card('Mailboxes (IMAP)');
  const tries = async (says: string | RegExp) => {
    await form.getByRole('button', { name: 'Test connection' }).click();
    await expect(form.locator('.try')).toContainText(says);
  };
  await tries('Please fill this in.');
  await form.getByLabel('Server').fill('no-such-server.invalid');
  await form.getByLabel('User').fill('shop');
  await form.getByLabel('Password').fill('wrong');
  await tries('No server has this name.');
  await form.getByLabel('Server').fill('127.0.0.1');
  await form.getByLabel('Port').fill('1');
  await tries('does not answer at this port');
  await form.getByLabel('Port').fill(String(mailbox.port));
  await form.getByLabel('Security').selectOption('STARTTLS');
  await tries('No secure line can be made this way.');
  await form.getByLabel('Security').selectOption('None');
  await tries(/User or password is refused\. Some providers want a password made for apps\. \(.*Authentication failed\.\)/);
  await look(marta, 'email-try');
  await form.getByLabel('Password').fill('right');
  await form.getByLabel('Folder').fill('Shop');
  await tries('There is no such folder.');
  await form.getByLabel('Folder').fill('');
  await tries('It works: 0 mails are in the folder.');
  await same();
});

test('a kept mailbox is read at once, and its mails become tickets', async () => {
  const form = card('Mailboxes (IMAP)');
  await form.getByRole('button', { name: 'Save', exact: true }).click();
  const row = form.getByRole('listitem').filter({ hasText: 'shop · INBOX' });
  await expect(row.getByText('Being read')).toBeVisible({ timeout: 15_000 });
  mailbox.deliver('From: Joana <joana@example.com>\nTo: shop@example.com\nSubject: By IMAP\nMessage-ID: <imap-1@example.com>\n\nWhere is my order?\n');
  await go(marta, '/admin/email?box=in');
  await expect(async () => {
    await marta.reload();
    await expect(marta.getByRole('listitem').filter({ hasText: 'By IMAP' }).getByText('In a ticket')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await go(marta, '/admin/email?box=set-up');
  await expect(row.getByText('1 mail fetched')).toBeVisible();
  await look(marta, 'email-set-up');
});

test('a token is shown once, lets a program hand mails over, and none when it is revoked', async ({ world }) => {
  const tokens = card('Mail from programs (HTTP)');
  await tokens.getByLabel('What for').fill('Mailgun');
  await tokens.getByRole('button', { name: 'Make a token' }).click();
  await expect(tokens.getByText('It is shown this once.')).toBeVisible();
  const token = (await tokens.locator('.made code').first().textContent())!.trim();
  expect(token).toMatch(/^recado_in_[a-z2-7]{52}$/);
  await look(marta, 'email-token');
  const mail = 'From: Ana <ana@example.com>\r\nTo: shop@example.com\r\nSubject: By HTTP\r\nMessage-ID: <http-1@example.com>\r\n\r\nHello\r\n';
  const send = () => fetch(`${world.url}/ingest/raw`, { method: 'POST', headers: { authorization: `Bearer ${token}` }, body: mail });
  expect((await send()).status).toBe(200);
  expect((await send()).status).toBe(200);
  await tokens.getByRole('button', { name: 'Revoke Mailgun' }).click();
  await expect(tokens.getByRole('listitem')).toHaveCount(0);
  expect((await send()).status).toBe(401);
  await go(marta, '/admin/email?box=in');
  await expect(async () => {
    await marta.reload();
    await expect(marta.getByRole('listitem').filter({ hasText: 'By HTTP' })).toHaveCount(1, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
});

test('the record of the signature is shown, and whether DNS has it', async ({ world }) => {
  await go(marta, '/admin/email?box=set-up');
  const dkim = card('Signature (DKIM)');
  await expect(dkim.getByText('Not found in DNS')).toBeVisible();
  const [name, value] = await dkim.locator('code').allTextContents();
  expect(name.trim()).toBe('recado._domainkey.in.recado.example');
  world.publish(name.trim(), value.trim());
  await dkim.getByRole('link', { name: 'Try again' }).click();
  await expect(dkim.getByText('Found in DNS', { exact: true })).toBeVisible();
});

test('letters are signed, and a dead address is listed and lifted', async ({ world }) => {
  await go(marta, '/inbox');
  world.letters.refuse('gone@example.com');
  await compose(marta, 'gone@example.com', 'Are you there?', 'Hello?');
  await compose(marta, 'alive@example.com', 'You are there', 'Hello!');
  const [letter] = await world.letters.about('You are there', 1);
  const raw = letter.raw.toString('latin1');
  expect(raw).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; s=recado; d=in\.recado\.example;/);
  await go(marta, '/admin/email?box=set-up');
  const dead = card('Undeliverable addresses');
  await expect(async () => {
    await marta.reload();
    await expect(dead.getByText('gone@example.com')).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await look(marta, 'email-dead');
  await dead.getByRole('button', { name: 'Send to gone@example.com again' }).click();
  await expect(dead.getByText('None. An address stands here')).toBeVisible();
});

test('the lists say the fate of every mail, and the overview the health of the wires', async () => {
  await go(marta, '/admin/email');
  const failed = marta.getByRole('listitem').filter({ hasText: 'Are you there?' });
  await expect(failed.getByText('Failed')).toBeVisible();
  await expect(failed.getByRole('button', { name: 'Send again' })).toBeVisible();
  await look(marta, 'email-out');
  await marta.getByRole('searchbox').fill('by imap');
  await marta.getByRole('searchbox').press('Enter');
  await go(marta, '/admin/email?box=in&search=by+imap');
  await expect(marta.getByRole('listitem').filter({ hasText: 'By IMAP' })).toHaveCount(1);
  await expect(marta.getByRole('listitem').filter({ hasText: 'By HTTP' })).toHaveCount(0);
  await look(marta, 'email-in');
  await go(marta, '/admin/overview');
  await expect(card('Health').getByText(/SMTP at 127\.0\.0\.1:\d+/)).toBeVisible();
});

test('the pages are as they should be', () => {
  expect(found).toEqual([]);
});
