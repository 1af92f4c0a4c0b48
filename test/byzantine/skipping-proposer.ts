import { assembleBlock } from '../../src/codec/block.js';
import { sha256Hash } from '../../src/crypto/hash.js';
import type { BlockHeader } from '../../src/types/block.js';
import type { Hash } from '../../src/types/ids.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toSequence, toSlot, toView } from '../../src/types/ids.js';
import type { PrePrepare } from '../../src/types/messages.js';
import type { Adversary, Port } from './port.js';
import { isOwn, others, signed, unchanged } from './port.js';
import { Recent } from './recent.js';

/**
 * As a leader it leaves out the block it should build on and extends that one's parent, as if the slot between had been
 * skipped, without a VIEW-CHANGE certificate (even slots); or it builds on a block that nobody has (odd slots). Such
 * proposals are well-formed and correctly signed, and nobody may ever vote for them (J 1 and 2). The block as it should
 * be goes out too, after half a timer, so that two headers of one slot are known of it.
 */
export const SKIPPING_PROPOSER: Adversary = {
  name: 'proposer that skips a block without proof',
  against: 'J, R9',
  create: (port) => {
    const headers = new Recent<Hash, BlockHeader>();
    return {
      outgoing: (message, receivers) => {
        if (message.type !== 'PRE-PREPARE') return unchanged(message, receivers);
        headers.set(message.block.hash, message.block.header);
        if (!isOwn(port, message)) return unchanged(message, receivers);
        return [
          { to: receivers, message: message.slot % 2 === 0 ? skipping(port, message, headers) : unfounded(port, message) },
          { to: others(port).filter((to) => receivers.includes(to)), message, delayMs: port.slotTimeoutMs / 2 },
        ];
      },
      incoming: (message) => {
        if (message.type === 'PRE-PREPARE') headers.set(message.block.hash, message.block.header);
        return [];
      },
    };
  },
};

/** The block's grandparent in the place of its parent; genesis where it is not known. */
function skipping(port: Port, { signature: _, ...statement }: PrePrepare, headers: Recent<Hash, BlockHeader>): PrePrepare {
  const { header, transactions } = statement.block;
  const parent = headers.get(header.parentHash);
  const above = parent === undefined ? undefined : headers.get(parent.parentHash);
  const founded = parent !== undefined && above !== undefined
    ? { parentSlot: parent.parentSlot, parentHash: parent.parentHash, sequence: parent.sequence }
    : { parentSlot: GENESIS_SLOT, parentHash: port.chainId, sequence: toSequence(GENESIS_SEQUENCE + 1) };
  const block = assembleBlock({ ...header, ...founded, view: toView(header.slot - founded.sequence) }, transactions);
  return signed(port, { ...statement, block, justification: { parent: undefined, skips: [] } });
}

function unfounded(port: Port, { signature: _, ...statement }: PrePrepare): PrePrepare {
  const { header, transactions } = statement.block;
  const parentHash = sha256Hash(new TextEncoder().encode(`nowhere ${header.slot}`));
  const parentSlot = toSlot(Math.max(0, header.slot - 1));
  const block = assembleBlock({ ...header, parentSlot, parentHash, sequence: toSequence(header.slot), view: toView(0) }, transactions);
  return signed(port, { ...statement, block, justification: { parent: undefined, skips: [] } });
}
