import type { WireLimits } from '../codec/limits.js';
import { decodeSyncResponse, encodeSyncRequest } from '../codec/wire/sync.js';
import type { Network } from '../network/network.js';
import type { BlockSource } from '../storage/repairing-chain.js';
import type { Hash, PublicKeyHex, Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { CommittedBlock } from '../types/sync.js';
import type { MessageValidator } from '../validation/message-validator.js';

const TIMEOUT_MS = 5_000;
/** An answer ends with a certified block where it can: the wanted one is the first of these. */
const MAX_BLOCKS = 16;
/** All members are asked so many times, with a pause between: after a start they may not be connected yet. */
const ROUNDS = 10;
const ROUND_PAUSE_MS = 1_000;

export interface BlockCopiesInit {
  readonly network: Pick<Network, 'request'>;
  readonly connectedPeers: () => readonly PublicKeyHex[];
  readonly validator: Pick<MessageValidator, 'validateCommittedChain'> & { readonly limits: WireLimits };
  readonly pause?: (delayMs: number) => Promise<void>;
  readonly stopped?: () => boolean;
}

/** Asks one connected member after the other for a final block whose hash is known, and believes only what fits it. */
export function blockCopies(init: BlockCopiesInit): BlockSource {
  const { connectedPeers, pause = (delayMs: number) => new Promise<void>((resolve) => { setTimeout(resolve, delayMs).unref(); }), stopped = () => false } = init;
  return async (sequence, hash) => {
    for (let round = 0; round < ROUNDS && !stopped(); round++) {
      if (round > 0) await pause(ROUND_PAUSE_MS);
      for (const peer of connectedPeers()) {
        const copy = await askOne(init, peer, sequence, hash);
        if (copy !== undefined) return copy;
      }
    }
    return undefined;
  };
}

async function askOne({ network, validator }: BlockCopiesInit, peer: PublicKeyHex, sequence: Sequence, hash: Hash): Promise<CommittedBlock | undefined> {
  const maxBytes = 2 * validator.limits.maxMessageBytes;
  let first: CommittedBlock | undefined;
  try {
    const request = encodeSyncRequest({ type: 'BLOCKS-REQUEST', fromSequence: sequence, maxCount: MAX_BLOCKS, maxBytes: validator.limits.maxMessageBytes });
    const answer = decodeSyncResponse(await network.request(peer, 'blocks', request, { timeoutMs: TIMEOUT_MS, maxResponseBytes: maxBytes }), validator.limits);
    first = answer.type === 'BLOCKS-RESPONSE' ? answer.blocks[0] : undefined;
  } catch {
    // Not reachable, or not to be understood: the next one is asked.
    return undefined;
  }
  return first !== undefined && first.block.hash === hash && isSound(validator, first) ? first : undefined;
}

/** Its header, body and certificate by themselves: that the chain leads through it is known from its hash. */
function isSound(validator: BlockCopiesInit['validator'], committed: CommittedBlock): boolean {
  const { parentHash, parentSlot, sequence, timestampMs } = committed.block.header;
  const parent = { hash: parentHash, slot: parentSlot, sequence: toSequence(sequence - 1), timestampMs: timestampMs - 1 };
  return validator.validateCommittedChain([committed], parent).error === undefined;
}
