import type { Lab } from './lab.js';

/** How long the fault of a scenario lasts where the caller does not say. */
export interface ScenarioTimes {
  readonly seconds: number;
}

export interface Scenario {
  readonly summary: string;
  /** Of the fault. */
  readonly defaultSeconds: number;
  readonly minHosts: number;
  readonly play: (lab: Lab, times: ScenarioTimes) => Promise<void>;
}

/** After the network heals, blocks are made again within this, whatever the length of the cut. */
const HEAL_LIMIT_MS = 5_000;
/** A platform that is back has fetched the blocks and votes again within this, at the block rates of a lab. */
const REJOIN_LIMIT_MS = 15_000;
/** Catching up is this many times as fast as the blocks were made, at least. */
const CATCH_UP_FACTOR = 20;
/** Blocks that were as good as final when a link was cut may still become so. */
const SETTLE_MS = 2_000;
/** Cut off from a quorum, a platform waits; it does not spin. The load is still taken in and passed on meanwhile. */
const WAITING_CPU_PERCENT = 25;
const WAITING_GROWTH_MB = 64;
/** How long blocks are counted to say how many are made per second: over less than this the rate is mostly chance. */
const RATE_MS = 10_000;
/** "At full speed": a quorum that others are cut off from makes this share of the blocks that all made, at least. */
const FULL_SPEED = 0.8;

const name = (lab: Lab, numbers: readonly number[]): string => numbers.map((number) => lab.host(number).name).join(', ');

const halves = (lab: Lab): [readonly number[], readonly number[]] => {
  const half = Math.ceil(lab.hosts.length / 2);
  return [lab.numbers.slice(0, half), lab.numbers.slice(half)];
};

/** Without a quorum on either side nothing is decided, and everything goes on once they can talk again. */
async function partitionWithoutQuorum(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const [one, other] = halves(lab);
  await lab.links.partition(one, other);
  lab.note(`cut: ${name(lab, one)} | ${name(lab, other)}`);
  await lab.forMs(SETTLE_MS);
  const before = lab.highest();
  const usage = await lab.usage(lab.numbers, () => lab.forMs(seconds * 1000));
  lab.expect(lab.highest() === before, `${lab.highest() - before} blocks were made without a quorum`);
  lab.note(`${seconds} s apart: no block on either side; busiest platform ${usage.cpuPercent.toFixed(0)} % of a core, memory +${usage.residentGrowthMb.toFixed(0)} MB`);
  lab.measure('waitingCpuPercent', usage.cpuPercent);
  lab.measure('waitingGrowthMb', usage.residentGrowthMb);
  lab.expect(usage.cpuPercent < WAITING_CPU_PERCENT, `a platform without a quorum used ${usage.cpuPercent.toFixed(0)} % of a core, above ${WAITING_CPU_PERCENT} %`);
  lab.expect(usage.residentGrowthMb < WAITING_GROWTH_MB, `memory grew by ${usage.residentGrowthMb.toFixed(0)} MB, above ${WAITING_GROWTH_MB} MB`);
  await lab.links.heal();
  lab.note('healed');
  await lab.recover('blocksAgainSeconds', () => lab.highest() > before, HEAL_LIMIT_MS, 'blocks again');
  await lab.recover('allBackSeconds', () => lab.numbers.every((number) => lab.sequence(number) > before && lab.isBack(number)), REJOIN_LIMIT_MS, 'all make blocks together');
}

