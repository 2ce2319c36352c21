// Rules: an admin makes one that gives what is about invoices to those who know, tries it with what came before, and sees in a ticket
// that it ran and why; one that answers; the order by keys alone.

import { Page } from '@playwright/test';
import { leftInEnglish } from '../catalogue';
import { colleague, send, settle } from '../forms';
import { compose, expect, go, look, stay, test } from '../people';

test.use({ story: 'rules' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page, forwarding: string;
const row = (name: string) => marta.locator('.trigger-line', { hasText: name });
const condition = (n: number) => marta.locator('.rule-row:not(.action):not(.group-head)').nth(n);
const action = (n: number) => marta.locator('.rule-row.action').nth(n);
const line = (page: Page, name: string) => page.locator('.rule-line', { hasText: name });
const opened = async (page: Page, subject: string) => {
  await go(page, '/inbox');
  await page.locator('.inbox-rows > li').filter({ hasText: subject }).first().getByRole('link').first().click();
  await expect(page.getByRole('heading', { name: subject }).first()).toBeVisible();
};

test('a shop with two agents, and tickets of before', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  await send(marta, world, '/admin/departments', 'create_department', { name: 'Billing', description: 'Invoices' });
  forwarding = /[a-z0-9-]+@in\.recado\.example/.exec(await (await marta.request.get('/admin/overview')).text())![0];
  for (const subject of ['Invoice of May', 'Invoice of June', 'Where is my parcel']) await compose(marta, 'ana@correio.example', subject, `About ${subject}.`);
});

test('a rule is typed with a group, tried, and kept; nothing typed is lost when it is refused', async () => {
  await go(marta, '/admin/rules');
  await expect(marta.getByText('No rules yet')).toBeVisible();
  await look(marta, 'rules-none');
  await marta.getByRole('link', { name: 'New rule' }).click();
  await marta.getByRole('button', { name: 'Save the rule' }).click();
  await expect(marta.getByText('Please fill this in.').first()).toBeVisible();
  await marta.getByLabel('Name', { exact: true }).fill('Invoices');
  // all of: it is a ticket, and any of: the subject, the first words
  await expect(condition(0).getByLabel('Chosen value')).toBeVisible();
  await condition(0).getByLabel('Chosen value').selectOption('Ticket');
  await marta.getByRole('button', { name: 'Add a group' }).click();
  await condition(1).getByLabel('Condition 2').selectOption('Subject');
  await condition(1).getByLabel('Compares').selectOption('contains');
  await condition(1).getByLabel('Value', { exact: true }).fill('invoice');
  await marta.getByRole('button', { name: 'Add a condition to group 1' }).click();
  await condition(2).getByLabel('Condition 3').selectOption('First message');
  await condition(2).getByLabel('Compares').selectOption('contains');
  await condition(2).getByLabel('Value', { exact: true }).fill('VAT number');
  await action(0).getByLabel('Action 1').selectOption('Assign to');
  await action(0).getByLabel('Chosen value').selectOption('Billing (department)');
  await marta.getByRole('button', { name: 'Add an action' }).click();
  await action(1).getByLabel('Action 2').selectOption('Add the tag');
  await marta.getByRole('button', { name: 'Save the rule' }).click();
  await expect(action(1).getByText('Please fill this in.')).toBeVisible();
  await expect(condition(1).getByLabel('Value', { exact: true })).toHaveValue('invoice');
  await action(1).getByLabel('Value', { exact: true }).fill('invoice');
  await marta.getByRole('button', { name: 'Try it' }).click();
  await expect(marta.locator('.dry')).toContainText('2 of the last 3 conversations');
  await expect(marta.locator('.dry').getByRole('link', { name: /#\d+ Invoice of June/ })).toBeVisible();
  await look(marta, 'rule-editor');
  await marta.getByRole('button', { name: 'Save the rule' }).click();
  await expect(row('Invoices')).toContainText('A conversation was made');
  await expect(row('Invoices')).toContainText('ran 0 times');
  // opened again it is as it was kept
  await row('Invoices').getByRole('link').click();
  await expect(condition(0).getByLabel('Chosen value')).toHaveValue('kind:ticket');
  await expect(marta.getByRole('group', { name: 'Group 1' }).getByLabel('Value', { exact: true }).first()).toHaveValue('invoice');
  await expect(action(1).getByLabel('Value', { exact: true })).toHaveValue('invoice');
});

test('it runs in what comes, once, and the ticket says why; only an admin is led to the rule', async ({ world }) => {
  await world.mail({ from: 'Eva Lima <eva@correio.example>', to: forwarding, subject: 'Your invoice is wrong', text: 'Please look.' });
  await world.mail({ from: 'Eva Lima <eva@correio.example>', to: forwarding, subject: 'A question', text: 'Do you ship to Spain?' });
  await go(rui, '/inbox');
  const wrong = rui.locator('.inbox-rows > li').filter({ hasText: 'Your invoice is wrong' });
  await expect(wrong.locator('.chip').getByText('invoice', { exact: true })).toBeVisible({ timeout: 15_000 });
  await expect(rui.locator('.inbox-rows > li').filter({ hasText: 'A question' })).toBeVisible();
  await opened(rui, 'Your invoice is wrong');
  await expect(line(rui, 'The rule “Invoices” ran')).toHaveCount(1);
  await expect(rui.getByText('Recado added the tag invoice')).toBeVisible();
  await line(rui, 'Invoices').getByText('Why?').click();
  await expect(line(rui, 'Invoices').getByRole('listitem')).toHaveText(['A conversation was made', 'Kind is Ticket', 'Subject contains invoice']);
  await expect(line(rui, 'Invoices').getByRole('link', { name: 'Open the rule' })).toHaveCount(0);
  await opened(marta, 'Your invoice is wrong');
  await line(marta, 'Invoices').getByText('Why?').press('Enter');
  await look(marta, 'rule-ran');
  await line(marta, 'Invoices').getByRole('link', { name: 'Open the rule' }).click();
  await expect(marta.getByLabel('Name', { exact: true })).toHaveValue('Invoices');
  await expect(row('Invoices')).toContainText('ran 1 time');
  await opened(marta, 'A question');
  await expect(line(marta, 'Invoices')).toHaveCount(0);
});

test('a rule writes to the customer, and not to a machine', async ({ world }) => {
  await go(marta, '/admin/rules?rule=new');
  await marta.getByLabel('Name', { exact: true }).fill('It is here');
  await action(0).getByLabel('Action 1').selectOption('Write to the customer');
  await action(0).getByLabel('Value', { exact: true }).fill('Hello {name}, your mail “{subject}” is with {property}.');
  await marta.getByRole('button', { name: 'Save the rule' }).click();
  await expect(row('It is here')).toBeVisible();
  const before = world.letters.all.length;
  await world.mail({ from: 'Out of office <away@correio.example>', to: forwarding, subject: 'Away', text: 'I am away.', headers: { 'Auto-Submitted': 'auto-replied' } });
  await world.mail({ from: 'Tomás <tomas@correio.example>', to: forwarding, subject: 'Late parcel', text: 'Where is it?' });
  const letters = await world.letters.about('Late parcel', 1, before);
  expect(letters[0].envelopeTo).toBe('tomas@correio.example');
  expect(letters[0].text).toContain('Hello Tomás, your mail “Late parcel” is with Loja Aurora.');
  expect(letters[0].headers.get('auto-submitted')).toBeTruthy();
  expect(world.letters.all.slice(before).filter((letter) => letter.envelopeTo === 'away@correio.example')).toEqual([]);
  await opened(marta, 'Late parcel');
  await expect(marta.locator('.message').filter({ hasText: 'your mail “Late parcel” is with Loja Aurora' })).toBeVisible();
});

test('order, off and on, time, and deleting: by keys alone', async () => {
  await go(marta, '/admin/rules');
  const same = await stay(marta);
  await expect(marta.locator('.trigger-line b')).toHaveText(['Invoices', 'It is here']);
  await row('It is here').getByRole('button', { name: 'Move It is here up' }).press('Enter');
  await expect(marta.locator('.trigger-line b')).toHaveText(['It is here', 'Invoices']);
  // the focus goes with it: the first one can only go down again
  await expect(row('It is here').getByRole('button', { name: 'Move It is here down' })).toBeFocused();
  await row('Invoices').getByRole('button', { name: 'Switch off' }).press('Enter');
  await expect(row('Invoices').getByRole('button', { name: 'Switch on' })).toBeVisible();
  await same();
  await row('It is here').getByRole('link').press('Enter');
  await marta.getByLabel('When it looks').selectOption('Time has passed');
  await marta.getByLabel('How much time').fill('3');
  await marta.getByLabel('Unit').selectOption('days');
  await marta.getByLabel('Since', { exact: true }).selectOption('the customer began to wait');
  await marta.getByLabel('When it ran, the rules after it do not look').press('Space');
  await look(marta, 'rule-time');
  await marta.getByRole('button', { name: 'Save the rule' }).press('Enter');
  await expect(row('It is here')).toContainText('3 days since the customer began to wait');
  await expect(row('It is here')).toContainText('stops the rules after it');
  await look(marta, 'rules');
  await row('Invoices').getByRole('link').press('Enter');
  await marta.getByText('Delete…').press('Enter');
  await marta.getByRole('button', { name: 'Delete it' }).press('Enter');
  await expect(row('Invoices')).toHaveCount(0);
  // what it did stays, with its name
  await opened(marta, 'Your invoice is wrong');
  await line(marta, 'Invoices').getByText('Why?').click();
  await line(marta, 'Invoices').getByRole('link', { name: 'Open the rule' }).click();
  await expect(marta.getByText('This rule was deleted.')).toBeVisible();
});

test('in Portuguese nothing is left in English', async ({ world }) => {
  await send(marta, world, '/account', 'change_profile', { name: 'Marta Silva', language: 'pt-BR' });
  for (const address of ['/admin/rules', '/admin/rules?rule=new']) {
    await go(marta, address);
    await expect(marta.getByRole('heading', { level: 1, name: 'Regras' })).toBeVisible();
    // what may be named in a letter stands there as it is typed
    const left = await leftInEnglish(marta, /Marta|It is here|Billing|Loja Aurora|Rui Costa/);
    expect(left.filter((text) => !text.includes('{name}, {subject}, {number}, {property}'))).toEqual([]);
  }
  await opened(marta, 'Your invoice is wrong');
  await line(marta, 'Invoices').getByText('Por quê?').click();
  await expect(line(marta, 'Invoices').getByRole('listitem').first()).toHaveText('Uma conversa foi criada');
});
