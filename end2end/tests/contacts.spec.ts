// Everything about a customer at one glance: the list and its search, a contact's page with its timeline, live, and what agents change there.

import { readFile } from 'node:fs/promises';
import { expect, Page } from '@playwright/test';
import { send, settle, widgetKey } from '../forms';
import { compose, found, glance, go, look, stay, test } from '../people';

test.use({ story: 'contacts' });
test.describe.configure({ mode: 'serial' });

let marta: Page;
const rows = () => marta.locator('.contact-row');
const timeline = () => marta.locator('.timeline');
const tab = (name: RegExp) => marta.locator('.contact-main .tabs').getByRole('link', { name });

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
});

test('the list is empty, then a contact is made by hand', async () => {
  await marta.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Contacts' }).click();
  await expect(marta.getByText('No contacts yet')).toBeVisible();
  await look(marta, 'contacts-empty');
  await marta.getByRole('link', { name: 'New contact' }).click();
  const form = marta.getByRole('dialog');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Please fill this in.')).toBeVisible();
  await form.getByLabel('Name').fill('Joana Prates');
  await form.getByLabel('Organisation').fill('Colégio Novo Rumo');
  await form.getByLabel('E-mail addresses').fill('joana@correio.example\nj.prates@escola.example');
  await form.getByLabel('Phones').fill('home');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Write a telephone number')).toBeVisible();
  await form.getByLabel('Phones').fill('+351 912 000 118');
  await look(marta, 'contact-new');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByRole('heading', { name: 'Joana Prates' })).toBeVisible();
  await expect(marta.getByText('Nothing has happened yet')).toBeVisible();
  await expect(marta.getByRole('link', { name: '+351 912 000 118' })).toHaveAttribute('href', 'tel:+351912000118');
});

test('the list is searched as one types, and sorted', async ({ world }) => {
  for (const [name, email] of [['Ângela Reis', 'angela@x.example'], ['Tomás Oliveira', 'tomas@x.example'], ['Lena Krüger', 'lena@werk.example']]) {
    await send(marta, world, '/contacts?new=1', 'create_contact', { name, emails: email });
  }
  await go(marta, '/contacts');
  await expect(rows()).toHaveCount(4);
  await expect(rows().first()).toContainText('Lena Krüger');
  await look(marta, 'contacts');
  const same = await stay(marta);
  const search = marta.getByRole('searchbox');
  await search.fill('krug');
  await expect(rows()).toHaveCount(1);
  await expect(rows()).toContainText('Lena Krüger');
  await expect(marta).toHaveURL(/search=krug/);
  await search.fill('912');
  await expect(rows()).toContainText('Joana Prates');
  await search.fill('nobody');
  await expect(marta.getByText('Nobody is found')).toBeVisible();
  await search.fill('');
  await expect(rows()).toHaveCount(4);
  await marta.getByRole('link', { name: 'Name', exact: true }).click();
  await expect(rows().first()).toContainText('Ângela Reis');
  await same();
  // what was searched for can be passed on, and is there without script
  await go(marta, '/contacts?search=novo+rumo');
  await expect(rows()).toHaveCount(1);
});

