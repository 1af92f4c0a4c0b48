import type { Logger } from 'pino';
import type { Notice } from '../consensus/events.js';
import { leaderOf } from '../consensus/quorum.js';
import type { KeptTransactionsEvents } from './kept-transactions.js';
import type { NewestDamage } from '../storage/newest-block.js';
import type { BlockDamage } from '../storage/repairing-chain.js';
import type { SyncNotice } from '../sync/events.js';
import type { Genesis } from '../types/genesis.js';
import type { MemberIndex } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import type { ScrubState } from './block-scrub.js';
import type { CatchUpSummary } from './catch-up-watch.js';
import { ChainTimeWatch } from './chain-time-watch.js';
import { PauseWatch } from './pause-watch.js';

/** Tells people what consensus and sync do, in words, and without repeating itself. Acts on nothing. */
export class PlatformLog {
  readonly #logger: Logger;
  readonly #genesis: Genesis;
  readonly #pause = new PauseWatch();
  readonly #chainTime = new ChainTimeWatch();
  /** Told of already: a dead proposer is news once, not at each of its slots. */
  readonly #presumedDead = new Set<MemberIndex>();
  #slotsSkipped = 0;

  constructor(logger: Logger, genesis: Genesis) {
    this.#logger = logger;
    this.#genesis = genesis;
  }

  /** Slots skipped since the process started. */
  get slotsSkipped(): number {
    return this.#slotsSkipped;
  }

  peer(member: MemberIndex, change: 'connected' | 'disconnected', connectedCount: number): void {
    const connected = `${connectedCount} of ${this.#genesis.membership.members.length - 1}`;
    this.#logger.info({ platform: this.#nameOf(member), connected }, change);
  }

  /** The slot's leader is to blame, whomever the headers name as proposer. */
  equivocation({ slot }: Equivocation): void {
    const platform = this.#nameOf(leaderOf(slot, this.#genesis.membership.members.length));
    this.#logger.warn({ slot, platform }, 'a proposer signed two different blocks for one slot; the proof is kept');
  }

  finalBlocks(blocks: readonly CommittedBlock[], nowMs: number): void {
    for (const { block } of blocks) this.#presumedDead.delete(block.header.proposer);
    const pausedMs = this.#pause.blockFinal(nowMs);
    if (pausedMs !== undefined) this.#logger.info({ sequence: blocks.at(-1)?.block.header.sequence, pausedMs }, 'blocks go on');
  }

  /** @param aheadMs how far chain time is ahead of this host's clock */
  chainTime(aheadMs: number, nowMs: number): void {
    if (!this.#chainTime.note(aheadMs, nowMs)) return;
    this.#logger.warn({ aheadMs }, 'the chain is ahead of this host\'s clock: the clock is wrong here, it was set back, or genesis is dated ahead. Blocks go on; compare the clocks (NTP)');
  }

  consensus(notice: Notice, nowMs: number): void {
    switch (notice.type) {
      case 'slot-entered': return;
      case 'timer-expired':
        this.#pause.timerExpired(nowMs, notice.timeoutMs);
        this.#logger.warn({ slot: notice.slot, proposer: this.#nameOf(notice.leader), timeoutMs: notice.timeoutMs }, 'no block in time from this proposer');
        return;
      case 'presumed-dead':
        if (!this.#presumedDead.has(notice.leader)) {
          this.#logger.info({ slot: notice.slot, proposer: this.#nameOf(notice.leader) }, 'proposer was silent in its last slots; they are skipped at once until it is heard');
        }
        this.#presumedDead.add(notice.leader);
        return;
      case 'slot-skipped': {
        this.#slotsSkipped += 1;
        const level = this.#presumedDead.has(notice.leader) ? 'debug' : 'info';
        this.#logger[level]({ slot: notice.slot, proposer: this.#nameOf(notice.leader) }, 'view change: slot skipped');
        return;
      }
      case 'proposal-early':
        this.#logger.warn(
          { slot: notice.slot, proposer: this.#nameOf(leaderOf(notice.slot, this.#genesis.membership.members.length)), aheadMs: notice.aheadMs },
          'a block is ahead of this host\'s clock: compare the clocks (NTP), here and at its proposer',
        );
        return;
      case 'observing':
        this.#logger.error({ reason: notice.reason }, 'only observing: this platform does not know all it has signed and must not vote');
        return;
      case 'voting':
        this.#logger.warn({ fromSlot: notice.fromSlot }, 'voting again after recovery');
        return;
    }
  }

  newestDamage({ sequence, wholeSequence, detail }: NewestDamage): void {
    this.#logger.error(
      { sequence, startsFrom: wholeSequence, detail },
      'the newest final block is damaged in the database; it is fetched again from members, and nothing new is signed up to its slot. Check the disk',
    );
  }

