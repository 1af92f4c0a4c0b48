import { encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { MAX_PUSHED_MESSAGES } from '../../../src/codec/limits.js';
import { encodeSyncRequest } from '../../../src/codec/wire/sync.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import type { Attack } from '../attack.js';
import type { Attacker } from '../attacker.js';
import { farVotes } from '../signed.js';

/** Signed once, and then again and again: another signature would cost the attacker as much as its victims. */
const VOTES = 4000;
const IN_ONE_FRAME = 50;

function inFrames(votes: readonly Uint8Array[]): (at: number) => Uint8Array[] {
  return (at) => Array.from({ length: IN_ONE_FRAME }, (_, index) => votes[(at * IN_ONE_FRAME + index) % votes.length] ?? new Uint8Array());
}

function encodedVotes(attacker: Attacker): Uint8Array[] {
  return farVotes(attacker, VOTES).map(encodeConsensusMessage);
}

/** Valid votes for slots that nobody will see. */
export function farVoteGossip(): Attack {
  let votes: Uint8Array[] = [];
  let turn = 0;
  return {
    name: 'far-votes', text: 'valid votes for far slots', invalid: false,
    prepare: (attacker) => {
      votes = encodedVotes(attacker);
      return Promise.resolve();
    },
    run: (attacker, untilMs) => attacker.paced((attacker.rate * DEFAULT_LIMITS.gossip.consensus.messagesPerSecond) / IN_ONE_FRAME, untilMs, () => (
      attacker.gossip('consensus', inFrames(votes)(turn++)))),
  };
}

/** From one that hides its links: nearly nothing in each frame, and all of it to be passed on. */
export function relayedFrames(): Attack {
  let votes: Uint8Array[] = [];
  let turn = 0;
  return {
    name: 'relays', text: 'tiny frames that others are to pass on, from one that claims no links', invalid: false,
    prepare: (attacker) => {
      votes = encodedVotes(attacker);
      return Promise.resolve();
    },
    run: async (attacker, untilMs) => {
      await attacker.hideLinks().catch(() => undefined);
      await attacker.paced((attacker.rate * DEFAULT_LIMITS.gossip.consensus.messagesPerSecond) / 10, untilMs, () => (
        attacker.gossip('consensus', [votes[turn++ % votes.length] ?? new Uint8Array()])));
    },
  };
}

/** Requests that push as many votes as an honest member does. */
export function pushedVotes(): Attack {
  let request = new Uint8Array();
  return {
    name: 'slots', text: 'SLOTS requests that push far votes', invalid: false,
    prepare: (attacker) => {
      const messages = farVotes(attacker, MAX_PUSHED_MESSAGES);
      request = new Uint8Array(encodeSyncRequest({ type: 'SLOTS-REQUEST', status: attacker.genesisStatus(), messages, transactions: [] }));
      return Promise.resolve();
    },
    run: (attacker, untilMs) => attacker.paced((attacker.rate * DEFAULT_LIMITS.pushedMessagesPerSecond) / MAX_PUSHED_MESSAGES, untilMs, async () => {
      await Promise.all(attacker.addresses.map((address) => attacker.request(address, 'slots', request).catch(() => undefined)));
    }),
  };
}
