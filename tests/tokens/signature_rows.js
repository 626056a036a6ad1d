// SPDX-License-Identifier: MIT
// Tokens whose signature is wrong: tampered with, spelled otherwise, of another algorithm, key type or curve.
'use strict';
const crypto = require('node:crypto');
const { algorithms, base64url, claims, forge, sign, strayBits, withBit, withSignature } = require('./forge.js');
const { jwk, pkcs1, spki } = require('./keys.js');
const { keyFor } = require('./valid_rows.js');

// n of P-256 and P-384, the orders of their groups; l of Ed25519, little-endian.
const orders = {
  ES256: 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
  ES384: 'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
};
const orderOf25519 = 2n ** 252n + 27742317777372353535851937790883648493n;

const toNumber = (bytes) => BigInt(`0x${bytes.toString('hex')}`);
const toBytes = (number, length) => Buffer.from(number.toString(16).padStart(2 * length, '0'), 'hex');

function refused(rows) {
  return rows.filter(([, token]) => token !== null).map(([name, token]) => ({ name, accepted: false, token }));
}

// What befalls a token of any algorithm.
function tamperedRows(keys) {
  return refused(
    algorithms.flatMap((algorithm) => {
      const key = keyFor(keys, algorithm);
      const header = { alg: algorithm, typ: 'JWT' };
      const good = forge(header, claims(), (text) => sign(algorithm, key, text));
      const [headerPart, claimsPart, signature] = good.split('.');
      const lowly = base64url(JSON.stringify({ ...claims(), role: 'customer' }));
      const bits = Buffer.from(signature, 'base64url').length * 8;
      const strayTail = strayBits(signature);
      return [
        ['without its last byte', withSignature(good, (s) => s.subarray(0, -1))],
        ['without its first byte', withSignature(good, (s) => s.subarray(1))],
        ['cut in half', withSignature(good, (s) => s.subarray(0, s.length / 2))],
        ['and a byte more', withSignature(good, (s) => Buffer.concat([s, Buffer.from([1])]))],
        ['and a zero more', withSignature(good, (s) => Buffer.concat([s, Buffer.alloc(1)]))],
        ['and a zero before', withSignature(good, (s) => Buffer.concat([Buffer.alloc(1), s]))],
        ['twice', withSignature(good, (s) => Buffer.concat([s, s]))],
        ['empty', `${headerPart}.${claimsPart}.`],
        ['of zeros', withSignature(good, (s) => Buffer.alloc(s.length))],
        ['of ones', withSignature(good, (s) => Buffer.alloc(s.length, 255))],
        ['first bit', withSignature(good, (s) => withBit(s, 7))],
        ['middle bit', withSignature(good, (s) => withBit(s, bits / 2))],
        ['last bit', withSignature(good, (s) => withBit(s, bits - 8))],
        ['padded', `${good}=`],
        ['padded twice', `${good}==`],
        ['with a stray tail', strayTail && `${headerPart}.${claimsPart}.${strayTail}`],
        ['with a space inside', `${good.slice(0, -4)} ${good.slice(-4)}`],
        ['for other claims', `${headerPart}.${lowly}.${signature}`],
        [
          'under a header of the same meaning',
          `${base64url(JSON.stringify({ typ: 'JWT', alg: algorithm }))}.${claimsPart}.${signature}`,
        ],
        ['of the claims alone', forge(header, claims(), (text) => sign(algorithm, key, text.split('.')[1]))],
        ['under alg none', forge({ alg: 'none' }, claims(), (text) => sign(algorithm, key, text))],
      ].map(([what, token]) => [`${algorithm}, signature ${what}`, token]);
    }),
  );
}

// In the standard alphabet, where it differs from that of base64url.
function alphabetRows(keys) {
  return refused(
    algorithms.map((algorithm) => {
      const key = keyFor(keys, algorithm);
      for (let i = 0; ; ++i) {
        const good = forge({ alg: algorithm }, claims({ i }), (text) => sign(algorithm, key, text));
        const [header, payload, signature] = good.split('.');
        if (!/[-_]/.test(signature)) continue;
        const other = signature.replaceAll('-', '+').replaceAll('_', '/');
        return [`${algorithm}, signature in the alphabet of base64`, `${header}.${payload}.${other}`];
      }
    }),
  );
}

