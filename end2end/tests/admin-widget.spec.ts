// A shop owner sets up live chat: the widget with its preview, opening hours, shortcuts, bans, and who vouches for visitors.

import { Browser, Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { colleague, send, settle, Widget, widgetKey } from '../forms';
import { Shop } from '../widget';
import { alive, expect, found, go, look, somebody, stay, test, World } from '../people';

test.use({ story: 'admin-widget' });

const HOSTILE = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>"\'>{{7*7}}';
let marta: Page;
const card = (name: string | RegExp) => marta.getByRole('region', { name });
const save = (name: string | RegExp) => card(name).getByRole('button', { name: 'Save', exact: true }).click();
/** It was said once more that something is saved; that may still stand there from the time before. */
const saved = async () => {
  await expect(marta.getByText('Saved.', { exact: true }).first()).toBeVisible();
  await marta.waitForFunction(() => (window as any).toasts > 0);
  await marta.evaluate(() => { (window as any).toasts -= 1; });
};
const scene = () => marta.locator('.scene');
const shows = (name: string) => marta.locator('.preview').getByRole('radio', { name, exact: true }).check({ force: true });
const pane = () => marta.locator('.mock:visible');

/** The same page with no script at all. */
async function plainly(browser: Browser, world: World) {
  const context = await browser.newContext({ baseURL: world.url, javaScriptEnabled: false, storageState: await marta.context().storageState() });
  return context.newPage();
}

test.beforeAll(async ({ browser, world }) => {
  marta = await settle(browser, world);
  await marta.addInitScript(() => {
    (window as any).toasts = 0;
    new MutationObserver((all) => { (window as any).toasts += all.flatMap((one) => [...one.addedNodes]).filter((one) => (one as HTMLElement).matches?.('.toast')).length; })
      .observe(document, { childList: true, subtree: true });
  });
});

test('the overview has the snippet, and says whether chat is open', async () => {
  await go(marta, '/admin/overview');
  await expect(card('Widget on your site').getByText(/<script async src="http:\/\/127\.0\.0\.1:\d+\/w\/[a-z2-7]{16}\.js"><\/script>/)).toBeVisible();
  await expect(card('Widget on your site').getByText('Open now, around the clock.')).toBeVisible();
  await look(marta, 'overview-widget');
  await marta.getByRole('navigation', { name: 'Admin pages' }).getByRole('link', { name: 'Chat widget' }).click();
  await expect(marta.getByRole('heading', { level: 1, name: 'Chat widget' })).toBeVisible();
});

test('appearance: the preview follows, contrast is said, what is wrong is said at its field', async () => {
  await go(marta, '/admin/widget');
  const same = await stay(marta);
  const looks = card('Appearance');
  await expect(looks.getByText('White text on it: contrast 5.3 : 1.')).toBeVisible();
  await looks.getByLabel('Colour', { exact: true }).fill('#ffd400');
  await expect(looks.getByText('Black text on it: contrast 14.6 : 1. Hard to see on a white page: 1.4 : 1')).toBeVisible();
  await expect(scene()).toHaveAttribute('style', /--day:#ffd400;--day-ink:#000000/);
  await expect(looks.getByLabel('Pick a colour')).toHaveValue('#ffd400');
  await looks.getByLabel('Pick a colour').fill('#7a1fa2');
  await expect(looks.getByLabel('Colour', { exact: true })).toHaveValue('#7a1fa2');
  await expect(scene()).toHaveAttribute('style', /--day:#7a1fa2/);
  await looks.getByLabel('Launcher').selectOption('Button with words');
  await looks.getByLabel('Position').selectOption('Bottom left');
  await looks.getByLabel('Desktop: from side').fill('44');
  await shows('Launcher');
  await expect(scene().locator('.scene-launcher')).toHaveText('Chat with us');
  const [box, around] = [await scene().locator('.scene-launcher').boundingBox(), await scene().boundingBox()];
  expect(Math.round(box!.x - around!.x)).toBe(45);
  await look(marta, 'widget-launcher');
  await shows('Online');
  for (const position of ['Top right', 'Centre left']) {
    await looks.getByLabel('Position').selectOption(position);
    const [window, button] = [await pane().boundingBox(), await scene().locator('.scene-launcher').boundingBox()];
    const apart = position === 'Top right' ? window!.y - button!.y - button!.height : window!.x - button!.x - button!.width;
    expect(apart, position).toBeGreaterThan(0);
    await look(marta, `widget-${position.toLowerCase().replace(' ', '-')}`);
  }
  const outer = (await scene().boundingBox())!, button = (await scene().locator('.scene-launcher').boundingBox())!;
  expect(Math.abs(button.y + button.height / 2 - outer.y - outer.height / 2)).toBeLessThan(2);
  // wrong, each at its own field, and what was typed stays
  for (const [label, wrong, says] of [
    ['Colour', 'purple', 'This is not a colour'],
    ['Desktop: from side', '601', 'A whole number from 0 to 600.'],
    ['Phone: from bottom or top', '-1', 'A whole number from 0 to 600.'],
  ]) {
    const field = looks.getByLabel(label, { exact: true });
    const before = await field.inputValue();
    await field.fill(wrong);
    await save('Appearance');
    await expect(looks.getByText(says)).toBeVisible();
    await expect(field).toBeFocused();
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveValue(wrong);
    await expect(scene()).toHaveAttribute('style', /--day:#7a1fa2/);
    await field.fill(before);
    await expect(looks.getByText(says)).toHaveCount(0);
  }
  await save('Appearance');
  await saved();
  await same();
  await go(marta, '/admin/widget');
  await expect(card('Appearance').getByLabel('Colour', { exact: true })).toHaveValue('#7a1fa2');
  await expect(card('Appearance').getByLabel('Desktop: from side')).toHaveValue('44');
});

/** The script that sites load. */
const script = async () => {
  const snippet = await card('Widget on your site').getByText(/<script async/).textContent();
  return (await marta.request.get(/src="([^"]+)"/.exec(snippet!)![1])).text();
};

test('what is saved reaches the script that sites load', async () => {
  await go(marta, '/admin/widget');
  await expect.poll(script).toContain('"colors":["#7a1fa2","#fff",');
  expect(await script()).toContain('"desktop":{"at":"cl","x":44,"y":20}');
  expect(await script()).toContain('"labelled":true');
});

test('words per language: ours stand in grey, one\'s own are shown at once', async () => {
  await go(marta, '/admin/widget');
  const words = card('Words: English');
  await expect(words.getByLabel('Greeting in an empty chat')).toHaveAttribute('placeholder', /\w+/);
  await words.getByLabel('Greeting in an empty chat').fill('Welcome to Aurora!');
  await words.getByLabel('Suggested messages').fill('Where is my order?\nDo you ship to Brazil?');
  await expect(pane().getByText('Welcome to Aurora!')).toBeVisible();
  await expect(pane().getByText('Do you ship to Brazil?')).toBeVisible();
  await words.getByRole('group', { name: 'While it is closed' }).getByLabel('Title').fill('We are at the beach');
  await words.getByRole('group', { name: 'While it is closed' }).getByLabel('On the launcher').fill('Write to us');
  await shows('Offline');
  await expect(pane().getByText('We are at the beach')).toBeVisible();
  await look(marta, 'widget-offline');
  await words.getByLabel('Suggested messages').fill('1\n2\n3\n4\n5\n6\n7');
  await save('Words: English');
  await expect(words.getByText('At most 6.')).toBeVisible();
  await words.getByLabel('Suggested messages').fill('Where is my order?\nDo you ship to Brazil?');
  await words.getByLabel('Greeting in an empty chat').fill('x'.repeat(501));
  await save('Words: English');
  await expect(words.getByText('At most 500 characters.')).toBeVisible();
  await expect(words.getByLabel('Greeting in an empty chat')).toBeFocused();
  await words.getByLabel('Greeting in an empty chat').fill('Welcome to Aurora!');
  await save('Words: English');
  await saved();
  await shows('Online');
  await card('Words: Português (Brasil)').getByLabel('Greeting in an empty chat').fill('Bem-vindos!');
  await expect(pane().getByText('Bem-vindos!')).toBeVisible();
  await save('Words: Português (Brasil)');
  await saved();
  await go(marta, '/admin/widget');
  await expect(words.getByRole('group', { name: 'While it is closed' }).getByLabel('On the launcher')).toHaveValue('Write to us');
  await expect.poll(script).toContain('"online":"Chat with us","away":"Leave a message","offline":"Write to us"');
  await expect(pane().getByText('Welcome to Aurora!')).toBeVisible();
  await marta.locator('.preview').getByRole('radio', { name: 'Português (Brasil)' }).check({ force: true });
  await expect(pane().getByText('Bem-vindos!')).toBeVisible();
});

test('the form before a chat: rows are chosen, asked, moved and removed by keyboard', async () => {
  await go(marta, '/admin/widget');
  const before = card('Form before a chat');
  await before.getByLabel('E-mail: is it asked?').selectOption('Must be filled in');
  await before.getByLabel('Name: is it asked?').selectOption('May be left empty');
  await before.getByRole('button', { name: 'Add a question' }).click();
  await expect(before.getByLabel('Question', { exact: true })).toBeFocused();
  await marta.keyboard.type('What is your order number?');
  await shows('Form');
  await expect(pane().locator('.mock-field')).toHaveText(['Name', 'E-mail *', 'What is your order number?', 'Message *']);
  // up, by keyboard: the focus stays on its button
  await before.getByRole('button', { name: 'E-mail: move up' }).focus();
  await marta.keyboard.press('Enter');
  await expect(before.getByRole('button', { name: 'E-mail: move up' })).toBeFocused();
  await expect(pane().locator('.mock-field')).toHaveText(['E-mail *', 'Name', 'What is your order number?', 'Message *']);
  await look(marta, 'widget-before');
  // Enter in a field saves, and moves nothing
  await before.getByLabel('Question', { exact: true }).focus();
  await marta.keyboard.press('Enter');
  await saved();
  await go(marta, '/admin/widget');
  await shows('Form');
  await expect(pane().locator('.mock-field')).toHaveText(['E-mail *', 'Name', 'What is your order number?', 'Message *']);
  await before.getByLabel('Question', { exact: true }).fill(' ');
  await save('Form before a chat');
  await expect(before.getByText('Please fill this in.')).toBeVisible();
  await expect(before.getByLabel('Question', { exact: true })).toBeFocused();
  await before.getByRole('button', { name: 'Question: remove' }).click();
  await save('Form before a chat');
  await saved();
  await go(marta, '/admin/widget');
  await expect(before.getByLabel('Question', { exact: true })).toHaveCount(0);
});

test('behaviour: consent, acknowledgement, rescue or never', async () => {
  await go(marta, '/admin/widget');
  const manners = card('Behaviour');
  await manners.getByLabel('After how many seconds').fill('0');
  await save('Behaviour');
  await expect(manners.getByText('A whole number from 1 to 3600.')).toBeVisible();
  await manners.getByLabel('Ask who waits long').uncheck();
  await manners.getByLabel('Ask for consent').selectOption('Visitors in the European Union');
  await save('Behaviour');
  await saved();
  await go(marta, '/admin/widget');
  await expect(manners.getByLabel('Ask who waits long')).not.toBeChecked();
  await expect(manners.getByLabel('Ask for consent')).toHaveValue('eu');
});

test('identity: the secret is shown when asked for, renewed, and never in code for browsers; what it signs is accepted', async ({ browser, world }) => {
  await go(marta, '/admin/widget');
  const identity = card('Identity');
  const secret = () => identity.locator('.copy-text').first().locator('code');
  const html = await marta.content();
  await identity.getByRole('link', { name: 'Show the secret' }).click();
  await expect(secret()).toHaveText(/^[a-z2-7]{52}$/);
  const first = (await secret().textContent())!;
  expect(html).not.toContain(first);
  await identity.getByText('Python').click();
  await expect(identity.getByText('import hashlib, hmac')).toBeVisible();
  await look(marta, 'widget-identity');
  for (const code of await identity.locator('.copy-text.block code').allTextContents()) expect(code).not.toContain(first);
  // what the page says works: signed on the site's server as it says, a page's visitor is proven, and nobody by another secret
  const key = /"recado-identity-1", "([a-z2-7]{16})"/.exec(await identity.locator('code', { hasText: 'import hashlib' }).textContent() ?? '')![1];
  const shop = await Shop.start({ url: world.url, script: `${world.url}/w/${key}.js` });
  // where nobody is asked for consent first
  const site = await browser.newPage({ timezoneId: 'America/Sao_Paulo' });
  await site.goto(shop.url);
  const identify = (secret: string, nonce: string) => {
    const who = { id: '17', email: 'ana@example.com', name: 'Ana Prado', expires: Math.floor(Date.now() / 1000) + 3600, nonce: nonce.repeat(20) };
    const hash = createHmac('sha256', secret).update(['recado-identity-1', key, who.expires, who.nonce, who.id, who.email, who.name].join('\n')).digest('hex');
    return site.evaluate((who) => (window as any).Recado('identify', who).catch((error: Error) => error.message), { ...who, hash });
  };
  await site.evaluate(() => (window as any).Recado('open'));
  await expect(site.frameLocator('recado-widget iframe').locator('[data-awake]')).toBeAttached();
  expect(await identify('another secret', 'a')).toBe('IDENTITY_REFUSED');
  expect(await identify(first, 'b')).toBe(true);
  await site.close();
  shop.stop();
  await identity.getByText('Get another secret…').click();
  await expect(identity.getByText('stops to count at once')).toBeVisible();
  await identity.getByRole('button', { name: 'Replace the secret' }).click();
  await expect(secret()).not.toHaveText(first);
});

test('hours: spans by day, over midnight, closed days, and one sentence', async () => {
  await go(marta, '/admin/hours');
  await expect(marta.getByText('Open now, around the clock.')).toBeVisible();
  await expect(marta.getByText(/Hours are those of \S+\./)).toBeVisible();
  await marta.getByLabel('Open at these hours').check();
  await marta.getByRole('button', { name: 'Add hours on Monday' }).click();
  await expect(marta.getByLabel('Monday, opens at')).toBeFocused();
  await marta.getByLabel('Monday, opens at').fill('09:00');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByText('A time like 09:30.')).toBeVisible();
  await expect(marta.getByLabel('Monday, closes at')).toBeFocused();
  await marta.getByLabel('Monday, closes at').fill('09:00');
  await marta.getByRole('button', { name: 'Save' }).click();
  await expect(marta.getByText('This ends when it begins.')).toBeVisible();
  await marta.getByLabel('Monday, closes at').fill('12:30');
  await marta.getByRole('button', { name: 'Add hours on Monday' }).click();
  await marta.getByLabel('Monday, opens at').nth(1).fill('13:30');
  await marta.getByLabel('Monday, closes at').nth(1).fill('18:00');
  await marta.getByRole('button', { name: 'Add hours on Friday' }).click();
  await marta.getByLabel('Friday, opens at').fill('22:00');
  await marta.getByLabel('Friday, closes at').fill('02:00');
  await expect(marta.getByText('on the next day')).toBeVisible();
  await marta.getByRole('button', { name: 'Add a closed day' }).click();
  await marta.getByLabel('Day', { exact: true }).fill('2026-12-25');
  await look(marta, 'hours');
  await marta.getByRole('button', { name: 'Save' }).click();
  await saved();
  await expect(marta.getByRole('status').filter({ hasText: /^(Open now, until|Closed; opens) / })).toBeVisible();
  await go(marta, '/admin/hours');
  await expect(marta.getByLabel('Monday, opens at')).toHaveCount(2);
  await expect(marta.getByLabel('Monday, closes at').nth(1)).toHaveValue('18:00');
  await expect(marta.getByLabel('Friday, closes at')).toHaveValue('02:00');
  await expect(marta.getByLabel('Day', { exact: true })).toHaveValue(/-12-25$/);
  await marta.getByRole('button', { name: 'Monday: remove these hours' }).first().click();
  await expect(marta.getByRole('button', { name: 'Add hours on Monday' })).toBeFocused();
  await marta.getByRole('button', { name: 'Save' }).click();
  await saved();
  await go(marta, '/admin/hours');
  await expect(marta.getByLabel('Monday, opens at')).toHaveValue('13:30');
});

test('all of it works with no script', async ({ browser, world }) => {
  const plain = await plainly(browser, world);
  await plain.goto('/admin/hours');
  await plain.getByRole('button', { name: 'Add hours on Tuesday' }).click();
  await plain.getByLabel('Tuesday, opens at').fill('10:00');
  await plain.getByRole('button', { name: 'Save' }).click();
  await expect(plain.getByText('A time like 09:30.')).toBeVisible();
  await expect(plain.getByLabel('Tuesday, opens at')).toHaveValue('10:00');
  await plain.getByLabel('Tuesday, closes at').fill('11:00');
  await plain.getByRole('button', { name: 'Save' }).click();
  await expect(plain.getByText('Saved.', { exact: true })).toBeVisible();
  await expect(plain.getByLabel('Tuesday, closes at')).toHaveValue('11:00');
  await plain.getByRole('button', { name: 'Tuesday: remove these hours' }).click();
  await expect(plain.getByLabel('Tuesday, closes at')).toHaveCount(0);
  await plain.goto('/admin/widget');
  await plain.getByLabel('Colour', { exact: true }).fill('blue');
  await plain.getByRole('region', { name: 'Appearance' }).getByRole('button', { name: 'Save' }).click();
  await expect(plain.getByText('This is not a colour')).toBeVisible();
  await expect(plain.getByLabel('Colour', { exact: true })).toHaveValue('blue');
  await plain.getByLabel('Colour', { exact: true }).fill('#0b7a53');
  await plain.getByRole('region', { name: 'Appearance' }).getByRole('button', { name: 'Save' }).click();
  await expect(plain.getByText('Saved.', { exact: true })).toBeVisible();
  const before = plain.getByRole('region', { name: 'Form before a chat' });
  await before.getByRole('button', { name: 'Name: move up' }).click();
  await expect(before.locator('.field-row b')).toHaveText(['Name', 'E-mail', 'Phone', 'Department']);
  await before.getByRole('button', { name: 'Add a question' }).click();
  await before.getByLabel('Question', { exact: true }).fill('Size?');
  await before.getByRole('button', { name: 'Save' }).click();
  await expect(before.getByLabel('Question', { exact: true })).toHaveValue('Size?');
  await plain.getByText('Offline', { exact: true }).click();
  await expect(plain.locator('.mock:visible').getByText('We are at the beach')).toBeVisible();
  await plain.getByRole('link', { name: 'Show the secret' }).click();
  await expect(plain.getByText(/^[a-z2-7]{52}$/)).toBeVisible();
  await plain.goto('/admin/shortcuts');
  await plain.getByLabel('Shortcut', { exact: true }).fill('two words');
  await plain.getByLabel('Text', { exact: true }).fill('Kept');
  await plain.getByRole('button', { name: 'Save the shortcut' }).click();
  await expect(plain.getByText('One word, without blanks')).toBeVisible();
  await expect(plain.getByLabel('Text', { exact: true })).toHaveValue('Kept');
  await plain.getByLabel('Shortcut', { exact: true }).fill('plain');
  await plain.getByRole('button', { name: 'Save the shortcut' }).click();
  await expect(plain.getByText('/plain')).toBeVisible();
  await plain.goto('/admin/bans');
  await plain.getByLabel('Address or network').fill('nowhere');
  await plain.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(plain.getByText('neither an address nor a network')).toBeVisible();
  await plain.getByLabel('Address or network').fill('203.0.113.9');
  await plain.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(plain.getByText('203.0.113.9')).toBeVisible();
  await plain.getByRole('button', { name: 'Lift the ban of 203.0.113.9' }).click();
  await expect(plain.getByText('Nobody is banned')).toBeVisible();
  await plain.context().close();
});

test('shortcuts: added with a preview, searched, changed, deleted', async () => {
  await go(marta, '/admin/shortcuts');
  const fresh = card('New shortcut');
  await fresh.getByLabel('Shortcut', { exact: true }).fill('/Hello');
  await fresh.getByLabel('Text', { exact: true }).fill('Hi {name}, {agent} of {property} here. {colour}');
  await expect(fresh.getByText('Hi Joana Prates, Marta Silva of Loja Aurora here. {colour}')).toBeVisible();
  await fresh.getByRole('button', { name: 'Save the shortcut' }).click();
  await expect(marta.getByText('/hello', { exact: true })).toBeVisible();
  await expect(fresh.getByLabel('Text', { exact: true })).toHaveValue('');
  await fresh.getByLabel('Shortcut', { exact: true }).fill('hello');
  await fresh.getByLabel('Text', { exact: true }).fill('Again');
  await fresh.getByRole('button', { name: 'Save the shortcut' }).click();
  await expect(fresh.getByText('already in use')).toBeVisible();
  await expect(fresh.getByLabel('Shortcut', { exact: true })).toBeFocused();
  await fresh.getByLabel('Who can use it').selectOption('Only me');
  await fresh.getByRole('button', { name: 'Save the shortcut' }).click();
  await expect(marta.getByText('/hello', { exact: true })).toHaveCount(2);
  await look(marta, 'shortcuts');
  await marta.getByLabel('Search shortcuts and texts').fill('again');
  await expect(marta.locator('.shortcut:visible')).toHaveCount(1);
  await marta.getByLabel('Search shortcuts and texts').fill('nothing like it');
  await expect(marta.getByText('Nothing fits this search')).toBeVisible();
  await marta.getByLabel('Search shortcuts and texts').fill('');
  const row = marta.locator('.shortcut', { hasText: 'Again' });
  await row.getByText('Edit', { exact: true }).click();
  await row.getByLabel('Text', { exact: true }).fill('Changed');
  await row.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(marta.locator('.shortcut-text', { hasText: 'Changed' })).toBeVisible();
  const changed = marta.locator('.shortcut', { hasText: 'Changed' });
  await changed.getByText('Edit', { exact: true }).click();
  await changed.getByRole('button', { name: 'Delete /hello' }).click();
  await expect(marta.getByText('/hello', { exact: true })).toHaveCount(1);
});

test('an agent keeps shortcuts of their own, and reaches no page of admins', async ({ browser, world }) => {
  const rui = await colleague(browser, world, marta, 'rui@aurora.example', 'Rui Alves');
  await go(rui, '/account/shortcuts');
  await expect(rui.getByText('No shortcuts yet')).toBeVisible();
  await expect(rui.getByLabel('Who can use it').locator('option')).toHaveText(['Only me']);
  await rui.getByLabel('Shortcut', { exact: true }).fill('mine');
  await rui.getByLabel('Text', { exact: true }).fill('Only mine');
  await rui.getByRole('button', { name: 'Save the shortcut' }).click();
  await expect(rui.getByText('/mine')).toBeVisible();
  await look(rui, 'own-shortcuts');
  for (const path of ['widget', 'hours', 'shortcuts', 'bans']) {
    await rui.goto(`/admin/${path}`);
    await expect(rui.getByText('Only an admin of this property may do this.')).toBeVisible();
  }
  await rui.context().close();
  await go(marta, '/admin/shortcuts');
  await expect(marta.getByText('Only mine')).toHaveCount(0);
});

test('bans: an address or a network, for a time or for good; lifted', async () => {
  await go(marta, '/admin/bans');
  await expect(marta.getByText('Nobody is banned')).toBeVisible();
  await marta.getByLabel('Address or network').fill('192.0.2.0/33');
  await marta.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(marta.getByText('neither an address nor a network')).toBeVisible();
  await expect(marta.getByLabel('Address or network')).toBeFocused();
  await marta.getByLabel('Address or network').fill('192.0.2.0/24');
  await marta.getByLabel('Reason').fill('x'.repeat(301));
  await marta.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(marta.getByText('At most 300 characters.')).toBeVisible();
  await marta.getByLabel('Reason').fill('Advertising');
  await marta.getByLabel('For how long').selectOption('For good');
  await marta.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(marta.getByText('192.0.2.0/24', { exact: true })).toBeVisible();
  await expect(marta.getByText(/by Marta Silva · since .* · for good/)).toBeVisible();
  await marta.getByLabel('Address or network').fill('2001:db8::7');
  await marta.getByLabel('For how long').selectOption('One hour');
  await marta.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(marta.getByText(/by Marta Silva · since .* · until /)).toBeVisible();
  await look(marta, 'bans');
  await marta.getByRole('button', { name: 'Lift the ban of 192.0.2.0/24' }).click();
  await expect(marta.getByText('192.0.2.0/24', { exact: true })).toHaveCount(0);
});

test('hostile words run nothing, in the pages and in the preview', async () => {
  await go(marta, '/admin/widget');
  for (const name of ['Words: English', 'Words: Português (Brasil)']) {
    await card(name).getByText('More words').click();
    for (const field of await card(name).getByRole('textbox').all()) await field.fill(HOSTILE);
    await save(name);
    await saved();
  }
  await card('Form before a chat').getByRole('button', { name: 'Add a question' }).click();
  await card('Form before a chat').getByLabel('Question', { exact: true }).last().fill(HOSTILE);
  await save('Form before a chat');
  await saved();
  await card('Appearance').getByLabel('Colour', { exact: true }).fill('red;background:url(//evil.example)');
  await go(marta, '/admin/widget');
  await card('Appearance').getByLabel('Launcher').selectOption('Button with words');
  for (const shown of ['Online', 'Away', 'Offline', 'Form', 'Long wait', 'Launcher']) {
    await shows(shown);
    await expect(scene().getByText('onerror').filter({ visible: true }).first()).toBeVisible();
  }
  await shows('Form');
  await look(marta, 'widget-hostile');
  await go(marta, '/admin/shortcuts');
  await card('New shortcut').getByLabel('Shortcut', { exact: true }).fill('<b>x');
  await card('New shortcut').getByLabel('Text', { exact: true }).fill(`${HOSTILE} {name}`);
  await card('New shortcut').getByRole('button', { name: 'Save the shortcut' }).click();
  await expect(marta.locator('.shortcut-text', { hasText: 'onerror' })).toBeVisible();
  await go(marta, '/admin/bans');
  await marta.getByLabel('Address or network').fill('198.51.100.7');
  await marta.getByLabel('Reason').fill(HOSTILE);
  await marta.getByRole('button', { name: 'Ban', exact: true }).click();
  await expect(marta.locator('.rows').getByText('onerror')).toBeVisible();
  for (const path of ['/admin/widget', '/admin/shortcuts', '/admin/bans', '/admin/overview', '/account/shortcuts']) {
    await go(marta, path);
    expect(await marta.evaluate(() => (window as any).pwned)).toBeUndefined();
    expect(await marta.locator('main img[src="x"], main script:not([nonce])').count()).toBe(0);
  }
});

test('a site\'s developers find what they need', async ({ page, world }) => {
  await page.goto(`${world.url}/docs/widget`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await look(page, 'docs-widget');
  expect(await (await page.request.get('/w/recado.d.ts')).text()).toContain('export interface Methods');
});

test('who moves in reads how', async ({ page, world }) => {
  await page.goto(`${world.url}/docs/moving`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await look(page, 'docs-moving');
});

test('a department keeps hours of its own, and the form before a chat says when it is closed', async ({ browser, world }) => {
  await send(marta, world, '/admin/departments', 'create_department', { name: 'Billing', description: '' });
  await go(marta, '/admin/hours');
  await marta.getByRole('link', { name: 'Billing' }).click();
  await expect(marta.getByLabel('As the property')).toBeChecked();
  await expect(marta.locator('.week')).toBeHidden();
  await alive(marta);
  await marta.getByLabel('Open around the clock').check();
  await marta.getByRole('button', { name: 'Save' }).click();
  await saved();
  await marta.reload();
  await alive(marta);
  await expect(marta.getByLabel('Open around the clock')).toBeChecked();
  await expect(marta.getByText(/^Open now/)).toBeVisible();
  await look(marta, 'hours-department');
  await expect(marta.getByRole('link', { name: 'Billing' })).toHaveAttribute('aria-current', 'page');
  // closed for good, while the property is open
  const department = new URL(marta.url()).searchParams.get('department')!;
  const widget = new Widget(marta, world);
  await widget.open(true);
  await send(marta, world, '/admin/hours', 'set_hours', { open: 'days', department });
  await widget.beforeChat(['department', '', 'required']);
  await widget.manners({ online_with_nobody: 'on' });
  const page = await somebody(browser, world);
  await page.goto(`/chat/${await widgetKey(marta)}`);
  await expect(page.getByLabel('Department').locator('option').nth(1)).toHaveText('Billing (closed now)');
  await page.context().close();
});

test('nothing was found wanting', async () => {
  await alive(marta);
  expect(found).toEqual([]);
});
