// Drives a bare Engine.IO server that echoes, with the engine.io-client under one
// of the official clients:
//
//   node engine.mjs http://127.0.0.1:3000 4 polling|upgrade|websocket
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const [url, generation, mode] = process.argv.slice(2);
const near = createRequire(createRequire(import.meta.url).resolve(`socket.io-client-${generation}`));
const engine = near('engine.io-client');
const connect = engine.Socket ? (u, o) => new engine.Socket(u, o) : engine;
const transports = { polling: ['polling'], upgrade: ['polling', 'websocket'], websocket: ['websocket'] }[mode];

setTimeout(() => { console.log('timed out'); process.exit(1); }, 50_000);
const s = connect(url, { transports });
const event = (name) => new Promise((resolve) => s.once(name, (...args) => resolve(args)));
await event('open');

// The first half goes while the transport changes, the second half after it.
const texts = Array.from({ length: 300 }, (_, i) => `${i} ${'乐😀\u0000\u001f\n'.repeat(i % 7)}`);
const want = texts.map((text, i) => (i % 5 === 0 ? Buffer.from(text) : text));
const got = [];
const all = new Promise((resolve) => s.on('message', (m) => {
  got.push(m);
  if (got.length === want.length) resolve();
}));
const upgraded = mode === 'upgrade' ? event('upgrade') : Promise.resolve();
for (const m of want.slice(0, 150)) {
  s.send(m);
  await new Promise((r) => setImmediate(r));
}
await upgraded;
for (const m of want.slice(150)) s.send(m);
await all;
for (const [i, m] of got.entries()) {
  if (typeof want[i] === 'string') assert.equal(m, want[i]);
  else assert.deepEqual(Buffer.from(m), want[i]);
}
assert.equal(s.transport.name, mode === 'polling' ? 'polling' : 'websocket');
const closed = event('close');
s.send('last words');
s.close();
assert.equal((await closed)[0], 'forced close');
process.exit(0);
