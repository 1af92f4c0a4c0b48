import { assembleBlock } from '../../src/codec/block.js';
import type { Block } from '../../src/types/block.js';
import type { Hash, MemberIndex, Slot } from '../../src/types/ids.js';
import type { PrePrepare, SignedMessage } from '../../src/types/messages.js';
import type { Behaviour, Port } from './port.js';
import { onOwn, signed } from './port.js';
import { Recent } from './recent.js';

/** Which face a receiver is shown in a slot: 0 is the core's own block, others are variants of it. */
export type Casting = (to: MemberIndex, slot: Slot) => number;

/**
 * The other blocks of an equivocating leader: for the same slot, on the same parent, as valid as the first, each
 * without the last `face` transactions and `face` ms younger. The same block always has the same faces.
 */
export class Faces {
  readonly #port: Port;
  readonly #originals = new Recent<Hash, Block>();

  constructor(port: Port) {
    this.#port = port;
  }

  /** The proposal with another face, signed like the first. */
  ofProposal(message: PrePrepare, face: number): PrePrepare {
    this.#originals.set(message.block.hash, message.block);
    if (face === 0) return message;
    const { signature: _, ...statement } = message;
    return signed(this.#port, { ...statement, block: faceOf(message.block, face) });
  }

  /** The hash that goes with a block's face; the hash itself for blocks of which there is one only. */
  hashOf(hash: Hash, face: number): Hash {
    const original = this.#originals.get(hash);
    return original === undefined || face === 0 ? hash : faceOf(original, face).hash;
  }
}

function faceOf({ header, transactions }: Block, face: number): Block {
  return assembleBlock({ ...header, timestampMs: header.timestampMs + face }, transactions.slice(0, Math.max(0, transactions.length - face)));
}

/** A leader that shows each receiver a face of its block, and votes before each as if that were the only one. */
export function equivocating(port: Port, casting: Casting): Behaviour {
  const faces = new Faces(port);
  return onOwn(port, (message, to) => [{ message: shown(port, faces, message, casting, to) }]);
}

function shown(port: Port, faces: Faces, message: SignedMessage, casting: Casting, to: MemberIndex): SignedMessage {
  if (message.type === 'CHECKPOINT') return message;
  const face = casting(to, message.slot);
  if (message.type === 'PRE-PREPARE') return faces.ofProposal(message, face);
  const blockHash = faces.hashOf(message.blockHash, face);
  if (blockHash === message.blockHash) return message;
  const { signature: _, ...statement } = message;
  return signed(port, { ...statement, blockHash });
}
