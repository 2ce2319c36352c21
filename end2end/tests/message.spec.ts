// What is written in a conversation: its files, its letters and what becomes of them, and the way back to what was said long ago.

import { JSHandle, Page } from '@playwright/test';
import nodemailer from 'nodemailer';
import { settle } from '../forms';
import { compose, expect, found, go, look, test } from '../people';

// long enough to see a letter wait
test.use({ story: 'message', undo: 3 });
test.describe.configure({ mode: 'serial' });

const JOANA = 'joana@correio.example';
let marta: Page, ticket: string;

/** Files as a browser hands them over when they are dropped or pasted. */
function files(page: Page, ...names: string[]): Promise<JSHandle<DataTransfer>> {
  return page.evaluateHandle((names) => {
    const files = new DataTransfer();
    for (const name of names) files.items.add(new File([`words of ${name}`], name, { type: 'text/plain' }));
    return files;
  }, names);
}

const reply = () => marta.locator('.sheet.write-reply');
const words = () => marta.locator('#write-reply-text');
const send = () => reply().getByRole('button', { name: 'Send', exact: true });
/** The message with these words. */
const message = (words: string) => marta.locator('article.message', { hasText: words });

test('what was wrong with a field is unsaid as soon as it is changed', async ({ browser, world }) => {
  marta = await settle(browser, world);
  await go(marta, '/inbox?compose=1');
  await marta.getByLabel('Recipient e-mail').fill('not an address');
  await marta.getByLabel('Subject').fill('Late parcel');
  await marta.getByLabel('Message').fill('It is on its way.');
  await marta.getByRole('button', { name: 'Create', exact: true }).click();
  const email = marta.getByLabel('Recipient e-mail');
  await expect(email).toHaveAttribute('aria-invalid', 'true');
  await expect(email).toBeFocused();
  await marta.getByLabel('Subject').fill('Your parcel');
  await expect(marta.getByText('This is not an e-mail address')).toBeVisible();
  await email.press('End');
  await email.pressSequentially('.');
  await expect(marta.getByText('This is not an e-mail address')).toHaveCount(0);
  await expect(email).not.toHaveAttribute('aria-invalid', 'true');
  // the same in every other form
  await go(marta, '/admin/agents');
  await marta.getByLabel('E-mail').fill('nobody');
  await marta.getByRole('button', { name: 'Send invitation' }).click();
  await expect(marta.getByText('This is not an e-mail address')).toBeVisible();
  await look(marta, 'refused');
  await marta.getByLabel('E-mail').pressSequentially('@aurora.example');
  await expect(marta.getByText('This is not an e-mail address')).toHaveCount(0);
  await marta.getByLabel('E-mail').fill('again');
  await marta.getByRole('button', { name: 'Send invitation' }).click();
  await expect(marta.getByText('This is not an e-mail address')).toBeVisible();
});

