// SPDX-License-Identifier: MIT
// What every EventSource has to get right with rtserve: twenty events in order, the connection lost without a
// word between them, nothing lost and nothing twice.
'use strict';
const assert = require('node:assert/strict');
const { eventually, startProxy } = require('./server.js');

const k_topic_path = '/api/v1/realtime/orders/O-1/stream';

// `open(url)` starts an EventSource; `received()` resolves to what its onmessage got so far, as
// {data, lastEventId} with data still as text.
async function followAcrossACut(server, open, received) {
  const proxy = await startProxy(server.port);
  try {
    const ids = [];
    const publish = async (count) => {
      for (let i = 0; i < count; ++i) {
        ids.push(await server.publish(k_topic_path, { n: ids.length + 1, note: 'Größe €\u2028"quoted"' }));
      }
    };
    const messages = async () => (await received()).map((m) => ({ ...m, data: JSON.parse(m.data) }));
    const events = async () => (await messages()).filter((m) => m.data.type === 'order_update');
    const connects = async () => (await messages()).map((m) => m.data).filter((d) => d.type === 'connected');

    await open(`${server.scheme}://127.0.0.1:${proxy.port}${k_topic_path}`);
    await eventually('connected', async () => (await connects()).length === 1);
    await publish(10);
    await eventually('the first ten events', async () => (await events()).length >= 10);

    proxy.cut();
    await publish(5);
    proxy.heal();
    await eventually('the second connected', async () => (await connects()).length === 2);
    await publish(5);
    await eventually('the last event', async () => (await events()).some((m) => m.data.data.n === 20));

    const got = await events();
    assert.deepEqual(got.map((m) => m.data.data.n), ids.map((_, i) => i + 1));
    assert.deepEqual(got.map((m) => m.lastEventId), ids);
    assert.ok(got.every((m) => m.data.orderId === 'O-1' && m.data.data.note === 'Größe €\u2028"quoted"'));
    // Compressed, for every EventSource asks for that.
    if (server.scheme === 'http') {
      assert.ok(proxy.heads.length >= 2 && proxy.heads.every((head) => /^content-encoding: gzip$/im.test(head)), proxy.heads[0]);
    }
    const [first, second] = await connects();
    assert.equal((await messages())[0].data.type, 'connected');
    assert.equal(first.resume, 'fresh');
    assert.equal(first.orderId, 'O-1');
    assert.equal(second.resume, 'resumed');
    assert.equal(second.missed, 5);
  } finally {
    proxy.stop();
  }
}

module.exports = { followAcrossACut };
