import { join } from 'node:path';
import type { WireLimits } from '../codec/limits.js';
import type { FinalTip } from '../consensus/records.js';
import type { Epoch, Hash, Slot } from '../types/ids.js';
import { BatchCounter } from './batch-counter.js';
import type { ByteStore } from './byte-store.js';
import { ConsensusLog } from './consensus-log.js';
import { FinalChain } from './final-chain.js';
import { requireWritableHome } from './home-access.js';
import { voteStoreFilesOf } from './home-files.js';
import { readHolder, removeHolder, writeHolder } from './home-lock.js';
import { SCHEMA_VERSION, basisKey, metaKey } from './key-spaces.js';
import { LevelByteStore } from './level-byte-store.js';
import { logFault } from './level-log.js';
import type { MemoryDisk } from './memory-disk.js';
import type { OnMigration } from './migrations.js';
import { MIGRATIONS, migrate, requireKnown, schemaRecord, schemaVersionOf } from './migrations.js';
import type { NewestDamage } from './newest-block.js';
import type { RepairSettings } from './repairing-chain.js';
import { RepairingChain } from './repairing-chain.js';
import { SealedStore } from './sealed-store.js';
import { SNAPSHOT_DIRECTORY } from './snapshot-archive.js';
import { StateSpace } from './state-space.js';
import { StorageError, reasonOf } from './storage-error.js';
import type { BlockStore, ConsensusStore, StateStore } from './stores.js';
import type { VoteStoreFiles, VoteStoreState } from './vote-store.js';
import { VoteStore, parseMarker } from './vote-store.js';

export const DATABASE_DIRECTORY = 'db';
const CHAIN_KEY = metaKey('chain-id');

/** What a store has to know of the society it serves. */
export interface ChainDescription {
  readonly chainId: Hash;
  /** What `load` gives as the final block while there is none. */
  readonly genesisTip: FinalTip;
  /** For decoding; `maxMembers` must be at least the size of the largest member list of any epoch so far. */
  readonly limits: WireLimits;
  /** Told of an older schema being migrated. */
  readonly onMigration?: OnMigration;
}

/** Everything durable of one platform. */
export interface PlatformStore {
  readonly consensus: ConsensusStore;
  readonly blocks: BlockStore;
  readonly state: StateStore;
  /** From now on damaged final blocks are fetched from `source` when they are read, and rewritten. */
  repairBlocksWith(settings: RepairSettings): void;
  /** The newest final blocks were damaged, and have not come from members yet; `onDamage` tells when they have. */
  readonly newestDamage: NewestDamage | undefined;
  /** Whether the votes this platform has given are remembered (SPEC section 5, R10), as of now. */
  readonly voteStore: VoteStoreState;
  /** What showed, when the store was opened, that votes are lost; undefined where nothing did then. */
  readonly voteStoreLoss: string | undefined;
  /** Remembers across restarts that votes were lost, as a peer's word has shown. @throws StorageError */
  markVoteStoreLost(): Promise<void>;
  /** R10 is satisfied; `voteStore` is `matches` from now on. @throws StorageError */
  markVoteStoreRecovered(): Promise<void>;
  /** The bytes behind a basisHash of an own vote, for whoever asks (SPEC sections 2 and 10). @throws StorageError */
  basis(epoch: Epoch, slot: Slot, basisHash: Hash): Promise<Uint8Array | undefined>;
  /** Finishes writes under way, brings the vote store's marker up to date, and lets go of the home. */
  close(): Promise<void>;
}

/**
 * Opens `<home>/db`, made where it does not exist, and keeps every other process out of the home until `close` or the
 * end of this process. The platform's key must be used only while the store is open.
 * @throws StorageError `locked` (naming the process), `corrupt`, `wrong-version`, `wrong-chain` or `open-failed`
 */
export async function openPlatformStore(home: string, chain: ChainDescription): Promise<PlatformStore> {
  await requireWritableHome(home, [DATABASE_DIRECTORY, SNAPSHOT_DIRECTORY]);
  const files = voteStoreFilesOf(home);
  // Opening the database takes in its log, and deletes it.
  const fault = await faultBeforeOpening(home, files);
  const bytes = await openDatabase(home);
  try {
    await writeHolder(home);
  } catch (error) {
    await bytes.close();
    throw new StorageError('write-failed', `home ${home} cannot be written: ${reasonOf(error)}. Check free space, the permissions and the disk, then start again`, error);
  }
  return openOn(bytes, chain, { files, fault, release: () => removeHolder(home) });
}

