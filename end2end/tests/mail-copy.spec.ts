// A customer's mail with a picture in its words: the agent's own mail program shows it as it was written, and so does the letter under E-mail.

import { Page } from '@playwright/test';
import { settle } from '../forms';
import { compose, expect, go, look, test } from '../people';

test.use({ story: 'mail-copy' });

const JOANA = 'joana@correio.example';
/** A red square of 8 by 8. */
const SQUARE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAEUlEQVR42mO4oKCAFTEMLQkAvk5EAYUHFA8AAAAASUVORK5CYII=', 'base64');
let marta: Page;

test('an HTML mail is copied with its picture in place and nothing of what it quotes', async ({ browser, world }) => {
  marta = await settle(browser, world);
  const ticket = await compose(marta, JOANA, 'Your lamp', 'It left on Friday.');
  const address = (await marta.locator('.contact code').first().textContent())!.trim();
  const [ours] = await world.letters.about('Your lamp', 1);
  await world.mail({
    from: `Joana Prado <${JOANA}>`,
    to: address,
    subject: 'Re: Your lamp',
    text: 'It came broken, look:\n\nOn Fri, 20 Nov 2026 at 10:00, Loja Aurora wrote:\n> It left on Friday.\n',
    html:
      '<p>It came <b style="color:#b00020">broken</b>, look: <img src="cid:lamp@joana" width="80" alt="lamp"><img src="https://watch.example/p.gif"></p>' +
      '<div class="gmail_quote"><div class="gmail_attr">On Fri, 20 Nov 2026 at 10:00, Loja Aurora wrote:</div><blockquote>It left on Friday.</blockquote></div>',
    attachments: [{ filename: 'lamp.png', content: SQUARE, cid: 'lamp@joana' }],
    answers: ours,
  });
  const copy = (await world.letters.about('Re: Your lamp', 1))[0];
  expect(copy.envelopeTo).toBe('marta@aurora.example');
  // the parser puts pictures where their Content-ID is named
  const page = copy.html as string;
  expect(page).toContain('<b style="color:#b00020">broken</b>');
  expect(page).toMatch(/<img src="data:image\/png;base64,[^"]+" width="80" alt="lamp"/);
  expect(page).toContain(SQUARE.toString('base64'));
  for (const gone of ['watch.example', 'It left on Friday', 'cid:']) expect(page).not.toContain(gone);
  expect(copy.attachments.map((file) => [file.filename, file.related, file.content.equals(SQUARE)])).toEqual([['lamp.png', true, true]]);
  expect(copy.text).toContain('It came broken, look:');
  expect(copy.headers.get('auto-submitted')).toBe('auto-generated');
  await go(marta, '/admin/email');
  await marta.getByRole('link', { name: 'Re: Your lamp' }).first().click();
  const paper = marta.frameLocator('iframe.paper');
  await expect(paper.getByText('broken')).toHaveCSS('color', 'rgb(176, 0, 32)');
  await expect.poll(() => paper.getByAltText('lamp').evaluate((picture: HTMLImageElement) => picture.naturalWidth)).toBe(8);
  await look(marta, 'mail-copy');
  await go(marta, ticket);
  await expect(marta.locator('article.message', { hasText: 'It came broken' })).toBeVisible();
});
