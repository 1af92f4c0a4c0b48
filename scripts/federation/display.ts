import { stateOf } from './observer.js';
import type { ObservedPlatform, Rates } from './observer.js';

/** All that is shown at one moment. */
export interface FederationPicture {
  readonly platforms: readonly ObservedPlatform[];
  readonly rates: Rates;
  readonly finality: { readonly p50: number; readonly p99: number } | undefined;
  /** Transactions per second asked for. */
  readonly load: number;
  readonly elapsedMs: number;
  readonly untilSequence: number | undefined;
}

const NO_VALUE = '-';

function shortHash(hash: string): string {
  return `${hash.slice(0, 8)}…${hash.slice(-4)}`;
}

function elapsedText(elapsedMs: number): string {
  const seconds = Math.floor(elapsedMs / 1000);
  const part = (value: number): string => value.toString().padStart(2, '0');
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor(seconds / 60) % 60)}:${part(seconds % 60)}`;
}

function stateText({ status, running }: ObservedPlatform): string {
  if (!running) return 'not running';
  if (status === undefined) return 'starting';
  return stateOf(status);
}

function platformCells(platform: ObservedPlatform): string[] {
  const { name, status } = platform;
  if (status === undefined) return [name, ...Array<string>(6).fill(NO_VALUE), stateText(platform)];
  return [
    name,
    `${status.slot}`,
    `${status.view}`,
    `${status.sequence}`,
    status.sequence === 0 ? NO_VALUE : shortHash(status.last_block_hash),
    status.finality_ms === null ? NO_VALUE : status.finality_ms.last.toFixed(1),
    `${status.peers.length}/${status.n - 1}`,
    stateText(platform),
  ];
}

const HEADINGS = ['platform', 'slot', 'view', 'sequence', 'last block', 'finality ms', 'peers', 'state'];
/** Columns of numbers are flush right. */
const NUMERIC = new Set([1, 2, 3, 5, 6]);

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_heading, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row
    .map((cell, column) => (NUMERIC.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
    .join('  ').trimEnd());
}

function ratesText({ rates, load }: FederationPicture): string {
  return `${rates.blocksPerSecond.toFixed(1)} blocks/s   ${rates.transactionsPerSecond.toFixed(1)} transactions/s (load ${load}/s)`;
}

function finalityText({ finality }: FederationPicture): string {
  return finality === undefined ? 'no block yet' : `finality p50 ${finality.p50.toFixed(1)} ms, p99 ${finality.p99.toFixed(1)} ms`;
}

/** The table for a terminal, one string per line. */
export function tableLines(picture: FederationPicture): string[] {
  const known = picture.platforms.find(({ status }) => status !== undefined)?.status;
  const title = known === undefined
    ? 'fb-pbft  starting'
    : `fb-pbft  ${known.society}   ${known.n} platforms, f=${known.f}, quorum ${known.quorum_size}`;
  const goal = picture.untilSequence === undefined ? 'Ctrl-C stops all platforms; the chain continues at the next start' : `until every platform has ${picture.untilSequence} blocks`;
  return [
    `${title}   ${elapsedText(picture.elapsedMs)}`,
    '',
    ...table([HEADINGS, ...picture.platforms.map(platformCells)]),
    '',
    ratesText(picture),
    finalityText(picture),
    goal,
  ];
}

/** One line for a log or a pipe. */
export function plainLine(picture: FederationPicture): string {
  const platforms = picture.platforms.map((platform) => {
    const { name, status } = platform;
    if (!platform.running || status === undefined) return `${name} ${stateText(platform)}`;
    const latency = status.finality_ms === null ? '' : ` ${status.finality_ms.last.toFixed(1)}ms`;
    const last = status.sequence === 0 ? NO_VALUE : status.last_block_hash.slice(0, 8);
    return `${name} slot=${status.slot} view=${status.view} sequence=${status.sequence} last=${last}${latency} peers=${status.peers.length}`;
  });
  return `${elapsedText(picture.elapsedMs)}  ${platforms.join(' | ')} | ${ratesText(picture)}   ${finalityText(picture)}`;
}

/** What `Screen` needs of a terminal's stream. */
export interface ScreenStream {
  readonly columns?: number;
  write(text: string): unknown;
}

/** Draws over what it drew before. Lines wider than the terminal are cut, since a wrapped line would count twice. */
export class Screen {
  readonly #stream: ScreenStream;
  #drawnLines = 0;

  constructor(stream: ScreenStream) {
    this.#stream = stream;
  }

  draw(lines: readonly string[]): void {
    const columns = this.#stream.columns ?? 120;
    this.#stream.write(`${this.#back()}${lines.map((line) => `${line.slice(0, columns - 1)}\n`).join('')}`);
    this.#drawnLines = lines.length;
  }

  /** Writes text that stays, in place of what was drawn; the next drawing goes below it. */
  say(text: string): void {
    this.#stream.write(`${this.#back()}${text}\n`);
    this.#drawnLines = 0;
  }

  #back(): string {
    return this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A\r\u001b[J`;
  }
}
