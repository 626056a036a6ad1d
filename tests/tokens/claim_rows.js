// SPDX-License-Identifier: MIT
// Rightly signed tokens whose claims are wrong, or come too early or too late. The server allows a minute of leeway.
'use strict';
const { claims, forge, now, sign } = require('./forge.js');
const { issue, keyFor } = require('./valid_rows.js');

const rights = '"sub":"boss","role":"admin"';
const later = () => now() + 3600;

function timeRows(keys) {
  const rows = [];
  for (const algorithm of ['HS256', 'PS256', 'ES384']) {
    const how = (text) => sign(algorithm, keyFor(keys, algorithm), text);
    const add = (name, accepted, json) =>
      rows.push({ name: `${algorithm}, ${name}`, accepted, token: forge({ alg: algorithm }, json, how) });
    const of = (more) => `{${rights}${more}}`;
    const exp = (value, accepted = false) => add(`exp ${value}`, accepted, of(`,"exp":${value}`));
    add('no exp', false, of(''));
    add('Exp', false, of(`,"Exp":${later()}`));
    for (const value of [
      `"${later()}"`,
      'null',
      'true',
      'false',
      '[]',
      `[${later()}]`,
      '{}',
      '-1',
      '-0.5',
      '-1e300',
      '1e400',
      '-1e400',
      '1e300',
      '253402300800',
      '99999999999999',
      '18446744073709551616',
      '0',
      '0.0',
      '1',
      '1e-300',
      `${now() * 1000}`,
      '1e',
      '+1',
      '0x7fffffff',
      'Infinity',
      'NaN',
      '01',
    ])
      exp(value);
    exp(now() - 61);
    exp(now() - 60.5);
    exp(now() - 3600);
    exp(now() - 20, true);
    exp(now() + 1, true);
    exp(later() + 0.5, true);
    exp(`${later() / 1000}e3`, true);
    exp('253402300799', true);
    exp('2.5e11', true);
    for (const claim of ['nbf', 'iat']) {
      const at = (value, accepted = false) =>
        add(`${claim} ${value}`, accepted, of(`,"exp":${later()},"${claim}":${value}`));
      for (const value of [`"${now()}"`, 'null', 'true', '[]', '{}', '-1', '1e400', '253402300800', `${now() * 1000}`])
        at(value);
      at(now() + 1000);
      at(now() + 3600);
      at(now(), true);
      at(now() - 1e6, true);
      at(0, true);
      at(now() + 30, true);
      at(now() + 0.25, true);
    }
    for (const claim of ['exp', 'nbf', 'iat'])
      add(`${claim} twice`, false, of(`,"exp":${later()},"${claim}":${now() + 1},"${claim}":${now() + 2}`));
    add('exp twice, in other letters', false, of(`,"exp":${later()},"e\\u0078p":${later()}`));
    add('exp in other letters', true, of(`,"e\\u0078p":${later()}`));
  }
  return rows;
}

