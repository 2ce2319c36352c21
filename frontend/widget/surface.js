// What stands on the site's page: the launcher, the note beside it, the window with the frame. Knows the DOM and nothing of chats.
// Texts come in as text nodes, styles as constructed sheets: a site needs no style-src and no trusted type for us.

import css from 'widget.css';

const element = (tag, attributes, ...children) => {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name]);
  made.append(...children);
  return made;
};
const icon = (name) => element('i', { class: name });

const host = element('recado-widget');
const label = element('span', { class: 'label' });
const badge = element('span', { class: 'badge' });
const launcher = element('button', { class: 'launcher' }, icon('bubble'), icon('cross'), label, badge);
const said = element('button');
const dismiss = element('button', {}, icon('cross'));
const teaser = element('div', { class: 'teaser', hidden: '' }, said, dismiss);
const panel = element('div', { class: 'panel', hidden: '' });
// the region of what is read out is always there: one that has just appeared would be silent
const dock = element('div', {}, launcher, element('div', { role: 'status' }, teaser), panel);

/** The frame, once there is one. */
export let frame;
let before;

/** Where the launcher sits, and how far from the edges: `br`, `bl`, `tr`, `tl`, the window above or below it; `cr`, `cl`, half way up, the
    window beside it. What is none of these is `br`. */
const place = ({ at, x, y, hidden }) =>
  `.dock{--y:${y}px;padding:${y}px ${x}px;align-items:${/c/.test(at) ? 'center' : /l/.test(at) ? 'start' : 'end'};flex-direction:${/c/.test(at) ? 'row' : 'column'}${/t|cl/.test(at) ? '' : '-reverse'}}.dock:not(.open){display:${hidden ? 'none' : 'flex'}}`;
const night = '--panel:#1b232d;--ink:#e8edf3;color-scheme:dark!important;';
const accent = (colour, ink) => `--accent:${colour};--accent-ink:${ink}`;

/** Draws everything, attached to nothing yet. `press` is told what a person asks for: 'toggle', 'open' or 'dismiss'. */
export const draw = ({ colors: [day, ink, dark, darkInk], darkWhen, z, desktop, phone }, press) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`${css}:host{--z:${z};${accent(day, ink)}}${place(desktop)}@media(max-width:480px){${place(phone)}}@media ${darkWhen}{:host{${night}${accent(dark, darkInk)}}}`);
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  root.append(dock);
  launcher.onclick = () => press('toggle');
  said.onclick = () => press('open');
  dismiss.onclick = () => press('dismiss');
  root.onkeydown = ({ key }) => key == 'Escape' && (panel.hidden ? teaser.hidden || press('dismiss') : press('toggle'));
};

const watch = new MutationObserver(() => host.isConnected || setTimeout(attach));
/** A page that replaces its body (or all of itself) must not take us along. By a timer: a page that removes us in an observer of
    its own would else hold up the browser for ever. */
export const attach = () => {
  const top = document.documentElement;
  top.append(host);
  watch.observe(top, { childList: true });
  watch.observe(document, { childList: true });
};

/** Texts and states, all at once: never half of it. */
export const show = (texts, { status, unread, hidden, open }, labelled) => {
  dock.className = `dock ${status}${open ? ' open' : ''}`;
  dock.hidden = hidden;
  label.textContent = labelled ? texts[status] : '';
  badge.textContent = unread > 9 ? '9+' : unread;
  badge.hidden = !unread;
  launcher.setAttribute('aria-label', open ? texts.close : texts[status] + (unread ? `, ${unread} ${texts.unread}` : ''));
  launcher.setAttribute('aria-expanded', open);
  dismiss.setAttribute('aria-label', texts.dismiss);
};

/** A line beside the launcher; none takes it away. */
export const say = (text) => {
  said.textContent = text;
  teaser.hidden = !text;
};

/** Makes the frame, or takes it away. It shows itself as soon as it has anything to show. */
export const mount = (address, title) => {
  frame?.remove();
  delete dock.dataset.frame;
  frame = address && element('iframe', { src: address, title, allow: 'autoplay; clipboard-write' });
  if (!frame) return;
  frame.onload = () => (dock.dataset.frame ||= 'seen');
  panel.append(frame);
};

/** It answered: it brings its own way to close. */
export const live = () => (dock.dataset.frame = 'live');

const size = (name, pixels) => panel.style.setProperty('--' + name, pixels + 'px');
export const resize = ({ width, height }) => {
  size('w', width);
  size('h', height);
};
// the keyboard of a phone covers what is fixed to the window: follow what can be seen
const seen = visualViewport;
for (const name of ['resize', 'scroll']) {
  seen.addEventListener(name, () => {
    size('seen', seen.height);
    size('top', seen.offsetTop);
  });
}

export const open = (focus) => {
  if (panel.hidden) before = document.activeElement;
  say('');
  panel.hidden = false;
  if (focus) frame.focus();
};

/** Closed; whoever was in it goes back to where they came from, whoever was elsewhere stays there. */
export const close = () => {
  const back = document.activeElement == host && (before?.isConnected && before != document.body && before != host ? before : launcher);
  // before it is hidden: a frame of another process that is hidden may keep the focus, and the keyboard with it. And after, for
  // what is not shown beside the open window (phones)
  if (back) back.focus();
  panel.hidden = true;
  if (back) back.focus();
};
