// The line between the site's page and the frame: PROTOCOL.md says what travels. Knows origins, ports and calls that wait.
// Must not know what a call means.

import { frame } from './surface.js';

const VERSION = 1;
const calls = new Map();
let port, last = 0;

/** Waits for frames that ask. `greet()` gives what a frame is told first, `hear(message)` takes what it says. */
export const listen = (origin, greet, hear) => {
  // The frame asks, anew after each load: only it knows when it can listen. It is given its end of the line only when it is our frame
  // and still shows our origin.
  addEventListener('message', ({ source, origin: from, data }) => {
    const there = frame?.contentWindow;
    if (!there || source != there || from != origin || data?.recado != VERSION) return;
    const { port1, port2 } = new MessageChannel();
    port?.close();
    port = port1;
    port.onmessage = ({ data }) => {
      const call = calls.get(data.id);
      calls.delete(data.id);
      if (data.error) call?.reject(new Error(data.error));
      else call?.resolve(data.value);
      hear(data);
    };
    there.postMessage({ recado: VERSION, ...greet() }, origin, [port2]);
    for (const { message } of calls.values()) port.postMessage(message);
  });
};

/** Says what happened here; false when nobody listens. */
export const tell = (event, value) => port && !port.postMessage({ event, value });

/** Resolves with the answer, or at once with `false` when the call is kept until there is a frame. */
export const call = (name, ...args) =>
  new Promise((resolve, reject) => {
    // a copy: what the site changes later was not said, and what cannot be copied is refused here
    const message = structuredClone({ id: ++last, call: name, args });
    calls.set(last, { message, resolve, reject });
    // a page that never opens the chat must not collect for ever
    if (calls.size > 200) calls.delete(calls.keys().next().value);
    port?.postMessage(message);
    if (!frame) resolve(false);
  });

/** Whether every call was answered. */
export const idle = () => !calls.size;

export const hangUp = () => {
  port?.close();
  port = null;
};

/** What was asked for and not answered is dropped. */
export const forget = () => {
  for (const { resolve } of calls.values()) resolve(false);
  calls.clear();
};
