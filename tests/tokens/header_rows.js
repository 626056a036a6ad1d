// SPDX-License-Identifier: MIT
// Rightly signed tokens, by a secret and by an RSA key, whose header or whose shape is wrong.
'use strict';
const { base64url, claims, forge, sign, strayBits } = require('./forge.js');
const { jwk, offCurve } = require('./keys.js');
const { keyFor } = require('./valid_rows.js');

const noSuchAlgorithm = [
  'none',
  'None',
  'NONE',
  'nOnE',
  'none ',
  ' none',
  'none\u0000',
  'n\u043ene',
  '',
  'null',
  'hs256',
  'Hs256',
  'HS256 ',
  ' HS256',
  'HS-256',
  'HS256\u0000',
  'HS257',
  'HS1',
  'SHA256',
  'HMAC',
  'rs256',
  'eddsa',
  'dir',
  'A256KW',
  '*',
];

function headerRows(keys) {
  const rows = [];
  for (const algorithm of ['HS256', 'RS256', 'ES256', 'EdDSA']) {
    const key = keyFor(keys, algorithm);
    const how = (text) => sign(algorithm, key, text);
    const add = (name, header, accepted = false) =>
      rows.push({ name: `${algorithm}, header ${name}`, accepted, token: forge(header, claims(), how) });
    const addJson = (json, accepted = false) => add(JSON.stringify(json), json, accepted);
    const own = `"alg":"${algorithm}"`;
    const { privateKey, publicKey } = keys.strangers.rsa;
    const strangersJwk = jwk({ publicKey });

    for (const crit of [['exp'], [], ['b64'], ['alg'], 'exp', null]) addJson({ alg: algorithm, crit });
    addJson({ alg: algorithm, b64: false, crit: ['b64'] });
    addJson({ alg: algorithm, jku: 'https://example.com/keys.json' });
    addJson({ alg: algorithm, jku: 'http://127.0.0.1:1/' });
    addJson({ alg: algorithm, x5u: 'https://example.com/chain.pem' });
    addJson({ alg: algorithm, x5c: ['MIIB'] });
    addJson({ alg: algorithm, jwk: strangersJwk });
    addJson({ alg: algorithm, jwk: null });
    add('with jwk in other letters', `{${own},"j\\u0077k":{}}`);
    rows.push({
      name: `${algorithm}, a key of its own under our algorithm`,
      accepted: false,
      token: forge({ alg: 'RS256', jwk: strangersJwk }, claims(), (text) => sign('RS256', privateKey, text)),
    });

    add('with alg twice', `{${own},${own}}`);
    add('with alg none, then ours', `{"alg":"none",${own}}`);
    add('with alg ours, then none', `{${own},"alg":"none"}`);
    add('with alg twice in other letters', `{${own},"\\u0061lg":"none"}`);
    add('with kid twice', `{${own},"kid":"a","kid":"b"}`);
    add('with typ twice', `{${own},"typ":"JWT","typ":"JWT"}`);
    add('with a member of no meaning twice', `{${own},"x":1,"x":1}`);
    add('with alg in other letters, and well so', `{"\\u0061lg":"${algorithm}"}`, true);
    add('with space', ` \r\n\t{ ${own} }\n`, true);

    for (const alg of [7, null, true, [algorithm], { alg: algorithm }]) addJson({ alg });
    addJson({ typ: 'JWT' });
    addJson({ ALG: algorithm });
    for (const kid of [7, null, true, ['a'], {}, 'k'.repeat(257)]) addJson({ alg: algorithm, kid });
    addJson({ alg: algorithm, kid: '' }, true);
    for (const typ of ['JWE', 'at+jwt;x', 'secevent+jwt', 'dpop+jwt', '', 7, null, ['JWT']])
      addJson({ alg: algorithm, typ });

    for (const text of [
      '',
      '{}',
      '[]',
      '7',
      'null',
      `"${algorithm}"`,
      `[{${own}}]`,
      `{${own}`,
      `{${own}}}`,
      `{${own}},{}`,
      `{${own},}`,
      `{'alg':'${algorithm}'}`,
      `{alg:"${algorithm}"}`,
      `{${own}/**/}`,
      `{${own},"x":01}`,
      `{${own},"x":NaN}`,
      `{${own},"x":"\n"}`,
      `{${own},"x":"\\ud800"}`,
      `\ufeff{${own}}`,
      `{${own}}\0`,
      `\0{${own}}`,
      `{${own},"x":1e400}`,
      `{${own},"x":${'['.repeat(65)}${']'.repeat(65)}}`,
      `{${own},"x":${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}}`,
    ])
      add(text.length > 100 ? `of ${text.length} characters` : text, text);
    for (const bytes of ['ff', 'c0af', 'eda080', 'f4908080', 'e282'])
      add(
        `with bytes ${bytes}`,
        Buffer.concat([Buffer.from(`{${own},"x":"`), Buffer.from(bytes, 'hex'), Buffer.from('"}')]),
      );
  }
  for (const alg of noSuchAlgorithm) {
    const name = `alg ${JSON.stringify(alg)}`;
    rows.push({ name: `${name}, unsigned`, accepted: false, token: forge({ alg }, claims(), () => '') });
    rows.push({
      name: `${name}, signed`,
      accepted: false,
      token: forge({ alg }, claims(), (text) => sign('HS256', keys.inFiles.secret, text)),
    });
  }
  // The key is there in full, and is off its curve.
  rows.push({
    name: 'an embedded key off its curve',
    accepted: false,
    token: forge({ alg: 'ES256', jwk: offCurve(keys.leftOut.offCurve) }, claims(), (text) =>
      sign('ES256', keys.leftOut.offCurve.privateKey, text),
    ),
  });
  return rows;
}

