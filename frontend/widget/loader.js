// The one file that a site loads: `<script async src="https://HOST/w/KEY.js">`. It draws the launcher and offers `Recado(..)`; the chat
// itself is a frame from HOST, made on first use. Until then: no frame, no request, no cookie, nothing stored.
//
// The server puts the property's settings in the place of RECADO_CONFIG, as JSON (`RecadoConfig` in recado.d.ts says what is in
// it), and sends it as one answer. PROTOCOL.md says what the frame and this file tell each other.

import * as line from './line.js';
import * as surface from './surface.js';
import * as tawk from './tawk.js';
import * as visit from './visit.js';

const config = RECADO_CONFIG;
const { url, sites } = config;
const state = { status: config.status, open: false, hidden: false, unread: 0, chatting: false, known: false };
const listeners = { __proto__: null };
let language, texts, loaded, wanted = {};

/** Somebody else's function: what goes wrong in it is theirs, is reported as such, and stops nothing here. */
const safe = (theirs, ...args) => {
  try {
    theirs?.(...args);
  } catch (error) {
    reportError(error);
  }
};
const emit = (event, value) => {
  for (const theirs of [...(listeners[event] || [])]) safe(theirs, value);
  tawk.pass(event, value, safe);
};

/** What is kept at the visitor's, and why. `localStorage`: that the frame keeps something of theirs ('1'), so that a logout knows whether
    there is anything to wipe; or that a logout has not reached the server ('0'). `sessionStorage`: a chat goes on, so that the next page
    shows it, or a note was sent away. */
const store = (box, value) => {
  const name = `recado.${config.key}`;
  try {
    const kept = window[box];
    return value ? kept.setItem(name, value) : value === '' ? kept.removeItem(name) : kept.getItem(name);
  } catch {
    // a page that may keep nothing: nobody knows
  }
};
const update = () => {
  surface.show(texts, state, config.labelled);
  if (state.known && !store('localStorage')) store('localStorage', '1');
  if (state.chatting) store('sessionStorage', state.open ? 'open' : 'minimized');
};
/** In the language of the page, else in the first one. */
const spoken = (all) => all[language.slice(0, 2).toLowerCase()] || Object.values(all)[0];
const speak = (tag) => {
  language = tag;
  texts = spoken(config.texts);
};

const address = (embed) => `${url}/chat/${config.key}?${embed}lang=${language}`;
const mount = () => {
  watch();
  if (!surface.frame) surface.mount(address('embed=1&'), texts.title);
};
const drop = () => {
  line.hangUp();
  surface.mount();
};
/** Nothing of a chat is here any more. */
const clear = () => {
  line.forget();
  methods.minimize();
  surface.say('');
  Object.assign(state, { chatting: false, known: false, unread: 0 });
  store('sessionStorage', '');
  update();
};
const watch = () => {
  visit.watch(config, (page) => line.tell('page', page), ({ id, say }, asked) => {
    // what the server answers is for now; what the page decides by itself comes into nobody's way, and not again in this tab
    if (state.hidden || !id || !(asked ? config.monitor : config.triggers && !state.open && !state.chatting && !store('sessionStorage'))) return;
    wanted.trigger = id;
    if (state.open || !say) methods.open({}, false);
    else surface.say(spoken(say));
    emit('trigger', id);
    return 1;
  }, store);
};

