// A conversation as a PDF: from its menu and from the print page, whole or without notes.

import { readFileSync } from 'node:fs';
import { expect, Page } from '@playwright/test';
import { send, settle } from '../forms';
import { compose, found, go, look, test } from '../people';

test.use({ story: 'pdf' });
test.describe.configure({ mode: 'serial' });

let marta: Page, path: string;

/** The file that a link gives. */
async function taken(page: Page, click: () => Promise<void>) {
  const [download] = await Promise.all([page.waitForEvent('download'), click()]);
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
  return { name: download.suggestedFilename(), size: bytes.length };
}

test('Marta takes a conversation out as a PDF', async ({ browser, world }) => {
  marta = await settle(browser, world);
  path = await compose(marta, 'joana@correio.example', 'Encomenda atrasada — où est-elle?', 'Olá **Joana**, procuramos. 🎉');
  await send(marta, world, path, 'write_note', { conversation: path.split('/').pop()!, 'form[text]': 'A note for us: '.repeat(400) });
  await go(marta, path);
  await marta.locator('.pane-acts .menu summary').click();
  await look(marta, 'pdf-menu');
  const whole = await taken(marta, () => marta.getByRole('link', { name: 'Export as PDF' }).click());
  expect(whole.name).toBe('ticket-1.pdf');
  await go(marta, `/print/${path.split('/').pop()}`);
  await look(marta, 'pdf-print');
  await taken(marta, () => marta.getByRole('link', { name: 'Export as PDF' }).click());
  await marta.getByRole('link', { name: 'Without notes and events' }).click();
  await expect(marta).toHaveURL(/notes=0/);
  const bare = await taken(marta, () => marta.getByRole('link', { name: 'Export as PDF' }).click());
  expect(bare.size, 'without the notes it is less').toBeLessThan(whole.size);
});

test('nothing was left to be mended', () => expect(found).toEqual([]));
