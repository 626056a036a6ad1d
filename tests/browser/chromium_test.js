// SPDX-License-Identifier: MIT
// usage: chromium_test.js RTSERVE CHROMIUM. The browser's own EventSource, from a page of another origin, let in by
// the cookie.
'use strict';
const assert = require('node:assert/strict');
const { chromium } = require('playwright-core');
const { followAcrossACut } = require('./follow.js');
const { eventually, startPage, startServer } = require('./server.js');

const [program, executablePath] = process.argv.slice(2);

// addEventListener gets what ?events=named names, and onmessage what has no name.
async function followByName(server, tab) {
  const target = '/api/v1/realtime/drivers/D-1/location';
  await tab.evaluate((to) => {
    window.received = [];
    window.stream.close();
    window.stream = new EventSource(to, { withCredentials: true });
    window.stream.onmessage = (m) => window.received.push(['message', JSON.parse(m.data).type]);
    window.stream.addEventListener('driver_location', (m) =>
      window.received.push(['driver_location', JSON.parse(m.data).location.speed]));
  }, `http://127.0.0.1:${server.port}${target}?events=named`);
  const received = () => tab.evaluate(() => window.received);
  await eventually('connected', async () => (await received()).length === 1);
  await server.publish(target, { latitude: 43.65, longitude: -79.38, speed: 40 });
  await eventually('the position', async () => (await received()).length === 2);
  assert.deepEqual(await received(), [['message', 'connected'], ['driver_location', 40]]);
}

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
    await followByName(server, tab);
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
