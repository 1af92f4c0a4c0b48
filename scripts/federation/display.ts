import { stateOf } from './observer.js';
import type { ObservedPlatform, ObservedStatus, Rates } from './observer.js';

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

function stateText({ status, process }: ObservedPlatform): string {
  if (process.type === 'ended') return process.how;
  if (status === undefined) return 'starting';
  return process.type === 'silent' ? 'no answer' : stateOf(status);
}

interface Column {
  readonly heading: string;
  /** Numbers are flush right. */
  readonly isNumber: boolean;
  readonly cell: (platform: ObservedPlatform) => string;
}

/** A column of what a platform last said; one that has ended says nothing any more. */
function said(heading: string, isNumber: boolean, text: (status: ObservedStatus) => string): Column {
  return {
    heading, isNumber, cell: ({ status, process }) => (status === undefined || process.type === 'ended' ? NO_VALUE : text(status)),
  };
}

const PLATFORM: Column = { heading: 'platform', isNumber: false, cell: ({ name }) => name };
const PID: Column = { heading: 'pid', isNumber: true, cell: ({ process }) => (process.type === 'ended' ? NO_VALUE : `${process.pid}`) };
const SLOT = said('slot', true, ({ slot }) => `${slot}`);
const VIEW = said('view', true, ({ view }) => `${view}`);
const SEQUENCE = said('sequence', true, ({ sequence }) => `${sequence}`);
const LAST_BLOCK = said('last block', false, ({ sequence, last_block_hash: hash }) => (sequence === 0 ? NO_VALUE : shortHash(hash)));
const FINALITY = said('finality ms', true, ({ finality_ms: finality }) => (finality === null ? NO_VALUE : finality.last.toFixed(1)));
const PEERS = said('peers', true, ({ peers, n }) => `${peers.length}/${n - 1}`);
const STATE: Column = { heading: 'state', isNumber: false, cell: stateText };

const COLUMNS = [PLATFORM, PID, SLOT, VIEW, SEQUENCE, LAST_BLOCK, FINALITY, PEERS, STATE];
/** Left out on a narrow terminal, the first of these first. */
const DISPENSABLE = [VIEW, FINALITY, SLOT, LAST_BLOCK, PEERS, PID];

const GAP = '  ';

/** The columns that fit, with all of what is in them. */
function table(platforms: readonly ObservedPlatform[], width: number): string[] {
  const cells = new Map(COLUMNS.map((column) => [column, [column.heading, ...platforms.map(column.cell)]]));
  const widthOf = (column: Column): number => Math.max(...(cells.get(column) ?? []).map(({ length }) => length));
  const shown = new Set(COLUMNS);
  const isTooWide = (): boolean => [...shown].reduce((sum, column) => sum + GAP.length + widthOf(column), -GAP.length) > width;
  for (const column of DISPENSABLE) if (isTooWide()) shown.delete(column);
  return ['', ...platforms].map((_, row) => [...shown].map((column) => {
    const cell = cells.get(column)?.[row] ?? '';
    return column.isNumber ? cell.padStart(widthOf(column)) : cell.padEnd(widthOf(column));
  }).join(GAP).trimEnd());
}

/** Parts side by side, on as many lines as they need. */
function fitted(parts: readonly string[], width: number, gap = '   '): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const joined = `${lines.at(-1) ?? ''}${gap}${part}`;
    if (lines.length > 0 && joined.length <= width) lines.splice(-1, 1, joined);
    else lines.push(part);
  }
  return lines;
}

function rateParts({ rates, load }: FederationPicture): string[] {
  return [`${rates.blocksPerSecond.toFixed(1)} blocks/s`, `${rates.transactionsPerSecond.toFixed(1)} transactions/s (load ${load}/s)`];
}

function finalityText({ finality }: FederationPicture): string {
  return finality === undefined ? 'no block yet' : `finality p50 ${finality.p50.toFixed(1)} ms, p99 ${finality.p99.toFixed(1)} ms`;
}

