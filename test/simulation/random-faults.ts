import { sha256Hash } from '../../src/crypto/hash.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import type { Transaction } from '../../src/types/block.js';
import type { Adversary, AdversaryKind } from './adversaries.js';
import { ADVERSARIES, adversary } from './adversaries.js';
import { violationsOf } from './invariants.js';
import type { SimPlatform } from './world.js';
import { fakeTransaction, World } from './world.js';

export interface RandomRun {
  readonly finalBlocks: number;
  readonly slots: number;
  /** Digest of all that the platforms sent, in order: the same for the same seed. */
  readonly trace: Hash;
}

const CHAOS_MS = 20_000;

/**
 * One random run: loss, jitter, partitions, crashes, restarts and power losses, and up to f Byzantine platforms of
 * `ADVERSARIES`, under a stream of transactions; then everything heals and whatever is pending must become final.
 *
 * @throws Error on a violated invariant, a stopped platform, or anything still pending long after healing
 */
export function randomRun(seed: number): RandomRun {
  const sizes = [1, 2, 3, 4, 4, 4, 5, 6, 7, 7, 10];
  const members = sizes[seed % sizes.length] ?? 4;
  const fastPath = seed % 5 === 0 ? 'off' as const : seed % 7 === 0 ? 0 : undefined;
  const world = new World({
    members, seed, delayMs: 5, jitterMs: 40, syncMs: seed % 3,
    lossRate: seed % 4 === 0 ? 0.3 : 0.02,
    ...(fastPath === undefined ? {} : { fastPath }),
  });
  const { random } = world;
  const byzantine = new Map<MemberIndex, AdversaryKind>();
  for (const { index } of world.platforms) {
    if (byzantine.size < world.quorum.faultTolerance && random.chance(0.4)) byzantine.set(index, random.pick(ADVERSARIES));
  }
  const acts = new Map<MemberIndex, Adversary>([...byzantine].map(([index, kind]) => [index, adversary(kind, index, random)]));
  world.intercept = (from, to, message) => acts.get(from)?.(to, message) ?? (acts.has(from) ? undefined : message);
  world.startAll();

  const transactions = chaos(world, byzantine);
  world.runFor(CHAOS_MS);
  world.heal();
  for (const platform of world.platforms) if (!platform.up) platform.start();
  const honest = world.platforms.filter(({ index }) => !byzantine.has(index));
  const who = `seed ${seed}, ${members} platforms, Byzantine: ${[...byzantine].map(([index, kind]) => `${index} ${kind}`).join(', ')}`;
  world.until(
    () => honest.every(({ pool, chain }) => pool.size === 0 && chain.length === honest[0]?.chain.length),
    240_000, `everything pending is final (${who})`,
  );
  const violations = violationsOf(honest, new Set(byzantine.keys()));
  if (violations.length > 0) throw new Error(`${who}:\n${violations.slice(0, 5).join('\n')}`);
  const missing = transactions.find((transaction) => !world.everywhere(transaction, honest));
  if (missing !== undefined) throw new Error(`transaction ${missing.id} is nowhere final (${who})`);
  return { finalBlocks: honest[0]?.chain.length ?? 0, slots: Number(honest[0]?.replica.finalTip.slot), trace: traceOf(world) };
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
        const transaction = fakeTransaction(`at ${at}`);
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
