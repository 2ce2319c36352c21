// The visit to the page: its address as it changes, simple triggers, and (only when the property switched monitoring on) beacons.
// Nothing here outlives the page: the id of the visit is in memory.

const IDLE = 6e5;
export const id = crypto.getRandomValues(new Uint32Array(4)).join('-');

/** The address without its fragment, unless that is the route of a one-page site: others may carry secrets. */
export const page = () => location.href.replace(/#(?![!/]).*/, '');

const matches = (pattern) => RegExp(`^${pattern.replace(/[^\w*]/g, '\\$&').replace(/\*/g, '.*')}$`).test(location.pathname);

/** Whether a trigger's conditions hold now; its seconds were waited for before. Hours are the visitor's, and may pass midnight: then one bound is enough. */
const holds = ({ page, language, hours: [from, to] = [0, 24] }) => {
  const now = new Date().getHours();
  return (!page || matches(page)) && (!language || navigator.language.startsWith(language)) && (from <= now) + (now < to) + (from > to) > 1;
};

let at;
/** Notices changes of the page from now on, asked for once or more often; nobody needs that before. `fire(trigger)` says whether the trigger was of use; what the
    server answers to a beacon is one that is `asked` for. Which trigger was shown goes with a beacon, or what this tab keeps: that words were sent away. */
export const watch = (config, moved, fire, store) => {
  if (at) return;
  const { url, key, monitor } = config;
  const left = new Set(config.triggers);
  let active, idle, timers = [];

  const beacon = (now, trigger) => {
    idle = now;
    // none, or not any more
    if (!config.monitor) return;
    // mostly there is nothing to say; and a refusal, or what somebody else answers in the server's place, says nothing to us
    fetch(url + '/w/' + key + '/visit', { method: 'POST', body: JSON.stringify({ page: at, id, referrer: document.referrer, idle, trigger: trigger || store('sessionStorage') }) })
      .then((answer) => answer.ok && answer.json())
      .then((words) => fire({ ...words }, 1), () => 0);
  };
  const check = () => {
    if (at == page()) return;
    at = page();
    beacon(false);
    moved(at);
    timers.forEach(clearTimeout);
    timers = [...left].map((trigger) => setTimeout(() => holds(trigger) && fire(trigger) && left.delete(trigger) && beacon(idle, trigger.id), trigger.seconds * 1e3));
  };
  check();
  // also what no event tells of in every browser: an address changed by script
  setInterval(check, 1e3);
  if (!monitor) return;
  const stir = () => {
    active = Date.now();
    if (idle) beacon(false);
  };
  stir();
  // somebody is there: said each twenty seconds, until nothing was moved for ten minutes
  setInterval(() => idle || beacon(Date.now() - active > IDLE), 2e4);
  for (const name of ['pointermove', 'keydown', 'scroll']) addEventListener(name, stir, 1);
};
