// SPDX-License-Identifier: MIT
// usage: tokens_test.js RTSERVE. A table of tokens, valid and hostile, made by jose and by hand: each is shown to the
// real server, twice, and must be let in or kept out; and no answer, log line or metric may hold a piece of one.
'use strict';
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { startServer } = require('../browser/server.js');
const { claimRows, parties, partyRows, plainToken } = require('./claim_rows.js');
const headerRows = require('./header_rows.js');
const { makeKeys, writeKeys } = require('./keys.js');
const signatureRows = require('./signature_rows.js');
const { leftOutRows, validRows } = require('./valid_rows.js');

const stats = ['GET', '/api/v1/realtime/stats'];
const stream = ['HEAD', '/api/v1/realtime/orders/O-1/stream'];
const pieceLength = 16;

// By hand, so that any byte can be sent. Resolves to the whole answer.
function exchange(port, [method, target], token) {
  // What no field can hold goes into the query.
  const inField = /^[\x20-\x7e\x80-\xff]*$/.test(token) && token === token.trim();
  const url = inField ? target : `${target}?token=${encodeURIComponent(token)}`;
  const field = inField ? `Authorization: Bearer ${token}\r\n` : '';
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1');
    let answer = '';
    socket.setTimeout(20000, () => socket.destroy(new Error(`no answer within 20 s: ${answer}`)));
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    // The server may close before it has read all of a request that is too large.
    socket.on('error', (error) => (answer ? resolve(answer) : reject(error)));
    socket.on('close', () => resolve(answer));
    socket.write(`${method} ${url} HTTP/1.1\r\nHost: localhost\r\n${field}Connection: close\r\n\r\n`, 'latin1');
  });
}

// Every stretch of a token that is long enough to be no chance.
function pieces(token) {
  const out = [];
  for (let at = 0; at + pieceLength <= Math.min(token.length, 4096); at += 4)
    out.push(token.slice(at, at + pieceLength));
  return out;
}

// What a right answer is: a verdict, and none too long for HTTP itself.
function complaint(row, answer, request) {
  const status = Number(answer.slice(9, 12));
  const isTooLong = row.token.length > 8000;
  const right = row.accepted ? status === 200 : status === 401 || (isTooLong && (status === 431 || status === 414));
  if (!right) return `${request[0]} answers ${answer.split('\r\n')[0]}, not ${row.accepted ? 200 : 401}`;
  if (status === 401 && !/^www-authenticate: *bearer.*error="invalid_token"/im.test(answer))
    return 'a 401 without its challenge';
  if (pieces(row.token).some((piece) => answer.includes(piece))) return 'the answer holds a piece of the token';
  return null;
}

async function show(server, rows) {
  const wrong = [];
  for (const round of ['at first', 'again'])
    for (const row of rows)
      for (const request of [stats, stream]) {
        const what = complaint(row, await exchange(server.port, request, row.token), request);
        if (what) wrong.push(`${row.name}, ${round}: ${what}`);
      }
  const said = server.log() + (await (await fetch(`${server.admin}/metrics`)).text());
  for (const row of rows)
    if (pieces(row.token).some((piece) => said.includes(piece)))
      wrong.push(`${row.name}: a piece of it is in the log or the metrics`);
  return wrong;
}

// A row whose verdict was always the same would show nothing.
function checkTable(rows, least) {
  const names = new Set(rows.map((row) => row.name));
  if (names.size !== rows.length)
    throw new Error(
      `two rows of one name: ${rows.map((row) => row.name).find((name, i, all) => all.indexOf(name) !== i)}`,
    );
  if (rows.length < least) throw new Error(`only ${rows.length} rows`);
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rt-tokens-'));
  const servers = [];
  try {
    const keys = makeKeys();
    const files = [...writeKeys(folder, keys), '--allow-query-token', '--jwt-leeway', '60s', '--log-level', 'debug'];
    const start = async (...options) => {
      servers.push(await startServer(process.argv[2], [...files, ...options]));
      return servers.at(-1);
    };
    const rows = [
      ...(await validRows(keys)),
      ...(await leftOutRows(keys)),
      ...signatureRows(keys),
      ...headerRows(keys),
      ...claimRows(keys),
      { name: 'of an issuer with other keys', accepted: false, token: plainToken(makeKeys()) },
      { name: 'of the issuer', accepted: true, token: plainToken(keys) },
    ];
    checkTable(rows, 120);
    const byParties = await partyRows(keys);
    checkTable(byParties, 20);
    const wrong = [
      ...(await show(await start(), rows)),
      ...(await show(await start('--jwt-issuer', parties.issuer, '--jwt-audience', parties.audience), byParties)),
    ];
    for (const what of wrong) console.error(what);
    const all = [...rows, ...byParties];
    console.log(
      `${all.length} tokens, ${all.filter((row) => row.accepted).length} of them good: ${wrong.length} wrong verdicts`,
    );
    process.exitCode = wrong.length === 0 ? 0 : 1;
  } finally {
    for (const server of servers) await server.stop();
    fs.rmSync(folder, { recursive: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
