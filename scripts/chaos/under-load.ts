import type { Hash } from '../../src/types/ids.js';
import type { FederationDirectory } from '../federation/directory.js';
import { FederationError } from '../federation/federation-error.js';
import type { LocalFederation } from '../federation/local-federation.js';
import type { Acknowledgement } from './clients.js';
import { ChaosClients } from './clients.js';
import { Health } from './health.js';
import { ViolationError } from './violation.js';
import { Watch } from './watch.js';

export interface LoadedFederation {
  readonly federation: LocalFederation;
  readonly directory: FederationDirectory;
  /** Platforms that are believed, and must do as they should. */
  readonly honest: readonly string[];
  /** Transactions per second. */
  readonly load: number;
  /** Throws where a platform did what it may not; called many times a second. */
  readonly inspect: () => void;
  /** Makes processes that were stopped by a signal go on, so that they can end. */
  readonly release: () => void;
  /** One line of the timeline. */
  readonly say: (line: string) => void;
}

/** What a run leaves behind, beside the platforms' homes. */
export interface LoadedRun {
  readonly acknowledged: ReadonlyMap<Hash, Acknowledgement>;
  readonly violations: readonly string[];
  /** Whether all honest platforms came to stand at one block, with nothing pending. */
  readonly settled: boolean;
}

/**
 * Starts a federation, loads it with clients, watches it, lets `play` do as it likes with it, and stops it. All
 * processes have ended when it returns, and when it throws.
 * @param play tells whether all settled
 * @throws FederationError where the federation does not start
 */
export async function underLoad(loaded: LoadedFederation, play: (health: Health, clients: ChaosClients) => Promise<boolean>): Promise<LoadedRun> {
  const { federation, directory, honest, load, inspect, release, say } = loaded;
  const violations: string[] = [];
  const violate = (what: string): void => {
    violations.push(what);
    say(`VIOLATION: ${what}`);
  };
  let clients: ChaosClients | undefined;
  let watch: Watch | undefined;
  let settled = false;
  try {
    await federation.start();
    const url = (name: string): string | undefined => (federation.process(name).exit === undefined ? federation.url(name) : undefined);
    watch = new Watch({ honest, url, inspect });
    clients = new ChaosClients({
      chainId: directory.genesis.chainId, transactionsPerSecond: load, services: () => honest.map((name) => ({ name, url: url(name) })),
    });
    say(`all ${directory.platforms.length} are up`);
    try {
      settled = await play(new Health(watch, honest), clients);
    } catch (error) {
      if (!(error instanceof ViolationError || error instanceof FederationError)) throw error;
      violate(error.message);
    }
  } finally {
    clients?.abandon();
    await watch?.stop();
    release();
    const unclean = await federation.stop();
    for (const name of unclean.filter((one) => honest.includes(one))) violate(`${name} did not stop cleanly`);
  }
  say('all have stopped');
  return { acknowledged: clients.acknowledged, violations, settled };
}
