// What only a page can do so that an agent notices: a sound, a notification of the desktop, the number in the title; and asking the
// browser for leave. The app decides (app/src/notify); this does it, once for all open pages of a browser. They speak by messages of
// the window to itself: `recado>` asks, `recado<` tells.
(() => {
  'use strict';
  if (window.recadoNotify) return;
  window.recadoNotify = true;

  const tell = (said) => postMessage('recado<' + JSON.stringify(said), origin);
  const others = typeof BroadcastChannel === 'function' ? new BroadcastChannel('recado') : null;

  // -- once for all pages: whoever writes a key first does it. A lock makes reading and writing one step.
  const KEPT = 40;
  const locked = (work) => navigator.locks ? navigator.locks.request('recado', work) : work();
  const claims = () => { try { return JSON.parse(localStorage.getItem('recado.noticed')) || []; } catch { return []; } };
  const claim = (key) => {
    try { localStorage.setItem('recado.noticed', JSON.stringify([...claims(), key].slice(-KEPT))); } catch { /* without storage each page is alone */ }
  };
  // who looks at the conversation claims it at once, so the others wait a moment
  const PATIENCE = 250;
  const once = (key, able) => setTimeout(() => locked(async () => {
    if (!claims().includes(key) && await able()) claim(key);
  }), PATIENCE);

  // -- sound: two short tones, made here
  let audio;
  const ready = async () => {
    const Kind = window.AudioContext || window.webkitAudioContext;
    if (!Kind) return false;
    audio ||= new Kind();
    // a page that nobody has touched yet may not make a sound; another page may
    if (audio.state !== 'running') await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 300))]);
    return audio.state === 'running';
  };
  let played = 0;
  const tones = async () => {
    if (!await ready()) return false;
    // what comes all at once is one sound
    if (Date.now() - played < 1500) return true;
    played = Date.now();
    [[784, 0], [1047, 0.14]].forEach(([pitch, after]) => {
      const tone = audio.createOscillator(), volume = audio.createGain(), at = audio.currentTime + after;
      tone.type = 'sine';
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0, at);
      volume.gain.linearRampToValueAtTime(0.16, at + 0.012);
      volume.gain.exponentialRampToValueAtTime(0.001, at + 0.32);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.34);
    });
    return true;
  };

  // -- the number in the title, whatever else writes there
  let count = 0;
  const title = () => {
    const bare = document.title.replace(/^\(\d+\+?\) /, '');
    const wanted = count ? `(${count > 99 ? '99+' : count}) ${bare}` : bare;
    if (document.title !== wanted) document.title = wanted;
  };
  new MutationObserver(title).observe(document.head, { childList: true, subtree: true, characterData: true });

  // -- notifications
  const open = (path) => {
    window.focus();
    const link = document.createElement('a');
    link.href = path;
    document.body.append(link);
    link.click();
    link.remove();
  };
  const front = () => !document.hidden && document.hasFocus();
  // where the browser is told anyway, by its push service, a page tells it nothing besides
  let told = false;
  const show = ({ title: head, body, tag, path }) => {
    if (!('Notification' in window) || Notification.permission !== 'granted') return false;
    try {
      const shown = new Notification(head, { body, tag, icon: '/favicon.ico', silent: true });
      shown.onclick = () => { shown.close(); open(path); };
    } catch { return false; /* on telephones only a worker may */ }
    return true;
  };

  // -- what this browser allows
  const registration = async () => ('serviceWorker' in navigator && 'PushManager' in window ? navigator.serviceWorker.getRegistration('/push/') : undefined);
  const state = async (more = {}) => {
    const able = 'Notification' in window && isSecureContext;
    const can = able && 'serviceWorker' in navigator && 'PushManager' in window;
    const kept = can && await (await registration())?.pushManager.getSubscription();
    told = !!kept;
    tell({ permission: able ? Notification.permission : 'unsupported', push: can ? (kept ? 'on' : 'off') : 'unsupported', ...more });
  };
  const subscribe = async (key) => {
    try {
      await navigator.serviceWorker.register('/push.js', { scope: '/push/' });
      const at = await registration();
      const wait = async () => { while (!at.active) await new Promise((done) => setTimeout(done, 50)); };
      await Promise.race([wait(), new Promise((_, fail) => setTimeout(() => fail(new Error('the worker does not start')), 8000))]);
      const bytes = Uint8Array.from(atob(key.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
      await (await at.pushManager.getSubscription())?.unsubscribe();
      const { endpoint, keys } = (await at.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes })).toJSON();
      await state({ subscribed: { endpoint, p256dh: keys.p256dh, auth: keys.auth } });
    } catch (error) { await state({ refused: String(error.message || error) }); }
  };
  const unsubscribe = async () => {
    await (await (await registration())?.pushManager.getSubscription())?.unsubscribe();
    await state();
  };

  const acts = {
    count: ({ n }) => { count = n; title(); },
    // it was before somebody's eyes: no page needs to do anything
    seen: ({ key }) => locked(() => ['s', 'd'].forEach((kind) => claim(kind + key))),
    notice: (notice) => {
      if (notice.sound) once('s' + notice.key, tones);
      if (front()) locked(() => claim('d' + notice.key));
      else if (notice.desktop && !told) once('d' + notice.key, () => show(notice));
    },
    sound: tones,
    state: () => state(),
    permission: async () => { await Notification.requestPermission(); await state(); },
    subscribe: ({ key }) => subscribe(key),
    unsubscribe,
    changed: () => others?.postMessage('changed'),
  };
  addEventListener('message', ({ source, data }) => {
    if (source !== window || typeof data !== 'string' || !data.startsWith('recado>')) return;
    const asked = JSON.parse(data.slice(7));
    acts[asked.do]?.(asked);
  });
  if (others) others.onmessage = () => tell({ changed: true });
  navigator.serviceWorker?.addEventListener('message', ({ data }) => {
    if (data?.open) open(data.open);
    if (data?.arrived) tell({ arrived: data.arrived });
  });

  // -- a page of ours while there is no line
  if (isSecureContext) navigator.serviceWorker?.register('/offline.js').catch(() => undefined);

  // -- whether somebody looks at this page: said while they do something, so that a page left open is not taken for eyes
  const AGAIN = 30000;
  let looking, said = 0;
  const look = (event) => {
    const now = front();
    if (now !== looking || (now && event && Date.now() - said > AGAIN)) {
      [looking, said] = [now, Date.now()];
      tell({ looking: now });
    }
  };
  ['focus', 'blur', 'pageshow'].forEach((kind) => addEventListener(kind, look));
  document.addEventListener('visibilitychange', look);
  ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'].forEach((kind) => addEventListener(kind, look, { passive: true }));
  acts.looking = () => { looking = undefined; look(); };

  look();
  state();
})();
