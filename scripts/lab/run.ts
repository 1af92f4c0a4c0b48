import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareDirectory } from '../federation/directory.js';
import type { FederationDirectory } from '../federation/directory.js';
import { COMMAND } from '../federation/project.js';
import { verdictOf } from '../federation/verdict.js';
import { API_PORT, P2P_PORT } from './lab-host.js';
import { Lab } from './lab.js';
import { LabError } from './lab-error.js';
import { Links } from './links.js';
import type { Namespaces } from './namespaces.js';
import type { LabRunOptions } from './options.js';
import { SCENARIOS } from './scenarios.js';
import { Timeline } from './timeline.js';

const NAMES = ['Thor', 'Sprout', 'Legion'];

/** The last line of a run. */
export interface LabVerdict {
  readonly scenario: string;
  readonly hosts: number;
  readonly ok: boolean;
  readonly failures: readonly string[];
  /** By name with unit, such as `blocksAgainSeconds`. */
  readonly measures: Readonly<Record<string, number>>;
  /** Blocks that all databases have alike. */
  readonly blocks: number;
}

/**
 * Plays one scenario from inside the router's namespace. All processes have ended when it returns or throws.
 * @throws LabError, FederationError
 */
export async function runLab(options: LabRunOptions, namespaces: Namespaces, say: (line: string) => void, signal: AbortSignal): Promise<LabVerdict> {
  const scenario = SCENARIOS[options.scenario];
  if (scenario === undefined) throw new LabError('bad-option', `--scenario: there is no ${options.scenario}`);
  if (options.hosts < scenario.minHosts) throw new LabError('bad-option', `--hosts: ${options.scenario} needs at least ${scenario.minHosts}`);
  const path = await mkdtemp(join(tmpdir(), 'fb-pbft-lab-'));
  const timeline = new Timeline(say);
  let isWell = false;
  try {
    const directory = await prepareDirectory(
      join(path, 'federation'), { society: 'lct:web4:society:lab', fastPath: 'largest', platforms: [], bootstrap: [] }, platformsOf(options.hosts), true,
    );
    const links = new Links(namespaces);
    if (options.delayMs > 0 && !await links.impair(options.delayMs, 0, 0)) timeline.note('this kernel has no netem: running without delay');
    const lab = new Lab({ directory, namespaces, links, command: COMMAND, timeline, load: options.load, signal });
    try {
      await lab.start();
      await scenario.play(lab, { seconds: options.seconds ?? scenario.defaultSeconds });
    } finally {
      await lab.stop();
    }
    const blocks = await agreedBlocks(directory, lab);
    isWell = lab.failures.length === 0;
    return { scenario: options.scenario, hosts: options.hosts, ok: isWell, failures: lab.failures, measures: lab.measures, blocks };
  } finally {
    if (isWell && !options.keep) await rm(path, { recursive: true });
    else say(`homes and logs are in ${path}`);
  }
}

/** Every database holds the same blocks, up to the shortest. */
async function agreedBlocks(directory: FederationDirectory, lab: Lab): Promise<number> {
  const count = lab.observer.slowestSequence;
  await verdictOf(directory, lab.observer, count);
  return count;
}

function platformsOf(hosts: number): { name: string; listen: string[]; api: string }[] {
  return Array.from({ length: hosts }, (_, index) => ({
    name: NAMES[index] ?? `Platform${index + 1}`, listen: [`/ip4/0.0.0.0/tcp/${P2P_PORT}`], api: `0.0.0.0:${API_PORT}`,
  }));
}
