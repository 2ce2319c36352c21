// Import and export: an archive of mail is looked at, taken in and seen; everything is taken out as one file and compared.

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, Page } from '@playwright/test';
import { colleague, settle } from '../forms';
import { compose, found, go, look, test } from '../people';

test.use({ story: 'data' });
test.describe.configure({ mode: 'serial' });

const PYTHON = process.env.RECADO_PYTHON ?? 'python3';
let marta: Page;
let zip: string;

function mail(n: number, from: string, to: string, subject: string, text: string, answers = '') {
  return [`From ${from} Mon Mar  2 12:00:00 2026`, `From: <${from}>`, `To: <${to}>`, `Subject: ${subject}`, `Message-ID: <${n}@old.example>`,
    ...(answers ? [`In-Reply-To: <${answers}@old.example>`] : []), `Date: Mon, ${n + 1} Mar 2026 12:00:00 +0000`, '', text, '', ''].join('\n');
}

const MBOX = mail(1, 'joana@correio.example', 'shop@old.example', 'A lamp of last year', 'Do you have it in blue?')
  + mail(2, 'shop@old.example', 'joana@correio.example', 'Re: A lamp of last year', 'We do.', '1')
  + mail(3, 'tomas@x.example', 'shop@old.example', 'An old refund', 'Thank you for it.')
  + 'From nobody Mon Mar  2 12:00:00 2026\nX-Mozilla-Status: 0009\nSubject: gone\n\nx\n\n';

const card = (name: string) => marta.locator('.ways > li').filter({ hasText: name });
const archive = (name: string, text: string) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });

/** A table of the downloaded archive. */
function rows(name: string): Record<string, unknown>[] {
  const text = execFileSync(PYTHON, ['-c', 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))', zip, name]).toString();
  return text.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
  await compose(marta, 'ana@example.com', 'Written here', 'A ticket of today.');
});

test('an admin brings an archive, looks at it, and takes it in', async () => {
  await go(marta, '/admin/overview');
  await marta.getByRole('navigation', { name: 'Admin pages' }).getByRole('link', { name: 'Import and export' }).click();
  await expect(marta.getByRole('heading', { name: 'Import and export' })).toBeVisible();
  await expect(marta.getByText('No archive was brought yet')).toBeVisible();
  await look(marta, 'data-empty');
  await marta.getByLabel('Archive', { exact: true }).setInputFiles(archive('people.csv', 'Name,E-mail\n'));
  await marta.getByRole('button', { name: 'Upload and look at it' }).click();
  await expect(marta.getByText('This is neither an mbox file')).toBeVisible();
  await look(marta, 'data-refused');
  await marta.getByLabel('Archive', { exact: true }).setInputFiles(archive('Inbox.mbox', MBOX));
  await marta.getByLabel('Addresses that your team wrote from').fill('shop@old.example');
  await marta.getByLabel('Leave open').fill('2026-03-01');
  await marta.getByRole('button', { name: 'Upload and look at it' }).click();
  await expect(card('Inbox.mbox')).toContainText('this is what would come in', { timeout: 20_000 });
  await expect(card('Inbox.mbox').locator('li').filter({ hasText: /^3would come in$/ })).toBeVisible();
  await expect(card('Inbox.mbox')).toContainText('1is left out: thrown away or never sent');
  await look(marta, 'data-checked');
  await card('Inbox.mbox').getByRole('button', { name: 'Import now' }).click();
  await expect(card('Inbox.mbox')).toContainText('It is in.', { timeout: 20_000 });
  await expect(card('Inbox.mbox')).toContainText('2new conversations');
  await look(marta, 'data-done');
  await card('Inbox.mbox').getByRole('link', { name: 'See it in the Inbox' }).click();
  await expect(marta.locator('.row', { hasText: 'A lamp of last year' }).first()).toBeVisible();
  await expect(marta.getByText('An old refund').first()).toBeVisible();
});

