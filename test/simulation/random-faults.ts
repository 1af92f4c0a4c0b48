import { sha256Hash } from '../../src/crypto/hash.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import type { Transaction } from '../../src/types/block.js';
import type { Adversary, AdversaryKind } from './adversaries.js';
import { ADVERSARIES, adversary } from './adversaries.js';
import { SafetyViolation, Stall } from './failures.js';
import { violationsOf } from './invariants.js';
import type { WorldEvent } from './world-events.js';
import type { SimPlatform, WorldOptions } from './world.js';
import { World } from './world.js';

/** How the run of a seed ended. It can be sent between processes. */
export interface RandomRun {
  readonly seed: number;
  /** Federation and Byzantine platforms, for people. */
  readonly cast: string;
  readonly finalBlocks: number;
  /** Highest slot that is final at the first honest platform. */
  readonly slots: number;
  /** Events on the virtual clock: arrivals, timers, syncs, faults. */
  readonly events: number;
  /** Digest of all that the platforms sent, in order: the same for the same seed. */
  readonly trace: Hash;
  readonly failure: { readonly kind: 'violation' | 'stall'; readonly message: string } | undefined;
}

export interface RunOptions {
  /** Called before anything happens; what it returns is told of everything that does. */
  readonly watch?: (world: World, cast: string) => (event: WorldEvent) => void;
  readonly weaken?: WorldOptions['weaken'];
}

const CHAOS_MS = 20_000;
const HEALED_MS = 240_000;
const MAX_VIOLATIONS_TOLD = 5;

/**
 * One random run: loss, jitter, partitions, crashes, restarts and power losses, and up to f Byzantine platforms of
 * `ADVERSARIES`, under a stream of transactions; then everything heals and whatever is pending must become final.
 * Never throws: an unexpected error is a violation, too.
 *
 * @param seed from 0 to 2³²−1; determines everything
 */
export async function randomRun(seed: number, { watch, weaken }: RunOptions = {}): Promise<RandomRun> {
  const world = randomWorld(seed, weaken);
  const byzantine = randomAdversaries(world);
  const cast = castOf(world, byzantine);
  world.observe = watch?.(world, cast);
  const honest = world.platforms.filter(({ index }) => !byzantine.has(index));
  let failure: RandomRun['failure'];
  try {
    await survive(world, byzantine, honest);
  } catch (error) {
    failure = failureOf(error, violationsOf(honest, new Set(byzantine.keys())));
  }
  const [witness] = honest;
  return {
    seed, cast, finalBlocks: world.finalBlocks, slots: witness?.up === true ? witness.replica.finalTip.slot : -1,
    events: world.clock.eventsRun, trace: traceOf(world), failure,
  };
}

/** A run that stalls because an invariant broke is a violation. */
function failureOf(error: unknown, violations: readonly string[]): RandomRun['failure'] {
  if (error instanceof SafetyViolation) return { kind: 'violation', message: error.message };
  if (error instanceof Stall) {
    const stall = `invariant 9: ${error.message}`;
    return violations.length === 0 ? { kind: 'stall', message: stall } : { kind: 'violation', message: [...violations.slice(0, MAX_VIOLATIONS_TOLD), stall].join('\n') };
  }
  return { kind: 'violation', message: `unexpected: ${error instanceof Error ? error.stack ?? error.message : String(error)}` };
}

function randomWorld(seed: number, weaken: RunOptions['weaken']): World {
  const sizes = [1, 2, 3, 4, 4, 4, 5, 6, 7, 7, 10];
  const members = sizes[seed % sizes.length] ?? 4;
  const fastPath = seed % 5 === 0 ? 'off' as const : seed % 7 === 0 ? 0 : undefined;
  return new World({
    members, seed, delayMs: 5, jitterMs: 40, syncMs: seed % 3,
    lossRate: seed % 4 === 0 ? 0.3 : 0.02,
    ...(fastPath === undefined ? {} : { fastPath }),
    ...(weaken === undefined ? {} : { weaken }),
  });
}

