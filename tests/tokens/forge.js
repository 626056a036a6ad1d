// SPDX-License-Identifier: MIT
// Tokens that no library would make: any bytes for a header and claims, signed by any key in any way.
'use strict';
const crypto = require('node:crypto');

const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const json = (value) => (typeof value === 'string' || Buffer.isBuffer(value) ? value : JSON.stringify(value));
const hashes = {
  HS256: 'sha256',
  HS384: 'sha384',
  HS512: 'sha512',
  RS256: 'sha256',
  RS384: 'sha384',
  RS512: 'sha512',
  PS256: 'sha256',
  ES256: 'sha256',
  ES384: 'sha384',
  EdDSA: null,
};
const algorithms = Object.keys(hashes);
const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };

// `key`: a secret (string or Buffer), or a private key.
function sign(algorithm, key, text) {
  if (algorithm.startsWith('HS')) return crypto.createHmac(hashes[algorithm], key).update(text).digest();
  const options = algorithm.startsWith('PS') ? pss : algorithm.startsWith('ES') ? { dsaEncoding: 'ieee-p1363' } : {};
  return crypto.sign(hashes[algorithm], Buffer.from(text), { key, ...options });
}

// `header` and `claims`: an object, or the bytes themselves. `how` makes the signature of the signed text.
function forge(header, claims, how) {
  const text = `${base64url(json(header))}.${base64url(json(claims))}`;
  return `${text}.${base64url(how(text))}`;
}

const now = () => Math.floor(Date.now() / 1000);
// What is enough to be let in, if the signature is good.
const claims = (more) => ({ sub: 'boss', role: 'admin', exp: now() + 3600, ...more });

function withSignature(token, change) {
  const [header, payload, signature] = token.split('.');
  return `${header}.${payload}.${base64url(change(Buffer.from(signature, 'base64url')))}`;
}

function withBit(bytes, bit) {
  const out = Buffer.from(bytes);
  out[bit >> 3] ^= 1 << (bit & 7);
  return out;
}

// The same bytes in another spelling, by a last character whose unused bits are not 0; null when it has none.
function strayBits(text) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  if (text.length % 4 === 0) return null;
  return text.slice(0, -1) + alphabet[alphabet.indexOf(text.at(-1)) + 1];
}

module.exports = { algorithms, base64url, claims, forge, hashes, now, sign, strayBits, withBit, withSignature };
