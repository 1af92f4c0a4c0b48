import { assembleBlock } from '../../../src/codec/block.js';
import type { Effect, Input } from '../../../src/consensus/events.js';
import type { QuorumParameters } from '../../../src/consensus/quorum.js';
import { leaderOf, quorumParameters } from '../../../src/consensus/quorum.js';
import type { DurableState, FinalTip } from '../../../src/consensus/records.js';
import { Replica } from '../../../src/consensus/replica.js';
import type { SlotHoldings } from '../../../src/consensus/voting.js';
import { sha256Hash } from '../../../src/crypto/hash.js';
import type { Block, HeaderTemplate, Transaction } from '../../../src/types/block.js';
import type { FastCertificate, PrepareCertificate, SlowCertificate, ViewChangeCertificate } from '../../../src/types/certificates.js';
import type { Hash } from '../../../src/types/ids.js';
import {
  toEpoch, toMemberIndex, toPlatformName, toPublicKeyHex, toSequence, toSlot, toView, ZERO_HASH,
} from '../../../src/types/ids.js';
import type { Membership } from '../../../src/types/membership.js';
import type {
  Checkpoint, Commit, ConsensusMessage, Equivocation, Justification, OwnVote, Prepare, PrePrepare, SignedHeader, SignedMessage,
  Statement, Verified, ViewChange,
} from '../../../src/types/messages.js';
import type { CommittedBlock } from '../../../src/types/sync.js';

/** Small builders: members are plain numbers, signatures are empty, blocks are told apart by a label. */

export const EPOCH = toEpoch(0);
export const hashOf = (label: string): Hash => sha256Hash(new TextEncoder().encode(label));
export const CHAIN_ID = hashOf('society');
export const MEMBERS_HASH = hashOf('members');
export const SIGNATURE = new Uint8Array(64);
export const GENESIS: FinalTip = {
  hash: CHAIN_ID, slot: toSlot(-1), sequence: toSequence(-1), view: 0, timestampMs: 0, certificate: undefined,
};
/** Wall clock where the monotonic clock is 0. */
export const START_WALL_MS = 1_000_000;

export const trusted = <T>(value: T): Verified<T> => value as Verified<T>;

export function transaction(label: string): Transaction {
  const bytes = new TextEncoder().encode(label);
  return { id: hashOf(label), bytes, sender: toPublicKeyHex('0'.repeat(64)), nonce: 0, payload: bytes, signature: SIGNATURE };
}

export interface BlockShape {
  readonly slot: number;
  /** Genesis where absent. */
  readonly parent?: Block | FinalTip;
  readonly label?: string;
  readonly members?: number;
  readonly header?: Partial<HeaderTemplate>;
}

/** A block that fits its parent by rule J, unless `header` says otherwise. */
export function block({ slot, parent, label = 'b', members = 4, header = {} }: BlockShape): Block {
  const above = parent === undefined ? GENESIS : 'header' in parent ? { hash: parent.hash, ...parent.header } : parent;
  return assembleBlock({
    chainId: CHAIN_ID, epoch: EPOCH, view: toView(above.view + slot - above.slot - 1), sequence: toSequence(above.sequence + 1),
    slot: toSlot(slot), parentSlot: above.slot, parentHash: above.hash, timestampMs: 500_000 + slot, nextMembersHash: MEMBERS_HASH,
    proposer: leaderOf(toSlot(slot), members), ...header,
  }, [transaction(`${label}${slot}`)]);
}

export function tipOf({ hash, header }: Block): FinalTip {
  const { slot, sequence, view, timestampMs } = header;
  return { hash, slot, sequence, view, timestampMs, certificate: slowCertificate(slot, hash) };
}

export function prePrepare(proposed: Block, justification: Partial<Justification> = {}): PrePrepare {
  const { slot, proposer } = proposed.header;
  return { type: 'PRE-PREPARE', epoch: EPOCH, slot, signer: proposer, block: proposed, justification: { parent: undefined, skips: [], ...justification }, signature: SIGNATURE };
}

export function prepare(slot: number, signer: number, blockHash: Hash, first = true, basisHash = first ? ZERO_HASH : hashOf('basis')): Prepare {
  return { type: 'PREPARE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), blockHash, first, basisHash, view: toView(0), sequence: toSequence(slot), signature: SIGNATURE };
}

export function commit(slot: number, signer: number, blockHash: Hash): Commit {
  return { type: 'COMMIT', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), blockHash, view: toView(0), sequence: toSequence(slot), signature: SIGNATURE };
}

/** A first vote, or with `after` the VIEW-CHANGE(first=0) of one who first voted for that block. */
export function viewChange(slot: number, signer: number, after?: Hash): ViewChange {
  return {
    type: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), signer: toMemberIndex(signer), first: after === undefined,
    blockHash: after ?? ZERO_HASH, basisHash: after === undefined ? ZERO_HASH : hashOf('basis'), newView: slot + 1, lastSequence: toSequence(-1), signature: SIGNATURE,
  };
}

