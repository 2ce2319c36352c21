// A whole chat without a mouse, on both sides: every task of a visitor and of an agent, by Tab, Enter, arrows and the single keys.
// Where the focus is can be seen at every step, and it is nowhere lost.

import { Frame, Locator, Page } from '@playwright/test';
import { colleague, settle, Widget, widgetKey } from '../forms';
import { expect, go, test } from '../people';
import { bubble, inside, launcher, reply, row, shows, writes } from '../visitor';
import { Shop } from '../widget';

test.use({ story: 'chat-keys' });
test.describe.configure({ mode: 'serial' });

let marta: Page, rui: Page, ana: Page, shop: Shop, widget: Widget;

/** Where the focus could not be seen, said once each. */
const unseen = new Set<string>();
async function seen(page: Page) {
  const look = (frame: Frame | Page) => frame.evaluate(() => {
    const deep = (root: Document | ShadowRoot): Element | null => (root.activeElement?.shadowRoot ? deep(root.activeElement.shadowRoot) : root.activeElement);
    const one = deep(document) as HTMLElement | null;
    if (!one || !document.hasFocus() || one.matches('body, iframe, [tabindex="-1"]')) return '';
    const drawn = [one, one.closest('label'), one.parentElement, one.nextElementSibling, one.closest('.composer')].some((element) => {
      const style = element && getComputedStyle(element);
      return style && ((style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none');
    });
    return drawn ? '' : one.outerHTML.slice(0, 160);
  });
  for (const frame of page.frames()) for (const one of [await look(frame).catch(() => '')]) if (one !== '') unseen.add(one);
}

const has = (where: Locator) => where.evaluate((one) => one === (one.getRootNode() as Document).activeElement, undefined, { timeout: 1_000 }).catch(() => false);
/** Goes there with Tab (or back), as somebody does who cannot point. */
async function reach(page: Page, where: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab', most = 90) {
  await expect(where).toBeVisible();
  for (let n = 0; n < most && !(await has(where)); n++) {
    await page.keyboard.press(key);
    await seen(page);
  }
  await expect(where, `reached by ${most} times ${key}`).toBeFocused();
}
async function press(page: Page, where: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab') {
  await reach(page, where, key);
  await page.keyboard.press('Enter');
}
const type = (page: Page, words: string) => page.keyboard.type(words);

test('a shop, a visitor, two agents', async ({ browser, world }) => {
  marta = await settle(browser, world);
  rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Costa');
  widget = new Widget(marta, world);
  await widget.beforeChat(['name', '', 'optional'], ['email', '', 'required']);
  shop = await Shop.start({ url: world.url, script: `${world.url}/w/${await widgetKey(marta)}.js` });
  ana = await (await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' })).newPage();
  await ana.goto(shop.url);
  await go(marta, '/inbox?kind=chat&sort=waiting');
});

test('a visitor opens the window, is refused, and begins a chat', async () => {
  await expect(launcher(ana)).toBeVisible();
  await press(ana, launcher(ana));
  await expect(inside(ana).locator('[data-awake]')).toBeAttached();
  await expect(inside(ana).getByLabel('Name')).toBeFocused();
  await type(ana, 'Ana Lima');
  await reach(ana, inside(ana).getByLabel('Message'));
  await type(ana, 'Is the jacket true to size?');
  await press(ana, inside(ana).getByRole('button', { name: 'Start chat' }));
  await expect(inside(ana).getByLabel('E-mail')).toBeFocused();
  await type(ana, 'ana@lima.example');
  await press(ana, inside(ana).getByRole('button', { name: 'Start chat' }));
  await shows(ana, 'Is the jacket true to size?');
  await expect(writes(ana)).toBeFocused();
});

test('an agent finds it, answers, corrects, and takes back', async () => {
  await expect(row(marta, 'Is the jacket')).toBeVisible();
  await marta.keyboard.press('j');
  await expect(row(marta, 'Is the jacket')).toBeFocused();
  await marta.keyboard.press('Enter');
  await marta.keyboard.press('r');
  await expect(reply(marta)).toBeFocused();
  await type(marta, 'It runs large.');
  await marta.keyboard.press('Enter');
  await shows(ana, 'It runs large.');
  await type(marta, 'Wrong window.');
  await marta.keyboard.press('Enter');
  await expect(bubble(marta, 'Wrong window.')).toBeVisible();
  await marta.keyboard.press('Escape');
  await press(marta, bubble(marta, 'It runs large.').locator('.own-edit summary'));
  await expect(bubble(marta, 'It runs large.').getByLabel('Change your words')).toBeFocused();
  await marta.keyboard.press('Control+A');
  await type(marta, 'It runs small.');
  await marta.keyboard.press('Enter');
  await shows(ana, 'It runs small.');
  await press(marta, bubble(marta, 'Wrong window.').getByLabel('Withdraw'));
  await press(marta, marta.getByRole('button', { name: 'Withdraw it for everybody' }));
  await expect(inside(ana).getByText('Wrong window.')).toHaveCount(0);
});

test('a colleague is asked in, a note is written, the chat is handed over', async () => {
  await marta.keyboard.press('n');
  await expect(marta.locator('#write-note-text')).toBeFocused();
  await type(marta, 'She is a regular.');
  await marta.keyboard.press('Enter');
  await expect(bubble(marta, 'She is a regular.')).toBeVisible();
  await marta.keyboard.press('Escape');
  await press(marta, marta.locator('summary', { hasText: '+ colleague' }), 'Shift+Tab');
  await press(marta, marta.getByRole('button', { name: 'Rui Costa' }));
  await expect(marta.getByText('Marta Silva asked Rui Costa into the chat')).toBeVisible();
  await go(rui, new URL(marta.url()).pathname);
  await press(rui, rui.getByRole('button', { name: 'Join' }));
  await expect(reply(rui)).toBeFocused();
  await press(marta, marta.locator('summary', { hasText: 'Transfer' }), 'Shift+Tab');
  await press(marta, marta.getByRole('button', { name: 'Rui Costa' }));
  await expect(marta.getByText('Marta Silva left the chat')).toBeVisible();
});

test('the visitor sends emoji and a file, leaves the window and comes back', async () => {
  await press(ana, inside(ana).getByRole('button', { name: 'Emoji' }));
  await press(ana, inside(ana).getByRole('button', { name: '👍' }));
  await expect(writes(ana)).toHaveValue('👍');
  await expect(writes(ana)).toBeFocused();
  await ana.keyboard.press('Enter');
  await expect(bubble(rui, '👍')).toBeVisible();
  // the browser has to be told that a file will be given before it asks a person
  const asked = ana.waitForEvent('filechooser');
  await press(ana, inside(ana).getByRole('button', { name: 'Attach a file' }));
  const chooser = await asked;
  await chooser.setFiles([{ name: 'sleeve.txt', mimeType: 'text/plain', buffer: Buffer.from('62 cm') }, { name: 'other.txt', mimeType: 'text/plain', buffer: Buffer.from('?') }]);
  await press(ana, inside(ana).getByRole('button', { name: 'Remove other.txt' }), 'Shift+Tab');
  await expect(inside(ana).getByRole('button', { name: 'Remove other.txt' })).toHaveCount(0);
  await reach(ana, writes(ana));
  await type(ana, 'My measures.');
  await ana.keyboard.press('Enter');
  await expect(rui.getByRole('link', { name: /sleeve.txt/ })).toBeVisible();
  await ana.keyboard.press('Escape');
  await expect(launcher(ana)).toBeFocused();
  await expect(ana.locator('recado-widget .panel')).toBeHidden();
  await ana.keyboard.press('Enter');
  await expect(writes(ana)).toBeFocused();
});

test('a ticket is made of the chat, and the chat is ended', async () => {
  await rui.keyboard.press('Escape');
  await rui.keyboard.press('Shift+T');
  const drawer = rui.getByRole('dialog', { name: 'Create ticket from this chat' });
  await expect(drawer.getByLabel('Recipient e-mail')).toHaveValue('ana@lima.example');
  await reach(rui, drawer.getByLabel('Subject'));
  await type(rui, 'Sleeves');
  await reach(rui, drawer.getByRole('textbox', { name: 'Message' }));
  await type(rui, 'We will answer here.');
  await press(rui, drawer.getByRole('button', { name: 'Create', exact: true }));
  await expect(drawer).toBeHidden();
  await expect(rui.getByRole('link', { name: /^Ticket #\d+/ })).toBeVisible();
  await press(rui, rui.locator('.chat-acts summary', { hasText: 'End chat' }), 'Shift+Tab');
  await press(rui, rui.getByRole('button', { name: 'End the chat now' }));
  await shows(ana, 'The chat is over');
});

test('the visitor rates it, has it sent, and begins anew', async () => {
  await press(ana, inside(ana).getByRole('button', { name: 'Good' }), 'Shift+Tab');
  await shows(ana, 'Thank you for telling us.');
  await reach(ana, inside(ana).getByLabel('Would you like to say more?'));
  await type(ana, 'Quick and kind.');
  await press(ana, inside(ana).locator('[data-card=rating]').getByRole('button', { name: 'Send' }));
  await press(ana, inside(ana).locator('summary'), 'Shift+Tab');
  await press(ana, inside(ana).getByRole('button', { name: 'Send this chat to me' }));
  await press(ana, inside(ana).locator('[data-card=transcript]').getByRole('button', { name: 'Send' }));
  await shows(ana, 'This chat is sent to ana@lima.example');
  await reach(ana, writes(ana));
  await type(ana, 'One more thing');
  await ana.keyboard.press('Enter');
  await shows(ana, 'One more thing');
  await expect(row(rui, 'One more thing')).toBeVisible();
  await press(ana, inside(ana).locator('summary'), 'Shift+Tab');
  await press(ana, inside(ana).getByRole('button', { name: 'End chat' }));
  await shows(ana, 'The chat is over');
});

test('where the focus is could always be seen', () => {
  expect([...unseen]).toEqual([]);
  shop.stop();
});