/** The many go on at full speed; the few come back, fetch what they missed and vote. */
async function partitionWithQuorum(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const few = Math.max(1, Math.floor((lab.hosts.length - 1) / 3));
  const [many, away] = [lab.numbers.slice(0, -few), lab.numbers.slice(-few)];
  const atFirst = lab.highest();
  await lab.forMs(RATE_MS);
  const ratePerSecond = ((lab.highest() - atFirst) * 1000) / RATE_MS;
  await lab.links.partition(many, away);
  // Transactions sent to those who are away do not reach the many, and without transactions there are no blocks: as
  // many more are sent to the many, so that the rates before and after can be compared.
  const load = lab.addLoad(many, (lab.load * few) / lab.hosts.length);
  lab.note(`cut off: ${name(lab, away)}`);
  await lab.forMs(SETTLE_MS);
  const [manyBefore, awayBefore] = [lab.highest(many), lab.highest(away)];
  await lab.forMs(seconds * 1000);
  const made = lab.highest(many) - manyBefore;
  lab.note(`${seconds} s apart: the others made ${made} blocks, ${(made / seconds).toFixed(1)}/s (before: ${ratePerSecond.toFixed(1)}/s)`);
  lab.measure('blocksPerSecondBefore', ratePerSecond);
  lab.measure('blocksPerSecondApart', made / seconds);
  lab.expect(made / seconds >= FULL_SPEED * ratePerSecond, `the ${many.length} that are a quorum made ${(made / seconds).toFixed(1)} blocks/s, less than ${FULL_SPEED} of the ${ratePerSecond.toFixed(1)} that all made`);
  lab.expect(lab.highest(away) === awayBefore, 'blocks were made by the few that were cut off');
  await load.stop();
  await lab.links.heal();
  const healedMs = performance.now();
  const behind = lab.highest(many) - lab.highest(away);
  lab.note(`healed; ${name(lab, away)} is ${behind} blocks behind`);
  // What is behind at the time of healing is to be fetched at many times the rate at which it was made.
  const transferMs = (1000 * behind * seconds) / (CATCH_UP_FACTOR * Math.max(1, made));
  // One deadline for all of it, from the moment of healing.
  const limitMs = HEAL_LIMIT_MS + transferMs;
  await lab.recover('caughtUpSeconds', () => away.every((number) => lab.sequence(number) >= manyBefore + made), limitMs, `${name(lab, away)} has the blocks`, healedMs);
  await lab.recover('votesAgainSeconds', () => away.every((number) => lab.isBack(number)), limitMs, `${name(lab, away)} votes`, healedMs);
}

interface Flapped {
  /** Longer than asked for, by the time that cutting and healing takes. */
  readonly tookSeconds: number;
  /** Times that the links were whole, and those of them in which no block was made. */
  readonly wholeTimes: number;
  readonly idleTimes: number;
}

/** Two groups are cut from each other for 1 s of every 2 s. */
async function flap(lab: Lab, one: readonly number[], other: readonly number[], seconds: number): Promise<Flapped> {
  const startMs = performance.now();
  let [wholeTimes, idleTimes] = [0, 0];
  for (let second = 0; second < seconds; second += 2) {
    await lab.links.partition(one, other);
    await lab.forMs(1000);
    const before = lab.highest();
    await lab.links.heal();
    await lab.forMs(1000);
    wholeTimes += 1;
    if (lab.highest() === before) idleTimes += 1;
  }
  return { tookSeconds: (performance.now() - startMs) / 1000, wholeTimes, idleTimes };
}

/** One host's links break and mend every second. */
async function flapping(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const victim = lab.numbers.slice(-1);
  const others = lab.numbers.slice(0, -1);
  const before = lab.highest();
  lab.note(`${name(lab, victim)}'s links are cut for 1 s of every 2 s`);
  const { tookSeconds } = await flap(lab, victim, others, seconds);
  const made = lab.highest(others) - before;
  lab.note(`${made} blocks meanwhile, ${(made / tookSeconds).toFixed(1)}/s`);
  lab.measure('blocksPerSecondMeanwhile', made / tookSeconds);
  lab.expect(made > seconds, `${others.length} hosts with whole links made ${made} blocks in ${seconds} s`);
  await lab.recover('allBackSeconds', () => lab.numbers.every((number) => lab.isBack(number)), REJOIN_LIMIT_MS, 'all are back');
}

/** There is a quorum for a second, then none, again and again. */
async function flappingHalves(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const [one, other] = halves(lab);
  const before = lab.highest();
  lab.note(`${name(lab, one)} | ${name(lab, other)}: cut from each other for 1 s of every 2 s`);
  const { tookSeconds, wholeTimes, idleTimes } = await flap(lab, one, other, seconds);
  const healedMs = performance.now();
  const after = lab.highest();
  lab.note(`${after - before} blocks meanwhile; none in ${idleTimes} of the ${wholeTimes} times that they could talk for a second`);
  lab.measure('blocksPerSecondMeanwhile', (after - before) / tookSeconds);
  lab.measure('idleTimes', idleTimes);
  lab.expect(idleTimes === 0, `no block was made in ${idleTimes} of the ${wholeTimes} times that they could talk for a second`);
  await lab.recover('blocksAgainSeconds', () => lab.highest() > after, HEAL_LIMIT_MS, 'blocks again', healedMs);
  await lab.recover('allBackSeconds', () => lab.numbers.every((number) => lab.sequence(number) > after && lab.isBack(number)), REJOIN_LIMIT_MS, 'all make blocks together', healedMs);
}

