import type { Replica } from '../consensus/replica.js';
import { FairQueue } from '../network/fair-queue.js';
import { TokenBucket } from '../network/rate-limit.js';
import { estimatedBytes } from '../sync/message-budget.js';
import type { PublicKeyHex, Slot } from '../types/ids.js';
import type { ConsensusMessage, PrePrepare, Verified } from '../types/messages.js';
import type { Examination } from '../validation/examination.js';
import type { MessageValidator } from '../validation/message-validator.js';
import type { Rejection } from '../validation/verdict.js';
import type { HostClock } from './host-clock.js';
import type { WorkLimits } from './work-budget.js';
import { WorkBudget } from './work-budget.js';

/**
 * Work between two turns of the event loop, in signature checks: 8 to 10 ms. Votes wait for it, and at saturation every
 * turn brings as much of other things.
 */
const WORK_PER_TURN = 100;
/** Of one sender before the next one has its turn. */
const WORK_PER_SLICE = 25;
/** Proposals up to so much work need not wait for a turn, but in all no more than this part of the time. */
const AT_ONCE_WORK = 16;
const AT_ONCE_PER_SECOND = 2_000;
/** What dropping a proposal that has become pointless counts. */
const LEAST_WORK = 1 / 32;

/**
 * Votes, certificates, evidence and CHECKPOINTs that one member may have verified, in signature checks: 20 members that
 * make 30 blocks a second sign 1,200 votes a second in all, and most come from their signers. All that is held of 64
 * slots may come at once.
 */
const MESSAGE_LIMITS: WorkLimits = { perSecond: 2_000, burst: 8_000 };
/** Proposals that one member may have verified: a quarter of one core's time. Two of the largest may come at once. */
const PROPOSALS_PER_SECOND = 2_500;
const LEAST_PROPOSALS_BURST = 2_500;

/** Why a message goes no further, beside what validation says. */
interface Declined {
  readonly ok: false;
  readonly verdict: 'ignore';
  readonly code: 'not-wanted' | 'throttled-work' | 'proposal-queue-full';
  readonly detail: string;
}

/** What of a message may go to the core, or why nothing may. */
export type Judged =
  /** @property whole false where only parts of it were verified, since its body does not matter */
  | { readonly ok: true; readonly messages: readonly Verified<ConsensusMessage>[]; readonly whole: boolean }
  | Rejection
  | Declined;

const NOT_WANTED: Declined = { ok: false, verdict: 'ignore', code: 'not-wanted', detail: 'it would change nothing here' };
const THROTTLED: Declined = { ok: false, verdict: 'ignore', code: 'throttled-work', detail: 'more than the sender\'s share of this platform\'s time' };
const QUEUE_FULL: Declined = { ok: false, verdict: 'ignore', code: 'proposal-queue-full', detail: 'too many proposals of this sender wait to be verified' };

export interface ConsensusIntakeOptions {
  readonly validator: Pick<MessageValidator, 'examine' | 'examineHead' | 'validate' | 'limits'>;
  readonly core: () => Pick<Replica, 'wants' | 'wantsBlock' | 'contradiction'>;
  readonly clock: Pick<HostClock, 'now' | 'soon'>;
}

/** A proposal on its way through validation. */
interface Task {
  readonly message: PrePrepare;
  readonly reached: Slot;
  readonly examination: Examination<{ readonly ok: true; readonly message: Verified<ConsensusMessage> } | { readonly ok: true } | Rejection>;
  readonly settle: (judged: Judged) => void;
}

/**
 * The one way of consensus messages to the core, for gossip and sync alike. What would change nothing costs no signature
 * check, and what costs much is checked a little at a time, in turn from each sender, so that whoever sends much waits
 * for itself. What was verified is charged to the member that it came from.
 */
export class ConsensusIntake {
  readonly #options: ConsensusIntakeOptions;
  readonly #messages: WorkBudget<PublicKeyHex>;
  readonly #proposals: WorkBudget<PublicKeyHex>;
  readonly #atOnce: TokenBucket;
  readonly #queue: FairQueue<PublicKeyHex, Task>;
  readonly #waiting = new Set<Task>();

