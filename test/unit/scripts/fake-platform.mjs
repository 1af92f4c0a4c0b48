// Stands in for `fb-pbft start` in tests of the scripts: says that it is up, answers its status, and ends as told.
import { createServer } from 'node:http';
import process from 'node:process';

const args = process.argv.slice(2);
const home = args[args.indexOf('--home') + 1];
const name = home.split('/').at(-1);
process.stdout.write(`${args.join(' ')}\n`);
if (name === 'Broken') {
  process.stderr.write('error: home is damaged\n');
  process.exit(1);
}
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(name === 'Rude' ? 3 : 0));
const status = {
  platform: name, society: 'lct:web4:society:demo', sequence: 1, slot: 1, view: 0, phase: 'IDLE', n: 2, f: 0, quorum_size: 2, peers: [],
  in_touch: true, catching_up: false, voting: 'voting', last_block_hash: 'aa', mempool_transactions: 0, transactions_committed: 0, finality_ms: null, memory_bytes: 1,
};
const server = createServer((_request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(status));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  process.send({ type: 'ready', url: `http://127.0.0.1:${port}`, listenAddresses: [`/ip4/127.0.0.1/tcp/${port}/p2p/${name}`] });
});