function ecdsaRows(keys) {
  const rows = [];
  for (const [algorithm, type, hash] of [
    ['ES256', 'p256', 'sha256'],
    ['ES384', 'p384', 'sha384'],
  ]) {
    const key = keys.inFiles[type].privateKey;
    const order = Buffer.from(orders[algorithm], 'hex');
    const length = order.length;
    const zero = Buffer.alloc(length);
    const one = toBytes(1n, length);
    const of = (change) =>
      forge({ alg: algorithm }, claims(), (text) => {
        const signature = sign(algorithm, key, text);
        return Buffer.concat(change(signature.subarray(0, length), signature.subarray(length)));
      });
    const add = (name, accepted, token) => rows.push({ name: `${algorithm}, ${name}`, accepted, token });
    add(
      'r = 0',
      false,
      of((r, s) => [zero, s]),
    );
    add(
      's = 0',
      false,
      of((r) => [r, zero]),
    );
    add(
      'r = s = 0',
      false,
      of(() => [zero, zero]),
    );
    add(
      'r = n',
      false,
      of((r, s) => [order, s]),
    );
    add(
      's = n',
      false,
      of((r) => [r, order]),
    );
    add(
      'r = s = n',
      false,
      of(() => [order, order]),
    );
    add(
      'r = 1',
      false,
      of((r, s) => [one, s]),
    );
    add(
      's = 1',
      false,
      of((r) => [r, one]),
    );
    add(
      'r = s = 1',
      false,
      of(() => [one, one]),
    );
    add(
      'r + n, one byte longer',
      false,
      of((r, s) => [toBytes(toNumber(r) + toNumber(order), length + 1), Buffer.alloc(1), s]),
    );
    add(
      's and r',
      false,
      of((r, s) => [s, r]),
    );
    add(
      'n - r',
      false,
      of((r, s) => [toBytes(toNumber(order) - toNumber(r), length), s]),
    );
    // By the mathematics of ECDSA as good as s: RFC 7518 does not ask for the lesser.
    add(
      'n - s',
      true,
      of((r, s) => [r, toBytes(toNumber(order) - toNumber(s), length)]),
    );
    add(
      'in DER',
      false,
      forge({ alg: algorithm }, claims(), (text) => crypto.sign(hash, Buffer.from(text), { key, dsaEncoding: 'der' })),
    );
    add(
      'in DER, base64 of base64',
      false,
      forge({ alg: algorithm }, claims(), (text) =>
        base64url(crypto.sign(hash, Buffer.from(text), { key, dsaEncoding: 'der' })),
      ),
    );
    add(
      'with another hash',
      false,
      forge({ alg: algorithm }, claims(), (text) =>
        crypto.sign('sha512', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }),
      ),
    );
  }
  return rows;
}

function rsaAndEdDsaRows(keys) {
  const rsa = keys.inFiles.rsa;
  const modulus = Buffer.from(rsa.publicKey.export({ format: 'jwk' }).n, 'base64url');
  const pssWith = (hash, saltLength) => (text) =>
    crypto.sign(hash, Buffer.from(text), {
      key: rsa.privateKey,
      padding: crypto.constants.RSA_PKCS1_PSS_PADDING,
      saltLength,
    });
  const raw = (number) => () => toBytes(number, 256);
  const plusOrder = (text) => {
    const signature = sign('EdDSA', keys.inFiles.ed25519.privateKey, text);
    const s = toNumber(Buffer.from(signature.subarray(32)).reverse()) + orderOf25519;
    return Buffer.concat([signature.subarray(0, 32), toBytes(s, 32).reverse()]);
  };
  const neutral = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]);
  return refused([
    ['RS256 signed as PS256', forge({ alg: 'RS256' }, claims(), pssWith('sha256', 32))],
    ['PS256 signed as RS256', forge({ alg: 'PS256' }, claims(), (text) => sign('RS256', rsa.privateKey, text))],
    ['PS256 with no salt', forge({ alg: 'PS256' }, claims(), pssWith('sha256', 0))],
    ['PS256 with a salt of 20', forge({ alg: 'PS256' }, claims(), pssWith('sha256', 20))],
    ['PS256 with the longest salt', forge({ alg: 'PS256' }, claims(), pssWith('sha256', 222))],
    ['PS256 with SHA-384', forge({ alg: 'PS256' }, claims(), pssWith('sha384', 48))],
    ['PS384', forge({ alg: 'PS384' }, claims(), pssWith('sha384', 48))],
    ['PS512', forge({ alg: 'PS512' }, claims(), pssWith('sha512', 64))],
    ['RS1', forge({ alg: 'RS1' }, claims(), (text) => crypto.sign('sha1', Buffer.from(text), rsa.privateKey))],
    [
      'RS256 with SHA-1',
      forge({ alg: 'RS256' }, claims(), (text) => crypto.sign('sha1', Buffer.from(text), rsa.privateKey)),
    ],
    ['RS256 with SHA-384', forge({ alg: 'RS256' }, claims(), (text) => sign('RS384', rsa.privateKey, text))],
    ['RS512 with SHA-256', forge({ alg: 'RS512' }, claims(), (text) => sign('RS256', rsa.privateKey, text))],
    ['RS256, the number 1', forge({ alg: 'RS256' }, claims(), raw(1n))],
    ['RS256, the modulus', forge({ alg: 'RS256' }, claims(), () => modulus)],
    ['RS256, the modulus less 1', forge({ alg: 'RS256' }, claims(), raw(toNumber(modulus) - 1n))],
    ['PS256, the number 1', forge({ alg: 'PS256' }, claims(), raw(1n))],
    [
      'RS256, the number in two spellings',
      forge({ alg: 'RS256' }, claims(), (text) =>
        toBytes(toNumber(sign('RS256', rsa.privateKey, text)) + toNumber(modulus), 257),
      ),
    ],
    ['EdDSA, s + l', forge({ alg: 'EdDSA' }, claims(), plusOrder)],
    ['EdDSA, the neutral element and 0', forge({ alg: 'EdDSA' }, claims(), () => neutral)],
    [
      'EdDSA of the hash',
      forge({ alg: 'EdDSA' }, claims(), (text) =>
        sign('EdDSA', keys.inFiles.ed25519.privateKey, crypto.createHash('sha512').update(text).digest()),
      ),
    ],
  ]);
}

