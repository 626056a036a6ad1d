// SPDX-License-Identifier: MIT
// Tokens that are let in, made by jose as an issuer would; and those of keys that the server must not use.
'use strict';
const { SignJWT } = require('jose');
const { algorithms, claims } = require('./forge.js');

const typeOf = (algorithm) =>
  algorithm.startsWith('HS')
    ? 'secret'
    : algorithm === 'ES256'
      ? 'p256'
      : algorithm === 'ES384'
        ? 'p384'
        : algorithm === 'EdDSA'
          ? 'ed25519'
          : 'rsa';

const issue = (algorithm, key, header = {}, more = {}) =>
  new SignJWT(claims(more)).setProtectedHeader({ alg: algorithm, ...header }).sign(key);

// The private half, or the secret, of the server's key without a kid that serves the algorithm.
function keyFor(keys, algorithm) {
  const key = keys.inFiles[typeOf(algorithm)];
  return typeof key === 'string' ? Buffer.from(key) : key.privateKey;
}

async function validRows(keys) {
  const rows = [];
  const add = async (name, token) => rows.push({ name, accepted: true, token: await token });
  for (const algorithm of algorithms) {
    const type = typeOf(algorithm);
    const own = keyFor(keys, algorithm);
    const named = keys.inSet[type];
    const namedKey = named.octets ?? named.privateKey;
    await add(`${algorithm} by a key of a file`, issue(algorithm, own));
    await add(`${algorithm} with typ JWT`, issue(algorithm, own, { typ: 'JWT' }));
    await add(`${algorithm} with a kid that only the issuer knows`, issue(algorithm, own, { kid: 'mine' }));
    if (algorithm !== 'ES384')
      // whose key in the set is bound to it by alg; the rest of the types are not
      await add(`${algorithm} by a key of the set`, issue(algorithm, namedKey, { kid: named.id }));
    await add(`${algorithm} by a key of the set, unnamed`, issue(algorithm, namedKey));
  }
  await add('ES384 by a key of the set bound to it', issue('ES384', keys.inSet.p384.privateKey, { kid: 'p384' }));
  for (const algorithm of ['RS256', 'RS384', 'RS512', 'PS256'])
    await add(`${algorithm} by a key in PKCS#1`, issue(algorithm, keys.inFiles.rsaPkcs1.privateKey));
  await add('RS512 by a key bound to it', issue('RS512', keys.inSet.rs512Only.privateKey, { kid: 'rs512 only' }));
  await add('a kid of two types, EC', issue('ES256', keys.inSet.shared.privateKey, { kid: 'shared' }));
  await add('a kid of two types, RSA', issue('PS256', keys.inSet.sharedRsa.privateKey, { kid: 'shared' }));
  for (const typ of ['jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt', 'application/jwt'])
    await add(`typ ${typ}`, issue('RS256', keys.inFiles.rsa.privateKey, { typ }));
  const harmless = { x5t: 'abc', 'x5t#S256': 'abc', cty: 'text', 'https://example.com/x': { a: [] } };
  await add('header members that may be passed over', issue('ES256', keys.inFiles.p256.privateKey, harmless));
  return rows;
}

async function leftOutRows(keys) {
  const rows = [];
  const add = async (name, token) => rows.push({ name, accepted: false, token: await token });
  const { leftOut, inSet, strangers } = keys;
  for (const [what, algorithm, key] of [
    ['use enc', 'RS256', leftOut.encryption],
    ['key_ops without verify', 'ES256', leftOut.signing],
    ['a point off the curve', 'ES256', leftOut.offCurve],
    ['a coordinate with a zero before it', 'ES256', leftOut.longCoordinate],
    ['the kid of another EC key', 'ES384', leftOut.again],
    ['curve P-521', 'ES512', leftOut.p521],
    ['curve Ed448', 'EdDSA', leftOut.ed448],
  ]) {
    await add(`a key of the set with ${what}`, issue(algorithm, key.privateKey, { kid: key.id }));
    await add(`the same, unnamed: ${what}`, issue(algorithm, key.privateKey));
  }
  await add('a secret of 31 bytes', issue('HS256', leftOut.shortSecret.octets, { kid: 'short' }));
  for (const algorithm of ['RS256', 'RS384', 'PS256'])
    await add(
      `${algorithm} by a key bound to RS512`,
      issue(algorithm, inSet.rs512Only.privateKey, { kid: 'rs512 only' }),
    );
  await add('the kid of another key of the same type', issue('RS256', inSet.rsa.privateKey, { kid: 'shared' }));
  await add('the kid of a key of another type', issue('RS256', inSet.rsa.privateKey, { kid: 'p384' }));
  await add(
    "a file's key under the kid of another",
    issue('ES256', keys.inFiles.p256.privateKey, { kid: 'p256/2026' }),
  );
  for (const kid of [
    'RSA-2026',
    'rsa-2026 ',
    'rsa-2026\u0000',
    '../rsa-2026',
    '/dev/null',
    "' OR 1=1",
    '*',
    'undefined',
  ])
    await add(`kid ${JSON.stringify(kid)}`, issue('RS256', inSet.rsa.privateKey, { kid }));
  for (const type of ['rsa', 'p256', 'p384', 'ed25519']) {
    const algorithm = { rsa: 'PS256', p256: 'ES256', p384: 'ES384', ed25519: 'EdDSA' }[type];
    await add(`a stranger's ${algorithm}`, issue(algorithm, strangers[type].privateKey));
    await add(
      `a stranger's ${algorithm} under our kid`,
      issue(algorithm, strangers[type].privateKey, { kid: inSet[type].id }),
    );
  }
  return rows;
}

module.exports = { issue, keyFor, leftOutRows, typeOf, validRows };
