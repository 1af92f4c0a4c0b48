import type { Adversary } from '../../test/byzantine/port.js';
import type { Random } from '../../test/simulation/random.js';
import type { FederationDirectory } from '../federation/directory.js';
import { FederationError } from '../federation/federation-error.js';
import type { LocalFederation } from '../federation/local-federation.js';
import { pause } from '../federation/pause.js';
import type { Hash } from '../../src/types/ids.js';
import type { Acknowledgement } from './clients.js';
import { ChaosClients } from './clients.js';
import { Faults } from './faults.js';
import type { FaultKind, Round } from './plan.js';
import { planRounds } from './plan.js';
import { Recoveries } from './recovery.js';
import { ViolationError } from './violation.js';
import { Watch } from './watch.js';

/** How long everything may take to be well again after a fault: longer than the longest slot timer, several times. */
const RECOVERY_TIMEOUT_MS = 60_000;
/** How long all must agree before they are taken to have settled. */
const SETTLED_MS = 1000;

export interface CampaignOptions {
  readonly federation: LocalFederation;
  readonly directory: FederationDirectory;
  readonly byzantine: readonly string[];
  readonly adversaries: readonly Adversary[];
  readonly kinds: readonly FaultKind[];
  readonly random: Random;
  /** Q */
  readonly quorum: number;
  /** Transactions per second. */
  readonly load: number;
  readonly durationMs: number;
  /** One line of the timeline. */
  readonly say: (line: string) => void;
}

/** What a campaign leaves behind, beside the platforms' homes. */
export interface CampaignResult {
  readonly acknowledged: ReadonlyMap<Hash, Acknowledgement>;
  readonly recoveries: Recoveries;
  readonly violations: readonly string[];
  /** Whether all honest platforms came to stand at one block, with nothing pending. */
  readonly settled: boolean;
}

