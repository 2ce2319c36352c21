// A shop of 100,000 tickets in a browser: its list is scrolled from the newest to the oldest. Takes minutes, and a release build to say
// something of speed: `make long` tells it, with RECADO_TICKETS of another size for a look.

import { expect, Page } from '@playwright/test';
import { go, seededAdmin, test } from '../people';

const TICKETS = Number(process.env.RECADO_TICKETS ?? 100_000);
test.use({ story: 'long', seeded: TICKETS });
test.skip(!process.env.RECADO_AT_LENGTH, 'told by `make long`');
test.describe.configure({ mode: 'serial' });
test.setTimeout(1_800_000);

let marta: Page;

test.beforeAll(async ({ browser, world }) => {
  marta = await seededAdmin(browser, world);
});

test('all of it is scrolled through: few elements, and no frame is late', async () => {
  await go(marta, '/inbox?kind=ticket&status=any');
  const seen = await marta.evaluate(async () => {
    const [scroller, list] = ['.rows-scroll', '.inbox-rows'].map((place) => document.querySelector<HTMLElement>(place)!);
    const elements = () => document.querySelectorAll('*').length;
    const [frames, first] = [[] as number[], elements()];
    let [most, least, stuck, last] = [first, first, 0, 0];
    const started = performance.now();
    let before = started;
    // a wheel that is turned without pause: ten rows a frame, and a rest where the next rows are still coming
    await new Promise<void>((done) => requestAnimationFrame(function frame(now) {
      frames.push(now - before);
      before = now;
      scroller.scrollTop += 1_040;
      stuck = scroller.scrollTop === last ? stuck + 1 : 0;
      last = scroller.scrollTop;
      if (frames.length % 20 === 0) { const count = elements(); most = Math.max(most, count); least = Math.min(least, count); }
      if (stuck > 600) done(); else requestAnimationFrame(frame);
    }));
    frames.sort((a, b) => a - b);
    const at = (share: number) => Math.round(frames[Math.floor(frames.length * share)] * 10) / 10;
    return {
      rows: Math.round(list.getBoundingClientRect().height / document.querySelector('[data-row]')!.getBoundingClientRect().height),
      elements: [least, first, most], frames: frames.length, p50: at(0.5), p95: at(0.95), p99: at(0.99), seconds: Math.round((before - started) / 1000),
      memory: Math.round(((performance as any).memory?.usedJSHeapSize ?? 0) / 1e6),
    };
  });
  console.log(`${TICKETS} tickets: ${JSON.stringify(seen)}`);
  // some of a seeded world lies in spam and trash
  expect(seen.rows).toBeGreaterThan(TICKETS * 0.97);
  expect(seen.elements[2]).toBeLessThan(seen.elements[1] * 1.5);
  // 60 a second, on a machine whose other core makes the rows
  expect(seen.p95).toBeLessThan(34);
});
