import type { AccountView, FinalTransaction, PeersStatus, PlatformStatus, PlatformView, StatePage, StateQuery } from '../../../src/api/platform-view.js';
import { sha256Hash } from '../../../src/crypto/hash.js';
import type { Block, Transaction } from '../../../src/types/block.js';
import type { FinalityCertificate } from '../../../src/types/certificates.js';
import type { Hash, MemberIndex, PublicKeyHex, Sequence, Slot } from '../../../src/types/ids.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toPlatformName, toPublicKeyHex, toSequence, toSlot, toView } from '../../../src/types/ids.js';
import type { Equivocation } from '../../../src/types/messages.js';
import type { CommittedBlock } from '../../../src/types/sync.js';

export const NAMES = ['Thor', 'Sprout', 'Legion', 'Platform2'] as const;
/** The public key of the platform. */
export const PLATFORM_KEY = toPublicKeyHex('cd'.repeat(32));
export const SENDER = toPublicKeyHex('ab'.repeat(32));

/** A refusal as the mempool gives it: an error with a `code`. */
export class Refusal extends Error {
  readonly code: string;
  constructor(code: string, message = `refused: ${code}`) {
    super(message);
    this.code = code;
  }
}

export function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function fakeBlock(sequence: number, payloads: readonly string[] = ['x']): Block {
  const transactions = payloads.map((payload, nonce) => ({
    id: sha256Hash(text(`${sequence}/${nonce}/${payload}`)),
    bytes: text(payload),
    sender: SENDER,
    nonce,
    payload: text(payload),
    signature: new Uint8Array(64).fill(7),
  }));
  return {
    hash: sha256Hash(text(`block ${sequence}`)),
    sizeBytes: transactions.reduce((sizeBytes, { bytes }) => sizeBytes + bytes.byteLength, 500),
    transactions,
    header: {
      chainId: ZERO_HASH,
      epoch: toEpoch(0),
      view: toView(1),
      sequence: toSequence(sequence),
      slot: toSlot(sequence + 1),
      parentSlot: toSlot(sequence - 1),
      parentHash: sequence === 0 ? ZERO_HASH : sha256Hash(text(`block ${sequence - 1}`)),
      timestampMs: 1_700_000_000_000 + sequence,
      transactionCount: transactions.length,
      merkleRoot: ZERO_HASH,
      nextMembersHash: ZERO_HASH,
      proposer: toMemberIndex((sequence + 1) % NAMES.length),
    },
  };
}

export function fakeCertificate(block: Block, kind: 'FAST' | 'SLOW'): FinalityCertificate {
  const { slot, epoch } = block.header;
  const signers = [0, 2, 3].map(toMemberIndex);
  const signature = new Uint8Array(64).fill(9);
  return kind === 'FAST'
    ? { kind, epoch, slot, blockHash: block.hash, signatures: signers.map((signer) => ({ signer, first: true, basisHash: ZERO_HASH, signature })) }
    : { kind, epoch, slot, blockHash: block.hash, signatures: signers.map((signer) => ({ signer, signature })) };
}

export function fakeStatus(changes: Partial<PlatformStatus> = {}): PlatformStatus {
  return {
    version: '1.2.3',
    platform: toPlatformName('Thor'),
    public_key: PLATFORM_KEY,
    chain_id: ZERO_HASH,
    society: 'lct:web4:society:demo',
    epoch: 0,
    view: 1,
    sequence: 3,
    committed_blocks: 3,
    first_block: 0, snapshot_block: null, block_check: { checked: 0, unreadable: 0, passes: 0 }, executed_blocks: 3,
    slot: 4,
    phase: 'PRE-PREPARED',
    n: 4,
    f: 1,
    quorum_size: 3,
    fast_quorum_size: 3,
    proposer: toPlatformName('Sprout'),
    prepare_votes: 2,
    commit_votes: 1,
    view_change_votes: 0,
    peers: [toPlatformName('Sprout'), toPlatformName('Legion')],
    in_touch: true,
    catching_up: false,
    catch_up: null,
    snapshot_fetch: null,
    blocks_behind: 0,
    voting: 'voting',
    last_block_hash: fakeBlock(2).hash,
    last_block_timestamp_ms: 1_700_000_000_002,
    wrong_chain: [],
    clock_offset_ms: 3,
    chain_ahead_ms: 0,
    stable_checkpoint: null,
    state_root: null,
    mempool_transactions: 5,
    mempool_bytes: 1250,
    transactions_committed: 40,
    finality_ms: { last: 3.21, p50: 3, p99: 9.5 },
    view_changes: 1,
    presumed_dead: [],
    equivocations: 0,
    rejections: {},
    memory_bytes: 80_000_000,
    uptime_ms: 61_000,
    ...changes,
  };
}

