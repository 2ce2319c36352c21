// Mail in the wrong ticket: why it is there, moved, split off, merged, and each undone; and a held mail that is let through.

import { Page } from '@playwright/test';
import { settle } from '../forms';
import { compose, expect, found, go, look, stay, test } from '../people';

test.use({ story: 'mail-threads' });
test.describe.configure({ mode: 'serial' });

const JOANA = 'joana@correio.example';
const KENJI = 'kenji@tegami.example';
let marta: Page, late: string, invoice: string, address: string;

/** The message with these words. */
const message = (words: string) => marta.locator('article.message', { hasText: words });
const about = (words: string) => message(words).getByRole('link', { name: 'About this message' });
const sheet = () => marta.getByRole('dialog');
const line = (words: string) => marta.locator('.shift-line', { hasText: words });
const number = async () => (await marta.locator('.pane-number').textContent())!.trim();

async function replyAddress(): Promise<string> {
  return (await marta.locator('.contact code').first().textContent())!.trim();
}

test('a mail says why it is where it is', async ({ browser, world }) => {
  marta = await settle(browser, world);
  world.vouch('correio.example');
  invoice = await compose(marta, JOANA, 'Your invoice', 'Here it is.');
  late = await compose(marta, JOANA, 'Your parcel', 'It left on Friday.');
  address = await replyAddress();
  const [ours] = await world.letters.about('Your parcel', 1);
  await world.mail({
    from: `Joana Prado <${JOANA}>`,
    to: address,
    cc: KENJI,
    subject: 'Re: Your parcel',
    text: 'It is not here yet. Kenji waits with me.\n\nOn Fri, 20 Nov 2026 at 10:00, Loja Aurora wrote:\n> It left on Friday.\n',
    answers: ours,
    signed: true,
  });
  await expect(message('Kenji waits with me')).toBeVisible();
  const same = await stay(marta);
  await about('Kenji waits with me').click();
  await expect(sheet().getByText("It was delivered to this ticket's own address.")).toBeVisible();
  await expect(sheet().getByText(`${JOANA} is in this ticket.`)).toBeVisible();
  await expect(sheet().getByText(`${KENJI} was in its To or Cc and joined the ticket.`)).toBeVisible();
  await expect(sheet().getByText("The sender's domain vouches for the address.")).toBeVisible();
  await expect(sheet().getByText(/of quoted text are folded away/)).toBeVisible();
  await look(marta, 'why');
  await marta.keyboard.press('Escape');
  await expect(sheet()).toHaveCount(0);
  await expect(about('Kenji waits with me')).toBeFocused();
  await same();
});

test('a message moves to another ticket by its number, and back', async ({ world }) => {
  await world.mail({ from: `Joana Prado <${JOANA}>`, to: address, subject: 'Re: Your parcel', text: 'The invoice is wrong, by the way.' });
  await expect(message('The invoice is wrong')).toBeVisible();
  await about('The invoice is wrong').click();
  await sheet().getByLabel('Number of the ticket').fill('#999');
  await sheet().getByRole('button', { name: 'Move', exact: true }).click();
  await expect(sheet().getByText('This is not known here')).toBeVisible();
  await sheet().getByLabel('Number of the ticket').fill('#1');
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(new RegExp(`${invoice}(\\?|$)`));
  await expect(message('The invoice is wrong')).toBeVisible();
  await expect(line('moved a message here from ticket #2')).toBeVisible();
  await look(marta, 'moved');
  await line('moved a message here').getByRole('button', { name: /^Undo/ }).click();
  await expect(line('moved a message here').getByText('undone by Marta Silva')).toBeVisible();
  await expect(message('The invoice is wrong')).toHaveCount(0);
  await line('moved a message here').getByRole('link', { name: 'Open #2' }).click();
  await expect(message('The invoice is wrong')).toBeVisible();
});

test('a ticket is split from a message on, and put together again', async () => {
  await about('The invoice is wrong').click();
  await sheet().getByLabel('Subject of the new ticket').fill('A wrong invoice');
  await sheet().getByRole('button', { name: 'Split', exact: true }).click();
  await expect(marta.getByRole('heading', { name: 'A wrong invoice' })).toBeVisible();
  await expect(message('The invoice is wrong')).toBeVisible();
  expect(await number()).toBe('#3');
  await expect(marta.locator('.row', { hasText: 'A wrong invoice' }).or(marta.getByRole('link', { name: /A wrong invoice/ })).first()).toBeVisible();
  await look(marta, 'split');
  await line('split this off ticket #2').getByRole('button', { name: /^Undo/ }).click();
  await expect(marta.getByText('This ticket was merged into another')).toBeVisible();
  await look(marta, 'merged');
  await marta.locator('.merged-into').getByRole('link', { name: 'Open #2' }).click();
  await expect(message('The invoice is wrong')).toBeVisible();
});

