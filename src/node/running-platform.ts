import type { Logger } from 'pino';
import type { PlatformView } from '../api/platform-view.js';
import type { Genesis } from '../types/genesis.js';

/** What a platform is started from. */
export interface PlatformOptions {
  /** Directory with the platform's key and database. */
  readonly home: string;
  /** Path of a genesis file, or a checked genesis. */
  readonly genesis: string | Genesis;
  /** Multiaddrs of members to connect to first, each with its PeerId (`/ip4/…/tcp/…/p2p/…`). May hold the own address. */
  readonly bootstrap: readonly string[];
  /** Multiaddrs to listen on, such as `/ip4/0.0.0.0/tcp/4001`. */
  readonly listen: readonly string[];
  /** Multiaddrs told to other members in place of those listened on: for hosts behind a port forward. */
  readonly announce?: readonly string[];
  /** T₀ of SPEC section 4, in milliseconds. */
  readonly slotTimeoutMs?: number;
  /** A snapshot of the state is made every so many blocks, rounded up to checkpoints; 0 for never. Default 10,000. */
  readonly snapshotIntervalBlocks?: number;
  /** Final blocks kept, once a snapshot is in place of older ones; all if absent. */
  readonly keepBlocks?: number;
  /** Further behind than this many blocks, a snapshot is fetched rather than blocks. Default 20,000. */
  readonly snapshotAboveBlocks?: number;
  readonly logger: Logger;
}

/** A platform that votes, or would if it could reach a quorum. */
export interface RunningPlatform {
  readonly view: PlatformView;
  /** Multiaddrs that are listened on, with the ports that were given and the PeerId. */
  readonly listenAddresses: readonly string[];
  /** Stops cleanly; resolves once the database is closed. May be called more than once. */
  stop(): Promise<void>;
  /** Resolves once stopped: with the error where the platform stopped itself, else undefined. Never rejects. */
  readonly stopped: Promise<Error | undefined>;
}

/** `startPlatform` of platform.ts. */
export type StartPlatform = (options: PlatformOptions) => Promise<RunningPlatform>;
