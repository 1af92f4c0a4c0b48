import { assembleBlock, blockSizeBytes, BLOCK_BYTES_PER_TRANSACTION } from '../../src/codec/block.js';
import { prePrepareStatementBytes, statementBytes } from '../../src/codec/statement.js';
import { createTransaction } from '../../src/codec/transaction.js';
import { encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import { leaderOf } from '../../src/consensus/quorum.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { encodePut } from '../../src/ledger/key-value.js';
import type { Transaction } from '../../src/types/block.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { Hash, Slot } from '../../src/types/ids.js';
import type { ConsensusMessage, PrePrepare } from '../../src/types/messages.js';
import type { Attacker } from './attacker.js';

/** What is around a block in a frame: gossipsub sends no more than 4 MiB. */
const ENVELOPE_BYTES = 16 * 1024;
/** Above everything that a run reaches. */
const FAR_SLOT = 2 ** 40;

/** Valid transactions, each of a key of its own. */
export function throwAwayTransactions(chainId: Hash, count: number): Transaction[] {
  return Array.from({ length: count }, () => {
    const signer = createSigner(generateSeed());
    return createTransaction({ chainId, sender: signer.publicKey, nonce: 0, payload: encodePut('f', '') }, (bytes) => signer.sign(bytes));
  });
}

/** As many throw-away transactions as a block may have. */
export function fullBody({ genesis }: Attacker, maxCount: number): Transaction[] {
  const [sample] = throwAwayTransactions(genesis.chainId, 1);
  if (sample === undefined) return [];
  const perTransaction = BLOCK_BYTES_PER_TRANSACTION + sample.bytes.byteLength;
  const room = genesis.parameters.maxBlockBytes - blockSizeBytes([]) - ENVELOPE_BYTES;
  return throwAwayTransactions(genesis.chainId, Math.min(maxCount, Math.floor(room / perTransaction)));
}

/** Where a proposal is to follow. */
export interface ParentTip {
  readonly slot: Slot;
  readonly sequence: number;
  readonly hash: Hash;
}

export function genesisTip({ genesis }: Attacker): ParentTip {
  return { slot: GENESIS_SLOT, sequence: GENESIS_SEQUENCE, hash: genesis.chainId };
}

/** The attacker's own, correctly signed. */
export function proposal(attacker: Attacker, slot: Slot, parent: ParentTip, transactions: readonly Transaction[]): Uint8Array {
  const { genesis: { chainId, membership }, self, signer } = attacker;
  const sequence = parent.sequence + 1;
  const block = assembleBlock({
    chainId, epoch: membership.epoch, slot, sequence: toSequence(sequence), view: toView(slot - sequence), parentSlot: parent.slot, parentHash: parent.hash,
    timestampMs: Date.now(), nextMembersHash: membership.membersHash, proposer: self,
  }, transactions);
  const message: PrePrepare = {
    type: 'PRE-PREPARE', epoch: membership.epoch, slot, signer: self, block, justification: { parent: undefined, skips: [] },
    signature: signer.sign(prePrepareStatementBytes(chainId, membership.epoch, slot, block.hash)),
  };
  return encodeConsensusMessage(message);
}

/** The first slot from there on that the attacker leads. */
export function ledSlot({ self, memberCount }: Attacker, from: number): Slot {
  let slot = from;
  while (leaderOf(toSlot(slot), memberCount) !== self) slot += 1;
  return toSlot(slot);
}

export function farLedSlot(attacker: Attacker): Slot {
  return ledSlot(attacker, FAR_SLOT);
}

/** Valid first PREPAREs of the attacker, for slots that nobody will see. */
export function farVotes({ genesis: { chainId, membership }, self, signer }: Attacker, count: number): ConsensusMessage[] {
  return Array.from({ length: count }, (_, index): ConsensusMessage => {
    const slot = toSlot(FAR_SLOT + index);
    const vote = {
      type: 'PREPARE', epoch: membership.epoch, slot, signer: self, blockHash: chainId, first: true, basisHash: ZERO_HASH,
      view: toView(0), sequence: toSequence(slot),
    } as const;
    return { ...vote, signature: signer.sign(statementBytes(chainId, vote)) };
  });
}
