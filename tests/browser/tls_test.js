// SPDX-License-Identifier: MIT
// usage: tls_test.js RTSERVE CHROMIUM. The browser's own EventSource over TLS, with a certificate signed by itself, from
// a page of another origin, let in by a cookie that is sent over TLS only.
'use strict';
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { followAcrossACut } = require('./follow.js');
const { startPage, startServer } = require('./server.js');

const [program, executablePath] = process.argv.slice(2);

function makeCertificate(folder) {
  const [certificate, key] = ['server.crt', 'server.key'].map((name) => path.join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
    '-days', '30', '-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out',
    certificate], { stdio: 'ignore' });
  return { certificate, key };
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'rt-browser-'));
  const tls = makeCertificate(folder);
  const page = await startPage(tls);
  const server = await startServer(program, ['--cors-origin', page.origin], tls);
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    const context = await browser.newContext({ ignoreHTTPSErrors: true });
    await context.addCookies([
      { name: 'rt_token', value: server.token, domain: '127.0.0.1', path: '/', secure: true }]);
    const tab = await context.newPage();
    await tab.goto(page.origin);
    const open = (url) => tab.evaluate((to) => {
      window.received = [];
      window.stream = new EventSource(to, { withCredentials: true });
      window.stream.onmessage = (m) => window.received.push({ data: m.data, lastEventId: m.lastEventId });
    }, url);
    await followAcrossACut(server, open, () => tab.evaluate(() => window.received));
  } finally {
    await browser.close();
    await server.stop();
    page.stop();
    fs.rmSync(folder, { recursive: true });
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
