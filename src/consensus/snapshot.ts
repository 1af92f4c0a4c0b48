import type { Hash, MemberIndex, Sequence, Slot, View } from '../types/ids.js';
import { toView } from '../types/ids.js';
import type { Equivocation } from '../types/messages.js';
import type { Chain } from './chain.js';
import type { Pacemaker } from './pacemaker.js';
import type { ParticipationMode } from './participation.js';
import type { FinalTip } from './records.js';

export type ReplicaPhase = 'IDLE' | 'PRE-PREPARED' | 'PREPARED' | 'COMMITTED';

/** Where a replica stands, for people. */
export interface ReplicaSnapshot {
  readonly finalTip: FinalTip;
  readonly currentSlot: Slot;
  readonly leader: MemberIndex;
  readonly view: View;
  readonly phase: ReplicaPhase;
  /** Votes held for the leading unfinal block, or in the current slot where there is none. */
  readonly prepareVotes: number;
  readonly commitVotes: number;
  readonly viewChangeVotes: number;
  readonly slotsHeld: number;
  readonly mode: ParticipationMode;
  readonly presumedDead: readonly MemberIndex[];
  readonly equivocations: readonly Equivocation[];
  readonly stableCheckpoint: { readonly sequence: Sequence; readonly stateRoot: Hash } | undefined;
  /** Proof of finality above the final block whose chain is not held. */
  readonly provenFinalSlot: Slot | undefined;
}

export function snapshotOf(
  chain: Chain, pacemaker: Pacemaker, mode: ParticipationMode, stableCheckpoint: ReplicaSnapshot['stableCheckpoint'],
  equivocators: ReadonlyMap<MemberIndex, Equivocation>,
): ReplicaSnapshot {
  const { tip } = chain;
  const { current, leader } = pacemaker;
  const leading = leadingBlock(chain);
  const record = leading?.record;
  const votes = leading === undefined
    ? { prepareVotes: 0, commitVotes: 0 }
    : { prepareVotes: leading.record.prepareCount(leading.hash), commitVotes: leading.record.commitCount(leading.hash) };
  const phase = leading === undefined ? 'IDLE'
    : record?.own.commit === leading.hash ? 'COMMITTED'
    : record?.prepareCertificates.has(leading.hash) === true ? 'PREPARED' : 'PRE-PREPARED';
  return {
    finalTip: tip, currentSlot: current, leader,
    // The view the next block would have if it extended the leading one.
    view: toView(Math.max(0, current - (leading === undefined ? tip.sequence + 1 : leading.sequence + 1))),
    phase, ...votes,
    viewChangeVotes: chain.record(current)?.viewChangeCount() ?? 0,
    slotsHeld: chain.ascending().length,
    mode, presumedDead: pacemaker.presumedDead(), equivocations: [...equivocators.values()],
    stableCheckpoint,
    provenFinalSlot: chain.pendingFinality()[0]?.slot,
  };
}

/** The unfinal block of the highest slot that is certified, else the highest that is proposed and votable. */
function leadingBlock(chain: Chain): { record: NonNullable<ReturnType<Chain['record']>>; hash: Hash; sequence: number } | undefined {
  for (const record of chain.ascending().reverse()) {
    for (const { block, votable } of record.proposals.values()) {
      if (votable) return { record, hash: block.hash, sequence: block.header.sequence };
    }
  }
  return undefined;
}
