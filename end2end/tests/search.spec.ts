// Search: a dialog on every page by Ctrl K and /, and a page that can be linked. Words, operators, files, what is hostile; keyboard, phone.

import { expect, Page } from '@playwright/test';
import { send, settle } from '../forms';
import { go, look, stay, test } from '../people';

test.use({ story: 'search', undo: 0 });
test.describe.configure({ mode: 'serial' });

let marta: Page;
const dialog = () => marta.getByRole('dialog', { name: 'Search' });
const field = () => dialog().getByRole('combobox');
const options = () => dialog().getByRole('option');
const hits = () => marta.locator('.hits .hit');

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
  const tickets: [string, string, string, string][] = [
    ['joana@correio.example', 'Joana Prates', 'Where is my armchair?', 'The blue armchair has not come. Order 48213.'],
    ['kenji@example.org', 'Kenji Sato', 'Invoice', 'Please send the invoice for order 77120 to São Paulo.'],
    ['lena@werk.example', 'Lena Krüger', 'Broken lamp', 'One of the lamps is broken.'],
  ];
  for (const [email, name, subject, text] of tickets) {
    await send(marta, world, '/inbox?compose=1', 'open_ticket', { 'form[email]': email, 'form[name]': name, 'form[subject]': subject, 'form[text]': text, 'form[tags]': 'delivery', 'form[assignee]': 'nobody' });
  }
});