/** Packets of one host are lost, those to it arrive: the worst half of a broken cable. */
async function oneWay(lab: Lab, times: ScenarioTimes): Promise<void> {
  const victim = lab.hosts.length;
  for (const other of lab.numbers.slice(0, -1)) await lab.links.cut(victim, other);
  lab.note(`${name(lab, [victim])} is heard by nobody, and hears all`);
  await goOnWithout(lab, victim, times);
}

/** The other half: packets to one host are lost, its own arrive. */
async function deaf(lab: Lab, times: ScenarioTimes): Promise<void> {
  const victim = lab.hosts.length;
  for (const other of lab.numbers.slice(0, -1)) await lab.links.cut(other, victim);
  lab.note(`${name(lab, [victim])} hears nobody, and is heard by all`);
  await goOnWithout(lab, victim, times);
}

/** The others make blocks while the links of one are broken; it is back once they are mended. */
async function goOnWithout(lab: Lab, victim: number, { seconds }: ScenarioTimes): Promise<void> {
  const others = lab.numbers.filter((number) => number !== victim);
  await lab.forMs(SETTLE_MS);
  const before = lab.highest(others);
  await lab.forMs(seconds * 1000);
  const made = lab.highest(others) - before;
  lab.note(`the others made ${made} blocks, ${(made / seconds).toFixed(1)}/s`);
  lab.measure('blocksPerSecondMeanwhile', made / seconds);
  lab.expect(made > seconds, `the others made ${made} blocks in ${seconds} s`);
  await lab.links.heal();
  lab.note('healed');
  await lab.recover('backSeconds', () => lab.isBack(victim), REJOIN_LIMIT_MS, `${name(lab, [victim])} caught up and votes`);
}

/** Needs a kernel with netem; the runner says so where there is none. */
async function badLinks(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const impaired = await lab.links.impair(100, 50, 0.2);
  lab.note(impaired ? 'every link: 100 ms ± 50 ms, 20 % loss' : 'NOT AS ASKED: this kernel has no netem, so links have neither delay nor loss, and this run says nothing about bad links');
  const before = lab.highest();
  await lab.forMs(seconds * 1000);
  const made = lab.highest() - before;
  lab.note(`${made} blocks, ${(made / seconds).toFixed(1)}/s`);
  lab.measure('blocksPerSecondMeanwhile', made / seconds);
  lab.expect(made > 0, `no block in ${seconds} s`);
  if (impaired) await lab.links.impair(0, 0, 0);
  await lab.recover('allBackSeconds', () => lab.numbers.every((number) => lab.isBack(number)), REJOIN_LIMIT_MS, 'all are back');
}

async function crash(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const victim = lab.hosts.length;
  await lab.host(victim).kill();
  lab.note(`kill -9 of ${name(lab, [victim])}`);
  await lab.forMs(seconds * 1000);
  await lab.host(victim).start();
  lab.note(`${name(lab, [victim])} is up again, ${lab.highest() - lab.sequence(victim)} blocks behind`);
  await lab.recover('backSeconds', () => lab.isBack(victim), REJOIN_LIMIT_MS, `${name(lab, [victim])} caught up and votes`);
}

async function powerLoss(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  await Promise.all(lab.hosts.map((host) => host.kill()));
  const before = lab.highest();
  lab.note('kill -9 of all at once');
  await lab.forMs(seconds * 1000);
  await Promise.all(lab.hosts.map((host) => host.start()));
  lab.note('all are up again');
  await lab.recover('blocksAgainSeconds', () => lab.highest() > before, REJOIN_LIMIT_MS, 'blocks again');
  await lab.recover('allBackSeconds', () => lab.numbers.every((number) => lab.sequence(number) > before && lab.isBack(number)), REJOIN_LIMIT_MS, 'all make blocks together');
}