test('brought again, all of it is here already, and is put away', async () => {
  await go(marta, '/admin/data');
  await marta.getByLabel('Archive', { exact: true }).setInputFiles(archive('Again.mbox', MBOX + 'From a@b.example Mon Mar  2 12:00:00 2026\nX: y\n\n'));
  await marta.getByRole('button', { name: 'Upload and look at it' }).click();
  await expect(card('Again.mbox')).toContainText('3are here already', { timeout: 20_000 });
  await card('Again.mbox').getByText('The first of those that do not come in').click();
  await expect(card('Again.mbox')).toContainText('Again.mbox, byte');
  await look(marta, 'data-known');
  await card('Again.mbox').getByRole('button', { name: 'Do not import' }).click();
  await expect(card('Again.mbox')).toContainText('Stopped.');
});

test('everything is taken out as one file', async () => {
  await go(marta, '/admin/data');
  const coming = marta.waitForEvent('download');
  await marta.getByRole('link', { name: 'Download everything (ZIP)' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^Loja Aurora \d{4}-\d\d-\d\d\.zip$/);
  zip = await file.path();
  execFileSync(PYTHON, ['-m', 'zipfile', '-t', zip]);
  const conversations = rows('conversations.jsonl');
  expect(conversations.map((row) => row.subject).sort()).toEqual(['A lamp of last year', 'An old refund', 'Written here']);
  const lamp = conversations.find((row) => row.subject === 'A lamp of last year')!;
  const said = rows('messages.jsonl').filter((row) => row.conversation === lamp.id && row.kind === 'said').sort((a, b) => Number(a.seq) - Number(b.seq) || Number(a.place) - Number(b.place));
  expect(said.map((row) => String(row.body).trim())).toEqual(['Do you have it in blue?', 'We do.']);
  const addresses = rows('addresses.jsonl').map((row) => row.email);
  for (const email of ['ana@example.com', 'joana@correio.example', 'tomas@x.example']) {
    expect(addresses).toContain(email);
  }
  const raw = rows('mails.jsonl').find((row) => row.subject === 'An old refund')!;
  const bytes = execFileSync(PYTHON, ['-c', 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))', zip, String(raw.file)]).toString();
  expect(bytes).toContain('Thank you for it.');
  expect((await readFile(zip)).length).toBeGreaterThan(1_000);
  await go(marta, '/admin/audit');
  await expect(marta.locator('.audit-line').first()).toContainText('Exported everything');
});

test('without script it is plain forms', async ({ browser, world }) => {
  const plain = await (await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() })).newPage();
  await plain.goto('/admin/data');
  await plain.getByLabel('Archive', { exact: true }).setInputFiles(archive('Plain.mbox', mail(9, 'nina@x.example', 'shop@old.example', 'Without script', 'Hello')));
  await plain.getByLabel('Addresses that your team wrote from').fill('nobody');
  await plain.getByRole('button', { name: 'Upload and look at it' }).click();
  await expect(plain.getByRole('alert').filter({ hasText: 'not an e-mail address' })).toBeVisible();
  await expect(plain.getByLabel('Addresses that your team wrote from')).toHaveValue('nobody');
  await plain.getByLabel('Addresses that your team wrote from').fill('');
  await plain.getByLabel('Archive', { exact: true }).setInputFiles(archive('Plain.mbox', mail(9, 'nina@x.example', 'shop@old.example', 'Without script', 'Hello')));
  await plain.getByRole('button', { name: 'Upload and look at it' }).click();
  const line = plain.locator('.ways > li').filter({ hasText: 'Plain.mbox' });
  await expect(async () => {
    await plain.reload();
    await expect(line).toContainText('1would come in', { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await line.getByRole('button', { name: 'Import now' }).click();
  await expect(async () => {
    await plain.goto('/admin/data');
    await expect(line).toContainText('It is in.', { timeout: 500 });
  }).toPass({ timeout: 20_000 });
  await plain.context().close();
});

test('who is no admin gets neither the page nor the file', async ({ browser, world }) => {
  const rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Alves');
  expect((await rui.request.get('/admin/data')).status()).toBe(403);
  expect((await rui.request.get('/property.zip')).status()).toBe(403);
  const answer = await rui.request.post('/archives', { headers: { origin: world.url }, multipart: { file: archive('x.mbox', MBOX) } });
  expect(answer.status()).toBe(403);
  expect(world.letters.all.filter((letter) => /lamp|refund/i.test(letter.subject ?? ''))).toHaveLength(0);
});

test.afterAll(() => {
  expect(found).toEqual([]);
});
