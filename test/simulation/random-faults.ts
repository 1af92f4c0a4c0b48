import type { MemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { Transaction } from '../../src/types/block.js';
import { assembleBlock } from '../../src/codec/block.js';
import { fakeTransaction, World } from './world.js';

export interface RandomRun {
  readonly finalBlocks: number;
  readonly slots: number;
}

/**
 * One random run: loss, jitter, partitions, crashes and restarts, and up to f leaders that propose a different block
 * to each half, under a stream of transactions; then everything heals and whatever is pending must become final.
 *
 * @throws Error on a fork, a stopped platform, or anything still pending long after healing
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
  const byzantine = new Set<MemberIndex>();
  for (const platform of world.platforms) {
    if (byzantine.size < world.quorum.faultTolerance && random.chance(0.4)) byzantine.add(platform.index);
  }
  world.intercept = (from, to, message) => (byzantine.has(from) && message.type === 'PRE-PREPARE' && message.signer === from ? twoFaced(to, message) : message);
  world.startAll();

  const transactions: Transaction[] = [];
  const chaosMs = 20_000;
  const crashed = new Set<number>();
  for (let at = 0; at < chaosMs; at += 250) {
    const label = `${seed}/${at}`;
    world.clock.after(at, () => {
      if (random.chance(0.6)) {
        const transaction = fakeTransaction(label);
        transactions.push(transaction);
        random.pick(world.platforms.filter(({ index }) => !byzantine.has(index))).submit(transaction);
      }
      if (random.chance(0.05)) {
        const victim = random.pick(world.platforms);
        if (victim.up) { victim.crash(); crashed.add(victim.index); } else { victim.start(); crashed.delete(victim.index); }
      }
      if (random.chance(0.03)) for (const { index } of world.platforms) { if (random.chance(0.5)) world.platforms[index]?.crash(); }
      if (random.chance(0.1)) for (const platform of world.platforms) if (!platform.up && random.chance(0.5)) platform.start();
      if (random.chance(0.05)) {
        const side = world.platforms.map(({ index }) => index).filter(() => random.chance(0.5));
        world.partition(side, world.platforms.map(({ index }) => index).filter((index) => !side.includes(index)));
      }
      if (random.chance(0.1)) world.heal();
    });
  }
  world.runFor(chaosMs);
  world.heal();
  for (const platform of world.platforms) if (!platform.up) platform.start();
  const honest = world.platforms.filter(({ index }) => !byzantine.has(index));
  world.until(
    () => honest.every(({ pool, chain }) => pool.size === 0 && chain.length === honest[0]?.chain.length),
    240_000, `everything pending is final (seed ${seed}, ${members} platforms, Byzantine: ${[...byzantine].join(' ')})`,
  );
  return { finalBlocks: honest[0]?.chain.length ?? 0, slots: Number(honest[0]?.replica.finalTip.slot) };
}

/** An equivocating leader: odd platforms see its block without the last transaction and with another timestamp. */
function twoFaced(to: MemberIndex, message: ConsensusMessage): ConsensusMessage {
  if (message.type !== 'PRE-PREPARE' || to % 2 === 0) return message;
  const { header, transactions } = message.block;
  const block = assembleBlock({ ...header, timestampMs: header.timestampMs + 1 }, transactions.slice(0, -1));
  return { ...message, block };
}
