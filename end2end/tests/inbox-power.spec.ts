// Many conversations, few gestures: picked by keys, changed at once and put back, kept as views with names, merged.

import { readFileSync } from 'node:fs';
import { Page } from '@playwright/test';
import { colleague, send, settle } from '../forms';
import { compose, expect, found, go, look, stay, test } from '../people';

test.use({ story: 'inbox-power' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page;
const tickets: string[] = [];

const focused = (page: Page) => page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row') ?? '');
const picked = (page: Page) => page.locator('.row-pick.picked');
const progress = (page: Page) => page.locator('.several-progress');
const row = (page: Page, subject: string) => page.locator('.inbox-rows > li').filter({ hasText: subject });
const side = (page: Page, name: string) => page.locator('.side-link').filter({ hasText: name });

test('two agents, four tickets', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  for (const [who, subject] of [['joana', 'Late parcel'], ['tomas', 'Wrong invoice'], ['eva', 'Bulk order'], ['lena', 'Delivery to Germany']]) {
    tickets.push(await compose(marta, `${who}@correio.example`, subject, `About ${subject}.`));
  }
});

test('the sheet lists what the keys do, and only what they do', async () => {
  await go(marta, '/inbox');
  await marta.keyboard.press('?');
  const sheet = marta.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(sheet).toBeVisible();
  for (const key of ['j', 'k', 'Enter', 'x', 'X', 'Esc', 'e', 'a', 't', 'p', 'r', 'n', 'c', 'T', '?']) {
    await expect(sheet.locator('kbd').getByText(key, { exact: true }).first()).toBeVisible();
  }
  await look(marta, 'power-keys');
  await marta.keyboard.press('Escape');
  await expect(sheet).toHaveCount(0);
});

test('by keys alone: picked, a range, changed, and put back', async () => {
  await go(rui, '/inbox');
  await go(marta, '/inbox');
  const [same, ruiStays] = [await stay(marta), await stay(rui)];
  await marta.keyboard.press('j');
  await expect.poll(() => focused(marta)).not.toBe('');
  await marta.keyboard.press('x');
  await expect(picked(marta)).toHaveCount(1);
  await expect(marta.locator('.several-bar')).toContainText('1 selected');
  // Shift takes all from there to here
  await marta.keyboard.press('j');
  await marta.keyboard.press('j');
  await marta.keyboard.press('X');
  await expect(picked(marta)).toHaveCount(3);
  await look(marta, 'power-picked');
  // a tag for all of them; the focus is in the field, and afterwards nothing is picked
  await marta.keyboard.press('t');
  await expect(marta.locator('#several-tag input')).toBeFocused();
  await marta.keyboard.type('Autumn Sale');
  await marta.keyboard.press('Enter');
  await expect(progress(marta)).toContainText('Tag autumn-sale added: 3 conversations changed');
  await expect(picked(marta)).toHaveCount(0);
  await expect(rui.locator('.inbox-rows .chip').getByText('autumn-sale', { exact: true })).toHaveCount(3);
  await look(marta, 'power-done');
  // taken back, in both browsers
  await progress(marta).getByRole('button', { name: 'Undo' }).press('Enter');
  await expect(progress(marta)).toContainText('3 conversations are as they were');
  await expect(rui.locator('.inbox-rows .chip').getByText('autumn-sale', { exact: true })).toHaveCount(0);
  await progress(marta).getByRole('button', { name: 'Close' }).press('Enter');
  await expect(progress(marta)).toHaveCount(0);
  // a priority and somebody to look after them, each by its key, before the bar is even there
  await marta.locator('.inbox-rows [data-row]').first().focus();
  await marta.keyboard.press('x');
  await marta.keyboard.press('j');
  await marta.keyboard.press('x');
  await marta.keyboard.press('p');
  await expect(marta.locator('#several-priority .menu-item').first()).toBeFocused();
  await marta.keyboard.press('Enter');
  await expect(progress(marta)).toContainText('2 conversations changed');
  await expect(rui.locator('.inbox-rows .chip').filter({ hasText: 'Highest' })).toHaveCount(2);
  // Escape picks none
  await marta.locator('.inbox-rows [data-row]').first().focus();
  await marta.keyboard.press('x');
  await expect(picked(marta)).toHaveCount(1);
  await marta.keyboard.press('Escape');
  await expect(picked(marta)).toHaveCount(0);
  await same();
  await ruiStays();
});

test('what a colleague changed in the meantime is left, and said', async () => {
  await go(marta, '/inbox');
  for (const subject of ['Late parcel', 'Wrong invoice', 'Bulk order']) {
    await row(marta, subject).hover();
    await row(marta, subject).getByRole('checkbox').click();
  }
  await marta.locator('#several-status summary').click();
  await marta.locator('#several-status').getByRole('button', { name: 'Solved' }).click();
  await expect(progress(marta)).toContainText('Status Solved: 3 conversations changed');
  await expect(row(rui, 'Late parcel')).toHaveCount(0);
  await go(rui, tickets[0]);
  await rui.locator('#menu-status summary').click();
  await rui.locator('#menu-status').getByRole('button', { name: 'Pending' }).click();
  await expect(rui.locator('#menu-status summary')).toContainText('Pending');
  await progress(marta).getByRole('button', { name: 'Undo' }).click();
  await expect(progress(marta)).toContainText('2 conversations are as they were · 1 was changed by somebody in the meantime and is left');
  await expect(row(marta, 'Bulk order')).toHaveCount(1);
  await expect(row(marta, 'Late parcel')).toHaveCount(0);
  await rui.keyboard.press('e');
  await expect(rui.locator('#menu-status summary')).toContainText('Solved');
  await rui.keyboard.press('e');
  await expect(row(marta, 'Late parcel')).toHaveCount(1);
});

test('with the mouse: a range by Shift, all of a filter, into the trash, and for ever', async ({ world }) => {
  test.setTimeout(120_000);
  for (let n = 0; n < 70; n++) {
    await send(marta, world, '/inbox?compose=1', 'open_ticket', { 'form[email]': `p${n}@many.example`, 'form[subject]': `Question ${n}`, 'form[text]': 'Words', 'form[tags]': 'many' });
  }
  await go(marta, '/inbox?tag=many');
  await go(rui, '/inbox?tag=many');
  await expect(marta.locator('.order')).toContainText('70');
  const boxes = marta.locator('.inbox-rows').getByRole('checkbox');
  await boxes.nth(0).click();
  await boxes.nth(4).click({ modifiers: ['Shift'] });
  await expect(picked(marta)).toHaveCount(5);
  // one that was picked already stays so
  await boxes.nth(2).click({ modifiers: ['Shift'] });
  await expect(boxes.nth(2)).toBeChecked();
  await boxes.nth(1).click();
  await expect(picked(marta)).toHaveCount(4);
  await marta.getByRole('button', { name: 'Select all 70 of this filter' }).click();
  await expect(marta.locator('.several-bar')).toContainText('70 selected');
  await marta.locator('.several-acts').getByLabel('More').click();
  await look(marta, 'power-more');
  await marta.locator('.several-acts').getByRole('button', { name: 'Move to trash' }).click();
  // more than one step: it goes on by itself, in a page that is loaded anew too
  await expect(progress(marta)).toContainText('Moved to Trash');
  await marta.reload();
  await expect(progress(marta)).toContainText('Moved to Trash: 70 conversations changed', { timeout: 20_000 });
  await expect(side(marta, 'Trash').locator('b')).toHaveText('70');
  await expect(side(rui, 'Trash').locator('b')).toHaveText('70');
  await expect(rui.getByText('Nothing here')).toBeVisible();
  await progress(marta).getByRole('button', { name: 'Undo' }).click();
  await expect(progress(marta)).toContainText('70 conversations are as they were', { timeout: 20_000 });
  await expect(rui.locator('.order')).toContainText('70');
  // and for ever, after a question
  await progress(marta).getByRole('button', { name: 'Close' }).click();
  await boxes.nth(0).click();
  await marta.getByRole('button', { name: 'Select all 70 of this filter' }).click();
  await marta.locator('.several-acts').getByLabel('More').click();
  await marta.locator('.several-acts').getByRole('button', { name: 'Move to trash' }).click();
  await expect(progress(marta)).toContainText('70 conversations changed', { timeout: 20_000 });
  await go(marta, '/inbox?folder=trash');
  await boxes.nth(0).click();
  await marta.getByRole('button', { name: /Select all/ }).click();
  await marta.locator('.several-acts').getByLabel('More').click();
  await marta.locator('.several-acts').getByRole('button', { name: 'Delete for ever' }).click();
  const question = marta.getByRole('dialog', { name: 'Delete for ever?' });
  await expect(question).toContainText('70 selected');
  await look(marta, 'power-delete');
  await question.getByRole('button', { name: 'Delete for ever' }).click();
  await expect(progress(marta)).toContainText('Deleted for ever: 70 conversations changed', { timeout: 20_000 });
  await expect(progress(marta).getByRole('button', { name: 'Undo' })).toHaveCount(0);
  await expect(side(rui, 'Trash').locator('b')).toHaveText('');
});

test('a filter becomes a view with a name and a live count, for oneself and for all', async () => {
  await go(rui, '/inbox');
  await go(marta, '/inbox?kind=ticket&priority=highest&sort=oldest');
  const same = await stay(marta);
  await marta.getByRole('link', { name: 'Save or change views…' }).focus();
  await marta.keyboard.press('Enter');
  const sheet = marta.getByRole('dialog', { name: 'Views' });
  await expect(sheet.getByLabel('Name of the view')).toBeFocused();
  await marta.keyboard.press('Enter');
  await expect(sheet.getByText('Please fill this in.')).toBeVisible();
  await marta.keyboard.type('Pressing');
  await marta.keyboard.press('Tab');
  await marta.keyboard.press('Space');
  await look(marta, 'power-view-new');
  await marta.keyboard.press('Enter');
  await expect(sheet).toHaveCount(0);
  const link = side(marta, 'Pressing');
  await expect(link).toHaveAttribute('aria-current', 'page');
  await expect(link.locator('b')).toHaveText('2');
  // a colleague has it too, and its count moves with what is done
  await expect(side(rui, 'Pressing').locator('b')).toHaveText('2');
  await go(rui, tickets[0]);
  await rui.locator('#menu-priority summary').click();
  await rui.locator('#menu-priority .menu-item').first().click();
  await expect(link.locator('b')).toHaveText('3');
  await expect(side(rui, 'Pressing').locator('b')).toHaveText('3');
  await side(rui, 'Pressing').click();
  await expect(rui).toHaveURL(/kind=ticket&priority=highest&sort=oldest/);
  await expect(rui.locator('.inbox-rows > li')).toHaveCount(3);
  // one of her own
  await marta.locator('.side-link').filter({ hasText: 'Unassigned' }).click();
  await marta.getByRole('link', { name: 'Save or change views…' }).click();
  await sheet.getByLabel('Name of the view').first().fill('Nobody looks');
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(side(marta, 'Nobody looks')).toBeVisible();
  await expect(side(rui, 'Nobody looks')).toHaveCount(0);
  await same();
});

test('views are renamed, moved and deleted', async ({ browser, world }) => {
  await go(marta, '/inbox?kind=chat&views=1');
  const sheet = marta.getByRole('dialog', { name: 'Views' });
  await sheet.getByLabel('Name of the view').first().fill('Chats of all');
  await sheet.getByText('All agents see it').click();
  await sheet.getByRole('button', { name: 'Save' }).click();
  await expect(side(marta, 'Chats of all')).toBeVisible();
  await go(marta, '/inbox?views=1');
  const names = () => marta.locator('.side-link').filter({ hasText: /Pressing|Chats of all|Urgent now/ }).locator('span').allTextContents();
  await look(marta, 'power-views');
  expect(await names()).toEqual(['Pressing', 'Chats of all']);
  await sheet.getByRole('button', { name: 'Move Pressing down' }).click();
  await expect.poll(names).toEqual(['Chats of all', 'Pressing']);
  const item = sheet.locator('.view-list > li').filter({ has: marta.getByRole('button', { name: 'Delete the view Pressing' }) });
  await item.getByLabel('Name of the view').fill('Urgent now');
  await item.getByRole('button', { name: 'Rename' }).click();
  await expect.poll(names).toEqual(['Chats of all', 'Urgent now']);
  await expect(side(rui, 'Urgent now').locator('b')).toHaveText('3');
  await sheet.getByRole('button', { name: 'Delete the view Chats of all' }).click();
  await expect.poll(names).toEqual(['Urgent now']);
  await expect(side(rui, 'Chats of all')).toHaveCount(0);
  // and without script
  const plain = await (await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() })).newPage();
  await plain.goto('/inbox?status=solved&views=1');
  await plain.getByLabel('Name of the view').first().fill('Solved ones');
  await plain.getByRole('button', { name: 'Save' }).click();
  await expect(plain.locator('.side-link').filter({ hasText: 'Solved ones' })).toHaveAttribute('aria-current', 'page');
  await expect(plain.getByRole('checkbox')).toHaveCount(0);
  await plain.context().close();
});