export function checkpoint(sequence: number, signer: number, stateRoot: Hash): Checkpoint {
  return { type: 'CHECKPOINT', epoch: EPOCH, sequence: toSequence(sequence), signer: toMemberIndex(signer), stateRoot, signature: SIGNATURE };
}

const THREE = [0, 1, 2];
/**
 * Signers of certificates where it does not matter who they are: nobody on the bench, so that no platform is shown a
 * vote of its own that it never gave (R10). The core takes certificates as verified.
 */
const OTHERS = [101, 102, 103];

export function prepareCertificate(slot: number, blockHash: Hash, signers: readonly number[] = OTHERS): PrepareCertificate {
  return { kind: 'PREPARE', epoch: EPOCH, slot: toSlot(slot), blockHash, signatures: signers.map((signer) => ({ signer: toMemberIndex(signer), first: true, basisHash: ZERO_HASH, signature: SIGNATURE })) };
}

export function fastCertificate(slot: number, blockHash: Hash, signers: readonly number[] = OTHERS): FastCertificate {
  return { ...prepareCertificate(slot, blockHash, signers), kind: 'FAST' };
}

export function slowCertificate(slot: number, blockHash: Hash, signers: readonly number[] = OTHERS): SlowCertificate {
  return { kind: 'SLOW', epoch: EPOCH, slot: toSlot(slot), blockHash, signatures: signers.map((signer) => ({ signer: toMemberIndex(signer), signature: SIGNATURE })) };
}

export function skip(slot: number, signers: readonly number[] = OTHERS): ViewChangeCertificate {
  return { kind: 'VIEW-CHANGE', epoch: EPOCH, slot: toSlot(slot), signatures: signers.map((signer) => ({ signer: toMemberIndex(signer), first: true, blockHash: ZERO_HASH, basisHash: ZERO_HASH, signature: SIGNATURE })) };
}

export const signedHeader = ({ header, hash }: Block): SignedHeader => ({ header, blockHash: hash, signature: SIGNATURE });

export function equivocation(one: Block, other: Block): Equivocation {
  return { type: 'EQUIVOCATION', epoch: EPOCH, slot: one.header.slot, headers: [signedHeader(one), signedHeader(other)] };
}

type Own = SlotHoldings['own'];

/** What a platform holds of a slot, given as votes; the leader is member `slot mod 4`, slot 0. */
export interface HeldSlot {
  readonly own?: Partial<Omit<Own, 'fallback'>> & { readonly fallback?: readonly Hash[] };
  readonly timerExpired?: boolean;
  readonly headerSeen?: boolean;
  readonly headers?: readonly [SignedHeader, SignedHeader];
  readonly votable?: readonly Hash[];
  readonly committable?: readonly Hash[];
  readonly viewChanges?: number;
  readonly preparesFromNonLeaders?: Readonly<Record<Hash, number>>;
  readonly firstPrepares?: readonly Prepare[];
  readonly elsewhere?: readonly (Prepare | ViewChange)[];
}

export function holdings(held: HeldSlot): SlotHoldings {
  const { own = {}, votable = [], committable = [], headers } = held;
  return {
    own: { first: undefined, viewChangeFallback: false, commit: undefined, ...own, fallback: new Set(own.fallback) },
    timerExpired: held.timerExpired ?? false,
    headerSeen: held.headerSeen ?? votable.length > 0,
    leaderEquivocated: headers !== undefined,
    leaderHeaders: headers,
    votable: () => votable,
    committable: () => committable,
    viewChangeCount: () => held.viewChanges ?? 0,
    preparesFromNonLeaders: (hash) => held.preparesFromNonLeaders?.[hash] ?? 0,
    firstPreparesFromNonLeaders: (hash) => (held.firstPrepares ?? []).filter(({ blockHash }) => blockHash === hash),
    firstVotesElsewhere: () => held.elsewhere ?? [],
  };
}

export function membershipOf(members: number): Membership {
  return {
    epoch: EPOCH, membersHash: MEMBERS_HASH,
    members: Array.from({ length: members }, (_, index) => ({ name: toPlatformName(`P${index}`), publicKey: toPublicKeyHex(index.toString(16).padStart(64, '0')) })),
  };
}

export const EMPTY_STATE: DurableState = { finalTip: GENESIS, blocks: [], proposed: [], votes: [], certificates: [], equivocations: [] };

export interface BenchOptions {
  readonly members?: number;
  readonly self?: number;
  readonly fastPath?: number | 'off';
  readonly durable?: Partial<DurableState>;
  readonly voteStoreLost?: boolean;
  /** Stays in the comparison after the start. */
  readonly comparing?: boolean;
  /** Transactions that blocks are built of, while there are any. */
  readonly pool?: readonly string[];
  readonly maxSlotTimeoutMs?: number;
}

/** One replica on a bench: its effects are carried out at once and kept in order; time moves only when told to. */
export class Bench {
  readonly replica: Replica;
  readonly parameters: QuorumParameters;
  readonly effects: Effect[] = [];
  readonly pool: Set<string>;
  /** Build requests stay unanswered. */
  holdBuilds = false;
  nowMs = 0;
  readonly #self: number;

