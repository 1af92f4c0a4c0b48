import type { LoadClient } from '../federation/load.js';
import { LoadGenerator } from '../federation/load.js';
import type { LocalFederation } from '../federation/local-federation.js';
import { FederationObserver } from '../federation/observer.js';
import { pause } from '../federation/pause.js';
import { processUsage } from './process-usage.js';

/** One platform's share in a phase. */
export interface PlatformFigures {
  readonly name: string;
  /** Of one core, 100 for all of it; null where the system does not tell. */
  readonly cpuPercent: number | null;
  readonly residentBytes: number;
  /** Since the process started; null where the system does not tell. */
  readonly peakResidentBytes: number | null;
}

/** What was measured in one phase. */
export interface PhaseFigures {
  readonly seconds: number;
  readonly blocks: number;
  readonly blocksPerSecond: number;
  readonly transactionsPerSecond: number;
  /** Over the last 1,024 blocks of each platform: the median platform's p50, the worst one's p99; null where there were none. */
  readonly finalityMsP50: number | null;
  readonly finalityMsP99: number | null;
  readonly platforms: readonly PlatformFigures[];
}

export interface PhaseOptions {
  readonly transactionsPerSecond: number;
  readonly clients: readonly LoadClient[];
  /** Whether the phase is over, given its length so far in seconds and the blocks of the slowest platform. */
  readonly done: (seconds: number, slowestSequence: number) => boolean;
  /** Seconds without a new block after which it has failed. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

const OBSERVE_MS = 250;
const WARM_UP_MS = 1000;

/**
 * Loads a running federation for a while and measures it, after a second of warming up.
 * @throws FederationError where a platform ended, or none made progress
 */
export async function runPhase(federation: LocalFederation, options: PhaseOptions): Promise<PhaseFigures> {
  const names = federation.processes.map(({ name }) => name);
  const load = new LoadGenerator({ clients: options.clients, transactionsPerSecond: options.transactionsPerSecond });
  try {
    await pause(WARM_UP_MS, options.signal);
    const usageBefore = await Promise.all(federation.processes.map(({ pid }) => processUsage(pid)));
    const startMs = performance.now();
    const observer = new FederationObserver(names, startMs);
    await federation.observe(observer);
    const firstBlocks = observer.slowestSequence;
    while (!options.signal.aborted && !options.done((performance.now() - startMs) / 1000, observer.slowestSequence)) {
      await pause(OBSERVE_MS, options.signal);
      for (const ended of federation.ended) throw await ended.endedError();
      await federation.observe(observer);
      observer.checkProgress(performance.now(), options.timeoutSeconds * 1000);
    }
    const seconds = (performance.now() - startMs) / 1000;
    const usageAfter = await Promise.all(federation.processes.map(({ pid }) => processUsage(pid)));
    return {
      seconds,
      blocks: observer.slowestSequence - firstBlocks,
      ...observer.overallRates,
      finalityMsP50: observer.finality?.p50 ?? null,
      finalityMsP99: observer.finality?.p99 ?? null,
      platforms: names.map((name, index) => {
        const [before, after] = [usageBefore[index], usageAfter[index]];
        return {
          name,
          cpuPercent: before === undefined || after === undefined ? null : ((after.cpuSeconds - before.cpuSeconds) / seconds) * 100,
          residentBytes: after?.residentBytes ?? observer.status(name)?.memory_bytes ?? 0,
          peakResidentBytes: after?.peakResidentBytes ?? null,
        };
      }),
    };
  } finally {
    await load.stop();
  }
}