test('tickets that belong together are picked and merged, and taken apart again', async ({ world }) => {
  await go(marta, '/inbox');
  await row(marta, 'Late parcel').locator('[data-row]').focus();
  await marta.keyboard.press('x');
  await row(marta, 'Delivery to Germany').locator('[data-row]').focus();
  await marta.keyboard.press('x');
  await marta.locator('.several-acts').getByLabel('More').press('Enter');
  await marta.locator('.several-acts').getByRole('button', { name: 'Merge…' }).press('Enter');
  const dialog = marta.getByRole('dialog', { name: 'Merge these tickets' });
  await expect(dialog.getByRole('radio').first()).toBeChecked();
  await look(marta, 'power-merge');
  await dialog.getByRole('button', { name: 'Merge', exact: true }).press('Enter');
  await expect(marta.getByRole('heading', { name: 'Late parcel' })).toBeVisible();
  await expect(marta.getByRole('log').getByText('About Delivery to Germany.')).toBeVisible();
  const gone = marta.locator(`[data-row="${tickets[3].split('/').at(-1)}"]`);
  await expect(gone).toHaveCount(0);
  await expect(marta.locator('#contact')).toContainText('lena@correio.example');
  // what is written to the old address arrives here
  const [letter] = await world.letters.about('Delivery to Germany', 1);
  await world.mail({ from: 'Lena <lena@correio.example>', to: letter.replyTo!.value[0].address!, subject: 'Re: Delivery to Germany', text: 'To Berlin, please.', answers: letter });
  await expect(marta.getByRole('log').getByText('To Berlin, please.')).toBeVisible({ timeout: 20_000 });
  // the old one says where it went
  await go(rui, tickets[3]);
  await expect(rui.getByText('This ticket was merged into another.')).toBeVisible();
  await marta.getByRole('log').getByRole('button', { name: /Undo/ }).click();
  await expect(rui.getByText('This ticket was merged into another.')).toHaveCount(0);
  await expect(rui.getByRole('log').getByText('About Delivery to Germany.')).toBeVisible();
  await expect(gone).toHaveCount(1);
});