  /** @param detail what shows it */
  votesLost(detail: string): void {
    this.#logger.warn({ detail }, `votes may be forgotten: ${detail}. Until it may vote again the platform only observes`);
  }

  keptTransactions(): KeptTransactionsEvents {
    const logger = this.#logger;
    return {
      restored: (pending, refused) => {
        logger.info({ pending, refused }, 'transactions that were pending when the platform stopped are pending again; those refused are final, can have no effect any more, or find no room');
      },
      kept: (count) => { logger.info({ count }, 'transactions accepted from clients are still pending; they are kept for the next start'); },
      forgotten: (count, reason) => {
        logger.warn({ count, reason }, `${count} transactions accepted from clients are still pending and could not be kept; other platforms may have them, else their clients have to send them again`);
      },
      unreadable: (reason) => { logger.warn({ reason }, `transactions that were kept at the last stop are lost: ${reason}`); },
    };
  }

  blockDamage({ sequence, repaired, detail }: BlockDamage): void {
    if (repaired) this.#logger.warn({ sequence, detail }, 'a final block was damaged in the database; it was fetched again from a member. Check the disk');
    else this.#logger.error({ sequence, detail }, 'a final block is damaged in the database, and no connected member could give it');
  }

  /** All final blocks have been read. */
  blocksChecked({ checked, unreadable }: ScrubState): void {
    if (unreadable > 0) this.#logger.error({ checked, unreadable }, 'final blocks are damaged in the database, and no connected member could give them. Check the disk, and connect a member that has them');
    else if (checked > 0) this.#logger.info({ checked }, 'all final blocks were read and are whole');
  }

  /**
   * All that was fetched, or left by an earlier run, is executed.
   *
   * @param inTouch false where fewer than a quorum said where they stand: others may have more
   */
  caughtUp({ blocks, seconds, fetchedBytes }: CatchUpSummary, inTouch: boolean): void {
    this.#logger.info(
      { blocks, seconds: Math.round(seconds * 10) / 10, blocksPerSecond: Math.round(blocks / Math.max(seconds, 0.001)), fetchedBytes },
      inTouch ? 'in sync: all blocks executed' : 'all blocks that are here are executed; out of touch with a quorum, there may be more',
    );
  }

  sync(notice: SyncNotice): void {
    switch (notice.type) {
      case 'catch-up-started':
      case 'catch-up-progress':
      case 'catch-up-finished': {
        const { fromSequence, finalSequence, toSequence, remaining, blocksPerSecond, fetchedBytes } = notice.progress;
        const secondsLeft = remaining > 0 && blocksPerSecond > 0 ? Math.ceil(remaining / blocksPerSecond) : undefined;
        this.#logger.info({
          from: fromSequence + 1, have: finalSequence + 1, of: toSequence + 1, remaining, blocksPerSecond: Math.round(blocksPerSecond),
          ...(secondsLeft === undefined ? {} : { secondsLeft }), fetchedBytes,
        }, notice.type.replaceAll('-', ' '));
        return;
      }
      case 'peer-failed':
        this.#logger.debug({ peer: notice.peer, reason: notice.reason, detail: notice.detail }, 'a peer did not serve');
        return;
      case 'blocks-not-digested':
        this.#logger.warn({ fromSequence: notice.fromSequence }, 'fetched blocks did not become final here; fetching again');
        return;
      case 'snapshot-progress':
        this.#logger.info({ block: notice.sequence, chunk: notice.chunksDone, of: notice.chunks }, 'taking in a snapshot of the state');
        return;
      case 'snapshot-restored':
        this.#logger.info({ block: notice.sequence, entries: notice.entryCount, sizeBytes: notice.sizeBytes }, 'the state is that of the snapshot');
        return;
      case 'snapshot-failed':
        this.#logger.warn({ detail: notice.detail }, 'no snapshot could be fetched; trying again in time');
        return;
    }
  }

  #nameOf(member: MemberIndex): string {
    return this.#genesis.membership.members[member]?.name ?? String(member);
  }
}