/** Of a platform with one member linked, one that cannot be reached, and one on another chain. */
export function fakePeers(): PeersStatus {
  const [, sprout, legion, platform2] = NAMES.map(toPlatformName);
  const peer = {
    public_key: SENDER, peer_id: '12D3KooW', linked: false, for_ms: 12_000, addresses: ['/ip4/192.0.2.7/tcp/9000'], last_error: null, round_trip_ms: null,
    version: null, clock_offset_ms: null, clock_uncertainty_ms: null, other_chain: null,
  };
  return {
    platform: toPlatformName('Thor'), chain_id: ZERO_HASH, in_touch: false, listening: ['/ip4/127.0.0.1/tcp/9001'], clock_offset_ms: -2,
    peers: [
      { ...peer, platform: sprout!, linked: true, for_ms: 125_000, round_trip_ms: 1.2, version: '0.1.0', clock_offset_ms: 2, clock_uncertainty_ms: 1 },
      { ...peer, platform: legion!, last_error: { address: '/dns4/legion.example/tcp/9000', cause: 'timed out', ago_ms: 2_400 } },
      { ...peer, platform: platform2!, addresses: [], other_chain: sha256Hash(text('another')) },
    ],
    unreachable: [{ address: '/ip4/192.0.2.8/tcp/9000', cause: 'refused', ago_ms: 900 }],
  };
}

/** A platform that does what the test says. */
export class FakeView implements PlatformView {
  statusChanges: Partial<PlatformStatus> = {};
  readonly blocks = new Map<number, CommittedBlock>();
  readonly values = new Map<string, Uint8Array>();
  readonly transactions = new Map<Hash, FinalTransaction | 'pending' | 'spent'>();
  readonly submitted: Uint8Array[] = [];
  readonly evidence: Equivocation[] = [];
  nextNonce = 0;
  /** Throws to refuse. */
  admit: (bytes: Uint8Array) => void = () => undefined;
  idOf: (bytes: Uint8Array) => Hash = (bytes) => sha256Hash(bytes);
  finality: (id: Hash) => Promise<FinalTransaction> = () => Promise.reject(new Refusal('timeout'));
  readonly #listeners = new Set<(block: CommittedBlock) => void>();

  status(): PlatformStatus {
    return fakeStatus(this.statusChanges);
  }

  peers(): PeersStatus {
    return fakePeers();
  }

  afterUrgentWork(run: () => void): void {
    setImmediate(run);
  }

  submit(bytes: Uint8Array): Hash {
    this.admit(bytes);
    this.submitted.push(bytes);
    return this.idOf(bytes);
  }

  waitFinal(id: Hash): Promise<FinalTransaction> {
    return this.finality(id);
  }

  transaction(id: Hash): Promise<FinalTransaction | 'pending' | 'spent' | undefined> {
    return Promise.resolve(this.transactions.get(id));
  }

  account(publicKey: PublicKeyHex): Promise<AccountView> {
    return Promise.resolve({ publicKey, nextNonce: this.nextNonce });
  }

  query(key: Uint8Array): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.values.get(new TextDecoder().decode(key)));
  }

  entries({ prefix, after, maxCount, maxBytes }: StateQuery): Promise<StatePage> {
    const all = [...this.values].map(([key, value]) => [text(key), value] as const).sort(([one], [two]) => Buffer.compare(one, two))
      .filter(([key]) => Buffer.compare(key.subarray(0, prefix.length), prefix) === 0 && (after === undefined || Buffer.compare(key, after) > 0));
    let sizeBytes = 0;
    const entries = all.filter(([key, value], index) => {
      sizeBytes += key.length + value.length;
      return index < maxCount && (index === 0 || sizeBytes <= maxBytes);
    });
    return Promise.resolve({ entries, hasMore: entries.length < all.length });
  }

  block(which: Sequence | 'latest'): Promise<CommittedBlock | undefined> {
    return Promise.resolve(this.blocks.get(which === 'latest' ? Math.max(...this.blocks.keys()) : which));
  }

  transactionsOf(block: Block): Iterable<Transaction> {
    return block.transactions;
  }

  equivocations(): Promise<readonly Equivocation[]> {
    return Promise.resolve(this.evidence);
  }

  platformName(member: MemberIndex) {
    return toPlatformName(NAMES[member] ?? `member-${member}`);
  }

  leaderName(slot: Slot) {
    return this.platformName(toMemberIndex(slot % NAMES.length));
  }

  onFinalBlock(listener: (block: CommittedBlock) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  finalise(committed: CommittedBlock): void {
    this.blocks.set(committed.block.header.sequence, committed);
    for (const listener of this.#listeners) listener(committed);
  }
}

export function finalAt(transactionId: Hash, ok = true): FinalTransaction {
  return {
    receipt: { transactionId, sequence: toSequence(7), index: 2, ok, error: ok ? undefined : 'nonce-used' },
    blockHash: fakeBlock(7).hash,
  };
}
