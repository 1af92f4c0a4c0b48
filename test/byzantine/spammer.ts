import { sha256Hash } from '../../src/crypto/hash.js';
import type { Epoch, MemberIndex } from '../../src/types/ids.js';
import { toEpoch, toSequence, toSlot, toView, ZERO_HASH } from '../../src/types/ids.js';
import type { ConsensusMessage, SignedMessage } from '../../src/types/messages.js';
import { abandoning, preparing } from './vote-equivocator.js';
import type { Adversary, Delivery, Port } from './port.js';
import { isOwn, signed } from './port.js';
import { Recent } from './recent.js';

/** How far from the slot at hand: within and beyond the windows of 16 and 64 slots (section 8), and absurd. */
const DISTANCES = [-1, -2, -5, -40, 1, 2, 15, 17, 63, 65, 1000, 2 ** 40];
const REPLAYS_KEPT = 64;

/**
 * With every other message of its own it sends a few that nobody asked for: votes for slots long past and far ahead, for
 * blocks that do not exist, of epochs to come, CHECKPOINTs of sequences that nobody has reached, each correctly signed;
 * and what others said some time ago. All is ignored or kept within bounds (section 8).
 */
export const SPAMMER: Adversary = {
  name: 'stale and future spammer',
  against: 'sections 1, 2 and 8, R7',
  create: (port) => {
    const heard = new Recent<number, ConsensusMessage>(REPLAYS_KEPT);
    let count = 0;
    return {
      outgoing: (message, to) => [
        { to, message },
        ...(isOwn(port, message) && port.random.chance(0.4) ? spam(port, message, heard.values(), to) : []),
      ],
      incoming: (message) => {
        if (count % 5 === 0) heard.set(count, message);
        count += 1;
        return [];
      },
    };
  },
};

function spam(port: Port, message: SignedMessage, heard: readonly ConsensusMessage[], to: readonly MemberIndex[]): readonly Delivery[] {
  const { random } = port;
  const position = message.type === 'CHECKPOINT' ? message.sequence : message.slot;
  const slot = toSlot(Math.max(0, position + random.pick(DISTANCES)));
  const epoch: Epoch = random.chance(0.2) ? toEpoch(message.epoch + 1) : message.epoch;
  const place = { epoch, slot, signer: port.self };
  const nowhere = sha256Hash(new TextEncoder().encode(`nowhere ${random.integer(0, 2 ** 31)}`));
  const made: ConsensusMessage[] = [
    abandoning(port, place),
    preparing(port, place, nowhere),
    signed(port, { type: 'PREPARE', ...place, first: false, blockHash: nowhere, basisHash: ZERO_HASH, view: toView(0), sequence: toSequence(slot) }),
    signed(port, { type: 'COMMIT', ...place, blockHash: nowhere, view: toView(0), sequence: toSequence(slot) }),
    signed(port, { type: 'CHECKPOINT', epoch, sequence: toSequence(slot), signer: port.self, stateRoot: nowhere }),
  ];
  const replayed = heard.length === 0 ? [] : [random.pick(heard)];
  return [...made.filter(() => random.chance(0.5)), ...replayed].map((each) => ({ to, message: each }));
}