test('a ticket, a mail and a chat come into the timeline by themselves', async ({ browser, world }) => {
  await marta.locator('.contact-row a').click();
  await expect(marta.getByRole('heading', { name: 'Joana Prates' })).toBeVisible();
  const same = await stay(marta);
  const other = await marta.context().newPage();
  await compose(other, 'j.prates@escola.example', 'Late order', 'We are looking for it.');
  await expect(timeline().getByText('We are looking for it.')).toBeVisible();
  await expect(timeline().getByRole('link', { name: /#1 Late order/ })).toBeVisible();
  await expect(tab(/^Tickets/)).toContainText('1');
  const [letter] = await world.letters.about('Late order', 1);
  await world.mail({ from: 'Joana <joana@correio.example>', to: letter.replyTo!.value[0].address!, subject: 'Re: Late order', text: 'It came this morning, thank you!', answers: letter });
  await expect(timeline().getByText('It came this morning')).toBeVisible({ timeout: 20_000 });
  // she chats, and says who she is
  const visitor = await (await browser.newContext({ locale: 'en' })).newPage();
  await visitor.goto(`${world.url}/chat/${await widgetKey(marta)}`);
  await visitor.locator('textarea').first().fill('Can I return one of the two?');
  await visitor.keyboard.press('Enter');
  await expect(visitor.getByText('Can I return one of the two?').first()).toBeVisible();
  await other.goto('/inbox?kind=chat');
  await other.locator('.row-link').first().click();
  await expect(other.locator('.contact-open a')).toBeVisible();
  await other.close();
  await same();
  await visitor.context().close();
});

test('notes are written, changed, and stand in the timeline', async () => {
  await tab(/^Notes/).click();
  await expect(marta.getByText('No notes yet')).toBeVisible();
  await marta.getByLabel('Note').fill('Buys for the whole school.\nAsk for the order number.');
  await marta.getByRole('button', { name: 'Add note' }).click();
  const note = marta.locator('.contact-note');
  await expect(note).toContainText('Buys for the whole school.');
  await expect(marta.getByLabel('Note').first()).toHaveValue('');
  await marta.getByText('Edit', { exact: true }).click();
  const form = marta.locator('.contact-notes .form').first();
  await form.getByLabel('Note').fill('Buys for the whole school, twice a year.');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(note).toContainText('twice a year');
  await expect(note).toContainText('edited');
  await look(marta, 'contact-notes');
  await tab(/^Timeline/).click();
  await expect(timeline().getByText('twice a year')).toBeVisible();
  await expect(timeline().locator('.timeline-day').first()).toContainText(/today/i);
  await look(marta, 'contact');
});

test('facts are edited in place, and the conversation shows them', async () => {
  await marta.getByRole('link', { name: 'Edit Joana Prates' }).click();
  await marta.getByLabel('Name', { exact: true }).fill('Joana Prates Silva');
  await marta.getByLabel('E-mail addresses').fill('joana@correio.example\nangela@x.example');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByText('This is already in use')).toBeVisible();
  await marta.getByLabel('E-mail addresses').fill('joana@correio.example\nj.prates@escola.example');
  await look(marta, 'contact-edit');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByRole('heading', { name: 'Joana Prates Silva' })).toBeVisible();
  await tab(/^Tickets/).click();
  await expect(marta.locator('.contact-lines')).toContainText('Late order');
  await look(marta, 'contact-tickets');
  await marta.locator('.contact-lines a').click();
  const panel = marta.locator('#contact');
  await expect(panel).toContainText('Joana Prates Silva');
  await expect(panel).toContainText('Colégio Novo Rumo');
  await expect(panel).toContainText('+351 912 000 118');
  await expect(panel).toContainText('j.prates@escola.example');
  await look(marta, 'contact-panel');
  await panel.getByRole('link', { name: 'Open contact' }).click();
  await expect(marta.getByRole('heading', { name: 'Joana Prates Silva' })).toBeVisible();
});

test('filters combine in the address bar, and are kept as a segment', async () => {
  await go(marta, '/contacts');
  const same = await stay(marta);
  const chip = (name: string) => marta.locator('.contacts-filters .filter', { has: marta.getByText(name, { exact: false }) }).first();
  await chip('Organisation').locator('summary').click();
  await chip('Organisation').getByRole('combobox').selectOption('contains');
  await chip('Organisation').getByRole('textbox').fill('rumo');
  await look(marta, 'contacts-filter');
  await chip('Organisation').getByRole('button', { name: 'Apply' }).click();
  await expect(rows()).toHaveCount(1);
  await expect(marta).toHaveURL(/filter=organisation.contains.rumo/);
  await chip('Phone').locator('summary').click();
  await chip('Phone').getByRole('combobox').selectOption('unknown');
  await chip('Phone').getByRole('button', { name: 'Apply' }).click();
  await expect(marta.getByText('Nobody is all of that')).toBeVisible();
  await marta.getByRole('link', { name: 'Remove the filter Phone' }).click();
  await expect(rows()).toHaveCount(1);
  await marta.locator('.contacts-save summary').click();
  await marta.getByLabel('Name of the segment').fill('Schools');
  await marta.locator('.contacts-save').getByRole('button', { name: 'Save' }).click();
  const segment = marta.locator('.contacts-segment').getByRole('link', { name: 'Schools' });
  await expect(segment).toHaveAttribute('aria-current', 'page');
  await look(marta, 'contacts-segment');
  await marta.getByRole('link', { name: 'Everybody' }).click();
  await expect.poll(() => rows().count()).toBeGreaterThan(3);
  await segment.click();
  await expect(rows()).toHaveCount(1);
  await same();
  await marta.getByRole('button', { name: 'Delete the segment Schools' }).click();
  await expect(segment).toHaveCount(0);
});

test('tags and attributes are changed where they stand, filtered by, and shown beside a conversation', async () => {
  await go(marta, '/contacts?search=prates');
  await marta.locator('.contact-row a').click();
  const card = marta.locator('.contact-known');
  const same = await stay(marta);
  for (const tag of ['School', 'vip']) {
    await card.locator('.chip-menu summary').click();
    await card.getByLabel('New tag').fill(tag);
    await card.getByRole('button', { name: 'Add' }).click();
    await expect(card.locator('.contact-tags')).toContainText(tag.toLowerCase());
  }
  await card.getByText('+ Attribute').click();
  await card.getByLabel('Name of the attribute').fill('Customer number');
  await card.getByLabel('What is known').fill('K-17');
  await card.getByRole('button', { name: 'Save' }).click();
  await expect(card.locator('.contact-attributes')).toContainText('K-17');
  await card.getByLabel('Edit Customer number').click();
  await card.locator('.contact-attributes').getByRole('textbox').fill('K-18');
  await look(marta, 'contact-attribute');
  await card.locator('.contact-attributes').getByRole('button', { name: 'Save' }).click();
  await expect(card.locator('.contact-attributes')).toContainText('K-18');
  await look(marta, 'contact-known');
  await tab(/^Tickets/).click();
  await marta.locator('.contact-lines a').first().click();
  const panel = marta.locator('#contact');
  await expect(panel).toContainText('K-18');
  await expect(panel.locator('.contact-tags')).toContainText('school');
  await look(marta, 'contact-panel-known');
  await panel.getByRole('link', { name: 'Open contact' }).click();
  await card.getByRole('button', { name: 'vip' }).click();
  await expect(card.locator('.contact-tags')).not.toContainText('vip');
  await same();
  await go(marta, '/contacts');
  const chip = (name: string) => marta.locator('.contacts-filters .filter', { has: marta.getByText(name, { exact: true }) });
  await chip('Tag').locator('summary').click();
  await chip('Tag').locator('input[name=value]').fill('school');
  await chip('Tag').getByRole('button', { name: 'Apply' }).click();
  await expect(marta).toHaveURL(/filter=tag.is.school/);
  await expect(rows()).toHaveCount(1);
  await expect(rows().locator('.chip')).toHaveText('school');
  await go(marta, '/contacts');
  await chip('Attribute').locator('summary').click();
  await chip('Attribute').getByLabel('Name of the attribute').fill('customer NUMBER');
  await chip('Attribute').getByRole('combobox', { name: 'How Attribute is compared' }).selectOption('contains');
  await chip('Attribute').locator('input[name=value]').fill('k-1');
  // a row half under the open panel is none to be pressed now
  await glance(marta, 'contacts-filter-attribute');
  await chip('Attribute').getByRole('button', { name: 'Apply' }).click();
  await expect(rows()).toHaveCount(1);
  await look(marta, 'contacts-filtered-attribute');
  await marta.getByRole('link', { name: 'Remove the filter Attribute' }).click();
  await expect.poll(() => rows().count()).toBeGreaterThan(3);
});

test('duplicates are proposed, merged side by side, and taken apart', async ({ world }) => {
  await send(marta, world, '/contacts?new=1', 'create_contact', { name: 'Lena Krueger', organisation: 'Werk Neun', emails: 'lena+private@werk.example', phones: '+49 30 44710001' });
  await send(marta, world, '/contacts?new=1', 'create_contact', { name: 'Tomás Oliveira', phones: '112' });
  await go(marta, '/contacts');
  await marta.getByRole('link', { name: 'Duplicates' }).click();
  const dialog = marta.getByRole('dialog');
  await expect(dialog.locator('.twins > li')).toHaveCount(2);
  await look(marta, 'contacts-twins');
  const tomas = dialog.locator('.twins > li', { hasText: 'Tomás' });
  await expect(tomas).toContainText('Same name');
  await tomas.getByRole('button', { name: 'Not the same' }).click();
  await expect(dialog.locator('.twins > li')).toHaveCount(1);
  await expect(dialog).toContainText('Same mailbox');
  await dialog.getByRole('link', { name: 'Compare' }).click();
  const form = marta.locator('.contact-merge');
  await expect(form).toContainText('lena@werk.example');
  await form.locator('label', { hasText: 'Lena Krüger' }).click();
  await look(marta, 'contact-merge');
  await form.getByRole('button', { name: 'Merge' }).click();
  await expect(marta.getByRole('heading', { name: 'Lena Krüger' })).toBeVisible();
  const facts = marta.locator('.contact-card');
  await expect(facts).toContainText('lena@werk.example');
  await expect(facts).toContainText('lena+private@werk.example');
  await expect(facts).toContainText('+49 30 44710001');
  await expect(facts).toContainText('was merged into this contact by');
  await look(marta, 'contact-merged');
  await facts.getByRole('button', { name: 'Undo' }).click();
  await expect(facts).not.toContainText('was merged into this contact');
  await go(marta, '/contacts?search=werk');
  await expect(rows()).toHaveCount(2);
  // the other one is searched for as well
  await marta.locator('.contact-row a', { hasText: 'Krueger' }).click();
  await marta.getByRole('link', { name: 'Merge with another contact' }).click();
  await dialog.getByRole('searchbox').fill('lena');
  await dialog.getByRole('button', { name: 'Search' }).click();
  await look(marta, 'contact-merge-search');
  await dialog.getByRole('link', { name: /Lena Krüger/ }).click();
  await expect(form).toBeVisible();
  await form.getByRole('link', { name: 'Cancel' }).click();
  await expect(dialog).toHaveCount(0);
});

test('what is listed is a table for other programs', async () => {
  await go(marta, '/contacts?search=prates');
  const [file] = await Promise.all([marta.waitForEvent('download'), marta.getByRole('link', { name: 'Export as CSV' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^contacts-\d{4}-\d\d-\d\d\.csv$/);
  const text = (await readFile((await file.path())!)).toString('utf8');
  expect(text).toContain('Customer number');
  expect(text).toContain('Joana Prates Silva,"joana@correio.example, j.prates@escola.example",\'+351 912 000 118,Colégio Novo Rumo,school,');
  expect(text.trim().split('\r\n')).toHaveLength(2);
});

test('a table is looked at first, then taken in', async () => {
  await go(marta, '/contacts');
  await marta.getByRole('link', { name: 'Import', exact: true }).click();
  const dialog = marta.getByRole('dialog');
  const table = 'Nome;E-mail;Telefone;Empresa;Etiquetas;Plano\r\nÍris Matos;iris@x.example;+351 912 000 555;Ateliê;novo;Ouro\r\nSem endereço;isto não é;;;;\r\nTomás Reis;t.reis@x.example;+351 912 000 556;;;\r\n';
  await dialog.getByLabel('File').setInputFiles({ name: 'pessoas.csv', mimeType: 'text/csv', buffer: Buffer.from(table, 'latin1') });
  await look(marta, 'contacts-import');
  await dialog.getByRole('button', { name: 'Next' }).click();
  await expect(dialog.getByText('What do the columns of pessoas.csv say?')).toBeVisible();
  await expect(dialog.getByRole('combobox', { name: 'Plano' })).toHaveValue('attribute');
  await expect(dialog.getByRole('combobox', { name: 'Empresa' })).toHaveValue('organisation');
  await look(marta, 'contacts-import-columns');
  await dialog.getByRole('button', { name: 'Look at the rows' }).click();
  await expect(dialog.getByText('So it would be:')).toBeVisible({ timeout: 20_000 });
  await expect(dialog.locator('.contact-import-counts')).toContainText('2contacts would be created');
  await expect(dialog.locator('.contact-import-refused')).toContainText('Sem endereço');
  await look(marta, 'contacts-import-checked');
  const [file] = await Promise.all([marta.waitForEvent('download'), dialog.getByRole('link', { name: 'Download these rows' }).click()]);
  expect(file.suggestedFilename()).toBe('pessoas-refused.csv');
  await dialog.getByRole('button', { name: 'Import now' }).click();
  await expect(dialog.getByText('The table is in.')).toBeVisible({ timeout: 20_000 });
  await look(marta, 'contacts-import-done');
  await dialog.getByRole('link', { name: 'Close' }).last().click();
  await expect(dialog).toHaveCount(0);
  await go(marta, '/contacts?search=matos');
  await expect(rows()).toContainText('Ateliê');
  await expect(rows()).toContainText('novo');
});

test('an endless timeline and a long list keep few elements in the page', async ({ world }) => {
  test.setTimeout(120_000);
  const ticket = await compose(marta, 'joana@correio.example', 'Long story', 'It begins.');
  for (let n = 0; n < 120; n++) {
    await send(marta, world, ticket, 'write_note', { conversation: ticket.split('/').at(-1)!, 'form[text]': `Step ${n}` });
  }
  await go(marta, '/contacts?search=joana');
  await marta.locator('.contact-row a').first().click();
  await expect(timeline().getByText('Step 119', { exact: true })).toBeVisible();
  // a run of one conversation is one card, with what is earlier folded
  const card = timeline().locator('.passed-card').first();
  await expect(card.locator('.passed-earlier summary')).toContainText('earlier messages');
  await expect(card.locator(':scope > ol > li')).toHaveCount(3);
  await marta.locator('.contact-page').evaluate((page) => page.scrollTo(0, page.scrollHeight));
  await expect(timeline().getByText('Buys for the whole school')).toBeAttached({ timeout: 20_000 });
  await expect(timeline().getByText('We are looking for it.')).toBeAttached();
  for (let n = 0; n < 150; n++) await send(marta, world, '/contacts?new=1', 'create_contact', { name: `Person ${n}`, emails: `p${n}@x.example` });
  await go(marta, '/contacts?order=name');
  const list = marta.locator('.contacts-scroll');
  for (let step = 0; step < 12; step++) {
    await list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
    await marta.waitForTimeout(150);
  }
  await expect(rows().filter({ hasText: 'Tomás Oliveira' }).first()).toBeVisible();
  expect(await rows().count()).toBeLessThan(60);
});

test('a page of nobody, and a list without script', async ({ browser, world }) => {
  await marta.goto('/contacts/0000000000000000000000000');
  await expect(marta.getByRole('alert')).toBeVisible();
  const plain = await (await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() })).newPage();
  await plain.goto('/contacts');
  await plain.getByRole('searchbox').fill('krug');
  await plain.keyboard.press('Enter');
  await expect(plain.locator('.contact-row')).toHaveCount(1);
  await plain.locator('.contact-row a').click();
  await plain.getByRole('link', { name: 'Edit Lena Krüger' }).click();
  await plain.getByLabel('Organisation').fill('Werk Neun');
  await plain.getByRole('button', { name: 'Save' }).click();
  await expect(plain.locator('.contact-card')).toContainText('Werk Neun');
  await expect(plain.getByLabel('Organisation')).toHaveCount(0);
  await plain.context().close();
});

test('nothing was found wanting', () => {
  expect(found).toEqual([]);
});