/** What the site may ask for by `Recado(..)`, and the frame too. */
const methods = {
  __proto__: null,
  open(options, focus = true) {
    if (state.hidden) methods.show();
    Object.assign(wanted, options, { focus });
    mount();
    const before = state.open;
    state.open = true;
    update();
    surface.open(focus);
    if (line.tell('open', wanted)) wanted = {};
    if (!before) emit('chatMaximized');
  },
  minimize() {
    if (!state.open) return;
    state.open = false;
    update();
    surface.close();
    line.tell('minimize');
    emit('chatMinimized');
  },
  /** The frame goes too when nothing is going on in it. */
  close() {
    methods.minimize();
    if (!state.chatting && line.idle()) drop();
  },
  toggle: () => methods[state.open ? 'minimize' : 'open'](),
  hide() {
    methods.minimize();
    state.hidden = true;
    update();
    emit('chatHidden');
  },
  show() {
    state.hidden = false;
    update();
  },
  start: (options) => options?.showWidget && methods.show(),
  shutdown() {
    methods.hide();
    drop();
  },
  async popup() {
    // a chat that goes on is handed over by a link that works once: a frame's cookies are not those of a window
    const link = state.chatting && (await line.call('popup').catch(() => 0));
    window.open(link || address(''), '_blank', 'popup,noopener,width=420,height=680');
    methods.minimize();
  },
  async logout() {
    clear();
    if (surface.frame || store('localStorage') !== null) {
      store('localStorage', '0');
      mount();
      await line.call('logout');
      store('localStorage', '');
      // else: what came meanwhile, and who opened it anew, is of who is next
      if (line.idle() && !state.open) drop();
    }
  },
  language(tag) {
    speak(tag);
    update();
    line.tell('language', tag);
  },
  /** Another property's chat behind this launcher. Triggers and beacons were the first one's, and end with it. */
  switch({ propertyId: key }) {
    clear();
    drop();
    wanted = {};
    Object.assign(config, { key, monitor: 0, triggers: 0 });
  },
  on(event, theirs) {
    (listeners[event] ||= new Set()).add(theirs);
    if (event == 'load' && loaded) safe(theirs);
  },
  off: (event, theirs) => listeners[event]?.delete(theirs),
  status: () => state.status,
  state: () => ({ ...state, language }),
  resize: surface.resize,
  say: surface.say,
};
for (const name of ['identify', 'set', 'tag', 'untag', 'event', 'end']) methods[name] = (...args) => line.call(name, ...args);

const api = (method, ...args) => {
  const done = !/^(on|off)$/.test(method) && typeof args.at(-1) == 'function' && args.pop();
  // a method that is not there fails like one that refuses
  const result = new Promise((resolve) => resolve(methods[method](...args)));
  // also keeps a refusal nobody asked about out of the site's error reports
  result.then((value) => done && safe(done, null, value), (error) => done && safe(done, error));
  return result;
};

const begin = () => {
  const waiting = [...(window.Recado?.q || [])];
  window.Recado = api;
  api.version = 1;
  // whoever kept the stub still reaches us
  api.q = { push: (args) => api(...args) };
  speak(document.documentElement.lang || navigator.language);
  tawk.restyle(config);
  surface.draw(config, (wish) => {
    if (wish != 'dismiss') return methods[wish]();
    surface.say('');
    // nothing is kept of who is asked for consent and did not give it: they may be told again on the next page
    if (!state.chatting && (!config.consent || store('localStorage'))) store('sessionStorage', 'quiet');
  });
  line.listen(
    new URL(url).origin,
    () => {
      const { title, referrer } = document;
      const told = { page: visit.page(), title, referrer, language, visit: visit.id, open: state.open, ...wanted };
      wanted = {};
      surface.live();
      return told;
    },
    ({ do: wish, event, value, state: now }) => {
      if (now?.chatting === false) store('sessionStorage', '');
      Object.assign(state, now);
      update();
      methods[wish]?.(value);
      if (event) emit(event, value);
    },
  );
  tawk.imitate(api, state, config);
  emit('beforeLoad');
  // a page before could not reach the server: first of all
  if (store('localStorage') == 0) methods.logout();
  for (const args of waiting) api(...args);
  if (document.readyState == 'loading') addEventListener('DOMContentLoaded', ready);
  else ready();
};
const ready = () => {
  loaded = true;
  const before = store('sessionStorage');
  // until the frame says how it stands
  state.chatting = !!before && before != 'quiet';
  surface.attach();
  update();
  emit('load');
  if (config.monitor || config.triggers) watch();
  if (before == 'open' && innerWidth > 480) methods.open({}, false);
  else if (state.chatting) mount();
};

const here = location.hostname;
// a second script tag does nothing; nor does a site that the property does not know
if (!window.Recado?.version && (!sites || sites.some((site) => site == here || (site[0] == '*' && here.endsWith(site.slice(1)))))) begin();
