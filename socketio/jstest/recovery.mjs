// Loses its connection again and again while the server counts, and expects to
// miss nothing: node recovery.mjs http://127.0.0.1:3000 polling|websocket|upgrade
import { io } from 'socket.io-client-4';
import assert from 'node:assert/strict';

const s = io(process.argv[2], {
  transports: { polling: ['polling'], websocket: ['websocket'], upgrade: ['polling', 'websocket'] }[process.argv[3]],
  reconnectionDelay: 5, reconnectionDelayMax: 10 });
const got = [];
let recovered = 0, id;
const done = new Promise((resolve) => s.on('count', (n) => {
  got.push(n);
  if (n === 499) resolve();
  // Not at once: what the client has decoded already, it would hand over twice.
  else if (n % 50 === 49) setTimeout(() => s.io.engine.close());
}));
s.on('connect', () => {
  if (s.recovered) recovered++;
  else s.emit('count for me', 500);
  id ??= s.id;
  assert.equal(s.id, id);
});
setTimeout(() => { console.log('timed out after', got.length, 'recovered', recovered); process.exit(1); }, 50_000);
await done;
assert.deepEqual(got, Array.from({ length: 500 }, (_, i) => i));
assert.equal(recovered, 9);
process.exit(0);
