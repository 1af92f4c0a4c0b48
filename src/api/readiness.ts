import type { PlatformStatus } from './platform-view.js';

/** Why a platform should not be asked to do its work now. */
export interface NotReadyReason {
  readonly code: 'out-of-touch' | 'catching-up' | 'observing' | 'clock';
  /** For people: what is the matter, with figures. */
  readonly message: string;
}

/** How far clocks may be apart (SPEC section 6): beyond it, one is wrong. */
const MAX_CLOCK_DIFFERENCE_MS = 500;

/** What is wrong with this host's clock, as far as can be told; undefined where nothing is. */
function clockText({ chain_ahead_ms, clock_offset_ms }: PlatformStatus): string | undefined {
  if (clock_offset_ms !== null && Math.abs(clock_offset_ms) > MAX_CLOCK_DIFFERENCE_MS) {
    const direction = clock_offset_ms > 0 ? 'ahead of' : 'behind';
    return `this host's clock is ${Math.abs(clock_offset_ms)} ms ${direction} the members': synchronise it`;
  }
  if (chain_ahead_ms <= MAX_CLOCK_DIFFERENCE_MS) return undefined;
  return `the newest block is dated ${chain_ahead_ms} ms ahead of this host's clock: see that it is synchronised`;
}

/** None where it is in touch with a quorum, has executed what is final, may vote, and its clock can be right. */
export function notReadyReasons(status: PlatformStatus): readonly NotReadyReason[] {
  const { in_touch, catching_up, voting, peers, n, quorum_size, blocks_behind, catch_up } = status;
  const reasons: NotReadyReason[] = [];
  if (!in_touch) {
    const connected = `${peers.length + 1} of ${n} members are connected, this one counted`;
    const message = `${connected}, and fewer than the ${quorum_size} needed have said where they stand`;
    reasons.push({ code: 'out-of-touch', message });
  }
  if (catching_up) {
    const behind = catch_up?.remaining ?? blocks_behind;
    const message = behind > 0 ? `${behind} final blocks are not executed here yet` : 'the state is not complete yet';
    reasons.push({ code: 'catching-up', message });
  }
  if (voting === 'observing') {
    reasons.push({ code: 'observing', message: 'its votes were lost, and it may not vote until a quorum has told them' });
  }
  const clock = clockText(status);
  if (clock !== undefined) reasons.push({ code: 'clock', message: clock });
  return reasons;
}
