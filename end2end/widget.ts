// The two sides of the widget's stories: a shop on an origin of its own, with as strict a policy as a site can have, and what
// answers behind /w and /chat. RECADO_WIDGET_URL names a real Recado (with RECADO_WIDGET_KEY); without it a stand-in answers,
// which serves the real loader and a page that speaks the real protocol (frontend/widget/PROTOCOL.md), and keeps what it was sent.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer, IncomingMessage, Server, ServerResponse } from 'node:http';
import { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import type { RecadoConfig } from '../frontend/widget/recado';

const WIDGET = path.resolve(__dirname, '../frontend/widget');

/** What a property's widget begins with. */
export const CONFIG: Omit<RecadoConfig, 'url' | 'key'> = {
  status: 'online',
  darkWhen: '(prefers-color-scheme:dark)',
  colors: ['#0b7a55', '#fff', '#2fbf8a', '#06281c'],
  z: 2147483000,
  desktop: { at: 'br', x: 20, y: 20 },
  phone: { at: 'br', x: 16, y: 16 },
  texts: {
    en: { title: 'Chat', online: 'Chat with us', away: 'Leave a message', offline: 'Leave a message', close: 'Minimise', unread: 'unread', dismiss: 'Dismiss' },
    pt: { title: 'Chat', online: 'Fale conosco', away: 'Deixe um recado', offline: 'Deixe um recado', close: 'Minimizar', unread: 'não lidas', dismiss: 'Fechar' },
  },
};

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void, host: string) {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://${host}:${(server.address() as AddressInfo).port}` };
}
const body = async (request: IncomingMessage) => {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
};

/** What answers on Recado's side. */
export class Recado {
  /** Addresses asked for, in order. */
  readonly asked: string[] = [];
  /** Beacons of visits. */
  readonly visits: Record<string, unknown>[] = [];
  /** What a test changes of the configuration. */
  config: Partial<RecadoConfig> = {};
  private constructor(readonly url: string, readonly key: string, private readonly server?: Server) {}

  static async start(): Promise<Recado> {
    if (process.env.RECADO_WIDGET_URL) return new Recado(process.env.RECADO_WIDGET_URL, process.env.RECADO_WIDGET_KEY!);
    const out = mkdtempSync(path.join(tmpdir(), 'widget-'));
    execFileSync(path.join(WIDGET, 'build'), [path.join(__dirname, 'node_modules/.bin'), out]);
    const loader = readFileSync(path.join(out, 'loader.js'), 'utf8');
    const { server, url } = await listen((request, response) => recado.answer(loader, request, response), '127.0.0.1');
    const recado: Recado = new Recado(url, 'utcrcjnfdglvdyfc', server);
    return recado;
  }

  get script() {
    return `${this.url}/w/${this.key}.js`;
  }

  /** The loader as this property's visitors get it. */
  filled(loader: string) {
    return loader.replace('RECADO_CONFIG', () => JSON.stringify({ ...CONFIG, url: this.url, key: this.key, ...this.config }));
  }

  reset() {
    this.config = {};
    this.asked.length = this.visits.length = 0;
  }

  stop() {
    this.server?.close();
    this.server?.closeAllConnections();
  }

  private async answer(loader: string, request: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(request.url!, this.url);
    this.asked.push(`${request.method} ${pathname}`);
    if (pathname.endsWith('.js')) {
      // a Tawk snippet asks with crossorigin, and a page may be isolated
      const headers = { 'Content-Type': 'text/javascript; charset=utf-8', 'Access-Control-Allow-Origin': '*', 'Cross-Origin-Resource-Policy': 'cross-origin', 'Content-Encoding': 'br' };
      response.writeHead(200, headers).end(small(this.filled(loader)));
    } else if (pathname.endsWith('/visit')) {
      this.visits.push(JSON.parse(await body(request)));
      response.writeHead(204).end();
    } else if (pathname.startsWith('/chat/')) {
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': 'frame-ancestors *' }).end(CHAT);
    } else response.writeHead(404).end();
  }
}

/** As the server sends it. */
export const small = (text: string) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: text.length } });

/** Whose widget a shop has on its pages. */
type Served = Pick<Recado, 'url' | 'script'>;

/** A shop on another site: `localhost` is not `127.0.0.1`. A path names what is on the page. */
export class Shop {
  /** Pages by path: what goes into `<head>` and into `<body>`, and the policy if it is another one. */
  readonly pages: Record<string, { head?: string; body?: string; policy?: string; lang?: string; script?: string }> = {};
  private constructor(readonly url: string, private readonly server: Server, private readonly recado: Served) {}

  static async start(recado: Served): Promise<Shop> {
    const { server, url } = await listen((request, response) => shop.answer(request, response), 'localhost');
    const shop: Shop = new Shop(url, server, recado);
    return shop;
  }

