import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DATABASE_DIRECTORY } from '../../src/storage/platform-store.js';
import type { FederationPlatform } from '../federation/directory.js';
import { FederationError } from '../federation/federation-error.js';
import type { LocalFederation } from '../federation/local-federation.js';
import { fetchStatus } from '../federation/observer.js';
import { pause } from '../federation/pause.js';
import { processUsage } from './process-usage.js';
import type { PhaseFigures } from './phases.js';

/** How fast an emptied platform got and executed all blocks, beside how fast they were made at full load. */
export interface CatchUpFigures {
  readonly platform: string;
  readonly blocks: number;
  /** From when it answers until it has executed as much as the others had. */
  readonly seconds: number;
  readonly blocksPerSecond: number;
  readonly transactionsPerSecond: number;
  /** Of its processor, from start to end; null where the system does not tell. */
  readonly cpuSeconds: number | null;
  readonly peakResidentBytes: number | null;
  readonly madeBlocksPerSecond: number | null;
  readonly madeTransactionsPerSecond: number | null;
  /** Catching up to making, in transactions per second. */
  readonly ratio: number | null;
  /** The same in blocks per second: blocks made at light load count as much as full ones. */
  readonly blocksRatio: number | null;
}

/** Each status takes the platform a millisecond or more. */
const POLL_MS = 100;
/** Without a block for this long, and with nothing pending, platforms are idle. */
const IDLE_MS = 1_000;
const TIMEOUT_MS = 600_000;

const round = (value: number): number => Math.round(value * 10) / 10;

/**
 * Takes a platform's database away and starts it again, once all are idle. It may be done again and again.
 * @param made figures at full load in the same run
 * @throws FederationError `no-progress` where the platforms do not become idle, or it does not catch up, within ten minutes
 */
export async function measureCatchUp(federation: LocalFederation, platform: FederationPlatform, made: PhaseFigures | undefined, signal: AbortSignal): Promise<CatchUpFigures> {
  const { name } = platform;
  const other = federation.processes.find((process) => process.name !== name);
  const url = other === undefined ? undefined : federation.url(other.name);
  if (url === undefined) throw new FederationError('no-start', 'catching up takes a second platform: give --platforms 2 or more');
  await untilIdle(federation, signal);
  const target = await fetchStatus(url);
  await federation.process(name).stop();
  await rm(join(platform.home, DATABASE_DIRECTORY), { recursive: true });
  await federation.startAgain(name);
  const own = federation.url(name);
  if (own === undefined) throw new FederationError('no-start', `${name} has no address`);
  const startMs = performance.now();
  for (;;) {
    const status = await fetchStatus(own);
    if (status.executed_blocks >= target.sequence) break;
    if (signal.aborted || performance.now() - startMs > TIMEOUT_MS) throw new FederationError('no-progress', `${name} has executed ${status.executed_blocks} of ${target.sequence} blocks`);
    await pause(POLL_MS, signal);
  }
  const seconds = (performance.now() - startMs) / 1000;
  const usage = await processUsage(federation.process(name).pid);
  const blocks = target.sequence;
  const transactionsPerSecond = target.transactions_committed / seconds;
  return {
    platform: name, blocks, seconds: round(seconds), blocksPerSecond: round(blocks / seconds), transactionsPerSecond: round(transactionsPerSecond),
    cpuSeconds: usage?.cpuSeconds ?? null, peakResidentBytes: usage?.peakResidentBytes ?? null,
    madeBlocksPerSecond: made?.blocksPerSecond ?? null, madeTransactionsPerSecond: made?.transactionsPerSecond ?? null,
    ratio: made === undefined ? null : round(transactionsPerSecond / made.transactionsPerSecond),
    blocksRatio: made === undefined ? null : round(blocks / seconds / made.blocksPerSecond),
  };
}

/** What clients left pending becomes blocks after they have gone: those would be made while the platform catches up. */
async function untilIdle(federation: LocalFederation, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  for (let before = ''; !signal.aborted;) {
    const statuses = await Promise.all(federation.processes.map(({ name }) => fetchStatus(federation.url(name) ?? '')));
    const isDone = statuses.every(({ mempool_transactions, executed_blocks, sequence }) => mempool_transactions === 0 && executed_blocks === sequence);
    const now = JSON.stringify(statuses.map(({ sequence }) => sequence));
    if (isDone && now === before) return;
    if (performance.now() - startMs > TIMEOUT_MS) throw new FederationError('no-progress', 'the platforms do not come to rest');
    before = now;
    await pause(IDLE_MS, signal);
  }
}

export function catchUpText(figures: CatchUpFigures): string {
  return [
    `catching up, ${figures.blocks} blocks in ${figures.seconds} s (emptied: ${figures.platform})`,
    `  caught up  ${figures.blocksPerSecond} blocks/s, ${figures.transactionsPerSecond} transactions/s`,
    `  made       ${figures.madeBlocksPerSecond ?? '?'} blocks/s, ${figures.madeTransactionsPerSecond ?? '?'} transactions/s at full load, all platforms and their clients on this host`,
    `  ratio      ${figures.ratio ?? '?'} in transactions, ${figures.blocksRatio ?? '?'} in blocks`,
    `  process    ${figures.cpuSeconds ?? '?'} s of processor time, at most ${figures.peakResidentBytes === null ? '?' : Math.round(figures.peakResidentBytes / 1e6)} MB`,
  ].join('\n');
}