  constructor({ members = 4, self = 3, fastPath, durable = {}, voteStoreLost = false, comparing = false, pool = [], maxSlotTimeoutMs = 10_000 }: BenchOptions = {}) {
    this.#self = self;
    this.pool = new Set(pool);
    this.parameters = quorumParameters(members, fastPath);
    this.replica = new Replica({
      slotTimeoutMs: 1000, maxSlotTimeoutMs, chainId: CHAIN_ID, membership: membershipOf(members), quorum: this.parameters,
      self: toMemberIndex(self), voteStoreLost,
    }, { ...EMPTY_STATE, ...durable }, this.#instant());
    this.#carryOut(this.replica.start(this.#instant()));
    if (!comparing) this.step({ type: 'compared' });
  }

  #instant(): { monotonicMs: number; wallMs: number } {
    return { monotonicMs: this.nowMs, wallMs: START_WALL_MS + this.nowMs };
  }

  step(input: Input): void {
    this.#carryOut(this.replica.step(input, this.#instant()));
  }

  take(...messages: readonly ConsensusMessage[]): void {
    for (const message of messages) this.step({ type: 'message', message: trusted(message) });
  }

  certificate(...certificates: readonly Extract<ConsensusMessage, { type: 'CERTIFICATE' }>['certificate'][]): void {
    for (const certificate of certificates) this.take({ type: 'CERTIFICATE', certificate });
  }

  /** Moves time on in one step and ticks. */
  passMs(durationMs: number): void {
    this.nowMs += durationMs;
    this.step({ type: 'tick' });
  }

  pending(pending = true): void {
    this.step({ type: 'transactions', pending });
  }

  synced(...blocks: readonly CommittedBlock[]): void {
    this.step({ type: 'synced', blocks: blocks.map(trusted) });
  }

  #carryOut(effects: readonly Effect[]): void {
    const queue = [...effects];
    for (let effect = queue.shift(); effect !== undefined; effect = queue.shift()) {
      this.effects.push(effect);
      if (effect.type === 'sign') queue.push(...this.replica.step({ type: 'signed', message: trusted(signed(effect.statement)) }, this.#instant()));
      if (effect.type === 'build' && !this.holdBuilds) queue.push(...this.replica.step(this.#built(effect), this.#instant()));
    }
  }

  #built({ template, ancestors, allowEmpty }: Extract<Effect, { type: 'build' }>): Input {
    const taken = new Set(ancestors.flatMap(({ transactions }) => transactions.map(({ id }) => id)));
    const transactions = [...this.pool].map(transaction).filter(({ id }) => !taken.has(id));
    const built = transactions.length === 0 && !allowEmpty ? undefined : assembleBlock(template, transactions);
    return { type: 'built', slot: template.slot, parentHash: template.parentHash, block: built };
  }

  of<T extends Effect['type']>(type: T): Extract<Effect, { type: T }>[] {
    return this.effects.filter((effect): effect is Extract<Effect, { type: T }> => effect.type === type);
  }

  /** Statements of a type that were signed, re-signing after a restart included. */
  said<T extends Statement['type']>(type: T): Extract<Statement, { type: T }>[] {
    return this.of('sign').map(({ statement }) => statement).filter((statement): statement is Extract<Statement, { type: T }> => statement.type === type);
  }

  /** What was signed, in short: `PREPARE1 slot 0`, `VIEW-CHANGE0 slot 2`, `COMMIT slot 1`. */
  votes(): string[] {
    return this.of('sign').flatMap(({ statement }) => {
      if (statement.type === 'CHECKPOINT' || statement.type === 'PRE-PREPARE') return [];
      return [`${statement.type}${statement.type === 'COMMIT' ? '' : statement.first ? '1' : '0'} slot ${statement.slot}`];
    });
  }

  notices(): string[] {
    return this.of('notice').map(({ notice }) => notice.type);
  }

  get slot(): number {
    return this.replica.snapshot().currentSlot;
  }

  /** Proposal and the PREPAREs (first = 1) of others that certify it, and with the own one make it fast-final at n = 4. */
  fastFinal(proposed: Block, parent?: Justification['parent']): void {
    const { slot } = proposed.header;
    this.take(prePrepare(proposed, { parent }));
    for (const signer of THREE.filter((member) => member !== this.#self)) this.take(prepare(slot, signer, proposed.hash));
  }
}

export function signed(statement: Statement): SignedMessage {
  return { ...statement, signature: SIGNATURE };
}

export function ownVote(vote: SignedMessage & { readonly type: OwnVote['type'] }): OwnVote {
  const { signature: _, ...unsigned } = vote;
  return unsigned;
}

/** A chain of blocks in consecutive slots on genesis. */
export function chainOf(count: number, label = 'b'): Block[] {
  const blocks: Block[] = [];
  for (let slot = 0; slot < count; slot += 1) {
    const parent = blocks.at(-1);
    blocks.push(block({ slot, label, ...(parent === undefined ? {} : { parent }) }));
  }
  return blocks;
}