  /** What the README asks of a strict site, and not a word more for the widget. */
  get policy() {
    const host = this.recado.url;
    return `default-src 'none'; script-src 'self' ${host}; frame-src ${host}; style-src 'self'; base-uri 'self'; form-action 'self'; require-trusted-types-for 'script'; trusted-types 'none'`;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  private answer(request: IncomingMessage, response: ServerResponse) {
    const { pathname } = new URL(request.url!, this.url);
    if (pathname == '/shop.css') return void response.writeHead(200, { 'Content-Type': 'text/css' }).end(SHOP_STYLE);
    if (pathname == '/favicon.ico') return void response.writeHead(404).end();
    const own = this.pages[pathname.replace(/\.js$/, '')] ?? {};
    if (pathname.endsWith('.js')) return void response.writeHead(200, { 'Content-Type': 'text/javascript' }).end(own.script ?? '');
    const widget = `<script async src="${this.recado.script}"></script>`;
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': own.policy ?? this.policy }).end(`<!doctype html>
<html lang="${own.lang ?? 'en'}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Loja Aurora</title>
<link rel="stylesheet" href="/shop.css">${own.script ? `<script src="${pathname}.js"></script>` : ''}${own.head ?? widget}</head>
<body>${own.body ?? SHOP_BODY}</body></html>`);
  }
}

const SHOP_BODY = `<header><a href="/">Loja Aurora</a><nav><a href="/linen">Linen</a> <a href="/cart">Cart</a></nav></header>
<main><h1>Linen jacket</h1><p>Light, washed, made in Porto. Runs slightly large.</p><p><button>Add to cart</button></p>
${'<p>Natural fibres breathe, keep their shape and grow softer with every wash. Free returns within thirty days.</p>'.repeat(12)}</main>`;

// a site that means no good to strangers' elements
const SHOP_STYLE = `html { color-scheme: light dark } body { font: 17px/1.6 Georgia, serif; margin: 0; background: Canvas; color: CanvasText }
header { display: flex; gap: 24px; padding: 16px 32px; border-bottom: 1px solid #8886 } a { color: inherit } main { max-width: 640px; margin: 32px auto; padding: 0 24px }
main button { font: inherit; padding: 8px 20px } html > * { transform: rotate(0.0001deg) } html > recado-widget { display: none !important; position: static !important; margin: 40px !important; opacity: .1 !important }
button { background: hotpink !important; color: #000 !important; border-radius: 0 !important } iframe, svg { display: none !important }`;

const CHAT = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Chat</title><style>
:root { color-scheme: light dark; --panel: light-dark(#fff, #161d25); --line: light-dark(#c5ccd6, #3d4a59); --accent: light-dark(#0b7a55, #2fbf8a); --ink: light-dark(#fff, #06281c) }
* { box-sizing: border-box; margin: 0; font: inherit } html, body { height: 100% } body { display: grid; grid-template-rows: auto 1fr; font: 14px/1.45 Inter, system-ui, sans-serif; background: var(--panel) }
header { display: flex; align-items: center; min-height: 72px; padding: 12px 16px; background: var(--accent); color: var(--ink) } header div { flex: 1 } b { font-weight: 700 }
header button { width: 36px; height: 36px; border: 0; border-radius: 50%; background: none; color: inherit; font-size: 22px; cursor: pointer }
form { padding: 14px; display: grid; gap: 12px; align-content: start } label { display: grid; gap: 4px; font-weight: 600; font-size: 12.5px } input, textarea { padding: 8px 10px; border: 1px solid var(--line); border-radius: 5px; background: transparent; font-weight: 400; font-size: 16px }
form button { padding: 9px; border: 0; border-radius: 5px; background: var(--accent); color: var(--ink); font-weight: 600 }
</style></head><body><header><div><b>Before we start</b><br>We usually answer within 2 minutes</div><button aria-label="Minimise">–</button></header>
<form method="post"><label>Name <input name="name"></label><label>E-mail * <input name="email" type="email"></label><label>Message * <textarea rows="4"></textarea></label><button>Start chat</button></form>
<script>
const heard = []; let port;
// with the next picture: a frame that was not shown until now can take no focus
const focus = () => requestAnimationFrame(() => document.querySelector('input').focus());
const say = (message) => port.postMessage(message);
const told = { identify: (who) => { if (who.hash == 'forged') throw Error('IDENTITY_REFUSED'); return true } };
addEventListener('message', ({ source, data, ports }) => {
  if (source != parent || data?.recado != 1 || !ports[0]) return;
  heard.push({ connect: data });
  port = ports[0];
  port.onmessage = ({ data }) => {
    heard.push(data);
    if (data.event == 'open' && data.value.focus) focus();
    if (!data.id) return;
    try { say({ id: data.id, value: told[data.call]?.(...data.args) ?? true }) } catch (error) { say({ id: data.id, error: error.message }) }
  };
  if (data.open && data.focus) focus();
});
if (parent != window) parent.postMessage({ recado: 1 }, '*');
document.querySelector('header button').onclick = () => say({ do: 'minimize' });
addEventListener('keydown', (event) => event.key == 'Escape' && say({ do: 'minimize' }));
</script></body></html>`;
