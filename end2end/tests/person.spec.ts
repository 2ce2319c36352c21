// One person: what the list shows of each, all that is kept of one as a download, and all of it erased.

import { execFileSync } from 'node:child_process';
import { expect, Page } from '@playwright/test';
import { send, settle } from '../forms';
import { compose, found, go, look, stay, test } from '../people';

test.use({ story: 'person' });
test.describe.configure({ mode: 'serial' });

let marta: Page;
const rows = () => marta.locator('.contact-row');
const heads = () => marta.locator('.contact-heads > span');

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
  for (const [name, organisation, emails, phones] of [
    ['Joana Prates', 'Colégio Novo Rumo', 'joana@correio.example', '+351 912 000 118'],
    ['Tomás Oliveira', '', 'tomas@x.example', ''],
    ['Lena Krüger', 'Werk Neun', 'lena@werk.example', '+49 30 44710001'],
  ]) {
    await send(marta, world, '/contacts?new=1', 'create_contact', { name, organisation, emails, phones });
  }
  await compose(marta, 'joana@correio.example', 'Late order', 'We are looking for it.');
  const [letter] = await world.letters.about('Late order', 1);
  await world.mail({ from: 'Joana Prates <joana@correio.example>', to: letter.replyTo!.value[0].address!, subject: 'Re: Late order', text: 'It came this morning, thank you!', answers: letter });
  await go(marta, '/contacts?search=joana');
  await marta.locator('.contact-row a').click();
  await expect(marta.locator('.timeline')).toContainText('It came this morning', { timeout: 20_000 });
  await marta.getByText('+ Attribute').click();
  await marta.getByLabel('Name of the attribute').fill('Customer number');
  await marta.getByLabel('What is known').fill('K-17');
  await marta.locator('.contact-known').getByRole('button', { name: 'Save' }).click();
  await expect(marta.locator('.contact-attributes')).toContainText('K-17');
});

test('an agent chooses what the list shows of each', async ({ world }) => {
  await go(marta, '/contacts');
  await expect(heads().filter({ hasText: 'Phone' })).toHaveCount(1);
  await look(marta, 'contacts-columns-usual');
  const same = await stay(marta);
  const menu = marta.locator('.menu', { has: marta.locator('.contacts-columns') });
  await menu.locator('summary').click();
  await menu.getByLabel('Phone').uncheck();
  await menu.getByLabel('Conversations').check();
  await menu.getByLabel('Updated').check();
  await menu.getByLabel('Customer number').check();
  await look(marta, 'contacts-columns-menu');
  await menu.getByRole('button', { name: 'Save' }).click();
  await expect(heads().filter({ hasText: 'Customer number' })).toHaveCount(1);
  await expect(heads().filter({ hasText: 'Phone' })).toHaveCount(0);
  const joana = rows().filter({ hasText: 'Joana Prates' });
  await expect(joana).toContainText('K-17');
  await expect(joana).toContainText('Conversations: 1');
  await same();
  await look(marta, 'contacts-columns');
  await go(marta, '/contacts');
  await expect(heads().filter({ hasText: 'Customer number' })).toHaveCount(1);
  // the plain form says the same
  await send(marta, world, '/contacts', 'choose_contact_columns', { 'columns[]': ['email', 'tags', 'last_seen'] });
  await go(marta, '/contacts');
  await expect(heads()).toHaveText(['', 'Name', 'E-mail', 'Tags', 'Last activity']);
});

test('all that is kept of a person is one download', async () => {
  await rows().filter({ hasText: 'Joana Prates' }).getByRole('link').click();
  await marta.locator('.contact-acts summary').click();
  await look(marta, 'person-menu');
  const coming = marta.waitForEvent('download');
  await marta.getByRole('link', { name: 'Export all data' }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^person-.*\.zip$/);
  const listed = execFileSync(process.env.RECADO_PYTHON ?? 'python3', ['-m', 'zipfile', '-l', await file.path()]).toString();
  for (const part of ['person.json', 'conversations/ticket-1.json', 'mails/', 'letters/']) {
    expect(listed).toContain(part);
  }
  execFileSync(process.env.RECADO_PYTHON ?? 'python3', ['-m', 'zipfile', '-t', await file.path()]);
});

test('an admin erases a person', async () => {
  const page = marta.url();
  await marta.locator('.contact-acts summary').click();
  await marta.getByRole('link', { name: 'Erase this person' }).click();
  const dialog = marta.getByRole('dialog');
  await expect(dialog).toContainText('Nobody can bring it back');
  await expect(dialog.locator('li').filter({ hasText: /^1conversation$/ })).toBeVisible();
  await look(marta, 'person-erase');
  await dialog.getByLabel('Type Joana Prates to confirm').fill('Joana');
  await dialog.getByRole('button', { name: 'Erase for ever' }).click();
  await expect(dialog.getByText('Type it exactly as it stands above.')).toBeVisible();
  await look(marta, 'person-erase-refused');
  await dialog.getByLabel('Type Joana Prates to confirm').fill('joana prates');
  await dialog.getByRole('button', { name: 'Erase for ever' }).click();
  await expect(dialog).toContainText('This person is erased.', { timeout: 60_000 });
  await look(marta, 'person-erased');
  await dialog.getByRole('link', { name: 'Close' }).last().click();
  await expect(rows()).toHaveCount(2);
  await expect(marta.locator('.contacts')).not.toContainText('Joana');
  await go(marta, '/inbox?status=any');
  await expect(marta.getByText('Late order')).toHaveCount(0);
  await go(marta, '/admin/audit');
  const entry = marta.getByText('A person was erased').last();
  await expect(entry).toBeVisible();
  await expect(marta.locator('main')).not.toContainText('Joana');
  await go(marta, page);
  await expect(marta.getByText('This is not here, or you may not see it.')).toBeVisible();
});

test('nothing was found wanting', () => {
  expect(found).toEqual([]);
});
