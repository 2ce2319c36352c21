// Passkeys (Web Authentication): has the browser make one or use one, and sends what it answers with the form that asked. A form asks by the
// button it is sent with: `data-passkey` says what is to be made, or nothing where one is to be used; the answer goes into its field `passkey`.
// `data-offered`: the browser also offers passkeys in the field of the address by itself. Says no words of its own, and keeps nothing.
'use strict';
(() => {
  const root = document.documentElement;
  // no browser has passkeys where the address is a number
  const numbered = /^(\[.*|[\d.]+)$/.test(location.hostname);
  if (!window.PublicKeyCredential || numbered || 'passkeys' in root.dataset) return;
  root.dataset.passkeys = '';

  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (one) => one.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer ?? 0))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=/g, '');
  const said = ({ rawId, response }, rest) => JSON.stringify({ id: text(rawId), client: text(response.clientDataJSON), ...rest });

  const make = async (options, signal) => {
    const publicKey = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: options.excludeCredentials.map((one) => ({ ...one, id: bytes(one.id) })),
    };
    const made = await navigator.credentials.create({ publicKey, signal });
    const { response } = made;
    return said(made, {
      authenticator: text(response.getAuthenticatorData()),
      key: text(response.getPublicKey()),
      algorithm: response.getPublicKeyAlgorithm(),
    });
  };

  const use = async (signal, mediation) => {
    const options = await (await fetch('/passkey/challenge', { signal })).json();
    const used = await navigator.credentials.get({ publicKey: { ...options, challenge: bytes(options.challenge) }, signal, mediation });
    const { response } = used;
    return said(used, { authenticator: text(response.authenticatorData), signature: text(response.signature), user: text(response.userHandle) });
  };

  // a browser asks its person one thing at a time: a new question takes the place of the one before
  let asking, again, sending = false;
  const ask = (how) => {
    clearTimeout(again);
    asking?.abort();
    asking = new AbortController();
    return how(asking.signal);
  };

  const send = (button, answer) => {
    const field = button.form.elements.passkey;
    [field.value, sending] = [answer, true];
    button.form.requestSubmit(button);
    // each answer counts once
    [field.value, sending] = ['', false];
  };

  const offer = async () => {
    if (!document.querySelector('[data-offered]') || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    ask((signal) => use(signal, 'conditional')).then((answer) => send(document.querySelector('[data-offered]'), answer), () => {});
    // before the challenge expires
    again = setTimeout(offer, 240_000);
  };

  // before the page itself hears of it
  addEventListener('submit', (event) => {
    const button = event.submitter;
    if (sending || !button?.matches('[data-passkey]')) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const failed = button.form.querySelector('[data-passkey-failed]');
    failed.hidden = true;
    const made = button.dataset.passkey;
    ask((signal) => (made ? make(JSON.parse(made), signal) : use(signal))).then((answer) => send(button, answer), () => {
      failed.hidden = false;
      offer();
    });
  }, true);

  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', offer);
  else offer();
})();
