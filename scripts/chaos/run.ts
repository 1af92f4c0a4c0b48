import { fileURLToPath } from 'node:url';
import { quorumParameters } from '../../src/consensus/quorum.js';
import { PORTABLE_ADVERSARIES } from '../../test/byzantine/portable.js';
import { Random } from '../../test/simulation/random.js';
import type { Conclusion } from '../command/conclusion.js';
import { conclude } from '../command/conclusion.js';
import type { InterruptibleTerminal } from '../command/process.js';
import { LocalFederation } from '../federation/local-federation.js';
import { COMMAND } from '../federation/project.js';
import { Campaign } from './campaign.js';
import { examine } from './examination.js';
import { canFillDisk } from './full-disk.js';
import { keptText, makeFederation, playIn } from './left-behind.js';
import type { ChaosOptions } from './options.js';
import { parseChaosOptions } from './options.js';
import { FAULT_KINDS, shuffled } from './plan.js';
import { recoveryTable } from './recovery.js';
import { timeline } from './timeline.js';

const BYZANTINE_PLATFORM = fileURLToPath(new URL('../../test/chaos/byzantine-platform.ts', import.meta.url));
const START_TIMEOUT_MS = 60_000;

/** `npm run chaos`. All processes have ended when it returns. @returns the exit code */
export function chaos(args: readonly string[], host: InterruptibleTerminal): Promise<number> {
  return conclude(host, async () => {
    const options = parseChaosOptions(args, host);
    return typeof options === 'number' ? options : playIn(options.dir, 'fb-pbft-chaos-', host, (dir) => play(options, dir, host));
  });
}

async function play(options: ChaosOptions, dir: string, { out, signal }: InterruptibleTerminal): Promise<Conclusion> {
  const say = timeline(out);
  const random = new Random(options.seed);
  const directory = await makeFederation(dir, options.members);
  const names = directory.platforms.map(({ name }) => name);
  // Any of them, so that it is not always the one that the others connect to first.
  const byzantine = shuffled(names, random).slice(0, options.byzantine);
  const kinds = await canFillDisk() ? FAULT_KINDS : FAULT_KINDS.filter((kind) => !kind.startsWith('disk'));
  if (kinds.length < FAULT_KINDS.length) say('no disk is filled: prlimit, of util-linux, is not on this host');
  say(`seed ${options.seed}: ${names.join(', ')}; ${byzantine.length === 0 ? 'none is' : byzantine.join(' and ')} Byzantine; ${options.load} transactions/s; ${dir}`);

  const federation = new LocalFederation({
    directory, command: COMMAND, bootstrap: names.slice(0, 1), timeoutMs: START_TIMEOUT_MS,
    programs: new Map(byzantine.map((name) => [name, { command: BYZANTINE_PLATFORM, nodeArguments: ['--import', 'tsx'] }])),
  });
  const campaign = new Campaign({
    federation, directory, byzantine, random, kinds, say, load: options.load, durationMs: options.minutes * 60_000, adversaries: PORTABLE_ADVERSARIES,
    quorum: quorumParameters(names.length, directory.genesis.parameters.fastPath).quorum,
  });
  const played = await campaign.play(signal);
  say(`looking into the databases of ${names.length - byzantine.length} honest platforms, and at ${played.acknowledged.size} transactions`);
  const { violations: foundLater, ...examination } = await examine({ genesis: directory.genesis, platforms: directory.platforms, byzantine, acknowledged: played.acknowledged, settled: played.settled });
  const violations = [...played.violations, ...foundLater];
  const recovery = played.recoveries.summary();
  out(`\n${recoveryTable(recovery)}\n`);
  for (const violation of violations) out(`VIOLATION: ${violation}`);
  if (violations.length > 0) {
    out(keptText(dir));
    out(`rerun: npm run chaos -- --seed ${options.seed} --minutes ${options.minutes} --members ${options.members} --byzantine ${byzantine.length} --load ${options.load}`);
  }
  return {
    ok: violations.length === 0 && !signal.aborted, seed: options.seed, members: names.length, byzantine: byzantine.length, minutes: options.minutes, faults: played.recoveries.count,
    transactions: played.acknowledged.size, ...examination, violations: violations.length, interrupted: signal.aborted, recovery,
  };
}
