import type { Adversary } from '../../test/byzantine/port.js';
import type { Random } from '../../test/simulation/random.js';
import type { FederationDirectory } from '../federation/directory.js';
import type { LocalFederation } from '../federation/local-federation.js';
import { pause } from '../federation/pause.js';
import type { ChaosClients } from './clients.js';
import { Faults } from './faults.js';
import type { Health } from './health.js';
import type { FaultKind, Round } from './plan.js';
import { planRounds } from './plan.js';
import { Recoveries } from './recovery.js';
import { seconds } from './timeline.js';
import type { LoadedRun } from './under-load.js';
import { underLoad } from './under-load.js';
import type { Watch } from './watch.js';

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

export interface CampaignResult extends LoadedRun {
  readonly recoveries: Recoveries;
}

/** One run: a federation started, loaded, afflicted round by round, healed, settled and stopped. */
export class Campaign {
  readonly #options: CampaignOptions;
  readonly #names: readonly string[];
  readonly #honest: readonly string[];
  readonly #faults: Faults;
  readonly #recoveries = new Recoveries();

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
    const run = await underLoad({
      federation, directory, load, say, honest: this.#honest,
      inspect: () => { this.#faults.inspect(); },
      release: () => { this.#faults.goOn(); },
    }, async (health, clients) => {
      await this.#afflict(health, clients, signal);
      return this.#settle(health, clients, signal);
    });
    return { ...run, recoveries: this.#recoveries };
  }

  async #afflict(health: Health, clients: ChaosClients, signal: AbortSignal): Promise<void> {
    const { adversaries, byzantine, durationMs, kinds, random } = this.#options;
    const startMs = performance.now();
    await health.recovered(startMs, this.#honest, 'at the start', signal);
    const rounds = planRounds({ platforms: this.#names, byzantine, adversaries: adversaries.map(({ name }) => name), kinds, random });
    for (const round of rounds) {
      if (signal.aborted || performance.now() - startMs > durationMs) return;
      await this.#playRound(round, health, clients, signal);
      await pause(round.calmMs, signal);
    }
  }

  async #playRound(round: Round, health: Health, clients: ChaosClients, signal: AbortSignal): Promise<void> {
    const { watch } = health;
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
    const platformMs = await health.recovered(endMs, victims, `after "${label}" of ${round.victims.join(', ')}`, signal);
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

  /** Ends every fault and lie, and waits until all honest platforms have the same, and clients their answers. */
  async #settle(health: Health, clients: ChaosClients, signal: AbortSignal): Promise<boolean> {
    const { byzantine, say } = this.#options;
    say(signal.aborted ? 'interrupted' : 'everything is healed; waiting for what is pending');
    this.#faults.goOn();
    await this.#faults.reviveByzantine();
    this.#faults.tell(new Map(byzantine.map((name) => [name, undefined])), 0);
    const settled = await health.settled(clients, signal);
    if (settled) say(`all stand at block ${health.watch.best - 1}; ${clients.acknowledged.size} transactions were called final`);
    return settled;
  }
}
