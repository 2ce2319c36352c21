// Passkeys: made, used alone and after the password, without wasm, refused, taken away. The device is Chromium's own, in software.

import { CDPSession, Page } from '@playwright/test';
import { settle } from '../forms';
import { alive, expect, found, go, look, PASSWORD, stumbles, test } from '../people';

test.use({ story: 'passkey', host: 'localhost' });
test.describe.configure({ mode: 'serial' });

let marta: Page, device: CDPSession, authenticatorId: string;

const card = (page: Page) => page.locator('section', { has: page.getByRole('heading', { name: 'Two-step sign-in' }) });
/** Whether somebody touches the device when it asks. */
const touched = (enabled: boolean) => device.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });

async function signOut() {
  await marta.locator('.avatar-button').click();
  await marta.getByRole('button', { name: 'Sign out' }).click();
  await expect(marta).toHaveURL(/sign-in/);
  await alive(marta);
}

test('one is made with the keyboard alone', async ({ browser, world }) => {
  marta = await settle(browser, world);
  // what the browser offers by itself has a test of its own
  await marta.addInitScript(() => { if (!sessionStorage.getItem('offers')) PublicKeyCredential.isConditionalMediationAvailable = async () => false; });
  device = await marta.context().newCDPSession(marta);
  await device.send('WebAuthn.enable', { enableUI: false });
  const options = { protocol: 'ctap2', ctap2Version: 'ctap2_1', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  authenticatorId = (await device.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
  // the page is opened in the app: the script of passkeys comes with it
  await go(marta, '/inbox');
  await marta.locator('.avatar-button').click();
  await marta.getByRole('link', { name: 'Your account' }).click();
  await card(marta).getByText('Add a passkey').focus();
  await marta.keyboard.press('Enter');
  await marta.keyboard.press('Tab');
  await expect(card(marta).getByLabel('What you call it')).toBeFocused();
  await marta.keyboard.type('Phone');
  await marta.keyboard.press('Tab');
  await marta.keyboard.type('not the password');
  await marta.keyboard.press('Enter');
  await expect(card(marta).getByText('E-mail and password do not match')).toBeVisible();
  await marta.locator('details[open]').getByLabel('Password').fill(PASSWORD);
  await look(marta, 'passkey-add');
  await marta.keyboard.press('Enter');
  await expect(card(marta).getByRole('button', { name: 'Create the passkey' })).toBeFocused();
  await look(marta, 'passkey-make');
  await marta.keyboard.press('Enter');
  await expect(card(marta).getByText('Your recovery codes')).toBeVisible();
  await expect(card(marta).getByText('10 recovery codes are left.')).toBeVisible();
  await expect(card(marta).locator('li', { hasText: 'Phone' })).toContainText('never used');
  await look(marta, 'passkey-made');
  const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId });
  expect(credentials.map((one) => [one.rpId, one.isResidentCredential])).toEqual([['localhost', true]]);
});

test('the device knows its own: a second passkey for the same account is not made', async () => {
  await card(marta).getByText('Add a passkey').click();
  const form = card(marta).locator('form', { has: marta.getByLabel('What you call it') });
  await form.getByLabel('What you call it').fill('Again');
  await form.getByLabel('Password').fill(PASSWORD);
  await form.getByRole('button', { name: 'Continue' }).click();
  await card(marta).getByRole('button', { name: 'Create the passkey' }).click();
  await expect(card(marta).getByText('No passkey was added')).toBeVisible();
  await look(marta, 'passkey-not-made');
  await card(marta).getByRole('button', { name: 'Back' }).click();
  await expect(card(marta).getByLabel('What you call it')).toBeVisible();
});

test('it signs in alone', async () => {
  await touched(false);
  await signOut();
  const button = marta.getByRole('button', { name: 'Sign in with a passkey' });
  await expect(button).toBeVisible();
  await look(marta, 'passkey-sign-in');
  await touched(true);
  await button.focus();
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/inbox/);
  await alive(marta);
  await go(marta, '/account');
  await expect(card(marta).locator('li', { hasText: 'Phone' })).toContainText('last used');
});

test('after the password it stands for the code', async () => {
  await touched(false);
  await signOut();
  await marta.getByLabel('E-mail').fill('marta@aurora.example');
  await marta.getByLabel('Password').fill(PASSWORD);
  await marta.keyboard.press('Enter');
  await expect(marta.getByLabel('Code from your app')).toBeFocused();
  await look(marta, 'passkey-asked');
  // Enter in the field sends what is typed there
  await marta.keyboard.type('123456');
  await marta.keyboard.press('Enter');
  await expect(marta.getByText('This code is not right')).toBeVisible();
  await touched(true);
  await marta.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(marta).toHaveURL(/inbox/);
  await alive(marta);
});

test('it signs in where no wasm comes', async () => {
  await touched(false);
  await signOut();
  await marta.route('**/pkg/*.js', (route) => route.fulfill({ contentType: 'text/javascript', body: 'export default () => new Promise(() => {})' }));
  await marta.goto('/sign-in?next=%2Fcontacts');
  await touched(true);
  await marta.getByRole('button', { name: 'Sign in with a passkey' }).click();
  // not `?next=%2Fcontacts`
  await expect(marta).toHaveURL(/\/contacts$/);
  await expect(marta.locator('html[data-live]')).toHaveCount(0);
  await marta.unroute('**/pkg/*.js');
});

test('the browser offers it by itself', async () => {
  await go(marta, '/inbox');
  await touched(true);
  await marta.evaluate(() => sessionStorage.setItem('offers', 'yes'));
  await marta.locator('.avatar-button').click();
  await marta.getByRole('button', { name: 'Sign out' }).click();
  // nobody presses anything: the device answers what the page asks
  await marta.waitForURL(/sign-in/);
  await expect(marta).toHaveURL(/inbox/);
  await alive(marta);
  await marta.evaluate(() => sessionStorage.clear());
});

test('who is not known to the device is told what to do', async () => {
  await touched(false);
  await signOut();
  await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
  await touched(true);
  await marta.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(marta.getByText('No passkey was used')).toBeVisible();
  await look(marta, 'passkey-not-used');
  await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
  await marta.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(marta).toHaveURL(/inbox/);
  await alive(marta);
});

test('one that is taken away opens nothing', async () => {
  await go(marta, '/account');
  const row = card(marta).locator('li', { hasText: 'Phone' });
  await row.getByText('Remove…').click();
  await row.getByLabel('Password').fill('not the password');
  await row.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row.getByText('E-mail and password do not match')).toBeVisible();
  await look(marta, 'passkey-remove');
  await row.getByLabel('Password').fill(PASSWORD);
  await row.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(row).toHaveCount(0);
  await expect(card(marta).getByText('recovery codes are left')).toHaveCount(0);
  await go(marta, '/admin/audit');
  await expect(marta.getByText('Removed a passkey').first()).toBeVisible();
  await expect(marta.getByText('Signed in with a passkey').first()).toBeVisible();
  await touched(false);
  await signOut();
  await touched(true);
  await marta.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(marta.getByText('This passkey is not known here')).toBeVisible();
  await stumbles(marta, 'a passkey that is not known');
  // the password alone is enough again
  await touched(false);
  await marta.getByLabel('E-mail').fill('marta@aurora.example');
  await marta.getByLabel('Password').fill(PASSWORD);
  await marta.keyboard.press('Enter');
  await expect(marta).toHaveURL(/inbox/);
});

test('nobody stumbles', () => {
  expect(found.splice(0)).toEqual([]);
});