/**
 * The table for a terminal, one string per line. On a narrow one columns are left out, what matters least first.
 * @param width in characters
 */
export function tableLines(picture: FederationPicture, width: number): string[] {
  const known = picture.platforms.find(({ status }) => status !== undefined)?.status;
  const elapsed = elapsedText(picture.elapsedMs);
  const title = known === undefined
    ? [`fb-pbft  starting   ${elapsed}`]
    : [`fb-pbft  ${known.society}`, `${known.n} platforms, f=${known.f}, quorum ${known.quorum_size}   ${elapsed}`];
  const goal = picture.untilSequence === undefined
    ? ['Ctrl-C stops all platforms;', 'the chain continues at the next start'] : [`until every platform has ${picture.untilSequence} blocks`];
  return [
    ...fitted(title, width),
    '',
    ...table(picture.platforms, width),
    '',
    ...fitted(rateParts(picture), width),
    finalityText(picture),
    ...fitted(goal, width, ' '),
  ];
}

/** One line for a log or a pipe. */
export function plainLine(picture: FederationPicture): string {
  const platforms = picture.platforms.map((platform) => {
    const { name, status } = platform;
    if (platform.process.type !== 'answering' || status === undefined) return `${name} ${stateText(platform)}`;
    const latency = status.finality_ms === null ? '' : ` ${status.finality_ms.last.toFixed(1)}ms`;
    const last = status.sequence === 0 ? NO_VALUE : status.last_block_hash.slice(0, 8);
    return `${name} slot=${status.slot} view=${status.view} sequence=${status.sequence} last=${last}${latency} peers=${status.peers.length}`;
  });
  return `${elapsedText(picture.elapsedMs)}  ${platforms.join(' | ')} | ${rateParts(picture).join('   ')}   ${finalityText(picture)}`;
}

/** What `Screen` needs of a terminal's stream. */
export interface ScreenStream {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

/** What to draw on so many columns, one string per line. */
export type Drawing = (columns: number) => readonly string[];

const DEFAULT_COLUMNS = 120;
/** Texts that are written again on a terminal of another size. */
const REMEMBERED_TEXTS = 20;

/**
 * Draws over what it drew before. Lines wider than the terminal are cut, since a wrapped line would count twice, and so
 * are lines that would scroll out of it, where nothing can be drawn over.
 */
export class Screen {
  readonly #stream: ScreenStream;
  readonly #said: string[] = [];
  #drawing: Drawing = () => [];
  #drawnLines = 0;

  constructor(stream: ScreenStream) {
    this.#stream = stream;
  }

  draw(drawing: Drawing): void {
    this.#drawing = drawing;
    this.#write(this.#back());
  }

  /** The terminal has another size: how it broke the lines that stand there nobody knows, so that all is written anew. */
  resized(): void {
    this.#write(`\u001b[H\u001b[J${this.#said.map((text) => `${text}\n`).join('')}`);
  }

  /** Writes text that stays, in place of what was drawn; the next drawing goes below it. */
  say(text: string): void {
    this.#said.push(text);
    if (this.#said.length > REMEMBERED_TEXTS) this.#said.shift();
    this.#stream.write(`${this.#back()}${text}\n`);
    this.#drawnLines = 0;
  }

  #write(before: string): void {
    const { columns = DEFAULT_COLUMNS, rows = Number.POSITIVE_INFINITY } = this.#stream;
    const lines = this.#drawing(columns - 1).slice(0, rows - 1).map((line) => line.slice(0, columns - 1));
    this.#stream.write(`${before}${lines.map((line) => `${line}\n`).join('')}`);
    this.#drawnLines = lines.length;
  }

  #back(): string {
    return this.#drawnLines === 0 ? '' : `\u001b[${this.#drawnLines}A\r\u001b[J`;
  }
}
