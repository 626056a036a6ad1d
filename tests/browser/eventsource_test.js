// SPDX-License-Identifier: MIT
// usage: eventsource_test.js RTSERVE. The npm package eventsource, which Node programs follow streams with, let in by
// the Authorization field.
'use strict';
const { EventSource } = require('eventsource');
const { followAcrossACut } = require('./follow.js');
const { startServer } = require('./server.js');

async function main() {
  const server = await startServer(process.argv[2], []);
  const received = [];
  let stream;
  const open = async (url) => {
    stream = new EventSource(url, {
      fetch: (input, init) =>
        fetch(input, { ...init, headers: { ...init.headers, Authorization: `Bearer ${server.token}` } }),
    });
    stream.onmessage = (m) => received.push({ data: m.data, lastEventId: m.lastEventId });
  };
  try {
    await followAcrossACut(server, open, async () => received);
  } finally {
    stream?.close();
    await server.stop();
  }
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