/** One run: a federation started, loaded, afflicted round by round, healed, settled and stopped. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #names: readonly string[];
  readonly #honest: readonly string[];
  readonly #faults: Faults;
  readonly #recoveries = new Recoveries();
  readonly #violations: string[] = [];
  #settled = false;

  constructor(options: CampaignOptions) {
    const { federation, directory, byzantine, adversaries, say } = options;
    this.#options = options;
    this.#names = directory.platforms.map(({ name }) => name);
    this.#honest = this.#names.filter((name) => !byzantine.includes(name));
    const homes = new Map(directory.platforms.map(({ name, home }) => [name, home]));
    const losing = new Set(adversaries.filter(({ losesDisk }) => losesDisk).map(({ name }) => name));
    this.#faults = new Faults({ federation, byzantine, say, home: (name) => homes.get(name) ?? '', losesDisk: (adversary) => losing.has(adversary) });
  }

  /** All processes have ended when it returns, and when it throws. @throws FederationError where the federation does not start */
  async play(signal: AbortSignal): Promise<CampaignResult> {
    const { federation, directory, load, say } = this.#options;
    let clients: ChaosClients | undefined;
    let watch: Watch | undefined;
    try {
      await federation.start();
      const honest = this.#honest;
      const url = (name: string): string | undefined => (federation.process(name).exit === undefined ? federation.url(name) : undefined);
      watch = new Watch({ honest, url, inspect: () => { this.#faults.inspect(); } });
      clients = new ChaosClients({
        chainId: directory.genesis.chainId, transactionsPerSecond: load, services: () => honest.map((name) => ({ name, url: url(name) })),
      });
      say(`all ${this.#names.length} are up`);
      try {
        await this.#afflict(watch, clients, signal);
        await this.#settle(watch, clients, signal);
      } catch (error) {
        if (!(error instanceof ViolationError || error instanceof FederationError)) throw error;
        this.#violate(error.message);
      }
    } finally {
      clients?.abandon();
      await watch?.stop();
      this.#faults.goOn();
      const unclean = await federation.stop();
      for (const name of unclean.filter((one) => this.#honest.includes(one))) this.#violate(`${name} did not stop cleanly`);
    }
    say('all have stopped');
    return { acknowledged: clients.acknowledged, recoveries: this.#recoveries, violations: this.#violations, settled: this.#settled };
  }

  #violate(what: string): void {
    this.#violations.push(what);
    this.#options.say(`VIOLATION: ${what}`);
  }

  async #afflict(watch: Watch, clients: ChaosClients, signal: AbortSignal): Promise<void> {
    const { adversaries, byzantine, durationMs, kinds, random } = this.#options;
    const startMs = performance.now();
    await this.#recovered(watch, startMs, this.#honest, 'at the start', signal);
    const rounds = planRounds({ platforms: this.#names, byzantine, adversaries: adversaries.map(({ name }) => name), kinds, random });
    for (const round of rounds) {
      if (signal.aborted || performance.now() - startMs > durationMs) return;
      await this.#playRound(round, watch, clients, signal);
      await pause(round.calmMs, signal);
    }
  }

  async #playRound(round: Round, watch: Watch, clients: ChaosClients, signal: AbortSignal): Promise<void> {
    const { quorum, random, say } = this.#options;
    await this.#faults.reviveByzantine();
    this.#faults.tell(round.adversaries, random.integer(0, 2 ** 31));
    const label = this.#quorumStays(round, watch, quorum) ? round.kind : `${round.kind}, no quorum`;
    say(`${label}: ${this.#roundText(round, watch)}`);
    const startMs = performance.now();
    watch.forgetBefore(startMs);
    await this.#faults.begin(round);
    await pause(round.holdMs, signal);
    const endMs = await this.#faults.end(round, signal);
    const victims = round.victims.filter((name) => this.#honest.includes(name));
    const platformMs = await this.#recovered(watch, endMs, victims, `after "${label}" of ${round.victims.join(', ')}`, signal);
    if (signal.aborted) return;
    const federationMs = label === round.kind ? watch.longestPause(startMs) : (watch.progressAfter(endMs) ?? endMs) - endMs;
    this.#recoveries.add(label, { federationMs, platformMs: [...platformMs.values()] });
    const voting = [...platformMs].map(([name, ms]) => `, ${name} votes again after ${seconds(ms)}`).join('');
    say(`  final again after ${seconds(federationMs)}${voting}; ${watch.best} blocks, ${clients.acknowledged.size} transactions acknowledged`);
  }

  /** Whether those that are left take part honestly in a number that can go on without the others. */
  #quorumStays({ victims, adversaries }: Round, watch: Watch, quorum: number): boolean {
    const left = this.#names.filter((name) => !victims.includes(name)
      && (this.#honest.includes(name) || (adversaries.get(name) === undefined && this.#refusing(name, watch).length === 0)));
    return left.length >= quorum;
  }

  /** Honest platforms that have no link to a Byzantine one: it misbehaved, or has just been started. */
  #refusing(byzantine: string, watch: Watch): readonly string[] {
    return this.#honest.filter((name) => watch.status(name, 0)?.peers.includes(byzantine) === false);
  }

  #roundText({ kind, victims, holdMs, adversaries, roomBytes, startWhileFull }: Round, watch: Watch): string {
    const lies = [...adversaries].flatMap(([name, adversary]) => {
      const refusing = this.#refusing(name, watch);
      return adversary === undefined ? [] : [`${name} is Byzantine: ${adversary}${refusing.length === 0 ? '' : ` (cut off by ${refusing.join(', ')})`}`];
    });
    const full = kind.startsWith('disk') ? [`room for ${roomBytes ?? 0} bytes${startWhileFull ? ', started once while full' : ''}`] : [];
    return [...(victims.length === 0 ? [] : [`${victims.join(', ')} for ${seconds(holdMs)}`]), ...full, ...lies].join('; ');
  }

  /**
   * Waits until blocks become final and these platforms vote.
   * @returns for each of them, ms from `sinceMs` until it voted and had all blocks that any had then
   * @throws ViolationError where that takes too long
   */
  async #recovered(watch: Watch, sinceMs: number, platforms: readonly string[], when: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
    const goal = watch.best;
    const back = new Map<string, number>();
    const done = await watch.until(() => {
      for (const name of platforms) {
        const status = watch.status(name, sinceMs);
        const votes = status?.voting === 'voting' && !status.catching_up && status.sequence >= goal;
        if (votes && !back.has(name)) back.set(name, performance.now() - sinceMs);
      }
      return back.size === platforms.length && watch.progressAfter(sinceMs) !== undefined ? true : undefined;
    }, RECOVERY_TIMEOUT_MS, signal);
    if (done !== true && !signal.aborted) {
      throw new ViolationError(`${seconds(RECOVERY_TIMEOUT_MS)} ${when} not all is well: ${this.#honest.map((name) => statusText(name, watch, sinceMs)).join('; ')}`);
    }
    return back;
  }

  /** Ends every fault and lie, and waits until all honest platforms have the same, and clients their answers. */
  async #settle(watch: Watch, clients: ChaosClients, signal: AbortSignal): Promise<void> {
    const { byzantine, say } = this.#options;
    say(signal.aborted ? 'interrupted' : 'everything is healed; waiting for what is pending');
    this.#faults.goOn();
    await this.#faults.reviveByzantine();
    this.#faults.tell(new Map(byzantine.map((name) => [name, undefined])), 0);
    const patience = signal.aborted ? 0 : RECOVERY_TIMEOUT_MS;
    const unsettled = await clients.settle(patience);
    if (unsettled > 0 && !signal.aborted) throw new ViolationError(`${unsettled} transactions are not final ${seconds(RECOVERY_TIMEOUT_MS)} after everything was healed`);
    let agreedSinceMs = Number.POSITIVE_INFINITY;
    const settled = await watch.until(() => {
      const statuses = this.#honest.map((name) => watch.status(name, performance.now() - SETTLED_MS));
      const [first] = statuses;
      const agreed = first !== undefined && statuses.every((status) => (
        status?.voting === 'voting' && status.sequence === first.sequence && status.last_block_hash === first.last_block_hash && status.mempool_transactions === 0));
      agreedSinceMs = agreed ? Math.min(agreedSinceMs, performance.now()) : Number.POSITIVE_INFINITY;
      return performance.now() - agreedSinceMs > SETTLED_MS ? true : undefined;
    }, RECOVERY_TIMEOUT_MS, signal);
    if (signal.aborted) return;
    if (settled !== true) {
      throw new ViolationError(`${seconds(RECOVERY_TIMEOUT_MS)} after the last transaction not all stand at one block: ${this.#honest.map((name) => statusText(name, watch, 0)).join('; ')}`);
    }
    this.#settled = true;
    say(`all stand at block ${watch.best - 1}; ${clients.acknowledged.size} transactions were called final`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

function statusText(name: string, watch: Watch, sinceMs: number): string {
  const status = watch.status(name, sinceMs);
  if (status === undefined) return `${name} does not answer`;
  return `${name} has ${status.sequence} blocks, slot ${status.slot}, ${status.phase}, ${status.catching_up ? 'catching up' : status.voting}, ${status.peers.length} peers, ${status.mempool_transactions} pending`;
}
