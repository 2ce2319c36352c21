// The people of the stories, and the world they live in: a Recado of their own, a mail server that keeps every letter,
// a DNS that vouches for them. Everything is real but the world outside.

import { Browser, test as base, expect, Page } from '@playwright/test';
import { ChildProcess, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { ParsedMail, simpleParser } from 'mailparser';
import nodemailer from 'nodemailer';
import { look } from './eyes';
import { Names } from './names';
import { freePort, Postgres } from './postgres';

export { expect };
export * from './eyes';

const ROOT = path.resolve(__dirname, '..');
export const PASSWORD = 'a long enough secret';

/** A letter as it arrived at the mail server. */
export interface Letter extends ParsedMail {
  envelopeFrom: string;
  envelopeTo: string;
  raw: Buffer;
}

export class Letters {
  readonly all: Letter[] = [];
  private constructor(private readonly child: ChildProcess, readonly port: number) {}

  static async start(): Promise<Letters> {
    const child = spawn(process.env.RECADO_PYTHON ?? 'python3', [path.join(__dirname, 'letters.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = readline.createInterface({ input: child.stdout! });
    const first = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      child.once('exit', () => reject(new Error('The mail server did not start. It needs python3 with aiosmtpd: apt-get install python3-aiosmtpd')));
    });
    const letters = new Letters(child, JSON.parse(first).port);
    lines.on('line', async (line) => {
      const { from, to, raw } = JSON.parse(line);
      const bytes = Buffer.from(raw, 'base64');
      const mail = await simpleParser(bytes);
      letters.all.push({ ...mail, envelopeFrom: from, envelopeTo: to[0], raw: bytes });
    });
    return letters;
  }

  /** Waits until this many letters with a subject are here, and a moment more, so that one too many shows. */
  async about(subject: string, count: number, since = 0): Promise<Letter[]> {
    const found = () => this.all.slice(since).filter((letter) => letter.subject?.includes(subject));
    await expect.poll(() => found().length, { timeout: 30_000, message: `letters about ${subject}` }).toBeGreaterThanOrEqual(count);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(found().map((letter) => letter.envelopeTo).sort()).toHaveLength(count);
    return found();
  }

  /** From now on mail to an address is refused with a 550; or taken again. */
  refuse(address: string) {
    this.child.stdin!.write(`refuse ${address}\n`);
  }

  take(address: string) {
    this.child.stdin!.write(`take ${address}\n`);
  }

  stop() {
    this.child.kill();
  }
}

interface Settings { undo: number; host: string; seeded: number }

/** A Recado with everything around it. */
export class World {
  private readonly key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  private constructor(
    readonly url: string,
    readonly smtpPort: number,
    readonly letters: Letters,
    private readonly names: Names,
    private readonly server: ChildProcess,
    private readonly folder: string,
    private readonly ask: (...words: string[]) => string,
    private readonly postgres?: Postgres,
  ) {}

  static async start(database: 'sqlite' | 'postgres', { undo, host, seeded }: Settings): Promise<World> {
    const [letters, names, port, smtpPort] = [await Letters.start(), await Names.start(), await freePort(), await freePort()];
    const postgres = database === 'postgres' ? await Postgres.start() : undefined;
    const folder = mkdtempSync(path.join(tmpdir(), 'recado-'));
    const url = `http://${host}:${port}`;
    const binary = process.env.RECADO_BIN ?? path.join(ROOT, 'target/release/recado');
    const env = {
      ...process.env,
      RECADO_DATA: folder,
      RECADO_PUBLIC_URL: url,
      RECADO_HTTP_LISTEN: `127.0.0.1:${port}`,
      RECADO_MAIL_DOMAIN: 'in.recado.example',
      RECADO_MAIL_SMTP_LISTEN: `127.0.0.1:${smtpPort}`,
      RECADO_MAIL_RESOLVER: names.address,
      RECADO_MAIL_RELAY_HOST: '127.0.0.1',
      RECADO_MAIL_RELAY_PORT: String(letters.port),
      RECADO_MAIL_RELAY_TLS: 'none',
      RECADO_MAIL_UNDO_SECONDS: String(undo),
      RECADO_MAIL_DOMAIN_LETTERS_PER_MINUTE: '0',
      RECADO_LOG: 'warn',
      RECADO_PUSH_LOCAL: 'true',
      ...(postgres ? { DATABASE_URL: postgres.url } : { DATABASE_URL: '' }),
    };
    const ask = (...words: string[]) => spawnSync(binary, words, { cwd: ROOT, env }).stdout.toString();
    ask('mail', 'dkim-key');
    if (seeded) ask('seed', '--tickets', `${seeded}`, '--chats', `${Math.ceil(seeded / 4)}`, '--password', PASSWORD);
    const server = spawn(binary, ['serve'], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'], env });
    const world = new World(url, smtpPort, letters, names, server, folder, ask, postgres);
    await expect.poll(() => fetch(`${url}/health`).then((answer) => answer.status, () => 0), { timeout: 30_000 }).toBe(200);
    return world;
  }

  async stop() {
    const gone = new Promise((resolve) => this.server.on('exit', resolve));
    this.server.kill('SIGTERM');
    await gone;
    await this.postgres?.stop();
    this.letters.stop();
    this.names.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What has happened in half a year, as `recado seed` makes it. */
  grow(tickets: number, chats: number) {
    expect(this.ask('seed', '--tickets', `${tickets}`, '--chats', `${chats}`)).toContain('sign in as before');
  }

  /** What `recado doctor` says. */
  doctor(): string {
    return this.ask('doctor');
  }

  /** From now on mails of this domain can prove themselves with its key. */
  vouch(domain: string) {
    const key = this.key.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    this.names.text(`main._domainkey.${domain}`, `v=DKIM1; k=rsa; p=${key}`);
    this.names.text(`_dmarc.${domain}`, 'v=DMARC1; p=reject');
  }

  /** DNS shows a text from now on. */
  publish(name: string, text: string) {
    this.names.text(name, text);
  }

  /** Writes a mail with a mail program: over real SMTP, signed when its domain is vouched for. */
  async mail(mail: { from: string; to: string; cc?: string; subject: string; text: string; html?: string; answers?: Letter; signed?: boolean; envelopeTo?: string; headers?: Record<string, string>; attachments?: object[] }) {
    const sender = /<(.+)>/.exec(mail.from)?.[1] ?? mail.from;
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: this.smtpPort,
      ignoreTLS: true,
      ...(mail.signed ? { dkim: { domainName: sender.split('@')[1], keySelector: 'main', privateKey: this.key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() } } : {}),
    });
    return transport.sendMail({
      from: mail.from,
      to: mail.to,
      cc: mail.cc,
      envelope: { from: sender, to: mail.envelopeTo ?? mail.to },
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      headers: mail.headers,
      attachments: mail.attachments,
      ...(mail.answers ? { inReplyTo: mail.answers.messageId, references: [mail.answers.references ?? [], mail.answers.messageId!].flat().join(' ') } : {}),
    });
  }
}

type Fixtures = { page: Page };
/** Each story has a world of its own; `undo` is how long letters wait there, in seconds: who takes nothing back need not wait. `host` is what it
    is called: browsers have no passkeys where that is a number. `seeded`: it is no empty one, but has so many tickets by `recado seed`. */
type WorkerFixtures = { story: string; undo: number; host: string; seeded: number; world: World };

export const test = base.extend<Fixtures, WorkerFixtures>({
  story: ['', { scope: 'worker', option: true }],
  undo: [1, { scope: 'worker', option: true }],
  host: ['127.0.0.1', { scope: 'worker', option: true }],
  seeded: [0, { scope: 'worker', option: true }],
  world: [
    async ({ story: _, undo, host, seeded }, use, workerInfo) => {
      const world = await World.start(workerInfo.project.name as 'sqlite' | 'postgres', { undo, host, seeded });
      await use(world);
      await world.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ world }, use) => use(world.url),
});

/** Waits until the page is alive: hydrated, not only drawn. */
export async function alive(page: Page) {
  await expect(page.locator('html[data-live]')).toBeAttached({ timeout: 30_000 });
}

/** Somebody's browser. What it complains of is said, and what breaks in it breaks the story. */
export async function somebody(browser: Browser, world: World): Promise<Page> {
  const context = await browser.newContext({ baseURL: world.url });
  const page = await context.newPage();
  page.on('console', (said) => { if (said.type() === 'error') console.log(said.text().slice(0, 600)); });
  page.on('pageerror', (error) => { throw error; });
  return page;
}

/** Opens a page and waits until it is awake. */
export async function go(page: Page, address: string) {
  await page.goto(address);
  await alive(page);
}

/** Remembers this very document: it is gone when the page was loaded anew. */
export async function stay(page: Page) {
  await page.evaluate(() => { (window as any).same = true; });
  return async () => expect(await page.evaluate(() => (window as any).same), 'the page was loaded anew').toBe(true);
}

/** Writes a ticket to a customer; gives its path. */
export async function compose(page: Page, to: string, subject: string, words: string): Promise<string> {
  await go(page, '/inbox?compose=1');
  await page.getByLabel('Recipient e-mail').fill(to);
  await page.getByLabel('Subject').fill(subject);
  await page.getByLabel('Message').fill(words);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { name: subject })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** The admin of a world that `recado seed` made, in the Inbox. */
export async function seededAdmin(browser: Browser, world: World): Promise<Page> {
  const page = await somebody(browser, world);
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('marta@aurora.example');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page).toHaveURL(/\/inbox/);
  await alive(page);
  return page;
}

/** Accepts the invitation that came by mail. */
export async function join(browser: Browser, world: World, email: string, name: string): Promise<Page> {
  await expect.poll(() => world.letters.all.filter((letter) => letter.envelopeTo === email).length).toBe(1);
  const letter = world.letters.all.find((letter) => letter.envelopeTo === email)!;
  const link = /https?:\/\/\S+\/invitation\/\S+/.exec(letter.text!)![0];
  const page = await somebody(browser, world);
  await go(page, link);
  await look(page, 'invitation');
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Join' }).click();
  await expect(page).toHaveURL(/\/inbox/);
  await alive(page);
  // the link works once
  const again = await somebody(browser, world);
  await again.goto(link);
  await expect(again.getByText('used already or has expired')).toBeVisible();
  await again.context().close();
  return page;
}