/** The same store over a simulated disk; `MemoryDisk.crash` cuts it off. @throws StorageError as openPlatformStore */
export function openMemoryStore(disk: MemoryDisk, chain: ChainDescription): Promise<PlatformStore> {
  const bytes = disk.open();
  const files: VoteStoreFiles = {
    readMarker: () => Promise.resolve(disk.file),
    writeMarker: (text) => {
      disk.file = text;
      return Promise.resolve();
    },
    counter: new BatchCounter(disk.openCounter()),
  };
  return openOn(bytes, chain, { files, fault: undefined, release: () => Promise.resolve() });
}

async function faultBeforeOpening(home: string, files: VoteStoreFiles): Promise<string | undefined> {
  try {
    const text = await files.readMarker();
    const marker = text === undefined ? undefined : parseMarker(text);
    return marker?.open === true ? await logFault(join(home, DATABASE_DIRECTORY)) : undefined;
  } catch (error) {
    // What cannot be read here is read again when the database is open, or keeps it from being opened: that error says more.
    if (error instanceof StorageError && error.code === 'open-failed') return undefined;
    throw error;
  }
}

async function openDatabase(home: string): Promise<ByteStore> {
  try {
    return await LevelByteStore.open(join(home, DATABASE_DIRECTORY));
  } catch (error) {
    if (!(error instanceof StorageError) || error.code !== 'locked') throw error;
    const holder = await readHolder(home);
    const who = holder === undefined ? 'another process' : `process ${holder.pid}, since ${holder.since}`;
    throw new StorageError('locked', `home ${home} is in use by ${who}. One process at a time may use a platform's key: stop that one first, or use another home`, error);
  }
}

/** What belongs to an open home beside its database. */
interface HomeParts {
  readonly files: VoteStoreFiles;
  /** Why what the database wrote last may be lost; undefined where nothing says so. */
  readonly fault: string | undefined;
  readonly release: () => Promise<void>;
}

async function openOn(bytes: ByteStore, chain: ChainDescription, { files, fault, release }: HomeParts): Promise<PlatformStore> {
  try {
    const store = await SealedStore.open(bytes);
    await checkIdentity(store, chain);
    const voteStore = await VoteStore.open(store, files, fault);
    const blocks = new FinalChain(store, chain.limits);
    const readable = new RepairingChain(blocks, store);
    const consensus = new ConsensusLog(store, blocks, chain.genesisTip, chain.limits, (damage) => { readable.newestRestored(damage); });
    await consensus.load();
    return {
      consensus, blocks: readable, state: new StateSpace(store),
      repairBlocksWith: (settings) => { readable.repairWith(settings); },
      get newestDamage() {
        return consensus.newestDamage;
      },
      get voteStore() {
        return voteStore.state;
      },
      voteStoreLoss: voteStore.loss,
      markVoteStoreLost: () => voteStore.markLost(),
      markVoteStoreRecovered: () => voteStore.markRecovered(),
      basis: (epoch, slot, basisHash) => store.get(basisKey(epoch, slot, basisHash)),
      close: async () => {
        await store.drain();
        try {
          await voteStore.markClosed();
        } finally {
          await bytes.close();
          await release();
        }
      },
    };
  } catch (error) {
    await files.counter.close();
    await bytes.close();
    await release();
    throw error;
  }
}

/**
 * The society is compared before anything is migrated: a database of another one is left as it is.
 * @throws StorageError `wrong-version` or `wrong-chain`
 */
async function checkIdentity(store: SealedStore, { chainId, onMigration }: ChainDescription): Promise<void> {
  const version = await schemaVersionOf(store);
  if (version === undefined) {
    await store.write('consensus', { sync: true }, () => [schemaRecord(SCHEMA_VERSION), { key: CHAIN_KEY, value: Buffer.from(chainId, 'hex') }]);
    return;
  }
  requireKnown(version, SCHEMA_VERSION);
  const stored = Buffer.from(await store.get(CHAIN_KEY) ?? []).toString('hex');
  if (stored !== chainId) {
    throw new StorageError('wrong-chain', `the database belongs to the chain ${stored}, but genesis is of chain ${chainId}: give the genesis this home was made for, or another home`);
  }
  await migrate(store, SCHEMA_VERSION, MIGRATIONS, onMigration);
}
