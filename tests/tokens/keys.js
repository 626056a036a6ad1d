// SPDX-License-Identifier: MIT
// Key pairs of an issuer, and the files in which the server is given the public halves (and secrets).
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const pair = (type, options) => crypto.generateKeyPairSync(type, options);
const rsa = (bits) => pair('rsa', { modulusLength: bits });
const ec = (curve) => pair('ec', { namedCurve: curve });

const spki = (keys) => keys.publicKey.export({ type: 'spki', format: 'pem' });
const pkcs1 = (keys) => keys.publicKey.export({ type: 'pkcs1', format: 'pem' });
const jwk = (keys, more) => ({ ...keys.publicKey.export({ format: 'jwk' }), ...more });

// Known to the server. `id` is the kid of those in the JWK set; those in PEM and secret files have none.
function makeKeys() {
  const inFiles = {
    secret: crypto.randomBytes(48).toString('base64url'),
    rsa: rsa(2048),
    rsaPkcs1: rsa(3072),
    p256: ec('P-256'),
    p384: ec('P-384'),
    ed25519: pair('ed25519'),
  };
  const inSet = {
    rsa: { ...rsa(2048), id: 'rsa-2026' },
    rs512Only: { ...rsa(2048), id: 'rs512 only' },
    p256: { ...ec('P-256'), id: 'p256/2026' },
    p384: { ...ec('P-384'), id: 'p384' },
    ed25519: { ...pair('ed25519'), id: 'ed25519-\u00fc' },
    secret: { octets: crypto.randomBytes(64), id: 'rotated' },
    shared: { ...ec('P-256'), id: 'shared' }, // a kid that the next one has too, of another type
    sharedRsa: { ...rsa(2048), id: 'shared' },
  };
  // In the set, and not to be used.
  const leftOut = {
    small: { ...rsa(1024), id: 'small' },
    encryption: { ...rsa(2048), id: 'encryption' },
    signing: { ...ec('P-256'), id: 'signing' },
    p521: { ...ec('P-521'), id: 'p521' },
    secp256k1: { ...ec('secp256k1'), id: 'secp256k1' },
    ed448: { ...pair('ed448'), id: 'ed448' },
    offCurve: { ...ec('P-256'), id: 'off-curve' },
    longCoordinate: { ...ec('P-256'), id: 'long' },
    again: { ...ec('P-384'), id: 'p384' },
    shortSecret: { octets: crypto.randomBytes(31), id: 'short' },
  };
  const strangers = { rsa: rsa(2048), p256: ec('P-256'), p384: ec('P-384'), ed25519: pair('ed25519') };
  return { inFiles, inSet, leftOut, strangers };
}

function offCurve(keys) {
  const key = jwk(keys);
  const y = Buffer.from(key.y, 'base64url');
  y[31] ^= 1;
  return { ...key, y: y.toString('base64url') };
}

function longCoordinate(keys) {
  const key = jwk(keys);
  return { ...key, x: Buffer.concat([Buffer.alloc(1), Buffer.from(key.x, 'base64url')]).toString('base64url') };
}

function jwkSet({ inSet, leftOut }) {
  const oct = ({ octets, id }) => ({ kty: 'oct', k: octets.toString('base64url'), kid: id });
  const named = (keys, more) => jwk(keys, { kid: keys.id, ...more });
  return {
    keys: [
      named(inSet.rsa, { use: 'sig', x5t: 'harmless', 'https://example.com': { more: [1] } }),
      named(inSet.rs512Only, { alg: 'RS512' }),
      named(inSet.p256, { key_ops: ['verify'] }),
      named(inSet.p384, { alg: 'ES384', use: 'sig' }),
      named(inSet.ed25519),
      oct(inSet.secret),
      named(inSet.shared),
      named(inSet.sharedRsa),
      named(leftOut.small),
      named(leftOut.encryption, { use: 'enc' }),
      named(leftOut.signing, { key_ops: ['sign'] }),
      named(leftOut.p521),
      named(leftOut.secp256k1),
      named(leftOut.ed448),
      { ...offCurve(leftOut.offCurve), kid: leftOut.offCurve.id },
      { ...longCoordinate(leftOut.longCoordinate), kid: leftOut.longCoordinate.id },
      named(leftOut.again),
      oct(leftOut.shortSecret),
    ],
  };
}

// The server's options that name the files.
function writeKeys(folder, keys) {
  const write = (name, text, mode) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text, { mode });
    return file;
  };
  const { inFiles } = keys;
  return [
    '--jwt-secret-file',
    write('secret', `${inFiles.secret}\n`, 0o600),
    '--jwt-public-key',
    write('rsa.pem', `the issuer's\n${spki(inFiles.rsa)}${pkcs1(inFiles.rsaPkcs1)}`, 0o644),
    '--jwt-public-key',
    write('others.pem', [inFiles.p256, inFiles.p384, inFiles.ed25519].map(spki).join('\n'), 0o644),
    '--jwks-file',
    write('keys.json', JSON.stringify(jwkSet(keys)), 0o600),
  ];
}

module.exports = { jwk, makeKeys, offCurve, pkcs1, spki, writeKeys };
