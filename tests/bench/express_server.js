// SPDX-License-Identifier: MIT
// Streams of events as one writes them first with Express: a set of responses for each topic. No ids, rights or limits.
'use strict';
const express = require('express');

const followers = new Map();
const app = express();

app.get('/follow/:topic', (request, response) => {
  const topic = request.params.topic;
  if (!followers.has(topic)) followers.set(topic, new Set());
  followers.get(topic).add(response);
  request.on('close', () => followers.get(topic).delete(response));
  response.set({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
  response.flushHeaders();
});

app.post('/publish/:topic', express.json(), (request, response) => {
  const event = `data: ${JSON.stringify(request.body)}\n\n`;
  for (const follower of followers.get(request.params.topic) ?? []) follower.write(event);
  response.json({});
});

app.listen(Number(process.argv[2]), '127.0.0.1');