test('files are dropped and pasted', async ({ world }) => {
  ticket = await compose(marta, JOANA, 'Your parcel', 'It is on its way.');
  // anywhere in the conversation
  const log = marta.getByRole('log');
  const kept = marta.waitForResponse((answer) => answer.url().includes('/api/save_draft') && ['dropped', 'Söhne', 'pasted'].every((name) => answer.request().postData()?.includes(name)));
  await log.dispatchEvent('dragover', { dataTransfer: await files(marta, 'dropped.txt') });
  await expect(marta.locator('.pane-main')).toHaveClass(/dropping/);
  await look(marta, 'dropping');
  await log.dispatchEvent('drop', { dataTransfer: await files(marta, 'dropped.txt', 'Müller & Söhne.txt') });
  await expect(marta.locator('.pane-main')).not.toHaveClass(/dropping/);
  await words().evaluate((field, clipboardData) => {
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, await files(marta, 'pasted.txt'));
  for (const name of ['dropped.txt', 'Müller & Söhne.txt', 'pasted.txt']) await expect(reply().getByText(name)).toBeVisible();
  await expect(reply().locator('progress')).toHaveCount(0);
  // they are part of the draft
  await kept;
  await go(marta, ticket);
  await expect(reply().locator('.uploads > li')).toHaveCount(3);
  await reply().getByRole('button', { name: 'Remove Müller & Söhne.txt' }).click();
  await words().fill('See the two files.');
  await look(marta, 'files');
  await send().click();
  await expect(message('See the two files.').getByRole('link', { name: /dropped.txt/ })).toBeVisible();
  await expect(reply().locator('.uploads > li')).toHaveCount(0);
  const [letter] = (await world.letters.about('Your parcel', 2)).slice(-1);
  expect(letter.attachments.map((one) => [one.filename, one.content.toString()])).toEqual([['dropped.txt', 'words of dropped.txt'], ['pasted.txt', 'words of pasted.txt']]);
});

test('a file under way shows how far it is, holds the message back, and can be given up', async () => {
  const line = await marta.context().newCDPSession(marta);
  await line.send('Network.enable');
  await line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 60_000 });
  const input = reply().locator('input[type=file]');
  const gone = marta.waitForEvent('requestfailed', (request) => request.url().includes('/upload'));
  await input.setInputFiles({ name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(6_000_000, 7) });
  const progress = reply().locator('progress');
  await expect.poll(() => progress.evaluate((one: HTMLProgressElement) => one.value), { timeout: 30_000 }).toBeGreaterThan(5);
  expect(await progress.evaluate((one: HTMLProgressElement) => one.value)).toBeLessThan(100);
  await words().fill('With a film.');
  await expect(send()).toHaveAttribute('aria-disabled', 'true');
  await send().click({ force: true });
  await words().press('Control+Enter');
  await look(marta, 'upload');
  await reply().getByRole('button', { name: 'Remove film.mp4' }).click();
  await gone;
  await expect(reply().locator('.uploads > li')).toHaveCount(0);
  await line.send('Network.emulateNetworkConditions', { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await line.detach();
  await expect(send()).not.toHaveAttribute('aria-disabled', 'true');
  await expect(message('With a film.')).toHaveCount(0);
  // one that is not there is not left out in silence
  await input.setInputFiles({ name: 'whole-film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(26 * 1024 * 1024) });
  await expect(reply().locator('.uploads > li.failed')).toBeVisible();
  await send().click();
  await expect(reply().getByRole('alert').getByText('25 MB')).toBeVisible();
  await expect(message('With a film.')).toHaveCount(0);
  await look(marta, 'upload-failed');
  await reply().getByRole('button', { name: 'Remove whole-film.mp4' }).click();
  await send().click();
  await expect(message('With a film.')).toBeVisible();
});

test('sending can also say where the ticket stands', async ({ world }) => {
  for (const [choice, status, next] of [['Send and set pending', 'Pending', 'It comes on Monday.'], ['Send and solve', 'Solved', 'Here is the receipt.']]) {
    await words().fill(next);
    await reply().locator('.send-more').click();
    await reply().getByRole('button', { name: choice }).click();
    await expect(message(next)).toBeVisible();
    await expect(marta.getByText(`Marta Silva set the status to ${status}`)).toBeVisible();
    await expect(marta.locator('#menu-status summary')).toContainText(status);
    await expect(words()).toHaveValue('');
  }
  // whoever answers opens it again
  const letter = world.letters.all.find((letter) => letter.envelopeTo === JOANA)!;
  await world.mail({ from: `Joana Prates <${JOANA}>`, to: letter.replyTo!.value[0].address!, subject: `Re: ${letter.subject}`, text: 'Monday is too late.', answers: letter });
  await expect(message('Monday is too late.')).toBeVisible();
  await expect(marta.locator('#menu-status summary')).toContainText('Open');
  await expect(marta.getByText('Reopened by an answer of Joana Prates')).toBeVisible();
});

test('a letter that is refused says why, and is tried again', async ({ world }) => {
  world.letters.refuse(JOANA);
  const before = world.letters.all.length;
  await words().fill('Then we send it today.');
  await send().click();
  const letters = message('Then we send it today.').locator('details.letters');
  // that it waits is told for a second at most
  await expect(letters.locator('summary')).toHaveText(/failed/, { timeout: 40_000 });
  await letters.locator('summary').click();
  await expect(letters).toContainText('There is nobody of this name here');
  await look(marta, 'letter-failed');
  // one of the story before may still be under way
  expect(world.letters.all.slice(before).filter((letter) => letter.envelopeTo === JOANA && letter.text?.includes('Then we send it today.'))).toEqual([]);
  world.letters.take(JOANA);
  await letters.getByRole('button', { name: 'Try again' }).click();
  await expect(letters.locator('summary')).toHaveText(/sent/, { timeout: 40_000 });
  await expect.poll(() => world.letters.all.slice(before).filter((letter) => letter.text?.includes('Then we send it today.')).length).toBe(1);
});

test('a letter that comes back later is told in the conversation', async ({ world }) => {
  const letter = world.letters.all.filter((letter) => letter.envelopeTo === JOANA).at(-1)!;
  const raw = [
    'From: MAILER-DAEMON@correio.example', `To: ${letter.envelopeFrom}`, 'Subject: Undelivered Mail Returned to Sender', `Date: ${new Date().toUTCString()}`,
    'Message-ID: <bounce@correio.example>', 'Auto-Submitted: auto-replied', 'MIME-Version: 1.0', 'Content-Type: multipart/report; report-type=delivery-status; boundary=b', '',
    '--b', 'Content-Type: text/plain', '', 'Your mail could not be delivered.',
    '--b', 'Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; correio.example', '', `Final-Recipient: rfc822; ${JOANA}`, 'Action: failed', 'Status: 5.2.2', 'Diagnostic-Code: smtp; 552 5.2.2 mailbox full', '',
    '--b', 'Content-Type: message/rfc822', '', `Message-ID: ${letter.messageId}`, `From: ${letter.from!.value[0].address}`, 'Subject: x', '', 'x', '--b--', '',
  ].join('\r\n');
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: world.smtpPort, ignoreTLS: true });
  await transport.sendMail({ envelope: { from: '', to: letter.envelopeFrom }, raw });
  const letters = message('Then we send it today.').locator('details.letters');
  await expect(letters.locator('summary')).toHaveText(/came back/);
  await expect(marta.getByText(`The mail to ${JOANA} came back`)).toBeVisible();
  if (!(await letters.evaluate((one: HTMLDetailsElement) => one.open))) await letters.locator('summary').click();
  await expect(letters).toContainText('mailbox full');
  await look(marta, 'letter-bounced');
});

test('what was said long ago is one press away, and the reader is not moved', async () => {
  // the notes are written by the form itself, many times
  const note = await marta.locator('.sheet.write-note').getAttribute('action');
  const conversation = ticket.split('/').at(-1)!;
  for (let n = 1; n <= 130; n++) {
    const answer = await marta.request.post(note!, {
      headers: { origin: new URL(marta.url()).origin, accept: 'application/json' },
      form: { conversation, 'form[id]': '', 'form[text]': `Note number ${n}.`, 'form[status]': '' },
    });
    expect(answer.status(), await answer.text()).toBe(200);
  }
  await go(marta, ticket);
  const log = marta.getByRole('log');
  await expect(log.getByText('Note number 130.')).toBeInViewport();
  await expect(log.getByText('It is on its way.')).toHaveCount(0);
  const earlier = log.getByRole('button', { name: 'Load earlier messages' });
  await earlier.scrollIntoViewIfNeeded();
  await earlier.focus();
  const seen = log.getByText('Note number 31.', { exact: true });
  const before = (await seen.boundingBox())!.y;
  await marta.keyboard.press('Enter');
  await expect(log.getByText('It is on its way.')).toBeAttached();
  await expect(earlier).toHaveCount(0);
  expect(Math.abs((await seen.boundingBox())!.y - before)).toBeLessThan(2);
  await expect(log).toBeFocused();
  await expect(log.locator('article').first()).toContainText('It is on its way.');
  expect(await log.locator('article', { hasText: 'Note number' }).count()).toBe(130);
  // something new does not move who reads further up
  await marta.request.post(note!, {
    headers: { origin: new URL(marta.url()).origin, accept: 'application/json' },
    form: { conversation, 'form[id]': '', 'form[text]': 'The newest note.', 'form[status]': '' },
  });
  await expect(marta.getByRole('button', { name: 'New message' })).toBeVisible();
  expect(Math.abs((await seen.boundingBox())!.y - before)).toBeLessThan(2);
  await marta.getByRole('button', { name: 'New message' }).click();
  await expect(log.getByText('The newest note.')).toBeInViewport();
});

test('nobody stumbles', () => {
  expect(found.splice(0)).toEqual([]);
});