// A public key taken for a secret, and a secret for a public key.
function confusionRows(keys) {
  const rows = [];
  const add = (name, token) => rows.push([name, token]);
  for (const type of ['rsa', 'p256', 'p384', 'ed25519']) {
    const pair = keys.inFiles[type];
    const texts = {
      'the PEM': spki(pair),
      'the PEM without its line end': spki(pair).trimEnd(),
      'the DER': pair.publicKey.export({ type: 'spki', format: 'der' }),
      'the JWK': JSON.stringify(jwk(pair)),
      'the first coordinate': jwk(pair).n ?? jwk(pair).x,
      'its octets': Buffer.from(jwk(pair).n ?? jwk(pair).x, 'base64url'),
      ...(type === 'rsa' ? { 'the PEM of PKCS#1': pkcs1(pair) } : {}),
    };
    for (const [what, secret] of Object.entries(texts))
      for (const algorithm of ['HS256', 'HS512'])
        add(
          `${algorithm} with ${what} of a ${type} key`,
          forge({ alg: algorithm }, claims(), (text) => sign(algorithm, secret, text)),
        );
    add(
      `HS256 with the PEM of a ${type} key under its kid`,
      forge({ alg: 'HS256', kid: keys.inSet[type].id }, claims(), (text) =>
        sign('HS256', spki(keys.inSet[type]), text),
      ),
    );
  }
  for (const algorithm of algorithms.filter((name) => !name.startsWith('HS')))
    add(
      `${algorithm} signed with the secret`,
      forge({ alg: algorithm }, claims(), (text) => sign('HS256', keys.inFiles.secret, text)),
    );
  for (const secret of ['', 'secret', '\0'.repeat(32), 'null', 'undefined'])
    add(
      `HS256 with the secret ${JSON.stringify(secret)}`,
      forge({ alg: 'HS256' }, claims(), (text) => sign('HS256', secret, text)),
    );
  add(
    'HS256 with the bytes that the secret spells',
    forge({ alg: 'HS256' }, claims(), (text) => sign('HS256', Buffer.from(keys.inFiles.secret, 'base64url'), text)),
  );
  add(
    'HS256 with the line end of the secret file',
    forge({ alg: 'HS256' }, claims(), (text) => sign('HS256', `${keys.inFiles.secret}\n`, text)),
  );
  add(
    'HS384 cut to the length of HS256',
    forge({ alg: 'HS256' }, claims(), (text) => sign('HS384', keys.inFiles.secret, text).subarray(0, 32)),
  );
  return refused(rows);
}

// A right signature by a key of ours under the name of another algorithm.
function typeRows(keys) {
  const rows = [];
  for (const signer of algorithms)
    for (const named of [...algorithms, 'ES512', 'ES256K', 'Ed25519', 'RSA-OAEP'])
      if (signer !== named)
        rows.push([
          `${signer} named ${named}`,
          forge({ alg: named }, claims(), (text) => sign(signer, keyFor(keys, signer), text)),
        ]);
  const { leftOut } = keys;
  for (const [name, key, hash] of [
    ['ES256', leftOut.p521, 'sha256'],
    ['ES512', leftOut.p521, 'sha512'],
    ['ES256', leftOut.secp256k1, 'sha256'],
    ['ES256K', leftOut.secp256k1, 'sha256'],
    ['RS256', leftOut.small, 'sha256'],
    ['EdDSA', leftOut.ed448, null],
  ])
    for (const kid of [key.id, undefined])
      rows.push([
        `${name} by the key ${key.id}${kid ? ', named' : ''}`,
        forge({ alg: name, kid }, claims(), (text) =>
          crypto.sign(hash, Buffer.from(text), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }),
        ),
      ]);
  return refused(rows);
}

module.exports = (keys) =>
  [tamperedRows, alphabetRows, ecdsaRows, rsaAndEdDsaRows, confusionRows, typeRows].flatMap((rows) => rows(keys));
