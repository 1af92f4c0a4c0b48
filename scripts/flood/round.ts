import { join } from 'node:path';
import { leaderOf } from '../../src/consensus/quorum.js';
import { toSlot } from '../../src/types/ids.js';
import type { Attack } from '../../test/flood/attack.js';
import { makeFederation } from '../chaos/left-behind.js';
import type { FederationDirectory } from '../federation/directory.js';
import { FederationError } from '../federation/federation-error.js';
import { LocalFederation } from '../federation/local-federation.js';
import { fetchStatus } from '../federation/observer.js';
import { pause } from '../federation/pause.js';
import { COMMAND } from '../federation/project.js';
import { AttackerProcess } from './attacker-process.js';
import type { Flooded } from './attacker-process.js';
import type { FloodOptions } from './options.js';
import { Probes } from './probes.js';
import { processorMsOf } from './processor-time.js';
import { figuresOf, judge } from './verdict.js';
import type { Phase, PhaseFigures } from './verdict.js';
import { Witness } from './witness.js';
import type { WitnessedPlatform } from './witness.js';

const MEMBERS = 4;
const SLOT_TIMEOUT_MS = 1000;
const START_TIMEOUT_MS = 120_000;
/** What is still out at the end of a phase may take so long. */
const SETTLE_MS = 30_000;
const POLL_MS = 200;

/** What one kind of attack came to. */
export interface KindResult {
  readonly kind: string;
  readonly failed: readonly string[];
  readonly control: PhaseFigures;
  readonly attack: PhaseFigures;
  readonly sent: { readonly count: number; readonly bytes: number };
  readonly cutOffs: number;
  /** Why the attacker could not send something, the last time; null where it could. */
  readonly notSent: string | null;
  /** Honest processor time above the control's, per megabyte that the attacker sent; null where nobody can tell. */
  readonly processorMsPerMegabyte: number | null;
  /** The same for each message, request or stream. */
  readonly processorMsPerMessage: number | null;
  /** Who refused whom, after how many seconds of the attack, and why. */
  readonly refused: readonly { readonly platform: string; readonly about: string; readonly afterSeconds: number; readonly reason: string }[];
  readonly lostLinks: number;
  /** Questions for a status that no honest platform answered in 5 s. */
  readonly unanswered: number;
}

/**
 * A federation of three honest platforms and the attacker, which is idle at first, and then floods. All processes have
 * ended when it returns, and when it throws.
 * @throws FederationError where something does not start
 */
export async function playKind(attack: Attack, dir: string, options: FloodOptions, signal: AbortSignal): Promise<KindResult> {
  const round = new Round(await makeFederation(dir, MEMBERS), attack, options, signal);
  try {
    return await round.play();
  } finally {
    await round.stop();
  }
}

class Round {
  readonly #directory: FederationDirectory;
  readonly #federation: LocalFederation;
  readonly #attack: Attack;
  readonly #options: FloodOptions;
  readonly #signal: AbortSignal;
  #attacker: AttackerProcess | undefined;

