// Organisations: made by hand and by what is typed of contacts, joined by their domains, with all their conversations in one place.

import { expect, Page } from '@playwright/test';
import { send, settle } from '../forms';
import { compose, found, go, look, stay, test } from '../people';

test.use({ story: 'organisations' });
test.describe.configure({ mode: 'serial' });

let marta: Page;
const rows = () => marta.locator('.organisation-rows > li');
const lines = () => marta.locator('.organisation-main section').last().locator('.contact-lines > li');
const people = () => marta.locator('.organisation-main section').first().locator('.contact-lines > li');

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
});

test('there are none, then one is made by hand', async () => {
  await go(marta, '/contacts');
  await marta.getByRole('link', { name: 'Organisations' }).click();
  await expect(marta.getByText('No organisations yet')).toBeVisible();
  await look(marta, 'organisations-empty');
  await marta.getByRole('link', { name: 'New organisation' }).click();
  const form = marta.getByRole('dialog');
  await form.getByLabel('Name').fill('Colégio Novo Rumo');
  await form.getByLabel('E-mail domains').fill('gmail.com');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Everybody may have an address there')).toBeVisible();
  await form.getByLabel('E-mail domains').fill('novorumo.example\nwww.escola.example');
  await form.getByLabel('Notes').fill('Orders every August.\nInvoices go to the bursar.');
  await look(marta, 'organisation-new');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByRole('heading', { name: 'Colégio Novo Rumo' })).toBeVisible();
  await expect(marta.getByText('@escola.example')).toBeVisible();
  await expect(marta.getByText('Nobody belongs to it.')).toBeVisible();
  await look(marta, 'organisation-nobody');
});

test('who comes with an address of its domain belongs to it, live', async ({ world }) => {
  const same = await stay(marta);
  const other = await marta.context().newPage();
  await compose(other, 'joana@novorumo.example', 'Late order', 'We are looking for it.');
  await expect(people().filter({ hasText: 'joana@novorumo.example' })).toBeVisible();
  await expect(lines().filter({ hasText: 'Late order' })).toBeVisible();
  // the panel at the right of the conversation leads back
  const panel = other.locator('#contact');
  await expect(panel.getByRole('link', { name: 'Colégio Novo Rumo' })).toBeVisible();
  await compose(other, 'tomas@escola.example', 'Two chairs', 'They are on their way.');
  await expect(lines()).toHaveCount(2);
  await expect(lines().first()).toContainText('Two chairs');
  await other.close();
  await same();
  for (const [name, organisation, email] of [['Lena Krüger', 'Werk Neun', 'lena@werk.example'], ['Ana Reis', 'werk neun', 'ana@x.example']]) {
    await send(marta, world, '/contacts?new=1', 'create_contact', { name, organisation, emails: email });
  }
  await look(marta, 'organisation');
});

test('the list is searched as one types', async () => {
  await go(marta, '/organisations');
  await expect(rows()).toHaveCount(2);
  await expect(rows().filter({ hasText: 'Werk Neun' })).toContainText('2 contacts');
  await look(marta, 'organisations');
  const same = await stay(marta);
  const search = marta.getByRole('searchbox');
  await search.fill('rumo');
  await expect(rows()).toHaveCount(1);
  await expect(marta).toHaveURL(/search=rumo/);
  await search.fill('escola.ex');
  await expect(rows()).toContainText('Colégio Novo Rumo');
  await search.fill('nobody');
  await expect(marta.getByText('No organisation is found')).toBeVisible();
  await search.fill('');
  await expect(rows()).toHaveCount(2);
  await same();
});

test('it is called otherwise in place, and its contacts follow', async () => {
  await rows().filter({ hasText: 'Werk Neun' }).getByRole('link').click();
  await expect(people()).toHaveCount(2);
  await marta.getByRole('link', { name: 'Edit Werk Neun' }).click();
  await marta.getByLabel('Name').fill('Colegio novo rumo');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByText('This is already in use')).toBeVisible();
  await marta.getByLabel('Name').fill('Werk Zehn');
  await look(marta, 'organisation-edit');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByRole('heading', { name: 'Werk Zehn' })).toBeVisible();
  await marta.getByRole('link', { name: 'All contacts of it' }).click();
  await expect(marta.locator('.contact-row')).toHaveCount(2);
  await expect(marta.locator('.contact-row').first()).toContainText('Werk Zehn');
  await marta.locator('.contact-row').filter({ hasText: 'Lena' }).getByRole('link').click();
  await marta.locator('.contact-organisation').getByRole('link', { name: 'Werk Zehn' }).click();
  await expect(marta.getByRole('heading', { name: 'Werk Zehn' })).toBeVisible();
});

test('it is deleted, and its contacts stay', async () => {
  await marta.getByRole('link', { name: 'Delete organisation' }).click();
  const dialog = marta.getByRole('dialog');
  await expect(dialog).toContainText('Contacts and conversations stay');
  await look(marta, 'organisation-delete');
  await dialog.getByLabel('Its contacts go to').fill('Nobody knows');
  await dialog.getByRole('button', { name: 'Delete organisation' }).click();
  await expect(dialog.locator('.problem')).toBeVisible();
  await look(marta, 'organisation-delete-refused');
  await dialog.getByLabel('Its contacts go to').fill('');
  await dialog.getByRole('button', { name: 'Delete organisation' }).click();
  await expect(marta.getByText('The organisation is deleted.')).toBeVisible();
  await expect(rows()).toHaveCount(1);
  await go(marta, '/contacts?search=lena');
  await expect(marta.locator('.contact-row')).toHaveCount(1);
  await expect(marta.locator('.contact-row')).not.toContainText('Werk');
});

test('it all works without script', async ({ browser, world }) => {
  const state = await marta.context().storageState();
  const context = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: state });
  const plain = await context.newPage();
  await plain.goto('/organisations?new=1');
  await plain.getByLabel('Name', { exact: true }).fill('Padaria Sol');
  await plain.getByLabel('E-mail domains').fill('sol');
  await plain.getByRole('button', { name: 'Save' }).click();
  await expect(plain.getByText('Write a domain')).toBeVisible();
  await expect(plain.getByLabel('Name', { exact: true })).toHaveValue('Padaria Sol');
  await plain.getByLabel('E-mail domains').fill('sol.example');
  await plain.getByRole('button', { name: 'Save' }).click();
  await expect(plain.getByRole('heading', { name: 'Padaria Sol' })).toBeVisible();
  await plain.goto('/organisations?search=sol');
  await plain.locator('.organisation-rows a').click();
  await plain.getByRole('link', { name: 'Delete organisation' }).click();
  await plain.getByRole('button', { name: 'Delete organisation' }).click();
  await expect(plain.locator('.organisation-rows > li')).toHaveCount(1);
  await context.close();
});

test('nothing was found wanting', () => {
  expect(found).toEqual([]);
});
