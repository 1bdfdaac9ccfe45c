// Drives the server with one official client in one transport mode:
//
//   node client.mjs http://127.0.0.1:3000 4 polling|upgrade|websocket|fetch|fetch-upgrade
//
// Prints one line for each failed expectation and exits with 1, or says nothing
// and exits with 0. The server is the one in jstest_test.go.
import { createRequire } from 'node:module';
import assert from 'node:assert/strict';

const [url, generation, mode] = process.argv.slice(2);
const require = createRequire(import.meta.url);
const io = require(`socket.io-client-${generation}`);
const old = generation === '2', newest = generation === '4';
const { Fetch, NodeWebSocket } = createRequire(require.resolve('socket.io-client-4'))('engine.io-client');
const transports = {
  polling: ['polling'], upgrade: ['polling', 'websocket'], websocket: ['websocket'],
  fetch: [Fetch], 'fetch-upgrade': [Fetch, NodeWebSocket],
}[mode];
const upgrades = transports.length > 1;

const open = [];
function connect(path = '/', options = {}) {
  const s = io(url + path, { transports, forceNew: true, rejectUnauthorized: false, reconnectionDelay: 10, reconnectionDelayMax: 20, ...options });
  open.push(s);
  return s;
}
const event = (s, name) => new Promise((resolve) => s.once(name, (...args) => resolve(args)));
const ask = (s, name, ...args) => new Promise((resolve) => s.emit(name, ...args, (...a) => resolve(a)));
const upgraded = (s) => new Promise((resolve) => {
  if (!upgrades || s.io.engine.transport.name === 'websocket') resolve();
  else s.io.engine.once('upgrade', () => resolve());
});

