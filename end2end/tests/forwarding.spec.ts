// An admin forwards the support mailbox to Recado: the provider's mail that asks to confirm it is a banner, with code and link.

import { Page } from '@playwright/test';
import { settle } from '../forms';
import { expect, found, go, look, test } from '../people';

test.use({ story: 'forwarding' });
test.describe.configure({ mode: 'serial' });

const LINK = 'https://mail.provider.example/confirm/9f8e7d6c5b4a3';
let marta: Page, forwarding: string;
const banner = () => marta.getByRole('region', { name: 'support@aurora.example asks to be forwarded here' });

async function address(): Promise<string> {
  await go(marta, '/admin/overview');
  return (await marta.getByText(/@in\.recado\.example/).first().textContent())!.trim();
}

test('a forwarding to confirm is shown with its code and its link', async ({ browser, world }) => {
  marta = await settle(browser, world);
  forwarding = await address();
  await world.mail({
    from: 'Mail Team <forwarding-noreply@provider.example>',
    to: 'support@aurora.example',
    envelopeTo: forwarding,
    subject: '(#482913756) Forwarding Confirmation - Receive Mail from support@aurora.example',
    text: `support@aurora.example has asked to forward mail to your address.\n\nConfirmation code: 482913756\n\nTo allow it, open this link to confirm:\n${LINK}\n`,
  });
  await expect(async () => {
    await go(marta, '/admin/overview');
    await expect(banner()).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(banner().getByText('482913756')).toBeVisible();
  const link = banner().getByRole('link', { name: 'Confirm at mail.provider.example' });
  await expect(link).toHaveAttribute('href', LINK);
  await expect(link).toHaveAttribute('rel', /noopener/);
  await expect(banner().getByText('sender not verified')).toBeVisible();
  await look(marta, 'overview-forwarding');
  await banner().getByRole('link', { name: 'Open ticket' }).click();
  await expect(marta.getByText('Confirmation code: 482913756').first()).toBeVisible();
});

test('it is put away for good, with the page awake or not', async ({ browser, world }) => {
  await go(marta, '/admin/overview');
  const plain = await (await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() })).newPage();
  await plain.goto('/admin/overview');
  await expect(plain.getByText('asks to be forwarded here')).toBeVisible();
  await banner().getByRole('button', { name: 'Put away' }).click();
  await expect(banner()).toHaveCount(0);
  await go(marta, '/admin/overview');
  await expect(banner()).toHaveCount(0);
  // the other page still shows it; putting it away once more does no harm
  await plain.getByRole('button', { name: 'Put away' }).click();
  await expect(plain.getByText('asks to be forwarded here')).toHaveCount(0);
  await plain.context().close();
});

test('an earlier forwarding address goes on working', async ({ world }) => {
  await go(marta, '/admin/settings');
  await marta.getByText('Get another address…').click();
  await marta.getByRole('button', { name: 'Replace the address' }).click();
  await expect(marta.getByText('This is the new address.')).toBeVisible();
  expect(await address()).not.toBe(forwarding);
  await world.mail({ from: 'Ana <ana@correio.example>', to: 'support@aurora.example', envelopeTo: forwarding, subject: 'To the old address', text: 'Hello?' });
  await go(marta, '/inbox');
  await expect(marta.getByText('To the old address').first()).toBeVisible();
  expect(found).toEqual([]);
});
