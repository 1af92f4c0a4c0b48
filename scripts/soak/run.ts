import { quorumParameters } from '../../src/consensus/quorum.js';
import { Random } from '../../test/simulation/random.js';
import { examine } from '../chaos/examination.js';
import { keptText, makeFederation, playIn } from '../chaos/left-behind.js';
import { recoveryTable } from '../chaos/recovery.js';
import { timeline } from '../chaos/timeline.js';
import type { Conclusion } from '../command/conclusion.js';
import { conclude } from '../command/conclusion.js';
import type { InterruptibleTerminal } from '../command/process.js';
import { LocalFederation } from '../federation/local-federation.js';
import { COMMAND, WITNESS } from '../federation/project.js';
import { readSigned, witnessed } from './notes.js';
import type { SoakOptions } from './options.js';
import { parseSoakOptions } from './options.js';
import { Soak } from './soak.js';

/** Longer than the slowest start on a busy host. */
const START_TIMEOUT_MS = 60_000;

/** `npm run soak`. All processes have ended when it returns. @returns the exit code */
export function soak(args: readonly string[], host: InterruptibleTerminal): Promise<number> {
  return conclude(host, async () => {
    const options = parseSoakOptions(args, host);
    return typeof options === 'number' ? options : playIn(options.dir, 'fb-pbft-soak-', host, (dir) => play(options, dir, host));
  });
}

async function play(options: SoakOptions, dir: string, { out, signal }: InterruptibleTerminal): Promise<Conclusion> {
  const say = timeline(out);
  const startMs = performance.now();
  const directory = await makeFederation(dir, options.members);
  const { genesis, platforms } = directory;
  const names = platforms.map(({ name }) => name);
  say(`seed ${options.seed}: ${names.join(', ')}; ${options.restarts} restarts, ${options.load} transactions/s; ${dir}`);
  const federation = new LocalFederation({
    directory, command: COMMAND, bootstrap: names.slice(0, 1), timeoutMs: START_TIMEOUT_MS,
    programs: new Map(platforms.map(({ name, home }) => [name, { command: COMMAND, nodeArguments: witnessed(WITNESS, home) }])),
  });
  const { quorum } = quorumParameters(names.length, genesis.parameters.fastPath);
  const played = await new Soak({ federation, directory, quorum, say, random: new Random(options.seed), restarts: options.restarts, load: options.load }).play(signal);
  const playedMs = performance.now() - startMs;

  const signed = new Map(await Promise.all(platforms.map(async ({ name, home }) => [name, await readSigned(home)] as const)));
  const signatures = [...signed.values()].reduce((sum, { length }) => sum + length, 0);
  say(`looking into ${names.length} databases, and at ${played.acknowledged.size} transactions and ${signatures} signatures`);
  const { violations: foundLater, ...examination } = await examine({ genesis, platforms, byzantine: [], acknowledged: played.acknowledged, settled: played.settled, signed });
  const violations = [...played.violations, ...foundLater];
  const recovery = played.recoveries.summary();
  out(`\n${recoveryTable(recovery, 'longest pause, s')}\n`);
  for (const violation of violations) out(`VIOLATION: ${violation}`);
  if (violations.length > 0) {
    out(keptText(dir));
    out(`rerun: npm run soak -- --seed ${options.seed} --restarts ${options.restarts} --members ${options.members} --load ${options.load}`);
  }
  return {
    ok: violations.length === 0 && !signal.aborted, seed: options.seed, members: names.length, restarts: played.restarts, kills: played.kills, powerLosses: played.powerLosses, bytesLost: played.bytesLost,
    minutes: Math.round(playedMs / 6000) / 10, transactions: played.acknowledged.size, signatures,
    blocks: examination.blocks, blockHash: examination.blockHash, stateRoot: examination.stateRoot, evidence: examination.evidence, repeated: examination.repeated,
    violations: violations.length, interrupted: signal.aborted, recovery,
  };
}