  constructor(options: ConsensusIntakeOptions) {
    this.#options = options;
    const { clock, validator: { limits } } = options;
    const nowMs = (): number => this.#nowMs();
    this.#messages = new WorkBudget(MESSAGE_LIMITS, nowMs);
    this.#proposals = new WorkBudget({ perSecond: PROPOSALS_PER_SECOND, burst: Math.max(LEAST_PROPOSALS_BURST, 2 * limits.maxBlockTransactions) }, nowMs);
    this.#atOnce = new TokenBucket(AT_ONCE_PER_SECOND, AT_ONCE_WORK, this.#nowMs());
    this.#queue = new FairQueue({
      maxBytesPerSource: 2 * limits.maxMessageBytes,
      workPerTurn: WORK_PER_TURN,
      handle: (task, from) => this.#goOn(task, from),
      turnDone: () => undefined,
      soon: (run) => clock.soon(run),
    });
  }

  /** What still waits is left undone. */
  stop(): void {
    this.#queue.stop();
    for (const { settle } of this.#waiting) settle(NOT_WANTED);
    this.#waiting.clear();
  }

  /** Whether proposals are being verified. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /**
   * At once, but for proposals of more than a few transactions.
   * @param reached a slot that certificates which are about to go to the core lead to
   */
  judge(message: ConsensusMessage, from: PublicKeyHex, reached: Slot): Judged | Promise<Judged> {
    if (!this.#options.core().wants(message, reached)) return NOT_WANTED;
    if (message.type === 'PRE-PREPARE') return this.#judgeProposal(message, from, reached);
    if (!this.#messages.allows(from)) return THROTTLED;
    const examination = this.#options.validator.examine(message);
    const work = examination.step(Infinity);
    this.#messages.charge(from, work);
    const result = examination.finish();
    return result.ok ? { ok: true, messages: [result.message], whole: true } : result;
  }

  #nowMs(): number {
    return this.#options.clock.now().monotonicMs;
  }

  #judgeProposal(message: PrePrepare, from: PublicKeyHex, reached: Slot): Judged | Promise<Judged> {
    if (!this.#proposals.allows(from)) return THROTTLED;
    const { core, validator } = this.#options;
    const examination = core().wantsBlock(message, reached) ? validator.examine(message) : validator.examineHead(message);
    // Not past others of the same sender: it would be served twice in a turn.
    if (!this.#queue.isWaiting(from)) {
      while (examination.outcome === undefined && this.#atOnce.charge(0, this.#nowMs()) === 0) {
        this.#atOnce.charge(this.#step(examination, from, 1), this.#nowMs());
      }
    }
    if (examination.outcome !== undefined) return this.#judged(message, examination.outcome);
    return new Promise((resolve) => {
      const task: Task = { message, reached, examination, settle: resolve };
      if (this.#queue.add(from, task, estimatedBytes(message))) this.#waiting.add(task);
      else resolve(QUEUE_FULL);
    });
  }

  #step(examination: Task['examination'], from: PublicKeyHex, maxWork: number): number {
    const work = examination.step(maxWork);
    this.#proposals.charge(from, work);
    return work;
  }

  /** @returns the work done */
  #goOn(task: Task, from: PublicKeyHex): number {
    const { message, reached, examination } = task;
    // Its slot may have become final, or another copy have come in, while it waited.
    if (!this.#options.core().wants(message, reached)) {
      this.#settle(task, NOT_WANTED);
      return LEAST_WORK;
    }
    const work = this.#step(examination, from, WORK_PER_SLICE);
    if (examination.outcome !== undefined) this.#settle(task, this.#judged(message, examination.outcome));
    else if (!this.#queue.add(from, task, estimatedBytes(message))) this.#settle(task, QUEUE_FULL);
    return Math.max(work, LEAST_WORK);
  }

  #settle(task: Task, judged: Judged): void {
    this.#waiting.delete(task);
    task.settle(judged);
  }

  #judged(message: PrePrepare, outcome: NonNullable<Task['examination']['outcome']>): Judged {
    if (!outcome.ok) return outcome;
    if ('message' in outcome) return { ok: true, messages: [outcome.message], whole: true };
    return { ok: true, messages: this.#partsOf(message), whole: false };
  }

  /** What may matter of a proposal whose block does not: its certificates, and what its leader's signature proves (R9). */
  #partsOf(message: PrePrepare): readonly Verified<ConsensusMessage>[] {
    const { parent, skips } = message.justification;
    const evidence = this.#options.core().contradiction(message);
    const parts: ConsensusMessage[] = (parent === undefined ? skips : [...skips, parent]).map((certificate) => ({ type: 'CERTIFICATE', certificate }));
    if (evidence !== undefined) parts.push(evidence);
    return parts.flatMap((part) => {
      const result = this.#options.validator.validate(part);
      return result.ok ? [result.message] : [];
    });
  }
}