  constructor(directory: FederationDirectory, attack: Attack, options: FloodOptions, signal: AbortSignal) {
    this.#directory = directory;
    this.#attack = attack;
    this.#options = options;
    this.#signal = signal;
    const honest = directory.platforms.slice(0, -1);
    this.#federation = new LocalFederation({
      directory: { ...directory, platforms: honest }, command: COMMAND, bootstrap: honest.slice(0, 1).map(({ name }) => name),
      timeoutMs: START_TIMEOUT_MS, startArguments: ['--log', 'json'],
    });
  }

  async play(): Promise<KindResult> {
    const { seconds, patience } = this.#options;
    await this.#federation.start();
    const attacker = await this.#startAttacker();
    await attacker.prepare(this.#attack.name);
    await this.#untilConnected();
    const control = await this.#phase(() => pause(1000 * seconds, this.#signal));
    let flooded: Flooded | undefined;
    const attacked = await this.#phase(async () => { flooded = await attacker.flood(this.#attack.name, 1000 * seconds); });
    const { membership } = this.#directory.genesis;
    const attackerTurns = (fromMs: number, toMs: number): number => {
      let turns = 0;
      for (let slot = attacked.slotAt(fromMs); slot <= attacked.slotAt(toMs); slot += 1) {
        if (leaderOf(toSlot(slot), MEMBERS) === MEMBERS - 1) turns += 1;
      }
      return turns;
    };
    const failed = judge({
      control: control.phase, attack: attacked.phase, invalid: this.#attack.invalid, patience, slotTimeoutMs: SLOT_TIMEOUT_MS, attackerTurns,
      attackerName: membership.members[MEMBERS - 1]?.name ?? '', honestNames: this.#honest().map(({ name }) => name),
    });
    const shown = (flooded?.count ?? 0) > 0 ? failed : [...failed, 'the attacker sent nothing: nothing is shown'];
    return resultOf(this.#attack.name, shown, control.phase, attacked.phase, flooded);
  }

  async stop(): Promise<void> {
    await this.#attacker?.stop();
    await this.#federation.stop();
  }

  async #startAttacker(): Promise<AttackerProcess> {
    const own = this.#directory.platforms.at(-1);
    if (own === undefined) throw new FederationError('no-start', 'there is no member to attack with');
    const addresses = this.#honest().map(({ name }) => this.#federation.listenAddresses(name)[0] ?? '');
    this.#attacker = new AttackerProcess({
      home: own.home, genesisFile: this.#directory.genesisFile, rate: this.#options.rate, addresses, logFile: join(own.home, 'attacker.log'),
    });
    await this.#attacker.ready();
    return this.#attacker;
  }

  #honest(): readonly WitnessedPlatform[] {
    const { members } = this.#directory.genesis.membership;
    return this.#directory.platforms.slice(0, -1).map(({ name }) => ({
      name, url: this.#federation.url(name) ?? '', logFile: this.#federation.process(name).logFile,
      publicKey: members.find((member) => member.name === name)?.publicKey ?? '',
    }));
  }

  /** Every honest platform has links to all others, the attacker among them. */
  async #untilConnected(): Promise<void> {
    const endMs = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const statuses = await Promise.all(this.#honest().map(({ url }) => fetchStatus(url).catch(() => undefined)));
      if (statuses.every((status) => status?.peers.length === MEMBERS - 1)) return;
      if (performance.now() > endMs || this.#signal.aborted) throw new FederationError('no-start', 'the members did not connect to one another');
      await pause(POLL_MS, this.#signal);
    }
  }

  async #phase(during: () => Promise<void>): Promise<{ readonly phase: Phase; readonly slotAt: (atMs: number) => number }> {
    const honest = this.#honest();
    const { members } = this.#directory.genesis.membership;
    const pids = honest.map(({ name }) => this.#federation.process(name).pid);
    const witness = new Witness(honest, new Map(members.map(({ publicKey, name }) => [publicKey, name])));
    const probes = new Probes({ chainId: this.#directory.genesis.chainId, services: honest, transactionsPerSecond: this.#options.load });
    const [startMs, before] = [performance.now(), await processorMsOf(pids)];
    try {
      await during();
    } finally {
      this.#assertRunning();
    }
    const [durationMs, after] = [performance.now() - startMs, await processorMsOf(pids)];
    const ended = await probes.end(SETTLE_MS);
    const processorMs = before === undefined || after === undefined ? undefined : after - before;
    return { phase: { durationMs, probes: ended, processorMs, witnessed: await witness.end() }, slotAt: (atMs) => witness.slotAt(atMs) };
  }

  #assertRunning(): void {
    const [ended] = this.#federation.ended;
    if (ended !== undefined) throw new FederationError('platform-ended', `${ended.name} has ended under the attack; its log is ${ended.logFile}`);
  }
}

function resultOf(kind: string, failed: readonly string[], control: Phase, attack: Phase, flooded: Flooded | undefined): KindResult {
  const { count = 0, bytes = 0, cutOffs = 0, failure = null } = flooded ?? {};
  const extraMs = attack.processorMs === undefined || control.processorMs === undefined
    ? undefined : attack.processorMs - (control.processorMs * attack.durationMs) / control.durationMs;
  return {
    kind, failed, control: figuresOf(control), attack: figuresOf(attack), sent: { count, bytes }, cutOffs, notSent: failure,
    processorMsPerMegabyte: extraMs === undefined || bytes === 0 ? null : Math.round(extraMs / (bytes / 1e6)),
    processorMsPerMessage: extraMs === undefined || count === 0 ? null : Math.round((1000 * extraMs) / count) / 1000,
    refused: attack.witnessed.refusals.map(({ platform, about, atMs, reason }) => ({ platform, about, reason, afterSeconds: Math.round(atMs / 100) / 10 })),
    lostLinks: attack.witnessed.lostLinks.length, unanswered: attack.witnessed.unanswered,
  };
}
