import { z } from 'zod';
import { largestFastPath, quorumParameters } from '../../src/consensus/quorum.js';

const member = z.int().min(0).max(12);
const atMs = z.int().min(0);
const torn = z.enum(['lost', 'kept', 'damaged']);
const groups = z.array(z.array(member).readonly()).readonly();

/** Something that is done to a federation at a virtual time. */
export const FAULT = z.discriminatedUnion('fault', [
  /** A client submits a transaction to one platform, or to all. */
  z.strictObject({ atMs, fault: z.literal('transaction'), label: z.string(), platform: z.union([member, z.literal('all')]) }),
  /** Power loss at these platforms; what it leaves of the batch that was being written. */
  z.strictObject({ atMs, fault: z.literal('power-loss'), platforms: z.array(member).readonly(), torn }),
  /** Power loss as soon as the next write is durable: between persist and send. */
  z.strictObject({ atMs, fault: z.literal('crash-when-durable'), platform: member }),
  /** Power loss in the middle of taking a snapshot's state in, or as soon as it is there and its block is not. */
  z.strictObject({ atMs, fault: z.literal('crash-when-restoring'), platform: member, state: z.enum(['half', 'whole']) }),
  z.strictObject({ atMs, fault: z.literal('restart'), platform: member }),
  /** Every link between the groups is cut, both ways. */
  z.strictObject({ atMs, fault: z.literal('partition'), groups }),
  /** Links that are cut in one direction, beside those that are. */
  z.strictObject({ atMs, fault: z.literal('cut'), links: z.array(z.tuple([member, member]).readonly()).readonly() }),
  /** What is about these slots does not get from one group to another. */
  z.strictObject({ atMs, fault: z.literal('slot-partition'), fromSlot: z.int().min(0), toSlot: z.int().min(0), groups }),
  z.strictObject({ atMs, fault: z.literal('heal') }),
  z.strictObject({ atMs, fault: z.literal('slow-disk'), platform: member, syncMs: z.int().min(0).max(10_000) }),
  z.strictObject({ atMs, fault: z.literal('full-disk'), platform: member }),
  z.strictObject({ atMs, fault: z.literal('disk-freed'), platform: member }),
  /** The database is lost; the marker beside the key tells. */
  z.strictObject({ atMs, fault: z.literal('lost-store'), platform: member }),
  /** A snapshot of the machine is taken; later the machine is put back to it, marker and all. */
  z.strictObject({ atMs, fault: z.literal('snapshot'), platform: member }),
  z.strictObject({ atMs, fault: z.literal('restored-snapshot'), platform: member }),
]);
export type Fault = Readonly<z.infer<typeof FAULT>>;

export const PLAN = z.strictObject({
  /** Of the network's and the adversaries' chance. */
  seed: z.int().min(0).max(2 ** 32 - 1),
  /** n */
  members: z.int().min(1).max(13),
  /** p, "off", or the largest that is safe. */
  fastPath: z.union([z.int().min(0), z.literal('off'), z.literal('largest')]),
  delayMs: z.number().min(0),
  jitterMs: z.number().min(0),
  lossRate: z.number().min(0).max(1),
  duplicationRate: z.number().min(0).max(1),
  /** What a disk needs for a sync. */
  syncMs: z.number().min(0),
  /** Byzantine members, each with the name of an adversary of test/byzantine. */
  adversaries: z.array(z.strictObject({ member, name: z.string() }).readonly()).readonly(),
  /** Numbers of blocks; absent: no snapshots of the state are made, and all blocks are kept. */
  snapshots: z.strictObject({
    checkpointInterval: z.int().min(1),
    /** A multiple of checkpointInterval. */
    intervalBlocks: z.int().min(1),
    keepBlocks: z.int().min(1),
    /** Further behind than this a snapshot is fetched in place of blocks. */
    aboveBlocks: z.int().min(1),
  }).readonly().optional(),
  /** In order of time; when the last is done, everything is healed and restarted. */
  faults: z.array(FAULT).readonly(),
  /** When everything is healed. */
  healAtMs: atMs,
  /** Whether, once everything pending is final, there follows a stretch under load in which nothing goes wrong. */
  calm: z.boolean(),
});
/** A run as data: the same plan always gives the same run. */
export type Plan = Readonly<z.infer<typeof PLAN>>;

/** Platforms whose store the plan loses, damages or puts back. */
export function harmedBy({ faults }: Plan): { readonly lost: ReadonlySet<number>; readonly putBack: ReadonlySet<number> } {
  const lost = new Set<number>();
  const putBack = new Set<number>();
  for (const each of faults) {
    if (each.fault === 'lost-store') lost.add(each.platform);
    if (each.fault === 'power-loss' && each.torn === 'damaged') for (const platform of each.platforms) lost.add(platform);
    if (each.fault === 'restored-snapshot') putBack.add(each.platform);
  }
  return { lost, putBack };
}

/**
 * Whether a stall of this plan is a known one: so many stores are lost that fewer than Q others can vote, and only an
 * operator's restart with a new epoch would help (R10).
 */
export function mayStall(plan: Plan): boolean {
  const { lost, putBack } = harmedBy(plan);
  const unable = new Set([...lost, ...putBack, ...plan.adversaries.map(({ member: liar }) => liar)]);
  return (lost.size > 0 || putBack.size > 0) && plan.members - unable.size < quorumParameters(plan.members).quorum;
}

/** p as the plan has it; less where a plan made smaller can no longer have as much. */
export function fastPathOf({ fastPath, members }: Pick<Plan, 'fastPath' | 'members'>): number | 'off' {
  return fastPath === 'off' ? 'off' : fastPath === 'largest' ? largestFastPath(members) : Math.min(fastPath, largestFastPath(members));
}