test('a colleague is called in a note, and notices it', async () => {
  await go(rui, '/contacts');
  await go(marta, tickets[1]);
  await marta.keyboard.press('n');
  await expect(marta.locator('#write-note-text')).toBeFocused();
  await marta.keyboard.type('Could you look, @ru');
  await expect(marta.getByRole('option')).toHaveText('@Rui Costa');
  await look(marta, 'power-mention');
  await marta.locator('#write-note-text').focus();
  await marta.keyboard.press('Enter');
  await expect(marta.locator('#write-note-text')).toHaveValue('Could you look, @Rui Costa ');
  await marta.keyboard.press('Control+Enter');
  await expect(marta.getByRole('log').getByText('Could you look, @Rui Costa')).toBeVisible();
  // it is nobody's, and he looks elsewhere: the number in the title tells him
  await expect(rui).toHaveTitle(/^\(1\)/);
});

test('a conversation is printed from a plain page, and exported', async () => {
  await go(marta, tickets[1]);
  await marta.locator('.pane-acts').getByLabel('More').click();
  const [page] = await Promise.all([marta.context().waitForEvent('page'), marta.getByRole('link', { name: 'Print view' }).click()]);
  await expect(page.getByRole('heading', { name: /#\d+ Wrong invoice/ })).toBeVisible();
  await expect(page.getByText('About Wrong invoice.')).toBeVisible();
  await expect(page.getByText('Could you look, @Rui Costa')).toBeVisible();
  await look(page, 'power-print');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('button', { name: 'Print or save as PDF' })).toBeHidden();
  await page.emulateMedia({ media: null });
  await page.getByRole('link', { name: 'Without notes and events' }).click();
  await expect(page.getByText('About Wrong invoice.')).toBeVisible();
  await expect(page.getByText('Could you look, @Rui Costa')).toHaveCount(0);
  await page.close();
  for (const [name, ending, holds] of [['Export as JSON', 'json', '"recado.conversation.1"'], ['Export as e-mail (EML)', 'eml', 'Subject: ']]) {
    await marta.locator('.pane-acts').getByLabel('More').click();
    const [download] = await Promise.all([marta.waitForEvent('download'), marta.getByRole('link', { name }).click()]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`^ticket-\\d+\\.${ending}$`));
    expect(readFileSync(await download.path(), 'utf8')).toContain(holds);
  }
});

test('nothing was found wanting', () => {
  expect(found).toEqual([]);
});
