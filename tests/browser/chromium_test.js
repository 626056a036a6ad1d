// SPDX-License-Identifier: MIT
// usage: chromium_test.js RTSERVE CHROMIUM. The browser's own EventSource, from a page of another origin, let in by
// the cookie.
'use strict';
const { chromium } = require('playwright-core');
const { followAcrossACut } = require('./follow.js');
const { startPage, startServer } = require('./server.js');

const [program, executablePath] = process.argv.slice(2);

async function main() {
  const page = await startPage();
  const server = await startServer(program, ['--cors-origin', page.origin]);
  const browser = await chromium.launch({
    executablePath,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  try {
    const context = await browser.newContext();
    // Cookies know hosts, not ports.
    await context.addCookies([{ name: 'rt_token', value: server.token, domain: '127.0.0.1', path: '/' }]);
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
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
