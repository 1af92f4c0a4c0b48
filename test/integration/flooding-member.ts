import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { Connection, MessageStream } from '@libp2p/interface';
import { loadPlatformKey } from '../../src/crypto/key-store.js';
import { readGenesisFile } from '../../src/ledger/genesis-file.js';
import { RawPeer } from './raw-peer.js';

/**
 * A member that floods others without end, in a process of its own, so that a test's own process has time to look on:
 *
 *     node --import tsx flooding-member.ts HOME GENESIS ADDRESS...
 *
 * Each address gets another kind first, and the next one after each cut. It ends when it is killed.
 */
const [home = '', genesisFile = '', ...addresses] = process.argv.slice(2);
// Whatever others do to it, it goes on.
process.on('unhandledRejection', () => undefined);
const { seed } = await loadPlatformKey(home);
const { chainId } = await readGenesisFile(genesisFile);
const peer = await RawPeer.start(seed, chainId);
let serial = 0;

async function sendOn(stream: MessageStream, bytes: Uint8Array): Promise<void> {
  while (stream.status === 'open') {
    if (stream.writableNeedsDrain) {
      await delay(5);
    } else {
      stream.send(bytes);
      await setImmediate();
    }
  }
}

/** The muxer's own frames: here, more to send on a stream that there is not. */
function sendFrames(connection: Connection): Promise<void> {
  const muxer = Reflect.get(connection, 'muxer') as object;
  const windowUpdate = Buffer.from([0, 1, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0]);
  return sendOn(Reflect.get(muxer, 'maConn') as MessageStream, Buffer.concat(Array<Buffer>(1_000).fill(windowUpdate)));
}

const garbage = new Uint8Array(256 * 1024).fill(1);

const FLOODS: readonly ((connection: Connection) => Promise<void>)[] = [
  // Requests and gossip that nobody can read.
  async (connection) => {
    while (connection.status === 'open') {
      const stream = await connection.newStream(peer.protocol('slots'));
      stream.send(garbage);
      for (let i = 0; i < 8; i++) await peer.publish('consensus', Buffer.concat([Buffer.from(String(serial++).padStart(12)), garbage.subarray(0, 32 * 1024)]));
    }
  },
  // RPCs with nothing in them.
  async (connection) => { await sendOn(await connection.newStream('/meshsub/1.1.0'), new Uint8Array(32 * 1024)); },
  sendFrames,
];

await Promise.all(addresses.map(async (address, index) => {
  for (let kind = index; ; kind++) {
    try {
      await FLOODS[kind % FLOODS.length]?.(await peer.dial(address));
    } catch {
      await delay(5);
    }
  }
}));
