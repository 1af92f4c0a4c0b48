import type { DurableRecord } from '../../src/consensus/records.js';
import type { BlockHeader } from '../../src/types/block.js';
import type { CommittedBlock } from '../../src/types/sync.js';
import type { ConsensusMessage, OwnVote, Vote } from '../../src/types/messages.js';
import { ZERO } from './layouts.js';
import type { Report } from './violation.js';

const CERTIFIES = ['PREPARE', 'FAST', 'SLOW'] as const;

/** What one platform would find again after a power failure. */
class Store {
  readonly records = new Set<string>();
  readonly headers = new Map<string, BlockHeader>();
  readonly bases = new Map<string, Uint8Array>();
}

/** Invariant 4: the table of SPEC section 5, held against what each platform sends. */
export class Durability {
  readonly #report: Report;
  readonly #stores = new Map<number, Store>();

  constructor(report: Report) {
    this.#report = report;
  }

  replace(platform: number): void {
    this.#stores.set(platform, new Store());
  }

  /** @param platform an honest one; records in the order in which they were written */
  add(platform: number, record: DurableRecord): void {
    const store = this.#storeOf(platform);
    if (record.type === 'proposed' && store.records.has(`gave up ${record.slot}`) && !store.records.has(textOf(record))) {
      this.#report(3, `platform ${platform} slot ${record.slot}: proposes after its own VIEW-CHANGE (R1)`);
    }
    store.records.add(textOf(record));
    switch (record.type) {
      case 'block': store.headers.set(record.block.hash, record.block.header); break;
      case 'basis': store.bases.set(record.basisHash, record.bytes); break;
      case 'vote':
        if (record.vote.type === 'VIEW-CHANGE') store.records.add(`gave up ${record.vote.slot}`);
        if (record.vote.type !== 'COMMIT' && record.vote.first) store.records.add(`first ${record.vote.slot}`);
        break;
      case 'certificate': store.records.add(`slot done ${record.certificate.slot}`); break;
      case 'adopted':
      case 'final':
        store.records.add(`slot done ${record.slot}`).add(`height ${record.sequence}`);
        if (record.certificate !== undefined) store.records.add(`${record.certificate.kind} ${record.slot} ${record.block.hash}`);
        break;
      case 'proposed':
      case 'equivocation': break;
    }
  }

  /** The basis that a vote names, where it is durable. */
  basisOf(platform: number, basisHash: string): Uint8Array | undefined {
    return this.#storeOf(platform).bases.get(basisHash);
  }

  /** @param message an own statement of this platform, or anything else that it passes on */
  sent(platform: number, message: ConsensusMessage): void {
    if (message.type === 'CERTIFICATE' || message.type === 'EQUIVOCATION' || message.signer !== platform) return;
    const store = this.#storeOf(platform);
    for (const missing of neededFor(message, store)) {
      if (!missing.anyOf.some((text) => store.records.has(text))) {
        this.#report(4, `platform ${platform} sent ${message.type} ${placeOf(message)} before ${missing.what} was durable`);
      }
    }
  }

  announced(platform: number, blocks: readonly CommittedBlock[]): void {
    const { records } = this.#storeOf(platform);
    for (const { block, certificate } of blocks) {
      const where = `platform ${platform} called block ${block.hash.slice(0, 8)}, sequence ${block.header.sequence}, final`;
      if (!records.has(`final ${block.hash}`)) this.#report(4, `${where} before that was durable`);
      if (certificate !== undefined && !records.has(`${certificate.kind} ${block.header.slot} ${block.hash}`)) {
        this.#report(4, `${where} before the finality certificate was durable`);
      }
    }
    const top = blocks.at(-1);
    if (top !== undefined && top.certificate === undefined) {
      this.#report(4, `platform ${platform} called block ${top.block.hash.slice(0, 8)} final with no finality certificate above it`);
    }
  }

  #storeOf(platform: number): Store {
    let store = this.#stores.get(platform);
    if (store === undefined) this.#stores.set(platform, store = new Store());
    return store;
  }
}

