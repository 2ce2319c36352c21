// Everything about a customer at one glance: the list and its search, a contact's page with its timeline, live, and what agents change there.

import { expect, Page } from '@playwright/test';
import { send, settle, widgetKey } from '../forms';
import { compose, found, go, look, stay, test } from '../people';

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
  await marta.getByLabel('Name').fill('Joana Prates Silva');
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
  await expect(rows().filter({ hasText: 'Tomás Oliveira' })).toBeVisible();
  expect(await rows().count()).toBeLessThan(60);
});

test('a page of nobody, and a list without script', async ({ browser, world }) => {
  await marta.goto('/contacts/0000000000000000000000000');
  await expect(marta.getByRole('alert')).toBeVisible();
  const plain = await (await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() })).newPage();
  await plain.goto('/contacts');
  await plain.getByRole('searchbox').fill('lena');
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
