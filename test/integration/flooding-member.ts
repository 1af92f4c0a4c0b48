import { setImmediate, setTimeout as delay } from 'node:timers/promises';
import type { Connection, MessageStream } from '@libp2p/interface';
import { statementBytes } from '../../src/codec/statement.js';
import { encodeSyncRequest } from '../../src/codec/wire/sync.js';
import { createSigner } from '../../src/crypto/ed25519.js';
import { loadPlatformKey } from '../../src/crypto/key-store.js';
import { readGenesisFile } from '../../src/ledger/genesis-file.js';
import { readFrame, writeFrame } from '../../src/network/frames.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toEpoch, toMemberIndex, toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { Status } from '../../src/types/sync.js';
import { RawPeer } from './raw-peer.js';

/**
 * A member that floods others without end, in a process of its own, so that a test's own process has time to look on:
 *
 *     node --import tsx flooding-member.ts KIND HOME GENESIS ADDRESS...
 *
 * KIND `traffic`: each address gets another of three floods first, and the next one after each cut. KIND `pushes`: all get
 * valid requests full of its own votes for slots far away. It ends when it is killed.
 */
const [kindOfFlood = '', home = '', genesisFile = '', ...addresses] = process.argv.slice(2);
// Whatever others do to it, it goes on.
process.on('unhandledRejection', () => undefined);
const { seed } = await loadPlatformKey(home);
const { chainId, membership } = await readGenesisFile(genesisFile);
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

const FAR_VOTES = 16_000;
const FAR_SLOT = 2 ** 40;

const garbage = new Uint8Array(256 * 1024).fill(1);

const TRAFFIC: readonly ((connection: Connection) => Promise<void>)[] = [
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

/** A request of valid PREPAREs, each correctly signed, for slots that nobody will see. */
function farVotes(): Uint8Array {
  const signer = createSigner(seed);
  const member = toMemberIndex(membership.members.findIndex(({ publicKey }) => publicKey === signer.publicKey));
  const messages = Array.from({ length: FAR_VOTES }, (_, index): ConsensusMessage => {
    const slot = FAR_SLOT + index;
    const vote = {
      type: 'PREPARE', epoch: toEpoch(0), slot: toSlot(slot), signer: member, blockHash: chainId, first: true, basisHash: ZERO_HASH, view: toView(0), sequence: toSequence(slot),
    } as const;
    return { ...vote, signature: signer.sign(statementBytes(chainId, vote)) };
  });
  const status: Status = {
    epoch: toEpoch(0), finalSlot: GENESIS_SLOT, finalSequence: GENESIS_SEQUENCE, finalHash: chainId, finalityCertificate: undefined, highestCertificate: undefined,
    currentSlot: toSlot(0), observing: false,
  };
  return encodeSyncRequest({ type: 'SLOTS-REQUEST', status, messages, transactions: [] });
}

/** As many at once as are answered, without a pause. */
async function sendPushes(connection: Connection): Promise<void> {
  const request = farVotes();
  await Promise.all(Array.from({ length: 4 }, async () => {
    while (connection.status === 'open') {
      const stream = await connection.newStream(peer.protocol('slots'));
      try {
        await Promise.all([writeFrame(stream, request, AbortSignal.timeout(20_000)), readFrame(stream, 4 * 1024 * 1024)]);
      } catch {
        await delay(5);
      }
    }
  }));
}

const FLOODS = kindOfFlood === 'pushes' ? [sendPushes] : TRAFFIC;
await Promise.all(addresses.map(async (address, index) => {
  for (let kind = index; ; kind++) {
    try {
      await FLOODS[kind % FLOODS.length]?.(await peer.dial(address));
    } catch {
      await delay(5);
    }
  }
}));