/** Types until something is found: words are found within a second or so of being said. */
async function find(words: string, count: number) {
  await expect(async () => {
    await field().fill('');
    await field().fill(words);
    await expect(dialog().locator('.search-choice.hit')).toHaveCount(count, { timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
}

test('Ctrl K opens the dialog, arrows choose, Enter opens, Escape gives the focus back', async () => {
  await go(marta, '/inbox');
  const same = await stay(marta);
  const button = marta.getByRole('link', { name: 'Compose ticket' }).first();
  await button.focus();
  await marta.keyboard.press('Control+k');
  await expect(field()).toBeFocused();
  await expect(dialog().getByText('What are you looking for?')).toBeVisible();
  await look(marta, 'search-empty');
  await find('armchair', 1);
  await expect(dialog().locator('mark').first()).toHaveText('armchair');
  await expect(dialog().getByRole('status')).toHaveText('1 conversation');
  await marta.keyboard.press('ArrowDown');
  await expect(options().first()).toHaveAttribute('aria-selected', 'true');
  await expect(field()).toHaveAttribute('aria-activedescendant', (await options().first().getAttribute('id'))!);
  await marta.keyboard.press('Escape');
  await expect(dialog()).toBeHidden();
  await expect(button).toBeFocused();
  await marta.keyboard.press('/');
  await find('sao', 1);
  await expect(dialog().locator('mark').first()).toHaveText('São');
  await marta.keyboard.press('ArrowDown');
  await marta.keyboard.press('Enter');
  await expect(dialog()).toBeHidden();
  await expect(marta).toHaveURL(/\/inbox\/.+/);
  await expect(marta.getByRole('heading', { name: 'Invoice' })).toBeVisible();
  await same();
});

test('a slash in a field is a letter', async () => {
  await go(marta, '/contacts');
  const search = marta.getByRole('searchbox');
  await search.focus();
  await marta.keyboard.type('a/b');
  await expect(search).toHaveValue('a/b');
  await expect(dialog()).toBeHidden();
  await search.fill('');
});

test('operators and their values are offered', async () => {
  await marta.keyboard.press('Control+k');
  await field().fill('lamp sta');
  await options().filter({ hasText: 'status:' }).click();
  await expect(field()).toHaveValue('lamp status:');
  await expect(options().filter({ hasText: 'status:open' })).toBeVisible();
  await marta.keyboard.press('ArrowDown');
  await marta.keyboard.press('Enter');
  await expect(field()).toHaveValue('lamp status:open ');
  await expect(dialog().locator('.search-choice.hit')).toHaveCount(1);
  await field().fill('tag:de');
  await expect(options().filter({ hasText: 'tag:delivery' })).toBeVisible();
  await look(marta, 'search-operators');
  await field().fill('joana');
  await expect(dialog().getByRole('group', { name: 'Contacts' }).getByRole('option')).toHaveCount(1);
  await expect(dialog().getByRole('group', { name: 'Conversations' }).getByRole('option')).toHaveCount(2);
  await look(marta, 'search-people');
});

test('Enter leads to the page of all results, which narrows down and can be linked', async () => {
  await field().fill('order');
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/\/search\?q=order/);
  await expect(marta.getByRole('heading', { name: 'Search: order' })).toBeVisible();
  await expect(hits()).toHaveCount(2);
  await look(marta, 'search-page');
  await marta.getByRole('link', { name: 'Newest first' }).click();
  await expect(marta).toHaveURL(/order=newest/);
  await expect(hits().first()).toContainText('Invoice');
  await marta.locator('.search-narrow').getByRole('link', { name: 'has:attachment' }).click();
  await expect(marta.getByText('Nothing found')).toBeVisible();
  await look(marta, 'search-nothing');
  await marta.getByRole('link', { name: 'Remove has:attachment' }).click();
  await expect(hits()).toHaveCount(2);
  await marta.getByRole('searchbox').fill('"blue armchair"');
  await marta.keyboard.press('Enter');
  await expect(hits()).toHaveCount(1);
  await hits().first().click();
  await expect(marta.getByRole('heading', { name: 'Where is my armchair?' })).toBeVisible();
});

test('what is not understood is said, and nothing breaks', async () => {
  await go(marta, '/search?q=lamp+status%3Abogus+%22open');
  await expect(marta.locator('.search-problems')).toContainText('“status:bogus” was left out');
  await expect(marta.locator('.search-problems')).toContainText('is not closed');
  await look(marta, 'search-problems');
  for (const text of ['"', '*', 'NEAR(a b)', "' or 1=1 --", '<script>alert(1)</script>', 'a'.repeat(5_000)]) {
    const answer = await marta.request.get(`/search?q=${encodeURIComponent(text)}`);
    expect(answer.status(), text.slice(0, 20)).toBe(200);
  }
});

test('a file is found by what stands in it', async ({ world }) => {
  const [letter] = await world.letters.about('Invoice', 1);
  await world.mail({
    from: 'Kenji Sato <kenji@example.org>',
    to: letter.replyTo!.value[0].address!,
    subject: 'Re: Invoice',
    text: 'Attached.',
    answers: letter,
    attachments: [
      { filename: 'list.txt', content: 'One wheelbarrow, painted magenta' },
      { filename: 'offer.pdf', content: pdf('Forty teapots of porcelain'), contentType: 'application/pdf' },
    ],
  });
  for (const [words, file] of [['magenta', 'list.txt'], ['teapots', 'offer.pdf'], ['offer.pdf', 'offer.pdf']]) {
    await expect(async () => {
      await go(marta, `/search?q=${words}`);
      await expect(hits()).toHaveCount(1, { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    await expect(hits().first()).toContainText(file);
  }
  await go(marta, '/search?q=teapots+has%3Aattachment');
  await expect(hits().first().locator('mark')).toHaveText('teapots');
  await look(marta, 'search-file');
});

/** A page with a line on it. */
function pdf(text: string): Buffer {
  const content = `BT /F1 24 Tf 72 700 Td (${text}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let file = '%PDF-1.4\n';
  const places = objects.map((object, at) => {
    const place = file.length;
    file += `${at + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const start = file.length;
  file += `xref\n0 6\n0000000000 65535 f \n${places.join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Buffer.from(file, 'latin1');
}

test('commands are called by their names, and alone behind >', async () => {
  await go(marta, '/inbox');
  await marta.keyboard.press('Control+k');
  await field().fill('repo');
  const reports = dialog().getByRole('option', { name: 'Reports', exact: true });
  await expect(reports).toBeVisible();
  await marta.keyboard.press('ArrowDown');
  await expect(reports).toHaveAttribute('aria-selected', 'true');
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/\/reports/);
  await expect(dialog()).toBeHidden();
  // alone: nothing is searched for, and Enter takes the first
  await marta.keyboard.press('Control+k');
  await field().fill('>');
  await look(marta, 'search-commands');
  await expect(dialog().locator('.search-choice.hit')).toHaveCount(0);
  await expect(options()).toContainText(['Compose ticket']);
  await field().fill('>admin ru');
  await expect(options()).toHaveText(['Admin → Rules']);
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/\/admin\/rules/);
  // what keys do, by name, also for who switched keys off
  await go(marta, '/inbox');
  await marta.evaluate(() => localStorage.setItem('shortcuts-off', '1'));
  await marta.getByRole('link', { name: /Where is my armchair/ }).first().click();
  await expect(marta).toHaveURL(/\/inbox\/.+/);
  await expect(marta.getByRole('textbox', { name: 'Reply' })).toBeVisible();
  await marta.keyboard.press('Control+k');
  await field().fill('>write note');
  await expect(options()).toHaveText(['Write a noten']);
  await marta.keyboard.press('Enter');
  await expect(dialog()).toBeHidden();
  await expect(marta.getByRole('textbox', { name: 'Note' })).toBeFocused();
  await marta.evaluate(() => localStorage.removeItem('shortcuts-off'));
});

test('it works without script', async ({ browser, world }) => {
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await marta.context().storageState(), baseURL: world.url });
  const page = await plain.newPage();
  await page.goto('/search?q=lamp');
  await expect(page.locator('.hits .hit')).toHaveCount(1);
  await page.getByRole('searchbox').fill('invoice');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/q=invoice/);
  await expect(page.locator('.hits .hit')).toHaveCount(1);
  await page.getByRole('link', { name: 'Newest first' }).click();
  await expect(page).toHaveURL(/order=newest/);
  await plain.close();
});
