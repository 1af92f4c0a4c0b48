import type { Fault, Plan } from './plan.js';
import { fastPathOf } from './plan.js';

const named = (indices: readonly number[]): string => (indices.length === 0 ? 'nobody' : indices.map((index) => `P${index}`).join(' '));
const between = (groups: readonly (readonly number[])[]): string => groups.map(named).join(' | ');

/** A plan line by line, for people. */
export function planText(plan: Plan): string[] {
  const { members, seed, delayMs, jitterMs, lossRate, duplicationRate, syncMs, adversaries, snapshots, faults, healAtMs, calm } = plan;
  return [
    `${members} platforms, fast path ${describeFastPath(plan)}, network chance ${seed}: ${delayMs} to ${delayMs + jitterMs} ms one way, `
    + `${lossRate * 100} % lost, ${duplicationRate * 100} % twice; a sync takes ${syncMs} ms`,
    ...adversaries.map(({ member, name }) => `P${member} is Byzantine: ${name}`),
    ...(snapshots === undefined ? [] : [
      `a CHECKPOINT every ${snapshots.checkpointInterval} blocks, a snapshot of the state every ${snapshots.intervalBlocks}; below it ${snapshots.keepBlocks} blocks are kept; `
      + `whoever is more than ${snapshots.aboveBlocks} behind takes one`,
    ]),
    ...faults.map((fault) => `${String(fault.atMs).padStart(7)} ms  ${faultText(fault)}`),
    `${String(healAtMs).padStart(7)} ms  everything heals, and whoever is down restarts`,
    ...(calm ? ['            then a stretch under load in which nothing goes wrong'] : []),
  ];
}

function describeFastPath(plan: Plan): string {
  const p = fastPathOf(plan);
  return p === 'off' ? 'off' : `with p=${p}`;
}

function faultText(fault: Fault): string {
  switch (fault.fault) {
    case 'transaction': return `transaction "${fault.label}" at ${fault.platform === 'all' ? 'all platforms' : `P${fault.platform}`}`;
    case 'power-loss': return `power loss at ${named(fault.platforms)}; the batch being written is ${fault.torn}`;
    case 'crash-when-durable': return `P${fault.platform} crashes when its next write is durable, before it can say so`;
    case 'crash-when-restoring': return `P${fault.platform} crashes when the state of the next snapshot that it takes is ${fault.state === 'half' ? 'half written' : 'written, and the block not yet'}`;
    case 'restart': return `P${fault.platform} restarts`;
    case 'partition': return `cut off from each other: ${between(fault.groups)}`;
    case 'cut': return `cut, one way: ${fault.links.map(([from, to]) => `P${from}>P${to}`).join(' ') || 'nothing'}`;
    case 'slot-partition': return `nothing about the slots ${fault.fromSlot} to ${fault.toSlot} passes between ${between(fault.groups)}`;
    case 'heal': return 'all links work again';
    case 'slow-disk': return `a sync of P${fault.platform}'s disk takes ${fault.syncMs} ms`;
    case 'full-disk': return `P${fault.platform}'s disk is full`;
    case 'disk-freed': return `P${fault.platform}'s disk has space again`;
    case 'lost-store': return `P${fault.platform} loses its database; the marker beside its key tells`;
    case 'snapshot': return `a snapshot of P${fault.platform}'s machine is taken`;
    case 'restored-snapshot': return `P${fault.platform}'s machine is put back to its snapshot`;
  }
}
