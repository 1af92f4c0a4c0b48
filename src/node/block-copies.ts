import { CodecError } from '../codec/codec-error.js';
import type { WireLimits } from '../codec/limits.js';
import { decodeSyncResponse, encodeSyncRequest } from '../codec/wire/sync.js';
import type { Network } from '../network/network.js';
import type { BlockSource } from '../storage/repairing-chain.js';
import type { Hash, PublicKeyHex, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';
import type { MessageValidator } from '../validation/message-validator.js';

const TIMEOUT_MS = 5_000;
/** One that has not answered by then keeps its time, but the next one is asked, too. */
const HEDGE_MS = 1_000;
/** All members are asked so many times, with a pause between: after a start they may not be connected yet. */
const ROUNDS = 10;
const ROUND_PAUSE_MS = 1_000;

export interface BlockCopiesInit {
  readonly network: Pick<Network, 'request' | 'penalize'>;
  readonly connectedPeers: () => readonly PublicKeyHex[];
  readonly validator: Pick<MessageValidator, 'validateCommittedChain'> & { readonly limits: WireLimits };
  readonly pause?: (delayMs: number) => Promise<void>;
  readonly stopped?: () => boolean;
}

/** What is wanted, and who has lied about it. */
interface Search {
  readonly sequence: Sequence;
  readonly hash: Hash;
  readonly liars: Set<PublicKeyHex>;
}

/**
 * Asks connected members for a final block whose hash is known, one after the other and without waiting long for any,
 * and believes only what fits it. Who serves anything else is penalized and not asked again. A copy with the block's own
 * certificate goes before one without, which is as true but proves less to others.
 */
export function blockCopies(init: BlockCopiesInit): BlockSource {
  const { pause = hostPause, stopped = () => false } = init;
  return async (sequence, hash) => {
    const search: Search = { sequence, hash, liars: new Set() };
    for (let round = 0; round < ROUNDS && !stopped(); round++) {
      if (round > 0) await pause(ROUND_PAUSE_MS);
      const copy = await askAll({ ...init, pause }, search);
      if (copy !== undefined) return copy;
    }
    return undefined;
  };
}

function hostPause(delayMs: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, delayMs).unref(); });
}

async function askAll(init: BlockCopiesInit & { readonly pause: (delayMs: number) => Promise<void> }, search: Search): Promise<CommittedBlock | undefined> {
  const toAsk = init.connectedPeers().filter((peer) => !search.liars.has(peer));
  const asked = new Set<Promise<void>>();
  const copies: CommittedBlock[] = [];
  const certified = (): CommittedBlock | undefined => copies.find(({ certificate }) => certificate !== undefined);
  while (certified() === undefined && (toAsk.length > 0 || asked.size > 0)) {
    const peer = toAsk.shift();
    if (peer !== undefined) {
      const asking: Promise<void> = askOne(init, peer, search).then((copy) => {
        asked.delete(asking);
        if (copy !== undefined) copies.push(copy);
      });
      asked.add(asking);
    }
    await Promise.race(toAsk.length > 0 ? [...asked, init.pause(HEDGE_MS)] : asked);
  }
  return certified() ?? copies[0];
}

async function askOne({ network, validator }: BlockCopiesInit, peer: PublicKeyHex, { sequence, hash, liars }: Search): Promise<CommittedBlock | undefined> {
  const { limits } = validator;
  const request = encodeSyncRequest({ type: 'BLOCKS-REQUEST', fromSequence: sequence, maxCount: 1, maxBytes: limits.maxMessageBytes });
  try {
    const answer = decodeSyncResponse(await network.request(peer, 'blocks', request, { timeoutMs: TIMEOUT_MS, maxResponseBytes: 2 * limits.maxMessageBytes }), limits);
    if (answer.type !== 'BLOCKS-RESPONSE') throw new FalseCopyError(`BLOCKS-REQUEST was answered with ${answer.type}`);
    const [copy] = answer.blocks;
    // It may have pruned it, or not have it yet.
    if (copy === undefined) return undefined;
    if (copy.block.hash !== hash) throw new FalseCopyError(`block ${copy.block.hash} was served in the place of ${hash}`);
    const objection = objectionTo(validator, copy);
    if (objection !== undefined) throw new FalseCopyError(objection);
    return copy;
  } catch (error) {
    // Anything else: it cannot be reached, or is too busy or too slow. Another one is asked.
    if (error instanceof FalseCopyError || error instanceof CodecError) {
      liars.add(peer);
      network.penalize(peer, `final block ${sequence}: ${error.message}`);
    }
    return undefined;
  }
}

class FalseCopyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'FalseCopyError';
  }
}

/** To its header, body and certificate by themselves: that the chain leads through it is known from its hash. */
function objectionTo(validator: BlockCopiesInit['validator'], committed: CommittedBlock): string | undefined {
  const { parentHash, parentSlot, sequence, timestampMs } = committed.block.header;
  const parent = { hash: parentHash, slot: parentSlot, sequence: toSequence(sequence - 1), timestampMs: timestampMs - 1 };
  return validator.validateCommittedChain([committed], parent).error?.detail;
}
