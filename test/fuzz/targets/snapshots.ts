import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { ByteWriter } from '../../../src/codec/bytes.js';
import { CodecError } from '../../../src/codec/codec-error.js';
import { createTransaction } from '../../../src/codec/transaction.js';
import { encodeConsensusMessage } from '../../../src/codec/wire/messages.js';
import { decodeSyncRequest, decodeSyncResponse, encodeSyncRequest, encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { bytesEqual, bytesToHex } from '../../../src/crypto/hash.js';
import { encodePut, keyValueApplication } from '../../../src/ledger/key-value.js';
import { LedgerError } from '../../../src/ledger/ledger-error.js';
import { Ledger } from '../../../src/ledger/ledger.js';
import type { StateEntry } from '../../../src/ledger/state-chunks.js';
import { decodeChunk } from '../../../src/ledger/state-chunks.js';
import { SnapshotKeeper } from '../../../src/node/snapshot-keeper.js';
import { genesisTip } from '../../../src/storage/consensus-log.js';
import { MemoryDisk } from '../../../src/storage/memory-disk.js';
import type { PlatformStore } from '../../../src/storage/platform-store.js';
import { openMemoryStore } from '../../../src/storage/platform-store.js';
import type { Hash } from '../../../src/types/ids.js';
import { toSequence } from '../../../src/types/ids.js';
import type { SnapshotOffer } from '../../../src/types/snapshot.js';
import type { SyncRequest, SyncResponse } from '../../../src/types/sync.js';
import { MemorySnapshotArchive } from '../../simulation/memory-archive.js';
import type { Random } from '../../simulation/random.js';
import { LIMITS } from '../../unit/codec/samples.js';
import { bytesOf, concat, integerOf, joinParts, splitParts, textOf, utf8 } from '../entropy.js';
import { assertProportionate } from '../footprint.js';
import { genuineOffer } from '../signed-messages.js';
import { SOCIETY } from '../society.js';
import type { Target } from '../target.js';
import { outcomeOf } from '../target.js';
import { snapshotRequestOf, snapshotResponseOf } from '../values.js';

const isCodecError = (error: unknown): boolean => error instanceof CodecError;
const REQUEST = 0;

function requestAgain(input: Uint8Array): readonly [SyncRequest, Uint8Array] {
  const request = decodeSyncRequest(input, LIMITS);
  return [request, encodeSyncRequest(request)];
}

function responseAgain(input: Uint8Array): readonly [SyncResponse, Uint8Array] {
  const response = decodeSyncResponse(input, LIMITS);
  const blocks = response.type === 'BLOCKS-RESPONSE' ? response.blocks : response.type === 'SNAPSHOT-RESPONSE' ? response.offer?.blocks ?? [] : [];
  assert.ok(blocks.every(({ block: { transactions, header } }) => transactions.length === header.transactionCount));
  return [response, encodeSyncResponse(response)];
}

/** Manifests, chunks and what asks for them; a request after a byte of 0, a response after any other. */
const messages: Target = {
  name: 'wire-snapshot',
  generate: (random) => (random.chance(0.3) ? concat(Uint8Array.of(REQUEST), encodeSyncRequest(snapshotRequestOf(random)))
    : concat(Uint8Array.of(1), encodeSyncResponse(snapshotResponseOf(random)))),
  run: (input) => outcomeOf(() => {
    const coded = input[0] === REQUEST ? requestAgain : responseAgain;
    const [value, bytes] = coded(input.subarray(1));
    assertProportionate(value, input);
    assert.ok(bytes.byteLength < Math.max(1, input.byteLength), 'what was decoded is encoded in no more bytes');
    const [again, same] = coded(bytes);
    assert.ok(isDeepStrictEqual(again, value), 'decoding what was encoded gives the same value');
    assert.ok(bytesEqual(same, bytes), 'one value has one encoding');
  }, isCodecError),
  leastAccepted: 0.95,
};

function encodeChunk(entries: readonly StateEntry[]): Uint8Array {
  const writer = new ByteWriter(entries.reduce((sum, [key, value]) => sum + 8 + key.byteLength + value.byteLength, 0));
  for (const [key, value] of entries) writer.prefixed('key', key).prefixed('value', value);
  return writer.finish();
}

const chunks: Target = {
  name: 'snapshot-chunk',
  generate: (random) => {
    const keys = [...new Set(Array.from({ length: random.integer(0, 8) }, () => bytesToHex(bytesOf(random, random.pick([0, 1, 5, 33])))))].sort();
    return encodeChunk(keys.map((key) => [Uint8Array.from(Buffer.from(key, 'hex')), bytesOf(random, random.pick([0, 1, 40, 300]))] as const));
  },
  run: (input) => outcomeOf(() => {
    const entries = decodeChunk(input);
    assertProportionate(entries, input);
    assert.ok(bytesEqual(encodeChunk(entries), input), 'a chunk has one encoding');
    assert.ok(entries.every(([key], index) => index === 0 || Buffer.compare(entries[index - 1]![0], key) < 0), 'keys ascend');
  }, isCodecError),
  leastAccepted: 0.95,
};

interface State {
  readonly root: Hash;
  readonly entries: readonly StateEntry[];
}

function emptyStore(): Promise<PlatformStore> {
  const { chainId, genesis } = SOCIETY;
  return openMemoryStore(new MemoryDisk(), { chainId, genesisTip: genesisTip(chainId, genesis.timestampMs), limits: LIMITS });
}

async function stateOf(ledger: Ledger): Promise<State> {
  const { stateRoot, entries } = await ledger.export();
  const all: StateEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return { root: stateRoot, entries: all };
}

/** What some puts lead to. */
async function someState(): Promise<State> {
  const ledger = await Ledger.open((await emptyStore()).state, keyValueApplication);
  const { chainId, client } = SOCIETY;
  const puts = Array.from({ length: 12 }, (_, nonce) => createTransaction(
    { chainId, sender: client.publicKey, nonce, payload: encodePut(`key ${nonce * 7 % 12}`, 'v'.repeat(nonce)) }, (bytes) => client.sign(bytes)));
  await ledger.execute(SOCIETY.block(0, puts));
  return stateOf(ledger);
}
const STATE = await someState();
const RESTORED = toSequence(9);

/** The chunks of a snapshot, a part each, taken in place of another state: all of it, or nothing and no state at all. */
const restoring: Target = {
  name: 'snapshot-restore',
  generate: (random) => {
    const { entries } = STATE;
    const cuts = Array.from({ length: random.integer(0, 3) }, () => random.integer(0, entries.length)).sort((a, b) => a - b);
    return joinParts([0, ...cuts].map((from, index) => encodeChunk(entries.slice(from, cuts[index] ?? entries.length))));
  },
  run: async (input) => {
    const { state } = await emptyStore();
    const ledger = await Ledger.open(state, keyValueApplication);
    await ledger.execute(SOCIETY.blocks[0]!);
    async function* given(): AsyncGenerator<Uint8Array> {
      for (const part of splitParts(input)) yield await Promise.resolve(part);
    }
    try {
      await ledger.restore({ sequence: RESTORED, stateRoot: STATE.root, entryCount: STATE.entries.length }, given());
    } catch (error) {
      if (!(error instanceof LedgerError && error.code === 'wrong-snapshot')) throw error;
      assert.equal(ledger.executedSequence(), -1);
      for await (const [key] of state.iterate({ gte: new Uint8Array(0), lt: new Uint8Array(8).fill(0xff), limit: 1 })) assert.fail(`state of a false snapshot is left: ${bytesToHex(key)}`);
      return 'rejected';
    }
    assert.equal(ledger.executedSequence(), RESTORED);
    assert.ok(isDeepStrictEqual(await stateOf(ledger), STATE), 'another state has the certified root');
    return 'accepted';
  },
  leastAccepted: 0.95,
  weight: 0.1,
};

function savedText(random: Random, { manifest, checkpoints }: SnapshotOffer): string {
  const saved: Record<string, unknown> = { ...manifest, checkpoints: checkpoints.map((checkpoint) => bytesToHex(encodeConsensusMessage(checkpoint))) };
  if (random.chance(0.3)) saved[random.pick(Object.keys(saved))] = random.pick([integerOf(random), null, 'text', [], {}, -1, 1.5]);
  return JSON.stringify(saved);
}

/** The manifest of a snapshot beside its chunks, in a file that anything may have changed. */
const savedManifests: Target = {
  name: 'snapshot-file',
  generate: (random) => utf8(savedText(random, genuineOffer(random, SOCIETY))),
  run: async (input) => {
    const archive = new MemorySnapshotArchive();
    await archive.begin('made', RESTORED);
    await archive.publish('made', RESTORED, textOf(input));
    const store = await emptyStore();
    const keeper = await SnapshotKeeper.open({
      archive, ledger: { export: () => assert.fail('nothing is made') }, blocks: store.blocks, limits: LIMITS, intervalBlocks: 0, keepBlocks: undefined,
      made: () => undefined, failed: (error) => { throw error; },
    });
    const { sequence } = keeper;
    assert.equal(await keeper.offer(), undefined, 'without its blocks nothing is offered');
    return sequence === undefined ? 'rejected' : 'accepted';
  },
  leastAccepted: 0.6,
  weight: 0.2,
};

export const SNAPSHOT_TARGETS: readonly Target[] = [messages, chunks, restoring, savedManifests];
