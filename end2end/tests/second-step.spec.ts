// Two-step sign-in: set up with an app, asked for at the door, and asked of all agents of a property.

import { Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { colleague, settle } from '../forms';
import { alive, expect, found, go, look, PASSWORD, test } from '../people';

test.use({ story: 'second-step' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page, key: string, codes: string[];

/** What an authenticator app shows (RFC 6238), so many steps of 30 seconds from now. */
function shown(key: string, later = 0): string {
  const bits = [...key.replace(/\s/g, '')].map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(digit).toString(2).padStart(5, '0')).join('');
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + later));
  const digest = createHmac('sha1', secret).update(step).digest();
  const at = digest[19] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

const card = (page: Page) => page.locator('section', { has: page.getByRole('heading', { name: 'Two-step sign-in' }) });

test('it is set up with an app, and recovery codes are shown once', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  await go(marta, '/account');
  // this world is called by a number
  await expect(card(marta).getByText('There can be no passkeys here')).toBeVisible();
  await card(marta).getByRole('button', { name: 'Set up' }).click();
  await expect(card(marta).getByRole('img', { name: 'Code to be scanned' })).toBeVisible();
  key = (await card(marta).locator('code').first().textContent())!;
  expect(key).toMatch(/^([A-Z2-7]{4} ?){8}$/);
  await look(marta, 'second-step-scan');
  // a wrong one says so at its field, and the key stays
  await card(marta).getByLabel('Code the app shows now').fill('000000');
  await card(marta).getByLabel('Code the app shows now').press('Enter');
  await expect(card(marta).getByText('This code is not right')).toBeVisible();
  await card(marta).getByLabel('Code the app shows now').fill(shown(key));
  await card(marta).getByLabel('Code the app shows now').press('Enter');
  await expect(card(marta).getByText('Your recovery codes')).toBeVisible();
  codes = (await card(marta).locator('pre').textContent())!.trim().split('\n');
  expect(codes).toHaveLength(10);
  await expect(card(marta).getByText('10 recovery codes are left.')).toBeVisible();
  await look(marta, 'second-step-on');
  await go(marta, '/account');
  await expect(card(marta).getByText('On since')).toBeVisible();
  await expect(card(marta).locator('pre')).toHaveCount(0);
});

test('at the door a code is asked for once the password is right', async () => {
  await marta.locator('.avatar-button').click();
  await marta.getByRole('button', { name: 'Sign out' }).click();
  await expect(marta).toHaveURL(/sign-in/);
  await alive(marta);
  await marta.getByLabel('E-mail').fill('marta@aurora.example');
  await marta.getByLabel('Password').fill(PASSWORD);
  await expect(marta.getByLabel('Code from your app')).toHaveCount(0);
  await marta.getByLabel('Password').press('Enter');
  // the focus is in the field that is asked for
  await expect(marta.getByLabel('Code from your app')).toBeFocused();
  await look(marta, 'second-step-asked');
  await marta.keyboard.type('123456');
  await marta.keyboard.press('Enter');
  await expect(marta.getByText('This code is not right')).toBeVisible();
  // the code of the next half minute: that of this one may have been used to set it up
  await marta.getByLabel('Code from your app').fill(shown(key, 1));
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/inbox/);
  await alive(marta);
});

test('a property asks it of all its agents', async () => {
  await go(marta, '/admin/settings');
  await card(marta).getByRole('button', { name: 'Switch on' }).click();
  await expect(card(marta).getByText('Agents of this property sign in with a code')).toBeVisible();
  // Rui's page notices by itself
  await expect(rui).toHaveURL(/second-step/, { timeout: 15_000 });
  await alive(rui);
  await rui.getByRole('button', { name: 'Set up' }).click();
  const own = (await rui.locator('code').first().textContent())!;
  await look(rui, 'second-step-forced');
  await rui.getByLabel('Code the app shows now').fill(shown(own));
  await rui.keyboard.press('Enter');
  await expect(rui.getByText('Your recovery codes')).toBeVisible();
  await look(rui, 'second-step-codes');
  await rui.getByRole('link', { name: 'I have kept them' }).click();
  await expect(rui).toHaveURL(/inbox/);
  await alive(rui);
});

test('nobody stumbles', () => {
  expect(found.splice(0)).toEqual([]);
});
