// The worker that answers for the server while there is no line: a page that says so, and tries again by itself. It keeps nothing else,
// and lets everything but the opening of pages pass.
'use strict';

const PAGE = '/offline';
const KEPT = 'recado-offline';

const keep = async () => (await caches.open(KEPT)).add(new Request(PAGE, { cache: 'reload' }));

const open = async (event) => {
  try {
    return (await event.preloadResponse) || (await fetch(event.request));
  } catch {
    return (await caches.match(PAGE)) || Response.error();
  }
};

addEventListener('install', (event) => {
  skipWaiting();
  event.waitUntil(keep());
});
addEventListener('activate', (event) => event.waitUntil((async () => {
  await registration.navigationPreload?.enable();
  await clients.claim();
})()));
addEventListener('fetch', (event) => {
  // a visitor's window in somebody's site is none of ours to answer for
  const { mode, method, url } = event.request;
  if (mode === 'navigate' && method === 'GET' && !new URL(url).pathname.startsWith('/chat/')) event.respondWith(open(event));
});