/** A closed laptop: the process stands still with all its connections, and finds them dead. */
async function freeze(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const victim = lab.hosts.length;
  lab.host(victim).freeze();
  lab.note(`${name(lab, [victim])} stands still (SIGSTOP)`);
  const before = lab.highest();
  await lab.forMs(seconds * 1000);
  lab.expect(lab.highest() > before, 'the others made no block');
  lab.host(victim).thaw();
  lab.note(`${name(lab, [victim])} goes on (SIGCONT), ${lab.highest() - lab.sequence(victim)} blocks behind`);
  await lab.recover('backSeconds', () => lab.isBack(victim), REJOIN_LIMIT_MS, `${name(lab, [victim])} caught up and votes`);
}

/** A member gets another address while all run, then again while it is down. The others are told by nobody but itself. */
async function moved(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const victim = lab.hosts.length;
  const address = await lab.links.move(victim);
  lab.note(`${name(lab, [victim])} has another address, ${address}`);
  await lab.forMs(seconds * 1000);
  await lab.recover('backSeconds', () => lab.isBack(victim), REJOIN_LIMIT_MS, `${name(lab, [victim])} is found there`);
  await lab.host(victim).kill();
  const next = await lab.links.move(victim);
  await lab.forMs(seconds * 1000);
  await lab.host(victim).start();
  lab.note(`${name(lab, [victim])} was down, and starts on ${next}`);
  await lab.recover('backAfterRestartSeconds', () => lab.isBack(victim), REJOIN_LIMIT_MS, `${name(lab, [victim])} is found there`);
}

/** R10: it keeps its key, observes, and returns without ever contradicting what it said before. */
async function emptied(lab: Lab, { seconds }: ScenarioTimes): Promise<void> {
  const victim = lab.hosts.length;
  await lab.host(victim).kill();
  await lab.loseDatabase(victim);
  lab.note(`${name(lab, [victim])} is down, and its database is gone`);
  await lab.forMs(seconds * 1000);
  await lab.host(victim).start();
  lab.note(`${name(lab, [victim])} starts with its key and an empty database, ${lab.highest()} blocks behind`);
  await lab.recover('backSeconds', () => lab.isBack(victim), 2 * REJOIN_LIMIT_MS, `${name(lab, [victim])} has all blocks and votes (R10)`);
}

/** By name. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'partition-2-2': { summary: 'two halves, neither a quorum: no block, no fork; blocks again after healing', defaultSeconds: 10, minHosts: 2, play: partitionWithoutQuorum },
  'partition-3-1': { summary: 'f hosts cut off: the others go on; they catch up and vote', defaultSeconds: 10, minHosts: 4, play: partitionWithQuorum },
  flapping: { summary: 'the links of one host break and mend every second', defaultSeconds: 60, minHosts: 4, play: flapping },
  'flapping-2-2': { summary: 'two halves are cut from each other 1 s of every 2 s: blocks whenever they can talk', defaultSeconds: 60, minHosts: 2, play: flappingHalves },
  'one-way': { summary: 'one host hears all and is heard by nobody', defaultSeconds: 20, minHosts: 4, play: oneWay },
  deaf: { summary: 'one host is heard by all and hears nobody', defaultSeconds: 20, minHosts: 4, play: deaf },
  'bad-links': { summary: '100 ms ± 50 ms and 20 % loss on every link (needs tc netem)', defaultSeconds: 30, minHosts: 2, play: badLinks },
  crash: { summary: 'kill -9 of one host, and its restart', defaultSeconds: 10, minHosts: 4, play: crash },
  'power-loss': { summary: 'kill -9 of all hosts at once, and their restart', defaultSeconds: 2, minHosts: 2, play: powerLoss },
  freeze: { summary: 'one host stands still as a closed laptop does', defaultSeconds: 120, minHosts: 4, play: freeze },
  moved: { summary: 'one host gets other addresses, running and restarted', defaultSeconds: 10, minHosts: 4, play: moved },
  emptied: { summary: 'one host loses its database and returns by R10', defaultSeconds: 5, minHosts: 4, play: emptied },
};