function randomAdversaries(world: World): ReadonlyMap<MemberIndex, AdversaryKind> {
  const { random, platforms, quorum } = world;
  const byzantine = new Map<MemberIndex, AdversaryKind>();
  for (const { index } of platforms) {
    if (byzantine.size < quorum.faultTolerance && random.chance(0.4)) byzantine.set(index, random.pick(ADVERSARIES));
  }
  const acts = new Map<MemberIndex, Adversary>([...byzantine].map(([index, kind]) => [index, adversary(kind, index, random)]));
  world.intercept = (from, to, message) => acts.get(from)?.(to, message) ?? (acts.has(from) ? undefined : message);
  return byzantine;
}

function castOf({ quorum }: World, byzantine: ReadonlyMap<MemberIndex, AdversaryKind>): string {
  const liars = [...byzantine].map(([index, kind]) => `P${index} (${kind})`).join(', ');
  return `${quorum.memberCount} platforms, quorum ${quorum.quorum}, fast path ${quorum.fastPath === 'off' ? 'off' : `at ${quorum.fastQuorum}`}, Byzantine: ${liars || 'none'}`;
}

/** @throws Stall, SafetyViolation */
async function survive(world: World, byzantine: ReadonlyMap<MemberIndex, AdversaryKind>, honest: readonly SimPlatform[]): Promise<void> {
  await world.startAll();
  const transactions = chaos(world, byzantine);
  await world.runFor(CHAOS_MS);
  world.heal();
  for (const platform of world.platforms) if (!platform.up) platform.start();
  await world.until(
    () => honest.every(({ pool, chain }) => pool.size === 0 && chain.length === honest[0]?.chain.length),
    HEALED_MS, 'everything pending is final',
  );
  const violations = violationsOf(honest, new Set(byzantine.keys()));
  if (violations.length > 0) throw new SafetyViolation(violations.slice(0, MAX_VIOLATIONS_TOLD).join('\n'));
  const missing = transactions.find((transaction) => !world.everywhere(transaction, honest));
  if (missing !== undefined) throw new SafetyViolation(`transaction ${missing.id} is lost: nowhere pending and not final everywhere`);
}

function chaos(world: World, byzantine: ReadonlyMap<MemberIndex, AdversaryKind>): Transaction[] {
  const { random, platforms } = world;
  const transactions: Transaction[] = [];
  const crash = (platform: SimPlatform): void => {
    platform.crash();
    if (byzantine.get(platform.index) === 'amnesiac') platform.loseDisk();
  };
  for (let at = 0; at < CHAOS_MS; at += 250) {
    world.clock.after(at, () => {
      if (random.chance(0.6)) {
        const transaction = world.transaction(`at ${at}`);
        transactions.push(transaction);
        random.pick(platforms.filter(({ index }) => !byzantine.has(index))).submit(transaction);
      }
      if (random.chance(0.05)) {
        const victim = random.pick(platforms);
        if (victim.up) crash(victim);
        else victim.start();
      }
      if (random.chance(0.03)) for (const platform of platforms) if (random.chance(0.5)) crash(platform);
      if (random.chance(0.1)) for (const platform of platforms) if (!platform.up && random.chance(0.5)) platform.start();
      if (random.chance(0.05)) {
        const side = platforms.map(({ index }) => index).filter(() => random.chance(0.5));
        world.partition(side, platforms.map(({ index }) => index).filter((index) => !side.includes(index)));
      }
      if (random.chance(0.1)) world.heal();
    });
  }
  return transactions;
}

function traceOf(world: World): Hash {
  const lines = world.platforms.flatMap(({ index, sent }) => sent.map((message) => {
    switch (message.type) {
      case 'CERTIFICATE': return `${index} ${message.certificate.kind} ${message.certificate.slot}`;
      case 'EQUIVOCATION': return `${index} EQUIVOCATION ${message.slot}`;
      case 'CHECKPOINT': return `${index} CHECKPOINT ${message.sequence} ${message.stateRoot}`;
      case 'PRE-PREPARE': return `${index} PRE-PREPARE ${message.slot} ${message.block.hash}`;
      default: return `${index} ${message.type} ${message.slot} ${message.blockHash}`;
    }
  }));
  return sha256Hash(new TextEncoder().encode(lines.join('\n')));
}
