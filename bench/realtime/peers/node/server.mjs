// The reference implementation, doing what socketio/testserver -room does.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const [host, port] = process.argv[2].split(':');
const http = createServer();
const io = new Server(http, { serveClient: false });
io.on('connection', (socket) => {
  socket.join('all');
  socket.on('message-with-ack', (...args) => args.pop()(...args));
  socket.on('say', (text) => io.to('all').emit('say', text));
});
http.listen(Number(port), host);
