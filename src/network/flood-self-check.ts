import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connection } from '@libp2p/interface';
import { libp2pPrivateKey } from '../crypto/identity.js';
import { ZERO_HASH } from '../types/ids.js';
import { NetworkError } from './errors.js';
import { watchStreams } from './flood-control.js';
import { scoreRecordsOf, topicName } from './gossip.js';
import { createNode, type Libp2pNode } from './libp2p-node.js';
import { watchTraffic } from './muxer.js';
import { DEFAULT_LIMITS, DEFAULT_TIMINGS } from './options.js';

/** What flood control sees with, each by private fields of a package. */
export interface FloodWatchers {
  readonly watchStreams: typeof watchStreams;
  readonly watchTraffic: typeof watchTraffic;
  readonly scoreRecordsOf: typeof scoreRecordsOf;
}

const WATCHERS: FloodWatchers = { watchStreams, watchTraffic, scoreRecordsOf };
const SEED_BYTES = 32;
const PROTOCOL = '/fb-pbft/self-check/1';
/** A busy host may take long to open one connection to itself. */
const TIMEOUT_MS = 20_000;
/** In which connections and their muxers are. */
export const LIBP2P_PACKAGES: readonly string[] = ['libp2p', '@chainsafe/libp2p-yamux'];
const GOSSIPSUB = ['@chainsafe/libp2p-gossipsub'];

let checked: Promise<void> | undefined;

/**
 * Tries on a connection of this process to itself whether floods would be seen, once in a process: another version of a
 * package may have moved what that rests on, and a platform that sees no floods must not run.
 * @throws NetworkError `unsupported-library` naming what is not seen, and the packages with their versions
 */
export function requireFloodControl(): Promise<void> {
  checked ??= checkFloodControl();
  return checked;
}

/** The same, each time. */
export async function checkFloodControl(watchers: FloodWatchers = WATCHERS): Promise<void> {
  const unseen = new Map<string, readonly string[]>([
    ['streams that a peer opens', LIBP2P_PACKAGES], ['frames of the muxer', LIBP2P_PACKAGES], ['RPCs of gossipsub', GOSSIPSUB], ['its records of messages', GOSSIPSUB],
  ]);
  const see = (what: string): void => { unseen.delete(what); };
  const listening = await node(['/ip4/127.0.0.1/tcp/0'], () => { see('RPCs of gossipsub'); });
  const dialling = await node([], () => undefined);
  try {
    if (watchers.scoreRecordsOf(listening.services.pubsub) !== undefined) see('its records of messages');
    listening.addEventListener('connection:open', ({ detail }) => { watch(detail, watchers, see); });
    await listening.handle(PROTOCOL, (stream) => { stream.abort(new Error('seen')); });
    await Promise.all([listening.start(), dialling.start()]);
    dialling.services.pubsub.subscribe(topicName(ZERO_HASH, 'consensus'));
    await seeing(unseen, listening, dialling);
  } finally {
    await Promise.all([listening.stop(), dialling.stop()]);
  }
  const [first] = unseen;
  if (first !== undefined) throw unsupported([...unseen.keys()], first[1]);
}

function watch(connection: Connection, watchers: FloodWatchers, see: (what: string) => void): void {
  watchers.watchStreams(connection, () => { see('streams that a peer opens'); });
  watchers.watchTraffic(connection, (frames) => {
    if (frames > 0) see('frames of the muxer');
    return 0;
  });
}

async function node(listen: readonly string[], onGossipStream: () => void): Promise<Libp2pNode> {
  return createNode({
    privateKey: await libp2pPrivateKey(randomBytes(SEED_BYTES)), chainId: ZERO_HASH, listen, announce: [], version: 'self-check',
    gater: { denyDialMultiaddr: () => false }, limits: DEFAULT_LIMITS, timings: DEFAULT_TIMINGS, onGossipStream,
  });
}

/** Opens a stream, and resolves once all has been seen, or nothing more is to be expected. */
async function seeing(unseen: ReadonlyMap<string, unknown>, listening: Libp2pNode, dialling: Libp2pNode): Promise<void> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const connection = await dialling.dial(listening.getMultiaddrs(), { signal });
  await connection.newStream(PROTOCOL, { signal }).catch(() => undefined);
  // Gossipsub opens its stream once identify has told it of the other; a stream that was answered has been seen by then.
  while ([...unseen.keys()].includes('RPCs of gossipsub') && !signal.aborted) await new Promise((resolve) => { setTimeout(resolve, 5); });
}

/** An error of flood control that cannot see. */
export function unsupported(what: readonly string[], packages: readonly string[]): NetworkError {
  const versions = packages.map((name) => `${name} ${versionOf(name)}`).join(', ');
  return new NetworkError('unsupported-library', `flood control does not see ${what.join(', ')} with ${versions}: `
    + 'install the versions that package-lock.json names (npm ci), a platform does not run without it');
}

/** Where Node.js looks for it, too: in the nearest node_modules that has it. */
function versionOf(name: string): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const version = versionIn(join(folder, 'node_modules', name, 'package.json'));
    if (version !== undefined) return version;
    if (folder === dirname(folder)) return 'of unknown version';
  }
}

function versionIn(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
