import type { DurableRecord } from '../../src/consensus/records.js';
import type { Hash } from '../../src/types/ids.js';
import { ZERO_HASH } from '../../src/types/ids.js';
import type { SignedMessage, Unsigned, Vote } from '../../src/types/messages.js';

/** What is durable of one platform, as far as SPEC section 5 demands it before something is said. */
export class DurableFacts {
  readonly #texts = new Set<string>();
  readonly #blocks = new Map<Hash, { readonly parentSlot: number; readonly parentHash: Hash; readonly slot: number }>();
  readonly #records: DurableRecord[] = [];

  /** All that ever became durable, in order; it may have been deleted since. */
  get records(): readonly DurableRecord[] {
    return this.#records;
  }

  add(records: readonly DurableRecord[]): void {
    for (const record of records) {
      this.#records.push(record);
      this.#texts.add(textOf(record));
      if (record.type === 'block') this.#blocks.set(record.block.hash, record.block.header);
    }
  }

  copy(): DurableFacts {
    const copy = new DurableFacts();
    copy.add(this.#records);
    return copy;
  }

  /** What must be durable before this statement is sent and is not. */
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
    const header = this.#blocks.get(blockHash);
    if (header === undefined) return [];
    const { parentSlot, parentHash, slot } = header;
    const certified = ['PREPARE', 'FAST', 'SLOW'].some((kind) => this.#texts.has(`${kind} ${parentSlot} ${parentHash}`));
    const needed = certified || parentSlot < 0 ? [] : [`final ${parentHash}`];
    for (let between = parentSlot + 1; between < slot; between += 1) needed.push(`VIEW-CHANGE ${between} ${ZERO_HASH}`);
    return needed;
  }
}

function voteText(vote: Unsigned<Vote>): string {
  const kind = vote.type === 'COMMIT' ? 'COMMIT' : `${vote.type}${Number(vote.first)} ${vote.basisHash}`;
  return `vote ${vote.slot} ${kind} ${vote.blockHash}`;
}

function textOf(record: DurableRecord): string {
  switch (record.type) {
    case 'block': return `block ${record.block.hash}`;
    case 'adopted':
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