const scenarios = {
  async 'events go both ways'() {
    const s = connect();
    await event(s, 'connect');
    const text = 'a\u0000"\\\n\u2028 乐聊 😀 \u00e9';
    const back = event(s, 'back');
    s.emit('echo', 1, text, { deep: [true, null, -1.5e300] });
    assert.deepEqual(await back, [1, text, { deep: [true, null, -1.5e300] }]);
    assert.deepEqual(await ask(s, 'ack', 'x', [text]), ['x', [text]]);
    assert.deepEqual(await ask(s, 'ack'), []);
    await upgraded(s);
    assert.deepEqual(await ask(s, 'ack', text), [text]);
    assert.equal(s.io.engine.transport.name, mode === 'polling' || mode === 'fetch' ? 'polling' : 'websocket');
  },

  async 'binary goes both ways'() {
    const s = connect();
    await event(s, 'connect');
    for (let round = 0; round < 2; round++) {
      const big = Buffer.alloc(100_000, 7);
      const got = await ask(s, 'ack', { a: [Buffer.from([0, 30, 255])] }, 'text', Buffer.alloc(0), big);
      assert.deepEqual(Buffer.from(got[0].a[0]), Buffer.from([0, 30, 255]));
      assert.equal(got[1], 'text');
      assert.equal(Buffer.from(got[2]).length, 0);
      assert.deepEqual(Buffer.from(got[3]), big);
      await upgraded(s);
    }
  },

  async 'the server asks'() {
    const s = connect();
    s.on('question', (n, answer) => answer(n + 1, Buffer.from([n])));
    await event(s, 'connect');
    assert.deepEqual(await ask(s, 'be asked', 41), [42, 1]);
  },

  async 'namespaces share a connection'() {
    const a = connect();
    await event(a, 'connect');
    const b = a.io.socket('/custom');
    if (!b.connected) await event(b, 'connect');
    assert.deepEqual(await ask(b, 'where'), ['/custom']);
    assert.deepEqual(await ask(a, 'where'), ['/']);
    assert.notEqual(a.id, b.id);
    assert.deepEqual(await ask(a, 'id'), [a.id]);
    assert.deepEqual(await ask(b, 'id'), [b.id]);
    b.disconnect();
    assert.deepEqual(await ask(a, 'where'), ['/']);
  },

  async 'credentials arrive and are refused'() {
    const s = old ? connect('/?token=good') : connect('/', { auth: { token: 'good' } });
    await event(s, 'connect');
    assert.deepEqual(await ask(s, 'token'), ['good']);
    const refused = connect('/guarded', { auth: { token: 'bad' } });
    if (old) {
      assert.deepEqual((await event(refused, 'error'))[0], { code: 'unauthenticated' });
    } else {
      const [err] = await event(refused, 'connect_error');
      assert.equal(err.message, 'not signed in');
      assert.deepEqual(err.data, { code: 'unauthenticated' });
    }
    const [err] = await event(connect('/nowhere'), old ? 'error' : 'connect_error');
    assert.equal(old ? err : err.message, 'Invalid namespace');
  },

  async 'rooms'() {
    const a = connect(), b = connect();
    await Promise.all([event(a, 'connect'), event(b, 'connect')]);
    await ask(a, 'join', 'r' + a.id);
    await ask(b, 'join', 'r' + a.id);
    const both = Promise.all([event(a, 'said'), event(b, 'said')]);
    a.emit('say', 'r' + a.id, 'hello');
    assert.deepEqual(await both, [['hello'], ['hello']]);
  },

  async 'the server disconnects'() {
    const s = connect();
    await event(s, 'connect');
    s.emit('kick');
    assert.equal((await event(s, 'disconnect'))[0], 'io server disconnect');
  },

  async 'comes back after a cut, to a new socket'() {
    const s = connect();
    await event(s, 'connect');
    const before = s.id;
    await upgraded(s);
    const gone = event(s, 'disconnect'), back = event(s, 'connect');
    s.io.engine.close();
    await gone;
    await back;
    assert.notEqual(s.id, before);
    assert.deepEqual(await ask(s, 'ack', 1), [1]);
  },

  // Both sides count, from the first moment and through the upgrade: every
  // number must arrive exactly once and in order.
  async 'nothing is lost or repeated by the upgrade'() {
    for (let round = 0; round < 5; round++) {
      const s = connect();
      const got = [];
      s.on('count', (n) => got.push(n));
      let sent = 0;
      s.on('connect', () => {
        s.emit('count for me', 300);
        const timer = setInterval(() => {
          for (let i = 0; i < 5; i++) s.emit('note', sent++);
          if (sent >= 300) clearInterval(timer);
        }, 1);
      });
      await event(s, 'connect');
      const end = await event(s, 'counted');
      await upgraded(s);
      while (sent < 300) await new Promise((r) => setTimeout(r, 1));
      const [noted] = await ask(s, 'noted');
      const want = Array.from({ length: 300 }, (_, i) => i);
      assert.deepEqual(got, want);
      assert.deepEqual(noted, want);
      assert.deepEqual(end, [300]);
      s.close();
    }
  },

  async 'who does not answer is not waited for'() {
    const s = connect();
    s.on('question', () => {});
    await event(s, 'connect');
    assert.deepEqual(await ask(s, 'be ignored'), ['context deadline exceeded']);
    if (newest) {
      await assert.rejects(s.timeout(20).emitWithAck('silence'), /operation has timed out/);
      assert.deepEqual(await s.timeout(10_000).emitWithAck('where'), '/');
    }
  },

  async 'a room answers'() {
    const a = connect(), b = connect();
    await Promise.all([event(a, 'connect'), event(b, 'connect')]);
    for (const s of [a, b]) {
      s.on('question', (n, answer) => answer(n + 1));
      await ask(s, 'join', 'answers' + a.id);
    }
    assert.deepEqual(await ask(a, 'ask room', 'answers' + a.id, 6), [[7, 7]]);
  },

  async 'namespaces that are made on demand'() {
    const a = connect('/team-7'), b = connect('/team-8'), c = connect('/team-no');
    const refused = event(c, old ? 'error' : 'connect_error');
    await Promise.all([a, b].map((s) => event(s, 'connect')));
    assert.deepEqual(await ask(a, 'where'), ['/team-7']);
    assert.deepEqual(await ask(b, 'where'), ['/team-8']);
    const [err] = await refused;
    assert.equal(old ? err : err.message, 'Invalid namespace');
  },

  async 'leaves and comes again by hand'() {
    const s = connect();
    for (let i = 0; i < 3; i++) {
      if (!s.connected) await event(s, 'connect');
      assert.deepEqual(await ask(s, 'where'), ['/']);
      const gone = event(s, 'disconnect');
      s.disconnect();
      assert.equal((await gone)[0], 'io client disconnect');
      s.connect();
    }
  },

  async 'what is said while it is away is said when it is back'() {
    const s = connect();
    await event(s, 'connect');
    await upgraded(s);
    const gone = event(s, 'disconnect');
    s.io.engine.close();
    await gone;
    const answers = [0, 1, 2].map((n) => ask(s, 'ack', n, Buffer.from([n])));
    for (const [n, answer] of (await Promise.all(answers)).entries()) {
      assert.equal(answer[0], n);
      assert.deepEqual(Buffer.from(answer[1]), Buffer.from([n]));
    }
  },

  async 'a message that is too large ends the connection, not the client'() {
    const s = connect();
    await event(s, 'connect');
    await upgraded(s);
    const gone = event(s, 'disconnect'), back = event(s, 'connect');
    s.emit('note', 'x'.repeat(1_100_000));
    assert.match((await gone)[0], /transport (close|error)/);
    await back;
    assert.deepEqual(await ask(s, 'ack', 1), [1]);
  },

  async 'repeats what was not acknowledged, in order'() {
    if (!newest) return;
    const s = connect('/', { retries: 20, ackTimeout: 5_000 });
    await event(s, 'connect');
    const sent = Array.from({ length: 30 }, (_, i) => s.emitWithAck('remember', mode, i));
    for (let i = 0; i < 3; i++) {
      await sent[i * 10];
      s.io.engine.close();
      await event(s, 'connect');
    }
    const [last] = (await Promise.all(sent)).slice(-1);
    assert.deepEqual([...new Set(last)], Array.from({ length: 30 }, (_, i) => i));
    assert.deepEqual(last, last.toSorted((a, b) => a - b));
  },

  async 'the server is replaced'() {
    const s = connect();
    await event(s, 'connect');
    await upgraded(s);
    const [before] = await ask(s, 'which');
    const gone = event(s, 'disconnect'), back = event(s, 'connect');
    await fetch(url + '/replace');
    assert.match((await gone)[0], /transport (close|error)/); // and so it comes back by itself
    await back;
    assert.notEqual((await ask(s, 'which'))[0], before);
  },

  async 'heartbeats keep it alive'() {
    const s = connect();
    await event(s, 'connect');
    let gone = null;
    s.on('disconnect', (r) => (gone = r));
    await new Promise((r) => setTimeout(r, 1200)); // four intervals
    assert.equal(gone, null);
    assert.deepEqual(await ask(s, 'ack', 1), [1]);
  },
};

let failed = false;
async function attempt([name, run]) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(() => reject(new Error('timed out')), 50_000); });
  try {
    await Promise.race([run(), late]);
  } catch (e) {
    failed = true;
    console.log(`${name}: ${e.stack}`);
  }
  clearTimeout(timer);
}
const disturbing = ([name]) => name === 'the server is replaced';
const all = Object.entries(scenarios);
await Promise.all(all.filter((one) => !disturbing(one)).map(attempt));
for (const one of all.filter(disturbing)) await attempt(one);
for (const s of open) s.close();
process.exit(failed ? 1 : 0);
