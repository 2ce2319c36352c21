// The worker that a browser wakes when a push comes while no page of Recado is open: shows it, and opens what it is about.
// It handles no requests and keeps nothing. Its scope is /push/, where no page is.
'use strict';

const pages = () => clients.matchAll({ type: 'window', includeUncontrolled: true });

const show = async (data) => {
  let said = {};
  try { said = data.json(); } catch { /* a push without words is one all the same */ }
  const { title = 'Recado', body = '', path = '/inbox', tag } = said;
  await registration.showNotification(title, { body, tag, renotify: !!tag, icon: '/favicon.ico', data: { path } });
  (await pages()).forEach((page) => page.postMessage({ arrived: tag || 'push' }));
};

const open = async (path) => {
  // only ever a page of ours
  const target = path.startsWith('/') && !path.startsWith('//') ? path : '/inbox';
  const [page] = (await pages()).sort((a, b) => b.focused - a.focused);
  if (!page) return clients.openWindow(target);
  page.postMessage({ open: target });
  // only a real click may bring a window to the front
  return page.focus().catch(() => undefined);
};

addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('push', (event) => event.waitUntil(show(event.data)));
addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.path ?? '/inbox'));
});
