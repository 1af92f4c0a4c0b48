import assert from 'node:assert/strict';
import { faultToleranceOf } from '../../src/consensus/quorum.js';
import type { Block, Transaction } from '../../src/types/block.js';
import type { MemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage, Vote } from '../../src/types/messages.js';
import { WorldChecker } from '../simulation/invariants.js';
import type { BlockShape, Society } from '../simulation/society.js';
import type { SimPlatform, WorldOptions } from '../simulation/world.js';
import { World } from '../simulation/world.js';
import type { Watch } from './scenario.js';

export interface StageOptions extends WorldOptions {
  /** Byzantine members: they run no platform, and whatever they say is forged. */
  readonly byzantine?: readonly number[];
  readonly watch?: Watch | undefined;
}

/** Whether a message is kept from arriving. */
export type Hold = (message: ConsensusMessage, from: MemberIndex, to: MemberIndex) => boolean;

const HOLD_NOTHING: Hold = () => false;

/** A simulated federation with the tools of whoever scripts a scenario: what arrives where, and forged messages. */
export class Stage {
  readonly world: World;
  readonly honest: readonly SimPlatform[];
  #hold = HOLD_NOTHING;

  private constructor(world: World, honest: readonly SimPlatform[]) {
    this.world = world;
    this.honest = honest;
    world.obstructs = (from, to, message) => this.#hold(message, from, to);
  }

  /** All honest platforms are started and have compared. From then on an independent checker is told of everything. */
  static async open({ byzantine = [], watch, ...options }: StageOptions): Promise<Stage> {
    const world = new World({ delayMs: 5, ...options });
    watch?.(world);
    const checker = new WorldChecker(world, new Set(byzantine));
    const told = world.observe;
    world.observe = (event) => {
      checker.observe(event);
      told?.(event);
    };
    // Where more than f are Byzantine nothing is promised.
    if (byzantine.length <= faultToleranceOf(options.members)) world.judge = () => checker.conclude();
    await world.startAll();
    const honest = world.platforms.filter(({ index }) => !byzantine.includes(index));
    for (const index of byzantine) world.platforms[index]?.crash();
    return new Stage(world, honest);
  }

  /** Makes blocks, votes and certificates by hand. */
  get society(): Society {
    return this.world.society;
  }

  at(index: number): SimPlatform {
    return this.world.platforms[index] ?? assert.fail(`no platform ${index}`);
  }

  /** Keeps messages of platforms from arriving, in place of what was kept before. Forged ones always arrive. */
  hold(hold: Hold = HOLD_NOTHING): void {
    this.#hold = hold;
  }

  transaction(label: string): Transaction {
    return this.world.transaction(label);
  }

  /** A new transaction at these platforms, or at all that are up. */
  submit(label: string, to: readonly number[] = this.honest.map(({ index }) => index)): Transaction {
    const transaction = this.transaction(label);
    for (const index of to) this.at(index).submit(transaction);
    return transaction;
  }

  /** A block by hand that fits its parent, genesis by default, with the present time. */
  block(shape: BlockShape): Block {
    const { parent = this.society.genesisTip, header } = shape;
    const parentMs = 'header' in parent ? parent.header.timestampMs : parent.timestampMs;
    return this.society.block({ ...shape, header: { timestampMs: Math.max(parentMs + 1, this.world.instant().wallMs), ...header } });
  }

  /** Forged messages, or honest ones replayed, arrive at these platforms now. */
  async deliver(from: number, to: readonly number[], ...messages: readonly ConsensusMessage[]): Promise<void> {
    for (const index of to) for (const message of messages) this.world.inject(from, index, message);
    await this.world.settle();
  }

  /** Votes that a platform has sent for a slot. */
  votes(platform: number, slot: number): Vote[] {
    return this.at(platform).sent.filter((message): message is Vote => (
      (message.type === 'PREPARE' || message.type === 'COMMIT' || message.type === 'VIEW-CHANGE') && message.slot === slot
    ));
  }

  /** In short: `PREPARE1`, `PREPARE0`, `VIEW-CHANGE1`, `VIEW-CHANGE0`, `COMMIT`, each once. */
  voted(platform: number, slot: number): string[] {
    return [...new Set(this.votes(platform, slot).map((vote) => (vote.type === 'COMMIT' ? vote.type : `${vote.type}${Number(vote.first)}`)))];
  }

  /** Power off and on: it starts from what is durable. */
  async restart(...platforms: readonly number[]): Promise<void> {
    for (const index of platforms) this.at(index).crash();
    await this.world.settle();
    for (const index of platforms) this.at(index).start();
    await this.world.settle();
  }

  async until(done: () => boolean, withinMs: number, what: string): Promise<void> {
    await this.world.until(done, withinMs, what);
  }

  /** Runs until the transaction is final at these platforms, all honest ones by default. */
  async untilFinal(transaction: Transaction, withinMs: number, what: string, platforms: readonly number[] = this.honest.map(({ index }) => index)): Promise<void> {
    const chosen = platforms.map((index) => this.at(index));
    await this.until(() => this.world.everywhere(transaction, chosen), withinMs, what);
  }

  async runFor(ms: number): Promise<void> {
    await this.world.runFor(ms);
  }

  /** Runs until this virtual time. */
  async runTo(atMs: number): Promise<void> {
    await this.world.runFor(atMs - this.world.clock.nowMs);
  }
}

/** Whether a message is of this type, in one slot or in any. */
export function ofType(message: ConsensusMessage, type: ConsensusMessage['type'], slot?: number): boolean {
  return message.type === type && (slot === undefined || ('slot' in message && message.slot === slot));
}
