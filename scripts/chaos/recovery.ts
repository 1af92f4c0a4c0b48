/** Times after one fault, in ms. */
export interface Recovery {
  /** Until the federation makes blocks final again. */
  readonly federationMs: number;
  /** Until each platform that it befell votes again. */
  readonly platformMs: readonly number[];
}

interface Summary {
  readonly medianMs: number;
  readonly worstMs: number;
}

/** Recoveries of one kind of fault. */
export interface RecoverySummary {
  readonly count: number;
  readonly finalAgain: Summary;
  /** Null where it befell no platform. */
  readonly votingAgain: Summary | null;
}

function summaryOf(values: readonly number[]): Summary | null {
  const sorted = [...values].sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  const worst = sorted.at(-1);
  return median === undefined || worst === undefined ? null : { medianMs: Math.round(median), worstMs: Math.round(worst) };
}

/** Recoveries by kind of fault, each kind in the order in which it first came. */
export class Recoveries {
  readonly #byKind = new Map<string, Recovery[]>();

  add(kind: string, recovery: Recovery): void {
    const known = this.#byKind.get(kind);
    if (known === undefined) this.#byKind.set(kind, [recovery]);
    else known.push(recovery);
  }

  get count(): number {
    return [...this.#byKind.values()].reduce((sum, { length }) => sum + length, 0);
  }

  summary(): Record<string, RecoverySummary> {
    return Object.fromEntries([...this.#byKind].flatMap(([kind, recoveries]) => {
      const finalAgain = summaryOf(recoveries.map(({ federationMs }) => federationMs));
      return finalAgain === null ? [] : [[kind, { count: recoveries.length, finalAgain, votingAgain: summaryOf(recoveries.flatMap(({ platformMs }) => platformMs)) }]];
    }));
  }
}

function cell(summary: Summary | null): string {
  const text = (ms: number): string => (ms / 1000).toFixed(2).padStart(9);
  return summary === null ? `${'-'.padStart(9)}${'-'.padStart(9)}` : text(summary.medianMs) + text(summary.worstMs);
}

const KIND_WIDTH = 32;

/** A table for people, in seconds. @param federationHead what the federation's time is until, at most 20 characters */
export function recoveryTable(summaries: Readonly<Record<string, RecoverySummary>>, federationHead = 'final again, s'): string {
  const rows = Object.entries(summaries).map(([kind, { count, finalAgain, votingAgain }]) => (
    `${kind.padEnd(KIND_WIDTH)}${String(count).padStart(6)}   ${cell(finalAgain)}     ${cell(votingAgain)}`));
  return [
    `${' '.repeat(KIND_WIDTH + 6)}${federationHead.padStart(20)}         voting again, s`,
    `${'fault'.padEnd(KIND_WIDTH)}${'times'.padStart(6)}   ${'median'.padStart(9)}${'worst'.padStart(9)}     ${'median'.padStart(9)}${'worst'.padStart(9)}`,
    ...rows,
  ].join('\n');
}
