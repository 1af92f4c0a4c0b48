import { leaderOf } from '../../src/consensus/quorum.js';
import type { Hash, MemberIndex, Slot } from '../../src/types/ids.js';
import { toSlot, ZERO_HASH } from '../../src/types/ids.js';
import type { Commit, ConsensusMessage, Prepare, SignedMessage, Vote } from '../../src/types/messages.js';
import { Faces } from './faces.js';
import type { Adversary, Behaviour, Delivery, Port } from './port.js';
import { isOwn, others, signed } from './port.js';
import { Recent } from './recent.js';
import { abandoning } from './vote-equivocator.js';
import type { VoteBook as Book } from './vote-book.js';
import { certificateOf, VoteBook } from './vote-book.js';

/**
 * Several that hold each other's keys. Where one of them leads, each half of the others is shown a block of its own, and
 * that all of them prepare and commit it. Where an honest one leads, they vote for the block before one half and abandon
 * the slot before the other; and whatever certificate their votes complete they show to one platform only, which may be
 * the only one ever to see that block final. With f of them this is what section 1's quorums, R4b, R4c and R5 are made
 * for; f+1 of them fork the federation.
 */
export const COLLUDERS: Adversary = {
  name: 'colluders with private certificates',
  against: 'sections 1 and 3 as a whole',
  create: (port) => new Colluder(port),
};

class Colluder implements Behaviour {
  readonly #port: Port;
  readonly #faces: Faces;
  readonly #book: Book = new VoteBook();
  readonly #shown = new Recent<string, true>();

  constructor(port: Port) {
    this.#port = port;
    this.#faces = new Faces(port);
  }

  outgoing(message: ConsensusMessage, receivers: readonly MemberIndex[]): readonly Delivery[] {
    if (message.type === 'CERTIFICATE') return [{ to: receivers.filter((to) => to === this.#favourite(message.certificate.slot)), message }];
    if (!isOwn(this.#port, message)) return [{ to: receivers, message }];
    return receivers.flatMap((to) => (
      this.#isAccomplice(to) ? [{ to: [to], message }] : this.#before(message, to).map((each) => ({ to: [to], message: each }))));
  }

  incoming(message: ConsensusMessage): readonly Delivery[] {
    this.#book.note(message);
    return message.type === 'PREPARE' || message.type === 'COMMIT' ? this.#privately(message) : [];
  }

  #isAccomplice(member: MemberIndex): boolean {
    return this.#port.keys.includes(member);
  }

  #leads(slot: Slot): MemberIndex {
    return leaderOf(slot, this.#port.quorum.memberCount);
  }

  /** What one honest receiver is shown in place of a statement of this platform. */
  #before(message: SignedMessage, to: MemberIndex): readonly ConsensusMessage[] {
    if (message.type === 'CHECKPOINT') return [message];
    const leader = this.#leads(message.slot);
    if (leader === this.#port.self) return this.#asLeader(message, to);
    // The leader among them speaks for all: nobody else knows who was shown what.
    if (this.#isAccomplice(leader)) return [];
    return (message.slot + to) % 2 === 0 ? [message] : [abandoning(this.#port, message)];
  }

  #asLeader(message: Exclude<SignedMessage, { type: 'CHECKPOINT' }>, to: MemberIndex): readonly ConsensusMessage[] {
    const face = to % 2;
    switch (message.type) {
      case 'VIEW-CHANGE': return [message];
      case 'PREPARE': return this.#allPrepare(message, this.#faces.hashOf(message.blockHash, face));
      case 'COMMIT': return this.#allCommit(message, this.#faces.hashOf(message.blockHash, face));
      case 'PRE-PREPARE': {
        const proposal = this.#faces.ofProposal(message, face);
        const { block: { hash, header: { view, sequence } }, epoch, slot } = proposal;
        const place = { epoch, slot, view, sequence };
        return [proposal, ...this.#allPrepare(place, hash), ...this.#allCommit(place, hash)];
      }
    }
  }

  #allPrepare({ epoch, slot, view, sequence }: Pick<Prepare, 'epoch' | 'slot' | 'view' | 'sequence'>, blockHash: Hash): readonly Prepare[] {
    return this.#port.keys.map((signer) => (
      signed(this.#port, { type: 'PREPARE', epoch, slot, signer, blockHash, first: true, basisHash: ZERO_HASH, view, sequence })));
  }

  #allCommit({ epoch, slot, view, sequence }: Pick<Prepare, 'epoch' | 'slot' | 'view' | 'sequence'>, blockHash: Hash): readonly Commit[] {
    return this.#port.keys.map((signer) => signed(this.#port, { type: 'COMMIT', epoch, slot, signer, blockHash, view, sequence }));
  }

  /** Certificates that their own votes complete, for the favourite alone, once each. */
  #privately(vote: Exclude<Vote, { type: 'VIEW-CHANGE' }>): readonly Delivery[] {
    const { slot, blockHash } = vote;
    const { quorum: { quorum, fastQuorum } } = this.#port;
    const prepares = withOwn(this.#book.preparesFor(slot, blockHash), this.#allPrepare(vote, blockHash));
    const firsts = prepares.filter(({ first }) => first);
    const commits = withOwn(this.#book.commitsFor(slot, blockHash), this.#allCommit(vote, blockHash));
    const certificates = [
      prepares.length >= quorum ? certificateOf('PREPARE', prepares) : undefined,
      firsts.length >= fastQuorum ? certificateOf('FAST', firsts) : undefined,
      commits.length >= quorum ? certificateOf('SLOW', commits) : undefined,
    ];
    return certificates.flatMap((certificate): Delivery[] => {
      if (certificate === undefined || this.#shown.get(`${certificate.kind} ${blockHash}`) === true) return [];
      this.#shown.set(`${certificate.kind} ${blockHash}`, true);
      return [{ to: [this.#favourite(slot)], message: { type: 'CERTIFICATE', certificate } }];
    });
  }

  /** One honest member, another one for each slot. */
  #favourite(slot: Slot): MemberIndex {
    const honest = others(this.#port).filter((member) => !this.#isAccomplice(member));
    return honest[slot % Math.max(1, honest.length)] ?? leaderOf(toSlot(slot + 1), this.#port.quorum.memberCount);
  }
}

/** One vote of each signer: the seen ones of the others, and those of the colluders for this block. */
function withOwn<V extends Prepare | Commit>(seen: readonly V[], own: readonly V[]): readonly V[] {
  return [...new Map([...seen, ...own].map((vote) => [vote.signer, vote])).values()];
}