function typeRows(keys) {
  const rows = [];
  for (const algorithm of ['HS512', 'RS256', 'EdDSA']) {
    const how = (text) => sign(algorithm, keyFor(keys, algorithm), text);
    const add = (name, accepted, json) =>
      rows.push({ name: `${algorithm}, ${name}`, accepted, token: forge({ alg: algorithm }, json, how) });
    const of = (more) => `{${rights},"exp":${later()}${more}}`;
    const whole = (text) => add(`claims ${text.length > 100 ? `of ${text.length} characters` : text}`, false, text);
    for (const text of [
      '',
      '{}x',
      '[]',
      `[${of('')}]`,
      'null',
      '7',
      '"exp"',
      of('').slice(0, -1),
      `${of('')}}`,
      `${of('')}${of('')}`,
      `${of('')},`,
      `\ufeff${of('')}`,
      `${of('')}\0`,
      `\0${of('')}`,
      of(',"x":1e400'),
      of(',"x":"\n"'),
      of(',"x":"\\ud800"'),
      of(',"x":tru'),
      of(','),
      of(`,"x":${'['.repeat(64)}${']'.repeat(64)}`),
      of(`,"x":${'['.repeat(1500)}${']'.repeat(1500)}`),
      of(`,"x":${'{"a":'.repeat(500)}1${'}'.repeat(500)}`),
      `{${rights}, exp: ${later()}}`,
      `<exp>${later()}</exp>`,
    ])
      whole(text);
    for (const bytes of ['ff', 'c0af', 'eda080', 'f4908080', 'e282'])
      add(
        `claims with bytes ${bytes}`,
        false,
        Buffer.concat([Buffer.from(`{${rights},"exp":${later()},"x":"`), Buffer.from(bytes, 'hex'), Buffer.from('"}')]),
      );
    add('claims of nested arrays, 62 deep', true, of(`,"x":${'['.repeat(62)}${']'.repeat(62)}`));
    add('claims that mean nothing here', true, of(',"name":"\u00fc","realm_access":{"roles":["x"]},"x":[1,{}]'));
    for (const more of [
      '"sub":"a"',
      '"role":"customer"',
      '"roles":["a"],"roles":["b"]',
      '"x":1,"x":1',
      '"s\\u0075b":"a"',
      '"rt":{},"rt":{}',
      '"rt":{"stats":true,"stats":true}',
      '"rt":{"subscribe":[],"s\\u0075bscribe":[]}',
      '"aud":"a","aud":"a"',
      '"orders":[],"orders":[]',
    ])
      add(`twice: ${more}`, false, of(`,${more}`));
    for (const more of [
      '"iss":7',
      '"iss":null',
      '"aud":7',
      '"aud":{}',
      '"aud":["a",7]',
      '"roles":7',
      '"roles":{"admin":true}',
      '"roles":["admin",null]',
      '"orders":"O-1"',
      '"orders":[7]',
      '"orders":["a b"]',
      '"orders":["*"]',
      '"runs":[""]',
      '"drivers":{}',
      '"rt":[]',
      '"rt":"*"',
      '"rt":{"subscribe":"*"}',
      '"rt":{"publish":["cars/1"]}',
      '"rt":{"stats":1}',
      '"rt":{"stats":"true"}',
      `"orders":${JSON.stringify(Array(1001).fill('1'))}`,
    ])
      add(more.slice(0, 40), false, of(`,${more}`));
    for (const sub of ['7', 'null', '["boss"]', `"${'s'.repeat(257)}"`])
      add(`sub ${sub.slice(0, 20)}`, false, `{"role":"admin","exp":${later()},"sub":${sub}}`);
    for (const role of ['7', 'null', '["admin"]', 'true'])
      add(`role ${role}`, false, `{"sub":"boss","exp":${later()},"role":${role}}`);
  }
  return rows;
}

// For a server that asks for this issuer and audience.
const parties = { issuer: 'https://issuer.example.com/', audience: 'rtserve' };

async function partyRows(keys) {
  const { issuer: iss, audience: aud } = parties;
  const rows = [];
  const key = keyFor(keys, 'RS256');
  const add = async (name, accepted, more) =>
    rows.push({ name: `parties, ${name}`, accepted, token: await issue('RS256', key, {}, more) });
  await add('both', true, { iss, aud });
  await add('aud in a list', true, { iss, aud: ['other', aud] });
  await add('aud alone in a list', true, { iss, aud: [aud] });
  await add('neither', false, {});
  await add('no iss', false, { aud });
  await add('no aud', false, { iss });
  for (const other of [
    '',
    'https://issuer.example.com',
    `${iss}x`,
    iss.toUpperCase(),
    ` ${iss}`,
    'https://evil.example.com/',
    [iss],
    7,
    null,
  ])
    await add(`iss ${JSON.stringify(other)}`, false, { iss: other, aud });
  for (const other of [
    '',
    'Rtserve',
    'rtserve2',
    ' rtserve',
    'other',
    [],
    ['other'],
    [[aud]],
    { 0: aud },
    7,
    null,
    `other,${aud}`,
    ['other', 7, aud],
  ])
    await add(`aud ${JSON.stringify(other)}`, false, { iss, aud: other });
  return rows;
}

// As a right token of these keys, and worth nothing to a server with others.
const plainToken = (keys) => forge({ alg: 'HS256' }, claims(), (text) => sign('HS256', keys.inFiles.secret, text));

module.exports = { claimRows: (keys) => [...timeRows(keys), ...typeRows(keys)], parties, partyRows, plainToken };
