import type { Certificate, PrepareSignature } from '../../src/types/certificates.js';
import type { Hash, MemberIndex, Slot } from '../../src/types/ids.js';
import type { Commit, ConsensusMessage, Prepare, ViewChange, Vote } from '../../src/types/messages.js';
import { Recent } from './recent.js';

/** What an adversary holds of one slot: the votes that it saw or made up, one per signer and kind. */
interface Page {
  readonly prepares: Map<string, Prepare>;
  readonly commits: Map<string, Commit>;
  readonly viewChanges: Map<MemberIndex, ViewChange>;
}

/** The votes an adversary has seen, as material for certificates, real and false. Of the last 64 slots. */
export class VoteBook {
  readonly #pages = new Recent<Slot, Page>(64);

  note(message: ConsensusMessage): void {
    switch (message.type) {
      case 'PREPARE': this.#page(message).prepares.set(`${message.signer} ${message.blockHash}`, message); return;
      case 'COMMIT': this.#page(message).commits.set(`${message.signer} ${message.blockHash}`, message); return;
      case 'VIEW-CHANGE': this.#page(message).viewChanges.set(message.signer, message); return;
      default:
    }
  }

  #page({ slot }: Vote): Page {
    return this.#pages.at(slot, () => ({ prepares: new Map(), commits: new Map(), viewChanges: new Map() }));
  }

  preparesFor(slot: Slot, blockHash: Hash): readonly Prepare[] {
    return [...this.#pages.get(slot)?.prepares.values() ?? []].filter((vote) => vote.blockHash === blockHash);
  }

  commitsFor(slot: Slot, blockHash: Hash): readonly Commit[] {
    return [...this.#pages.get(slot)?.commits.values() ?? []].filter((vote) => vote.blockHash === blockHash);
  }

  viewChangesOf(slot: Slot): readonly ViewChange[] {
    return [...this.#pages.get(slot)?.viewChanges.values() ?? []];
  }
}

const byMember = (a: { readonly signer: number }, b: { readonly signer: number }): number => a.signer - b.signer;

function prepareSignature({ signer, first, basisHash, signature }: Prepare): PrepareSignature {
  return { signer, first, basisHash, signature };
}

/** A certificate of votes for one block, whatever they are worth: whoever makes one up decides what goes in. */
export function certificateOf(kind: 'PREPARE' | 'FAST', votes: readonly Prepare[]): Certificate | undefined;
export function certificateOf(kind: 'SLOW', votes: readonly Commit[]): Certificate | undefined;
export function certificateOf(kind: 'VIEW-CHANGE', votes: readonly ViewChange[]): Certificate | undefined;
export function certificateOf(kind: Certificate['kind'], votes: readonly Vote[]): Certificate | undefined {
  const [any] = votes;
  if (any === undefined) return undefined;
  const { epoch, slot, blockHash } = any;
  const ordered = [...votes].sort(byMember);
  switch (kind) {
    case 'PREPARE':
    case 'FAST': return { kind, epoch, slot, blockHash, signatures: ordered.flatMap((vote) => (vote.type === 'PREPARE' ? [prepareSignature(vote)] : [])) };
    case 'SLOW': return { kind, epoch, slot, blockHash, signatures: ordered.map(({ signer, signature }) => ({ signer, signature })) };
    case 'VIEW-CHANGE': return {
      kind, epoch, slot, signatures: ordered.flatMap((vote) => (vote.type === 'VIEW-CHANGE'
        ? [{ signer: vote.signer, first: vote.first, blockHash: vote.blockHash, basisHash: vote.basisHash, signature: vote.signature }] : [])),
    };
  }
}
