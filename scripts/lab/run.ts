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
import { Failures } from './verdict.js';
import type { LabVerdict } from './verdict.js';

const NAMES = ['Thor', 'Sprout', 'Legion'];

/**
 * Plays one scenario from inside the router's namespace. All processes have ended when it returns. What goes wrong once
 * platforms are being started is in the verdict.
 * @throws LabError, FederationError where nothing could be started
 */
export async function runLab(options: LabRunOptions, namespaces: Namespaces, say: (line: string) => void, signal: AbortSignal): Promise<LabVerdict> {
  const scenario = SCENARIOS[options.scenario];
  if (scenario === undefined) throw new LabError('bad-option', `--scenario: there is no ${options.scenario}`);
  const path = await mkdtemp(join(tmpdir(), 'fb-pbft-lab-'));
  const timeline = new Timeline(say);
  let isWell = false;
  try {
    const directory = await prepareDirectory(
      join(path, 'federation'), { society: 'lct:web4:society:lab', fastPath: 'largest', platforms: [], bootstrap: [] }, platformsOf(options.hosts), true,
    );
    const links = new Links(namespaces);
    if (options.delayMs > 0 && !await links.impair(options.delayMs, 0, 0)) timeline.note('NOT AS ASKED: this kernel has no netem, so links have no delay');
    const failures = new Failures(timeline);
    const lab = new Lab({ directory, namespaces, links, command: COMMAND, timeline, failures, load: options.load, signal });
    await failures.attempt(async () => {
      await lab.start();
      await scenario.play(lab, { seconds: options.seconds ?? scenario.defaultSeconds });
    });
    await failures.attempt(() => lab.stop());
    const blocks = await failures.attempt(() => agreedBlocks(directory, lab)) ?? null;
    isWell = failures.texts.length === 0;
    return {
      scenario: options.scenario, hosts: options.hosts, ok: isWell, failures: [...failures.texts], measures: lab.measures, blocks, netem: links.netem,
    };
  } finally {
    if (isWell && !options.keep) await rm(path, { recursive: true });
    else say(`homes and logs are in ${path}`);
  }
}

/** Every database holds the same blocks, up to the shortest. @throws FederationError `disagreement` */
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
