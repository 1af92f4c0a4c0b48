import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import { toSlot } from '../../../src/types/ids.js';
import type { Transaction } from '../../../src/types/block.js';
import type { Attack } from '../attack.js';
import { farLedSlot, fullBody, genesisTip, ledSlot, proposal } from '../signed.js';

/** All that fit, whatever else bounds a block: the platform is to say what it does not take. */
const ALL = Number.MAX_SAFE_INTEGER;

/** One valid proposal of the largest size, for a slot that nobody will see, sent again and again. */
export function heavyFarProposal(): Attack {
  let message = new Uint8Array();
  return {
    name: 'heavy-far', text: 'a heavy proposal for a far slot, again and again', invalid: false,
    prepare: (attacker) => {
      message = new Uint8Array(proposal(attacker, farLedSlot(attacker), genesisTip(attacker), fullBody(attacker, attacker.genesis.parameters.maxBlockTransactions)));
      return Promise.resolve();
    },
    run: (attacker, untilMs) => attacker.paced((attacker.rate * DEFAULT_LIMITS.gossip.consensus.bytesPerSecond) / message.byteLength, untilMs, () => (
      attacker.gossip('consensus', [message]))),
  };
}

/** A valid proposal with more in it than a block may have. */
export function overfullProposal(): Attack {
  let message = new Uint8Array();
  return {
    name: 'overfull-far', text: 'a proposal with more transactions than a block may have', invalid: true,
    prepare: (attacker) => {
      message = new Uint8Array(proposal(attacker, farLedSlot(attacker), genesisTip(attacker), fullBody(attacker, ALL)));
      return Promise.resolve();
    },
    run: (attacker, untilMs) => attacker.paced((attacker.rate * DEFAULT_LIMITS.gossip.consensus.bytesPerSecond) / message.byteLength, untilMs, () => (
      attacker.gossip('consensus', [message]))),
  };
}

/** A valid body of the largest size in each of its own turns, on the newest final block. */
export function heavyOwnProposals(): Attack {
  let body: Transaction[] = [];
  return {
    name: 'heavy-own', text: 'the heaviest valid body in each of its own turns, sent again', invalid: false,
    prepare: (attacker) => {
      body = fullBody(attacker, attacker.genesis.parameters.maxBlockTransactions);
      return Promise.resolve();
    },
    run: async (attacker, untilMs) => {
      let last = -1;
      while (performance.now() < untilMs) {
        const [address = ''] = attacker.addresses;
        const status = await attacker.statusOf(address).catch(() => undefined);
        if (status === undefined) {
          await delay(100);
          continue;
        }
        const slot = ledSlot(attacker, Math.max(status.currentSlot, last + 1));
        last = slot;
        const parent = { slot: toSlot(status.finalSlot), sequence: status.finalSequence, hash: status.finalHash };
        const message = proposal(attacker, slot, parent, body);
        for (let again = 0; again < 3 && performance.now() < untilMs; again += 1) {
          await attacker.gossip('consensus', [message]);
          await delay(message.byteLength / (attacker.rate * DEFAULT_LIMITS.gossip.consensus.bytesPerSecond) * 1000);
        }
      }
    },
  };
}
