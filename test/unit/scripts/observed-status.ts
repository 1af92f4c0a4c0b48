import type { ObservedStatus } from '../../../scripts/federation/observer.js';
import { fakeStatus } from '../api/fake-view.js';

/** What a platform with this many blocks answers; its last block's hash follows from their number. */
export function observed(sequence: number, changes: Partial<ObservedStatus> = {}): ObservedStatus {
  const { platform, society, slot, view, phase, n, f, quorum_size, in_touch, catching_up, voting, mempool_transactions, memory_bytes } = fakeStatus();
  return {
    platform, society, slot, view, phase, n, f, quorum_size, in_touch, catching_up, voting, mempool_transactions, memory_bytes,
    peers: ['Sprout', 'Legion'], sequence, executed_blocks: sequence, last_block_hash: sequence.toString(16).padStart(64, '0'),
    transactions_committed: sequence * 10, finality_ms: { last: 3, p50: 2 + sequence / 100, p99: 9 }, ...changes,
  };
}
