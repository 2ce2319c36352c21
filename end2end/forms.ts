// What is set up before a story begins: plain forms of the pages, sent as a browser without script sends them. How the forms look and
// what they refuse is told elsewhere, by hand.

import { APIRequestContext, Browser, Page } from '@playwright/test';
import { expect, go, PASSWORD, somebody, World } from './people';

/** Who has a browser with cookies. */
type Sender = Pick<Page, 'request'>;
type Fields = Record<string, string | string[]>;

/** Addresses of the verbs: each has one, and it is the same in every world. */
const addresses = new Map<string, string>();

async function address(request: APIRequestContext, where: string, verb: string): Promise<string> {
  if (!addresses.has(verb)) {
    const html = await (await request.get(where)).text();
    const found = new RegExp(`action="(/api/${verb}\\d+)"`).exec(html)?.[1];
    expect(found, `a form on ${where} that sends ${verb}`).toBeTruthy();
    addresses.set(verb, found!);
  }
  return addresses.get(verb)!;
}

/** Sends the form of a page; `where` is the page that has it. */
export async function send({ request }: Sender, world: World, where: string, verb: string, fields: Fields) {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const answer = await request.post(await address(request, where, verb), {
    headers: { origin: world.url, accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    data: new URLSearchParams(pairs).toString(),
  });
  expect(answer.ok(), `${verb}: ${answer.status()} ${await answer.text()}`).toBe(true);
}

/** An empty Recado is set up by somebody whose browser this is. */
export async function setUp(who: Sender, world: World) {
  const owner = { name: 'Marta Silva', email: 'marta@aurora.example', password: PASSWORD, property: 'Loja Aurora', language: 'en', time_zone: 'UTC' };
  await send(who, world, '/setup', 'set_up', owner);
}

/** Sets an empty Recado up, for stories that begin later. */
export async function settle(browser: Browser, world: World): Promise<Page> {
  const marta = await somebody(browser, world);
  await setUp(marta, world);
  await go(marta, '/inbox');
  return marta;
}

/** A colleague is invited, and joins. */
export async function colleague(browser: Browser, world: World, admin: Page, email: string, name: string, role = 'agent'): Promise<Page> {
  await send(admin, world, '/admin/agents', 'invite_agent', { email, role, reach: 'all' });
  const invited = () => world.letters.all.find((letter) => letter.envelopeTo === email);
  await expect.poll(() => !!invited()).toBe(true);
  const link = /\/invitation\/(\S+)/.exec(invited()!.text!)!;
  const page = await somebody(browser, world);
  await send(page, world, link[0], 'accept_invitation', { link: link[1], name, password: PASSWORD });
  await go(page, '/inbox');
  return page;
}

/** The key of the widget, as the page says it. */
export async function widgetKey({ request }: Sender): Promise<string> {
  return /\/w\/([a-z0-9]+)\.js/.exec(await (await request.get('/admin/widget')).text())![1];
}

/** How the widget behaves: each of these is one form, sent whole. */
export class Widget {
  constructor(private readonly admin: Sender, private readonly world: World) {}

  /** What is not named is off. */
  manners(fields: { online_with_nobody?: 'on'; acknowledge?: 'on'; rescue_after?: string; consent?: 'none' | 'all' | 'eu' }) {
    const rescue: Fields = fields.rescue_after ? { rescue: 'on' } : {};
    return send(this.admin, this.world, '/admin/widget', 'set_manners', { consent: 'none', rescue_after: '60', ...fields, ...rescue });
  }

  /** Rows of the form before a chat: kind, key, label, and whether it must be filled in. */
  beforeChat(...rows: [kind: string, label: string, ask: 'optional' | 'required'][]) {
    return send(this.admin, this.world, '/admin/widget', 'set_before_chat', {
      'kind[]': rows.map(([kind]) => kind),
      'key[]': rows.map(([kind]) => (kind === 'question' ? '' : kind)),
      'label[]': rows.map(([, label]) => label),
      'ask[]': rows.map(([, , ask]) => ask),
    });
  }

  /** What it says in English. */
  words(fields: Fields) {
    return send(this.admin, this.world, '/admin/widget', 'set_wording', { language: 'en', ...fields });
  }

  /** Open around the clock, or never. */
  open(always: boolean) {
    return send(this.admin, this.world, '/admin/hours', 'set_hours', { open: always ? 'always' : 'days' });
  }
}
