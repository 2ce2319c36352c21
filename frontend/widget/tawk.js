// The names of Tawk_API, so that a site can move by changing one address. Knows those names; everything is done by `Recado`.

const site = (window.Tawk_API ||= {});
// the real one is on this page: leave it alone
const theirs = site.maximize;

/** What a site set before the script came: the place of the launcher and its layer. */
export const restyle = (config) => {
  const { zIndex, visibility } = site.customStyle || {};
  const number = (value, otherwise) => (isNaN((value = parseInt(value))) ? otherwise : value);
  config.z = number(zIndex, config.z);
  for (const [mine, given] of [['desktop', visibility?.desktop], ['phone', visibility?.mobile]]) {
    const { at, x, y } = config[mine];
    Object.assign(config[mine], { at: given?.position || at, x: number(given?.xOffset, x), y: number(given?.yOffset, y) });
  }
};

/** Their methods and ours of the same meaning. */
const NAMES = {
  start: 'start', shutdown: 'shutdown', maximize: 'open', minimize: 'minimize', toggle: 'toggle', popup: 'popup', showWidget: 'show', hideWidget: 'hide',
  endChat: 'end', setAttributes: 'set', addEvent: 'event', addTags: 'tag', removeTags: 'untag', login: 'identify', logout: 'logout', switchWidget: 'switch',
};

/** Fills `Tawk_API`, the site's own object if it made one. */
export const imitate = (api, state, { desktop }) => {
  if (theirs) return;
  for (const name in NAMES) {
    site[name] = (...args) => {
      // their callbacks take the error's code, or nothing
      const done = typeof args.at(-1) == 'function' && args.pop();
      api(NAMES[name], ...args, (error) => done && done(error?.message));
    };
  }
  Object.assign(site, {
    onLoaded: true,
    onBeforeLoaded: true,
    toggleVisibility: () => api(state.hidden ? 'show' : 'hide'),
    getWindowType: () => 'inline',
    getStatus: () => state.status,
    isChatMaximized: () => state.open,
    isChatMinimized: () => !state.open && !state.hidden,
    isChatHidden: () => state.hidden,
    isChatOngoing: () => state.chatting,
    isVisitorEngaged: () => state.chatting,
    widgetPosition: () => desktop.at,
  });
  if (site.visitor) api('identify', site.visitor);
  if (site.autoStart === false) api('hide');
};

/** Our events have the names of their callbacks without `on`; newer pages listen on the window. Looked up late: sites set them when they please. */
export const pass = (event, value, safe) => {
  if (theirs) return;
  const name = event[0].toUpperCase() + event.slice(1);
  const detail = value?.text ?? value;
  safe(window.Tawk_API?.['on' + name], detail);
  dispatchEvent(new CustomEvent('tawk' + name, { detail }));
};
