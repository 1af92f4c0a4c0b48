import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, MessageStream } from '@libp2p/interface';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import { topicName } from '../../../src/network/gossip.js';
import type { Attack } from '../attack.js';
import type { Attacker } from '../attacker.js';

const TICK_MS = 20;

/** Writes a piece to a stream so many times a second, as long as both last. */
async function drip(attacker: Attacker, stream: MessageStream, piece: Uint8Array, itemsInPiece: number, perSecond: number, untilMs: number): Promise<void> {
  const pieces = Math.max(1, Math.round((perSecond * TICK_MS) / 1000 / itemsInPiece));
  const pauseMs = (pieces * itemsInPiece * 1000) / perSecond;
  while (stream.status === 'open' && performance.now() < untilMs) {
    for (let i = 0; i < pieces && !stream.writableNeedsDrain; i += 1) {
      stream.send(piece);
      attacker.note(itemsInPiece, piece.byteLength);
    }
    await delay(pauseMs);
  }
  if (stream.status !== 'open' && performance.now() < untilMs) throw new Error('cut off');
}

/** Frames of the muxer that no stream sees. */
export function muxerFrames(): Attack {
  const windowUpdate = Buffer.from([0, 1, 0, 0, 0, 0, 0, 99, 0, 0, 0, 0]);
  const piece = Buffer.concat(Array<Buffer>(20).fill(windowUpdate));
  return {
    name: 'muxer-frames', text: 'frames of the muxer with nothing in them', invalid: false,
    run: (attacker, untilMs) => attacker.eachVictim(untilMs, async (address) => {
      const muxer = Reflect.get(await attacker.connection(address), 'muxer') as object;
      await drip(attacker, Reflect.get(muxer, 'maConn') as MessageStream, piece, 20, attacker.rate * DEFAULT_LIMITS.framesPerSecond, untilMs);
    }),
  };
}

/** An RPC of gossipsub that subscribes to or leaves a topic. */
function subscription(topic: string, subscribe: boolean): Buffer {
  const name = Buffer.from(topic);
  const options = Buffer.concat([Buffer.from([0x08, subscribe ? 1 : 0, 0x12, name.length]), name]);
  const rpc = Buffer.concat([Buffer.from([0x0a, options.length]), options]);
  return Buffer.concat([Buffer.from([rpc.length]), rpc]);
}

/** Subscribes and leaves without end. The topic is short enough for one byte of length. */
export function subscriptions(): Attack {
  return {
    name: 'subscriptions', text: 'gossipsub control messages: subscribe, unsubscribe', invalid: false,
    run: (attacker, untilMs) => attacker.eachVictim(untilMs, async (address) => {
      const topic = topicName(attacker.genesis.chainId, 'transactions').slice(0, 100);
      const piece = Buffer.concat([subscription(topic, true), subscription(topic, false)]);
      const connection: Connection = await attacker.connection(address);
      await drip(attacker, await connection.newStream('/meshsub/1.1.0'), piece, 2, attacker.rate * DEFAULT_LIMITS.gossip.consensus.messagesPerSecond, untilMs);
    }),
  };
}

/** Frames with nothing in them but an empty payload. */
export function emptyPayloads(): Attack {
  return {
    name: 'empty-payloads', text: 'frames with one empty payload', invalid: true,
    run: (attacker, untilMs) => attacker.paced(attacker.rate * 300, untilMs, () => attacker.gossip('consensus', [new Uint8Array()])),
  };
}

/** Frames of the largest size with bytes that are no message. */
export function maximalFrames(): Attack {
  // The frame around it fits what libp2p reads at once, too.
  const garbage = randomBytes(DEFAULT_LIMITS.maxGossipBytes - 4096);
  return {
    name: 'maximal-frames', text: 'garbage in frames of the largest size', invalid: true,
    run: (attacker, untilMs) => attacker.paced((attacker.rate * DEFAULT_LIMITS.gossip.transactions.bytesPerSecond) / garbage.byteLength, untilMs, () => (
      attacker.gossip('transactions', [garbage]))),
  };
}

/** Many payloads in a frame, none of which is a message. */
export function crowdedFrames(): Attack {
  const payloads = Array.from({ length: 500 }, (_, index) => Buffer.from([index & 0xff, 1, 2]));
  return {
    name: 'crowded-frames', text: 'frames of five hundred tiny payloads of garbage', invalid: true,
    run: (attacker, untilMs) => attacker.paced((attacker.rate * DEFAULT_LIMITS.gossip.consensus.messagesPerSecond) / payloads.length, untilMs, () => (
      attacker.gossip('consensus', payloads))),
  };
}
