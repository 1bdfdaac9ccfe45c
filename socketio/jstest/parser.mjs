// The reference parser, for comparison: for each line with a packet in base64 it
// prints the packet as JSON, or nothing if it is refused.
//
//   node parser.mjs
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const near = createRequire(createRequire(import.meta.url).resolve('socket.io-client-4'));
const { Decoder } = near('socket.io-parser');

for await (const line of createInterface({ input: process.stdin })) {
  let packet = '', attachments = 0;
  try {
    const decoder = new Decoder();
    decoder.on('decoded', (p) => {
      packet = JSON.stringify({ kind: p.type, namespace: p.nsp, id: p.id ?? -1, attachments, data: p.data ?? null }, (_, v) =>
        v?.type === 'Buffer' && v.data?.length === 0 ? 'an attachment' : v,
      );
    });
    decoder.add(Buffer.from(line, 'base64').toString());
    while (packet === '' && attachments < 11) {
      attachments++;
      decoder.add(Buffer.alloc(0));
    }
  } catch {
    packet = '';
  }
  console.log(packet);
}
