// SPDX-License-Identifier: MIT
// A real rtserve on free ports with a secret of its own, and a TCP proxy before it that can cut connections.
'use strict';
const { spawn } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const https = require('node:https');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');

const listening = (server) =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server.address().port)));

async function freePort() {
  const probe = net.createServer();
  const port = await listening(probe);
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

// Polls `attempt` until it returns something true.
async function eventually(what, attempt) {
  const deadline = Date.now() + 20000;
  for (;;) {
    const result = await attempt();
    if (result) return result;
    if (Date.now() > deadline) throw new Error(`waited 20 s for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Made here rather than by `rtserve token`, so that two programs have to agree on RFC 7519.
function makeToken(secret, claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${crypto.createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

// One request to the server, which alone is trusted with its certificate. Resolves to {status, text}.
function ask(base, tls, method, target, headers, body) {
  const transport = tls ? https : http;
  const options = { method, headers, ...(tls && { ca: fs.readFileSync(tls.certificate) }) };
  return new Promise((resolve, reject) => {
    const request = transport.request(base + target, options, async (answer) => {
      let text = '';
      for await (const piece of answer.setEncoding('utf8')) text += piece;
      resolve({ status: answer.statusCode, text });
    });
    request.on('error', reject);
    request.end(body);
  });
}

// `tls`: {certificate, key}, paths; without it the server speaks plain HTTP.
async function startServer(program, options, tls) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rt-browser-'));
  const secret = crypto.randomBytes(32).toString('base64url');
  const secretFile = path.join(folder, 'secret');
  fs.writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 });
  const port = await freePort();
  const adminPort = await freePort();
  const child = spawn(
    program,
    ['--listen', `127.0.0.1:${port}`, '--admin-listen', `127.0.0.1:${adminPort}`,
      '--jwt-secret-file', secretFile, ...(tls ? ['--tls-cert', tls.certificate, '--tls-key', tls.key] : []), ...options],
    { stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  child.stderr.on('data', (bytes) => { log += bytes; });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const base = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  await eventually('rtserve', async () => {
    if (child.exitCode !== null) throw new Error(`rtserve ended with ${child.exitCode}: ${log}`);
    return ask(base, tls, 'GET', '/healthz', {}).then((answer) => answer.status === 200, () => false);
  });
  const token = makeToken(secret, { sub: 'test', role: 'admin', exp: Math.floor(Date.now() / 1000) + 600 });
  return {
    port,
    scheme: tls ? 'https' : 'http',
    token,
    admin: `http://127.0.0.1:${adminPort}`,
    log: () => log,
    // Resolves to the event's id.
    async publish(topicPath, payload) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await ask(base, tls, 'POST', topicPath, headers, JSON.stringify(payload));
      if (answer.status !== 200) throw new Error(`publish: ${answer.status} ${answer.text}`);
      return JSON.parse(answer.text).id;
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
      fs.rmSync(folder, { recursive: true });
    },
  };
}

async function startProxy(port) {
  const pairs = new Set();
  const heads = [];
  let passing = true;
  const server = net.createServer((client) => {
    client.on('error', () => {});
    if (!passing) {
      client.destroy();
      return;
    }
    const upstream = net.connect(port, '127.0.0.1');
    const pair = [client, upstream];
    pairs.add(pair);
    upstream.once('data', (bytes) => heads.push(bytes.toString('latin1').split('\r\n\r\n')[0]));
    for (const [here, there] of [pair, [upstream, client]]) {
      here.on('error', () => {});
      here.on('close', () => {
        there.destroy();
        pairs.delete(pair);
      });
      here.pipe(there);
    }
  });
  return {
    port: await listening(server),
    heads, // of the answers, one for each connection; what came first of them
    // Cuts what is open without a word, and everything that comes until heal().
    cut() {
      passing = false;
      for (const pair of pairs) pair.forEach((socket) => socket.destroy());
    },
    heal() { passing = true; },
    stop() {
      this.cut();
      server.close();
    },
  };
}

// An origin of its own with an empty page; `tls` as for startServer.
async function startPage(tls) {
  const respond = (request, response) => {
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><title>following</title>');
  };
  const server = tls
    ? https.createServer({ cert: fs.readFileSync(tls.certificate), key: fs.readFileSync(tls.key) }, respond)
    : http.createServer(respond);
  const port = await listening(server);
  return { origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, stop: () => { server.closeAllConnections(); server.close(); } };
}

module.exports = { eventually, startPage, startProxy, startServer };
