/**
 * Times and bounds of synchronisation. All times are milliseconds, all sizes bytes. The defaults suit blocks of up to
 * 1 MiB and round trips of up to a few hundred milliseconds.
 */
export interface SyncSettings {
  /** How long a restarted platform compares with its peers before it may sign anew (SPEC section 5). */
  readonly comparisonTimeoutMs: number;
  /** Without progress for this long while work is pending, slot state is exchanged with every peer (section 7). */
  readonly stallMs: number;
  /** One peer in turn is asked for its STATUS this often (section 7; scenario (o)). */
  readonly statusIntervalMs: number;
  /** While behind, the peers are asked this often how far they are by now. */
  readonly targetRefreshMs: number;
  /** Shortest time between two STATUS or SLOTS exchanges with one peer. */
  readonly exchangeIntervalMs: number;
  /** A peer that is ahead by a little is given this long to be overtaken before anything is fetched. */
  readonly graceMs: number;
  /** Shortest time between two pulls for missing blocks. */
  readonly missingBlockIntervalMs: number;
  /** Missing blocks remembered at once. */
  readonly maxMissingBlocks: number;
  readonly exchangeTimeoutMs: number;
  readonly maxExchangeBytes: number;

  readonly blocksTimeoutMs: number;
  /** The range that all others wait for is asked of a second peer after this long. */
  readonly hedgeAfterMs: number;
  /** Blocks asked for in one request, at most; 1 to 1024. */
  readonly maxRangeCount: number;
  /** Bytes asked for in one request. */
  readonly maxRangeBytes: number;
  /** Bytes that an answer to BLOCKS may have: one block of the largest size with its certificate must fit. */
  readonly maxBlocksResponseBytes: number;
  /** BLOCKS requests outstanding in all, not counting one hedge. */
  readonly maxOutstandingRanges: number;
  readonly maxOutstandingRangesPerPeer: number;
  /** Ranges outstanding or held back. */
  readonly maxRanges: number;
  /** Bytes of blocks asked for, held back, or handed to the core and not yet durable. */
  readonly maxBufferedBytes: number;
  /** Bytes handed to the core that are not durable yet; the rest is held back. */
  readonly maxUndigestedBytes: number;
  /** Bytes of blocks of one peer that wait for the certified descendant that proves them. */
  readonly maxUnprovenBytes: number;
  /** Blocks handed to the core that do not become durable for this long are fetched again. */
  readonly digestTimeoutMs: number;

  /** First pause of a peer that failed to serve; doubles with each failure in a row. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** First pause of a peer that had no time; doubles with each refusal in a row. */
  readonly busyMs: number;
  readonly maxBusyMs: number;
  /** First pause of a peer that served something invalid. */
  readonly distrustMs: number;
  readonly maxDistrustMs: number;
  /** Peers remembered; only members are ever connected. */
  readonly maxPeers: number;
  /** Further behind than this many blocks, a snapshot is fetched in place of them where peers have one. */
  readonly snapshotAboveBlocks: number;
  /** Pause after a snapshot was asked for; blocks are fetched meanwhile, where there are any. */
  readonly snapshotRetryMs: number;
  /** A notice of progress is given this often while catching up. */
  readonly progressNoticeMs: number;
}

const MIB = 1024 * 1024;

export const DEFAULT_SYNC_SETTINGS: SyncSettings = {
  comparisonTimeoutMs: 1000,
  stallMs: 1000,
  statusIntervalMs: 10_000,
  targetRefreshMs: 1000,
  exchangeIntervalMs: 200,
  graceMs: 100,
  missingBlockIntervalMs: 200,
  maxMissingBlocks: 64,
  exchangeTimeoutMs: 5000,
  maxExchangeBytes: 4 * MIB,

  blocksTimeoutMs: 10_000,
  hedgeAfterMs: 2000,
  maxRangeCount: 256,
  maxRangeBytes: 1 * MIB,
  maxBlocksResponseBytes: 4 * MIB,
  maxOutstandingRanges: 4,
  maxOutstandingRangesPerPeer: 2,
  maxRanges: 64,
  maxBufferedBytes: 16 * MIB,
  maxUndigestedBytes: 4 * MIB,
  maxUnprovenBytes: 16 * MIB,
  digestTimeoutMs: 30_000,

  backoffMs: 500,
  maxBackoffMs: 10_000,
  busyMs: 250,
  maxBusyMs: 2000,
  distrustMs: 30_000,
  maxDistrustMs: 600_000,
  maxPeers: 256,
  snapshotAboveBlocks: 20_000,
  snapshotRetryMs: 30_000,
  progressNoticeMs: 5000,
};
