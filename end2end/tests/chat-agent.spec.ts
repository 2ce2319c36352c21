// Chats as agents see them: a list that counts how long one waits, the opened chat, a ticket made of it, what one writes on a broken line.

import { Page } from '@playwright/test';
import { cut, leftInEnglish } from '../catalogue';
import { colleague, send, settle, widgetKey } from '../forms';
import { expect, fits, found, glance, go, look, somebody, stay, test } from '../people';
import { bubble, reply, row } from '../visitor';

test.use({ story: 'chat-agent' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page, helena: Page, key: string, chat: string;

const inWindow = (page: Page) => page.getByRole('textbox', { name: 'Write a message' });

/** Says something as a visitor. */
async function says(page: Page, words: string) {
  await inWindow(page).fill(words);
  await inWindow(page).press('Enter');
  await expect(page.locator('.log').getByText(words)).toBeVisible();
}

test('two agents, and a visitor who waits', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  key = await widgetKey(marta);
  await go(rui, '/inbox');
  await rui.getByRole('link', { name: /^Chats/ }).click();
  await expect(rui).toHaveURL(/kind=chat&sort=waiting/);
  helena = await somebody(browser, world);
  await helena.goto(`/chat/${key}`);
  await expect(helena.locator('[data-awake]')).toBeAttached({ timeout: 30_000 });
  await says(helena, 'Hi, is the linen jacket true to size?');
  await expect(row(rui, 'Hi, is the linen jacket')).toContainText(/Visitor \d{4}/);
  await expect(row(rui, 'Hi, is the linen jacket')).toContainText(/waiting 0:\d\d/);
  await expect(row(rui, 'Hi, is the linen jacket').locator('.dot:not(.off)')).toBeVisible();
  await look(rui, 'chat-list');
});

test('what she writes is seen while she writes it, and no longer once it is said', async () => {
  await row(rui, 'Hi, is the linen').click();
  await expect(bubble(rui, 'Hi, is the linen jacket')).toBeVisible();
  chat = new URL(rui.url()).pathname;
  await inWindow(helena).pressSequentially('and does it come in');
  await expect(row(rui, 'is typing: “and does it come in”')).toBeVisible();
  await expect(rui.locator('.bubble.writes')).toContainText('and does it come in');
  await says(helena, 'and does it come in green?');
  await expect(rui.locator('.bubble.writes')).toHaveCount(0);
  await expect(bubble(rui, 'and does it come in green?')).toHaveClass(/follows/);
});

test('who writes is in it; Enter sends, and she is seen to have read it', async () => {
  const same = await stay(rui);
  await reply(rui).fill('It runs **large**, take one size less.');
  await reply(rui).press('Shift+Enter');
  await reply(rui).pressSequentially('And yes, in green.');
  await reply(rui).press('Enter');
  await expect(reply(rui)).toHaveValue('');
  await expect(helena.getByText('And yes, in green.')).toBeVisible();
  await expect(rui.locator('.seats')).toContainText('Rui Costa');
  await expect(rui.getByText('Rui Costa joined the chat')).toBeVisible();
  await helena.bringToFront();
  await expect(rui.locator('.seen')).toHaveCount(1);
  await expect(rui.locator('.row-link .chip.bad, .row-link .chip.warm')).toHaveCount(0);
  await same();
  await look(rui, 'chat');
});

test('own words are changed in their place and taken back', async () => {
  const own = bubble(rui, 'in green.').filter({ has: rui.locator('.own-acts') });
  await own.locator('.own-edit summary').click();
  const field = own.getByLabel('Change your words');
  await expect(field).toBeFocused();
  await field.fill('Nothing of this');
  await field.press('Escape');
  await expect(field).toBeHidden();
  await own.locator('.own-edit summary').click();
  await expect(field).toHaveValue(/runs \*\*large\*\*/);
  await field.fill('');
  await field.press('Enter');
  await expect(field).toBeVisible();
  await field.fill('It runs small, take one size more.');
  await field.press('Enter');
  await expect(bubble(rui, 'It runs small')).toContainText('edited');
  await expect(helena.getByText('It runs small, take one size more.')).toBeVisible();
  await reply(rui).fill('Wrong window, sorry');
  await reply(rui).press('Enter');
  await expect(helena.getByText('Wrong window, sorry')).toBeVisible();
  await bubble(rui, 'Wrong window').getByLabel('Withdraw').click();
  await rui.getByRole('button', { name: 'Withdraw it for everybody' }).click();
  await expect(bubble(rui, 'Wrong window')).toHaveCount(0);
  await expect(helena.getByText('Wrong window, sorry')).toHaveCount(0);
  await expect(helena.getByText('It runs small')).toBeVisible();
});

test('a colleague is asked in, notes what she does not see, and has it in the end', async () => {
  await rui.getByText('+ colleague').click();
  await rui.getByRole('button', { name: 'Marta Silva' }).click();
  await expect(rui.getByText('Rui Costa asked Marta Silva into the chat')).toBeVisible();
  await go(marta, chat);
  await marta.getByRole('button', { name: 'Join' }).click();
  await expect(reply(marta)).toBeFocused();
  await expect(rui.locator('.seats')).toContainText('Marta Silva');
  await marta.keyboard.press('Escape');
  await marta.keyboard.press('n');
  await marta.keyboard.type('She is a regular.');
  await marta.keyboard.press('Enter');
  await expect(bubble(rui, 'She is a regular.')).toHaveClass(/note/);
  await expect(helena.getByText('She is a regular.')).toHaveCount(0);
  await rui.getByText('Transfer').click();
  await rui.getByRole('button', { name: 'Marta Silva' }).click();
  await expect(marta.getByText('Rui Costa left the chat')).toBeVisible();
  await expect(marta.getByText('Assigned: Marta Silva')).toBeVisible();
});

test('what is sent on a broken line is shown, kept, and said once, in order', async () => {
  await marta.locator('.composer-tabs').getByText('Reply').click();
  await marta.route('**/api/**', (route) => route.abort());
  for (const words of ['First of three', 'Second of three', 'Third of three']) {
    await reply(marta).fill(words);
    await reply(marta).press('Enter');
    await expect(bubble(marta, words)).toHaveClass(/going/);
  }
  await expect(helena.getByText('First of three')).toHaveCount(0);
  // the page is gone with them, and another one sends them
  await marta.unroute('**/api/**');
  await go(marta, chat);
  await expect(marta.locator('.bubble.going')).toHaveCount(0);
  const order = async (page: Page) => (await page.locator('.log .words, .bubble-words').allInnerTexts()).map((words) => words.trim()).filter((words) => words.endsWith('of three'));
  await expect.poll(() => order(helena)).toEqual(['First of three', 'Second of three', 'Third of three']);
  await expect.poll(() => order(marta)).toEqual(['First of three', 'Second of three', 'Third of three']);
});

test('a ticket is made of the chat, and the agent stays in it', async ({ world }) => {
  await marta.locator('body').click({ position: { x: 900, y: 400 } });
  await marta.keyboard.press('Shift+T');
  const drawer = marta.getByRole('dialog', { name: 'Create ticket from this chat' });
  await expect(drawer).toBeVisible();
  await drawer.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(drawer.getByLabel('Recipient e-mail')).toBeFocused();
  await drawer.getByLabel('Recipient name').fill('Helena Fontes');
  await drawer.getByLabel('Recipient e-mail').fill('helena@fontes.example');
  await drawer.getByLabel('Subject').fill('Shortening the sleeves');
  await drawer.getByRole('textbox', { name: 'Message' }).fill('Hello Helena, our workshop will answer here by e-mail.');
  await expect(drawer.getByLabel('Attach the chat transcript')).toBeChecked();
  await expect(drawer.getByText('1 person will be e-mailed: Helena Fontes')).toBeVisible();
  await look(marta, 'chat-ticket');
  await drawer.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(drawer).toBeHidden();
  expect(new URL(marta.url()).pathname).toBe(chat);
  await expect(marta.getByRole('heading', { name: 'Helena Fontes' })).toBeVisible();
  const [letter] = await world.letters.about('Shortening the sleeves', 1);
  expect(letter.attachments.map((file) => file.filename)).toEqual(['transcript.txt']);
  await marta.getByRole('link', { name: /^Ticket #\d+/ }).click();
  await expect(marta.getByRole('heading', { name: 'Shortening the sleeves' })).toBeVisible();
  await marta.locator('.pane-facts').getByRole('link', { name: 'from chat' }).click();
  await expect(marta).toHaveURL(new RegExp(chat));
});

test('the end is asked for once more, and seen by both', async () => {
  await marta.locator('.chat-acts').getByText('End chat').click();
  await marta.getByRole('button', { name: 'End the chat now' }).click();
  await expect(marta.getByText('This chat is over.')).toBeVisible();
  await expect(helena.getByText('The chat is over')).toBeVisible();
  await expect(marta.getByRole('link', { name: 'Create ticket' })).toBeVisible();
  await expect(marta.locator('.absent')).toContainText('helena@fontes.example');
  await look(marta, 'chat-over');
});

test('canned responses are called by a slash, in a ticket too', async ({ world }) => {
  await go(marta, '/inbox?compose=1');
  await marta.getByLabel('Recipient name').fill('Joana Prates');
  await marta.getByLabel('Recipient e-mail').fill('joana@correio.example');
  await marta.getByLabel('Subject').fill('Late parcel');
  await marta.getByLabel('Message').fill('We are looking for it.');
  await marta.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(marta.getByRole('heading', { name: 'Late parcel' })).toBeVisible();
  const ticket = new URL(marta.url()).pathname;
  await reply(marta).pressSequentially('/no-such');
  await expect(marta.getByRole('listbox', { name: 'Shortcuts' })).toContainText('No shortcut begins like this.');
  await expect(reply(marta)).toHaveAttribute('role', 'combobox');
  await marta.keyboard.press('Escape');
  await expect(marta.getByRole('listbox')).toHaveCount(0);
  await expect(reply(marta)).toBeFocused();
  await expect(reply(marta)).not.toHaveAttribute('role', 'combobox');
  await fits(marta, 'a ticket');
  await send(marta, world, '/account/shortcuts', 'save_canned_response', { scope: 'own', shortcut: 'late', text: 'Hello {name}, {agent} is on it.' });
  await go(marta, ticket);
  // what was typed before is kept as a draft
  await reply(marta).fill('');
  await reply(marta).pressSequentially('/la');
  await expect(marta.getByRole('option', { name: /late/ })).toBeVisible();
  await marta.keyboard.press('Enter');
  await expect(marta.getByRole('listbox')).toHaveCount(0);
  await expect(reply(marta)).toHaveValue(/^Hello Joana Prates, Marta Silva is on it\.\s*$/);
  const words = (await reply(marta).inputValue()).trim();
  await marta.keyboard.press('Control+Enter');
  await expect(marta.getByRole('log').getByText(words)).toBeVisible();
  await expect(reply(marta)).toHaveValue('');
});

test('one says whether one is there', async () => {
  await marta.getByLabel('Your menu').or(marta.locator('.avatar-button')).first().click();
  await marta.getByRole('button', { name: 'Away' }).click();
  await expect(marta.locator('.avatar-button > .dot')).toHaveAttribute('data-presence', 'away');
  await look(marta, 'presence');
  await marta.getByRole('button', { name: 'Online' }).click();
  await expect(marta.locator('.avatar-button > .dot')).toHaveAttribute('data-presence', 'online');
  await marta.keyboard.press('Escape');
});

test('chats speak Portuguese too', async () => {
  await go(marta, '/account');
  await marta.getByLabel('Language').selectOption({ label: 'Português (Brasil)' });
  await marta.locator('section', { has: marta.getByRole('heading', { name: 'Profile' }) }).getByRole('button').click();
  await expect(marta.getByText('Salvo.')).toBeVisible();
  const wrong: string[] = [];
  const theirs = /^(Mozilla.*|Chats?|Spam|Tickets?|Late parcel|Shortening the sleeves|Loja Aurora|It runs small.*|.* of three)$/;
  for (const page of ['/inbox?kind=chat&status=any&sort=waiting', chat, `${chat}?compose=chat`]) {
    await go(marta, page);
    wrong.push(...(await leftInEnglish(marta, theirs)), ...(await cut(marta)));
    await glance(marta, `pt-chat-${page.replace(/\W+/g, '-').slice(-16)}`);
  }
  expect([...new Set(wrong)]).toEqual([]);
});

test('nobody stumbles', () => {
  expect(found.splice(0)).toEqual([]);
});