function shapeRows(keys) {
  const how = (text) => sign('HS256', keys.inFiles.secret, text);
  const good = forge({ alg: 'HS256' }, claims(), how);
  const [header, payload, signature] = good.split('.');
  // Signed as they stand, so that only their spelling is wrong.
  const spelled = (h, p) => `${h}.${p}.${base64url(how(`${h}.${p}`))}`;
  const padded = (part) => part + '='.repeat((4 - (part.length % 4)) % 4);
  const space = base64url(JSON.stringify(claims({ x: '\u00bf?>\u00ff~~' })) + '  ');
  const shapes = {
    nothing: '',
    'a dot': '.',
    'two dots': '..',
    'three dots': '...',
    'one word': 'token',
    'three words': 'a.b.c',
    'two parts': `${header}.${payload}`,
    'one part': header,
    'no header': `.${payload}.${signature}`,
    'no claims': `${header}..${signature}`,
    'signed with no claims': spelled(header, ''),
    'signed with no header': spelled('', payload),
    'four parts': `${good}.${signature}`,
    'an empty fourth part': `${good}.`,
    'five parts, as JWE has': `${header}.${payload}.${signature}.a.b`,
    'a dot before': `.${good}`,
    'two dots between': `${header}..${payload}.${signature}`,
    'parts in another order': `${payload}.${header}.${signature}`,
    'a token in quotes': `"${good}"`,
    'a token in brackets': `[${good}]`,
    'Bearer twice': `Bearer ${good}`,
    'two tokens': `${good},${good}`,
    'two tokens with a space': `${good} ${good}`,
    'JSON serialization': JSON.stringify({ payload, protected: header, signature }),
    'base64url of the whole': base64url(good),
    'percent-encoded dots': good.replaceAll('.', '%2E'),
    'slashes for dots': good.replaceAll('.', '/'),
    'claims padded': spelled(header, padded(payload).replace(/([^=])$/, '$1=')),
    'header padded': spelled(`${header}==`, payload),
    'claims with a space': spelled(header, `${payload.slice(0, 8)} ${payload.slice(8)}`),
    'header with a space': spelled(`${header.slice(0, 4)} ${header.slice(4)}`, payload),
    'claims with a tab': spelled(header, `${payload.slice(0, 8)}\t${payload.slice(8)}`),
    'claims with a line end': spelled(header, `${payload.slice(0, 8)}\n${payload.slice(8)}`),
    'claims with a NUL': spelled(header, `${payload.slice(0, 8)}\0${payload.slice(8)}`),
    'claims with a letter beyond ASCII': spelled(header, `${payload}\u00e9`),
    'a line end behind': `${good}\n`,
    'a carriage return behind': `${good}\r\n`,
    'a NUL behind': `${good}\0`,
    'claims with a digit too many': spelled(
      header,
      `${payload}${payload.length % 4 === 0 ? 'A' : 'A'.repeat(5 - (payload.length % 4))}`,
    ),
    'claims in the alphabet of base64': spelled(header, space.replaceAll('-', '+').replaceAll('_', '/')),
    'a token of 9,000 bytes': forge({ alg: 'HS256' }, claims({ x: 'x'.repeat(6500) }), how),
    'a token of 60,000 bytes': forge({ alg: 'HS256' }, claims({ x: 'x'.repeat(45000) }), how),
    'a token of a million bytes': `${header}.${'A'.repeat(1000000)}.${signature}`,
  };
  const rows = Object.entries(shapes).map(([name, token]) => ({ name, accepted: false, token }));
  for (const [what, part] of [
    ['header', header],
    ['claims', payload],
  ]) {
    // With as many bytes as leave bits unused in the last character.
    const odd = strayBits(part) ? part : base64url(`${Buffer.from(part, 'base64url')} `);
    const other = strayBits(odd);
    rows.push({
      name: `${what} with a stray tail`,
      accepted: false,
      token: what === 'header' ? spelled(other, payload) : spelled(header, other),
    });
    rows.push({
      name: `${what} with its right tail`,
      accepted: true,
      token: what === 'header' ? spelled(odd, payload) : spelled(header, odd),
    });
  }
  rows.push({
    name: 'a token of nearly 8 KiB',
    accepted: true,
    token: forge({ alg: 'HS256' }, claims({ x: 'x'.repeat(5500) }), how),
  });
  return rows;
}

module.exports = (keys) => [...headerRows(keys), ...shapeRows(keys)];
