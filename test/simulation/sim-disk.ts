import type { DurableRecord, DurableState, FinalTip } from '../../src/consensus/records.js';

/** A platform's disk: what was committed survives a crash. */
export class SimDisk {
  readonly #genesis: FinalTip;
  readonly records: DurableRecord[] = [];

  constructor(genesis: FinalTip) {
    this.#genesis = genesis;
  }

  commit(records: readonly DurableRecord[]): void {
    this.records.push(...records);
  }

  load(): DurableState {
    let finalTip = this.#genesis;
    for (const record of this.records) {
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
    for (const record of this.records) {
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