/** Something that must be durable, and the records any one of which shows that it is. */
interface Need {
  readonly what: string;
  readonly anyOf: readonly string[];
}

type OwnMessage = Exclude<ConsensusMessage, { readonly type: 'CERTIFICATE' | 'EQUIVOCATION' }>;

function neededFor(message: OwnMessage, store: Store): Need[] {
  switch (message.type) {
    case 'CHECKPOINT':
      return [{ what: `the final block of sequence ${message.sequence}`, anyOf: [`height ${message.sequence}`] }];
    case 'PRE-PREPARE':
      return [blockNeed(message.block.hash), { what: 'the fact of having proposed', anyOf: [`proposed ${message.slot} ${message.block.hash}`] }];
    case 'PREPARE':
      return [voteNeed(message), blockNeed(message.blockHash), ...basisNeeds(message), ...justificationNeeds(message.blockHash, store)];
    case 'VIEW-CHANGE':
      return [voteNeed(message), ...basisNeeds(message), ...entryNeeds(message.slot)];
    case 'COMMIT':
      return [voteNeed(message), blockNeed(message.blockHash), {
        what: 'the PREPARE certificate', anyOf: [`PREPARE ${message.slot} ${message.blockHash}`],
      }];
  }
}

function blockNeed(hash: string): Need {
  return { what: `block ${hash.slice(0, 8)}`, anyOf: [`block ${hash}`, `final ${hash}`] };
}

function voteNeed(vote: Vote): Need {
  return { what: 'the vote', anyOf: [voteText(vote)] };
}

/** The basis itself; and a vote with first=0 is not the first thing said in the slot. */
function basisNeeds({ slot, first, basisHash }: Exclude<Vote, { readonly type: 'COMMIT' }>): Need[] {
  return [
    ...(basisHash === ZERO ? [] : [{ what: 'its basis', anyOf: [`basis ${basisHash}`] }]),
    ...(first ? [] : [{ what: 'the first vote', anyOf: [`first ${slot}`] }]),
  ];
}

function justificationNeeds(hash: string, { headers }: Store): Need[] {
  const header = headers.get(hash);
  if (header === undefined) return [];
  const { parentSlot, parentHash, slot } = header;
  const needs: Need[] = parentSlot < 0 ? [] : [{
    what: `a certificate of the parent in slot ${parentSlot}`,
    anyOf: [`final ${parentHash}`, ...CERTIFIES.map((kind) => `${kind} ${parentSlot} ${parentHash}`)],
  }];
  for (let between = parentSlot + 1; between < slot; between += 1) {
    needs.push({ what: `the VIEW-CHANGE certificate of slot ${between}`, anyOf: [`VIEW-CHANGE ${between}`] });
  }
  return needs;
}

/** A slot is entered when the one before it is certified, skipped or final (R7). */
function entryNeeds(slot: number): Need[] {
  return slot === 0 ? [] : [{ what: `the certificate on which slot ${slot} was entered`, anyOf: [`slot done ${slot - 1}`] }];
}

function textOf(record: DurableRecord): string {
  switch (record.type) {
    case 'block': return `block ${record.block.hash}`;
    case 'adopted':
    case 'final': return `final ${record.block.hash}`;
    case 'proposed': return `proposed ${record.slot} ${record.blockHash}`;
    case 'vote': return voteText(record.vote);
    case 'basis': return `basis ${record.basisHash}`;
    case 'certificate': return record.certificate.kind === 'VIEW-CHANGE'
      ? `VIEW-CHANGE ${record.certificate.slot}` : `${record.certificate.kind} ${record.certificate.slot} ${record.certificate.blockHash}`;
    case 'equivocation': return `equivocation ${record.evidence.slot}`;
  }
}

function voteText(vote: OwnVote): string {
  const details = vote.type === 'COMMIT' ? '' : `${Number(vote.first)} ${vote.basisHash}`;
  return `vote ${vote.slot} ${vote.type} ${vote.blockHash} ${details}`;
}

function placeOf(message: OwnMessage): string {
  return message.type === 'CHECKPOINT' ? `of sequence ${message.sequence}` : `in slot ${message.slot}`;
}
