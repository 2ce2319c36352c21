const { createHmac, randomBytes } = require('node:crypto');

// for the person who is signed in; each value is one line of text, '' where there is none
function identity(id, email, name) {
  const expires = Math.floor(Date.now() / 1000) + 3600; // at most a day ahead
  const nonce = randomBytes(16).toString('hex');
  const signed = ['recado-identity-1', 'KEY', expires, nonce, id, email, name].join('\n');
  const hash = createHmac('sha256', process.env.RECADO_SECRET).update(signed).digest('hex');
  return { id, email, name, expires, nonce, hash };
}
