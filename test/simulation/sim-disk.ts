import type { DurableRecord, DurableState, FinalTip } from '../../src/consensus/records.js';
import type { Hash } from '../../src/types/ids.js';
import { ZERO_HASH } from '../../src/types/ids.js';
import type { SignedMessage, Unsigned, Vote } from '../../src/types/messages.js';

/** A platform's disk: what was committed survives a crash. */
export class SimDisk {
  readonly #genesis: FinalTip;
  readonly #texts = new Set<string>();
  #records: DurableRecord[] = [];

  constructor(genesis: FinalTip) {
    this.#genesis = genesis;
  }

  get records(): readonly DurableRecord[] {
    return this.#records;
  }

  commit(records: readonly DurableRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#texts.add(textOf(record));
    }
  }

  /** Another disk, an older state of this one, or an empty one in its place. */
  replace(records: readonly DurableRecord[] = []): void {
    this.#records = [];
    this.#texts.clear();
    this.commit(records);
  }

  /** What SPEC section 5 demands to be durable before this statement is sent and is not. */
  missingFor(message: SignedMessage): string[] {
    const needed: string[] = [];
    switch (message.type) {
      case 'CHECKPOINT': break;
      case 'PRE-PREPARE': needed.push(`block ${message.block.hash}`, `proposed ${message.slot} ${message.block.hash}`); break;
      case 'COMMIT': needed.push(voteText(message), `block ${message.blockHash}`, `PREPARE ${message.slot} ${message.blockHash}`); break;
      case 'VIEW-CHANGE': needed.push(voteText(message)); break;
      case 'PREPARE': needed.push(voteText(message), `block ${message.blockHash}`, ...this.#justificationOf(message.blockHash)); break;
    }
    if ((message.type === 'PREPARE' || message.type === 'VIEW-CHANGE') && message.basisHash !== ZERO_HASH) needed.push(`basis ${message.basisHash}`);
    return needed.filter((text) => !this.#texts.has(text));
  }

  #justificationOf(blockHash: Hash): string[] {
    const record = this.#records.find((each) => each.type === 'block' && each.block.hash === blockHash);
    if (record?.type !== 'block') return [];
    const { parentSlot, parentHash, slot } = record.block.header;
    const certified = ['PREPARE', 'FAST', 'SLOW'].some((kind) => this.#texts.has(`${kind} ${parentSlot} ${parentHash}`));
    const needed = certified || parentSlot < 0 ? [] : [`final ${parentHash}`];
    for (let between = parentSlot + 1; between < slot; between += 1) needed.push(`VIEW-CHANGE ${between} ${ZERO_HASH}`);
    return needed;
  }

  load(): DurableState {
    let finalTip = this.#genesis;
    for (const record of this.#records) {
      if (record.type !== 'final') continue;
      const { hash, header } = record.block;
      finalTip = {
        hash, slot: header.slot, sequence: header.sequence, view: header.view, timestampMs: header.timestampMs,
        certificate: record.certificate ?? finalTip.certificate,
      };
    }
    const above = (item: { readonly slot: number }): boolean => item.slot > finalTip.slot;
    const blocks = new Map<string, DurableState['blocks'][number]>();
    const certificates: DurableState['certificates'][number][] = [];
    const votes: DurableState['votes'][number][] = [];
    const proposed: DurableState['proposed'][number][] = [];
    const equivocations: DurableState['equivocations'][number][] = [];
    for (const record of this.#records) {
      switch (record.type) {
        case 'block': if (above(record) && blocks.get(record.block.hash)?.signature === undefined) blocks.set(record.block.hash, record); break;
        case 'certificate': if (above(record.certificate)) certificates.push(record.certificate); break;
        case 'vote': if (above(record.vote)) votes.push(record.vote); break;
        case 'proposed': if (above(record)) proposed.push(record); break;
        case 'equivocation': equivocations.push(record.evidence); break;
        case 'basis':
        case 'final': break;
      }
    }
    return { finalTip, blocks: [...blocks.values()], certificates, votes, proposed, equivocations };
  }
}

function voteText(vote: Unsigned<Vote>): string {
  const kind = vote.type === 'COMMIT' ? 'COMMIT' : `${vote.type}${Number(vote.first)} ${vote.basisHash}`;
  return `vote ${vote.slot} ${kind} ${vote.blockHash}`;
}

function textOf(record: DurableRecord): string {
  switch (record.type) {
    case 'block': return `block ${record.block.hash}`;
    case 'final': return `final ${record.block.hash}`;
    case 'proposed': return `proposed ${record.slot} ${record.blockHash}`;
    case 'vote': return voteText(record.vote);
    case 'basis': return `basis ${record.basisHash}`;
    case 'certificate': {
      const { certificate } = record;
      return `${certificate.kind} ${certificate.slot} ${certificate.kind === 'VIEW-CHANGE' ? ZERO_HASH : certificate.blockHash}`;
    }
    case 'equivocation': return `equivocation ${record.evidence.slot}`;
  }
}
