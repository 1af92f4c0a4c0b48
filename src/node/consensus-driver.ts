import type { Effect, Input, Instant, Notice } from '../consensus/events.js';
import type { DurableRecord } from '../consensus/records.js';
import type { Replica } from '../consensus/replica.js';
import type { Block, HeaderTemplate } from '../types/block.js';
import type { FinalityCertificate } from '../types/certificates.js';
import type { Hash, Sequence, Slot } from '../types/ids.js';
import type { Checkpoint, ConsensusMessage, Equivocation, SignedMessage, Statement, Verified } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';

/** What the driver needs of its host: libp2p and LevelDB, or a simulator's network and disk. */
export interface DriverPorts {
  now(): Instant;
  /** Calls `ConsensusDriver.tick` at this monotonic time, in place of any earlier wish; undefined for never. */
  wakeAt(monotonicMs: number | undefined): void;
  /** Writes atomically and syncs; `done` is called once it is durable or has failed. Never called while one is under way. */
  commit(records: readonly DurableRecord[], done: (error: Error | undefined) => void): void;
  sign(statement: Statement): Verified<SignedMessage>;
  broadcast(message: ConsensusMessage): void;
  /** Undefined where there is nothing to propose and `allowEmpty` is false. */
  buildBlock(template: HeaderTemplate, ancestors: readonly Block[], allowEmpty: boolean): Block | undefined;
  finalized(blocks: readonly CommittedBlock[]): void;
  behind(certificate: FinalityCertificate): void;
  missingBlock(slot: Slot, blockHash: Hash): void;
  resend(): void;
  equivocation(evidence: Equivocation): void;
  checkpointStable(sequence: Sequence, stateRoot: Hash, proof: readonly Checkpoint[]): void;
  voteStoreLost(message: ConsensusMessage): void;
  notice(notice: Notice): void;
  /** The platform must stop: what is durable may no longer be relied upon, or safety is broken. */
  fatal(error: Error): void;
}

/** Records that nothing waits for are written together with the next ones, but no more than this many are held back. */
const MAX_IDLE_RECORDS = 512;
/** Effects waiting for the disk beyond which the host should stop taking in messages. */
const MAX_WAITING_EFFECTS = 20_000;

/**
 * Carries out a replica's effects in order: persist, sign, count one's own vote, send (SPEC section 5). One commit
 * is under way at a time; whatever the replica decides meanwhile joins the next one (group commit).
 */
export class ConsensusDriver {
  readonly #replica: Replica;
  readonly #ports: DriverPorts;
  #waiting: Effect[] = [];
  #committing = false;
  #running = false;
  #stopped = false;

  constructor(replica: Replica, ports: DriverPorts) {
    this.#replica = replica;
    this.#ports = ports;
  }

  get replica(): Replica {
    return this.#replica;
  }

  /** True while the disk is so far behind that messages should be dropped; they will be sent again. */
  get overloaded(): boolean {
    return this.#waiting.length > MAX_WAITING_EFFECTS;
  }

  start(): void {
    this.#take(() => this.#replica.start(this.#ports.now()));
  }

  deliver(input: Input): void {
    this.#take(() => this.#replica.step(input, this.#ports.now()));
  }

  tick(): void {
    this.deliver({ type: 'tick' });
  }

  /** Nothing is carried out any more; a commit under way ends on its own. */
  stop(): void {
    this.#stopped = true;
    this.#waiting = [];
    this.#ports.wakeAt(undefined);
  }

  #take(effectsOf: () => readonly Effect[]): void {
    if (this.#stopped) return;
    try {
      for (const effect of effectsOf()) this.#waiting.push(effect);
      this.#pump();
      this.#ports.wakeAt(this.#replica.deadlineMs);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    if (this.#stopped) return;
    this.stop();
    this.#ports.fatal(error instanceof Error ? error : new Error(String(error)));
  }

  /** Runs what may run; starts a commit where something waits for one. Effects that run may add further ones. */
  #pump(): void {
    if (this.#running) return;
    this.#running = true;
    try {
      while (!this.#committing && !this.#stopped) {
        const records = recordsOf(this.#waiting);
        if (records.length === 0) {
          if (this.#waiting.length === 0) return;
          this.#runAll(this.#takeWaiting());
        } else if (this.#waiting[0]?.type !== 'persist') {
          // A proposal need not wait for its leader's own vote, which comes after it.
          this.#runAll(this.#waiting.splice(0, this.#waiting.findIndex(({ type }) => type === 'persist')));
        } else {
          if (records.length < MAX_IDLE_RECORDS && this.#waiting.every(waitsForNothing)) return;
          this.#commit(records, this.#takeWaiting());
        }
      }
    } finally {
      this.#running = false;
    }
  }

  #takeWaiting(): Effect[] {
    const effects = this.#waiting;
    this.#waiting = [];
    return effects;
  }

  #commit(records: readonly DurableRecord[], effects: readonly Effect[]): void {
    this.#committing = true;
    this.#ports.commit(records, (error) => {
      this.#committing = false;
      if (this.#stopped) return;
      if (error !== undefined) {
        this.#fail(error);
        return;
      }
      this.#take(() => {
        this.#runAll(effects);
        return [];
      });
    });
  }

  /** What inputs that a port delivers meanwhile lead to comes after all of these effects. */
  #runAll(effects: readonly Effect[]): void {
    const outer = this.#running;
    this.#running = true;
    try {
      for (const effect of effects) if (!this.#stopped) this.#run(effect);
    } finally {
      this.#running = outer;
    }
  }

  #run(effect: Effect): void {
    const ports = this.#ports;
    switch (effect.type) {
      case 'persist': return;
      case 'sign': this.#step({ type: 'signed', message: ports.sign(effect.statement) }); return;
      case 'broadcast': ports.broadcast(effect.message); return;
      case 'build': {
        const block = ports.buildBlock(effect.template, effect.ancestors, effect.allowEmpty);
        this.#step({ type: 'built', slot: effect.template.slot, parentHash: effect.template.parentHash, block });
        return;
      }
      case 'finalized': ports.finalized(effect.blocks); return;
      case 'behind': ports.behind(effect.certificate); return;
      case 'missing-block': ports.missingBlock(effect.slot, effect.blockHash); return;
      case 'resend': ports.resend(); return;
      case 'equivocation': ports.equivocation(effect.evidence); return;
      case 'checkpoint-stable': ports.checkpointStable(effect.sequence, effect.stateRoot, effect.proof); return;
      case 'diverged':
        throw new Error(
          `state diverged at sequence ${effect.sequence}: this platform computed state root ${effect.ownRoot}, a quorum certified `
          + `${effect.certifiedRoot}. Keep this database for examination and rejoin with an empty one.`,
        );
      case 'vote-store-lost': ports.voteStoreLost(effect.message); return;
      case 'notice': ports.notice(effect.notice); return;
    }
  }

  #step(input: Input): void {
    for (const effect of this.#replica.step(input, this.#ports.now())) this.#waiting.push(effect);
  }
}

function recordsOf(effects: readonly Effect[]): DurableRecord[] {
  return effects.flatMap((effect) => (effect.type === 'persist' ? [effect.record] : []));
}

function waitsForNothing(effect: Effect): boolean {
  return effect.type === 'persist' || effect.type === 'notice';
}