test('a ticket is merged from the menu, answers to it arrive in the other, and it is undone', async ({ world }) => {
  await go(marta, invoice);
  const gone = await replyAddress();
  await marta.locator('.pane-acts summary.dots').click();
  await marta.getByRole('link', { name: 'Merge into another ticket…' }).click();
  await expect(sheet().getByText('answers to this ticket arrive there')).toBeVisible();
  await look(marta, 'merge');
  await sheet().getByLabel('Number of the ticket that stays').fill('#2');
  await sheet().getByRole('button', { name: 'Merge', exact: true }).click();
  await expect(marta).toHaveURL(new RegExp(`${late}(\\?|$)`));
  await expect(line('merged ticket #1 into this one')).toBeVisible();
  await expect(message('Here it is.')).toBeVisible();
  await world.mail({ from: `Joana Prado <${JOANA}>`, to: gone, subject: 'Re: Your invoice', text: 'This is about the invoice.' });
  await expect(message('This is about the invoice')).toBeVisible();
  await about('This is about the invoice').click();
  await expect(sheet().getByText('It belongs to ticket #1, which was merged into this one.')).toBeVisible();
  await marta.keyboard.press('Escape');
  await line('merged ticket #1').getByRole('button', { name: /^Undo/ }).click();
  await expect(message('Here it is.')).toHaveCount(0);
  await go(marta, invoice);
  await expect(message('Here it is.')).toBeVisible();
  await expect(marta.locator('#write-reply-text')).toBeVisible();
});

test('a mail that proves nothing is held, says why, and is let through by one press', async ({ world }) => {
  await go(marta, late);
  await world.mail({ from: 'Marta Silva <marta@aurora.example>', to: address, subject: 'Re: Your parcel', text: 'Send it to my new address.' });
  const held = message('Send it to my new address');
  await expect(held.getByText('could not prove it')).toBeVisible();
  await about('Send it to my new address').click();
  await expect(sheet().getByText('but nothing proves that the agent sent it')).toBeVisible();
  await expect(sheet().getByText('It is held: nobody else receives it')).toBeVisible();
  await look(marta, 'why-held');
  await marta.keyboard.press('Escape');
  await held.getByRole('button', { name: 'Let it through' }).click();
  await expect(held.getByText('could not prove it')).toHaveCount(0);
});

test('all of it without wasm', async ({ browser, world }) => {
  await go(marta, late);
  const href = await about('The invoice is wrong').getAttribute('href');
  const state = await marta.context().storageState();
  const plain = await (await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: state })).newPage();
  await plain.goto(href!);
  await expect(plain.getByText("It was delivered to this ticket's own address.")).toBeVisible();
  await plain.getByLabel('Number of the ticket').fill('#1');
  await plain.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(plain).toHaveURL(new RegExp(invoice));
  await plain.locator('.shift-line').last().getByRole('button', { name: /^Undo/ }).click();
  await expect(plain.getByText('undone by Marta Silva').last()).toBeVisible();
  await plain.context().close();
});

test('acknowledgements are off, and switched on by an admin', async ({ world }) => {
  await go(marta, '/admin/settings');
  await expect(marta.getByText('Nobody gets a letter before an agent answers.')).toBeVisible();
  await marta.getByRole('region', { name: 'Acknowledgement of mails' }).getByRole('button', { name: 'Switch on' }).click();
  await expect(marta.getByText('gets a short letter at once')).toBeVisible();
  await look(marta, 'acknowledging');
  const forwarding = (await marta.getByText(/@in\.recado\.example/).first().textContent())!.trim();
  await world.mail({ from: `Kenji <${KENJI}>`, to: forwarding, subject: 'A question', text: 'Do you ship to Japan?' });
  const [letter] = await world.letters.about('We have your message', 1);
  expect(letter.envelopeTo).toBe(KENJI);
  expect(letter.headers.get('auto-submitted')).toBe('auto-replied');
  expect(letter.text).not.toContain('Japan');
  expect(found).toEqual([]);
});
