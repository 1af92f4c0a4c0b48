import assert from 'node:assert/strict';
import { SyncServer, type SyncServerLimits } from '../../../src/sync/server.js';
import { SyncError } from '../../../src/sync/sync-error.js';
import { toSequence, toSlot } from '../../../src/types/ids.js';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import type { BlocksRequest, CommittedBlock, SlotsRequest, Status } from '../../../src/types/sync.js';
import { chainOf, childOf, EPOCH, MemoryBlockStore, peerNamed, prepareFor, proposalOf } from './fake-chain.js';

const asker = peerNamed('asker');
const VOTE_BYTES = 200;

function statusAt(chain: readonly CommittedBlock[]): Status {
  const tip = chain.at(-1);
  assert.ok(tip !== undefined);
  const { slot, sequence } = tip.block.header;
  return {
    epoch: EPOCH, finalSlot: slot, finalSequence: sequence, finalHash: tip.block.hash, finalityCertificate: tip.certificate,
    highestCertificate: undefined, currentSlot: toSlot(slot + 1), observing: false,
  };
}

function serverOf(chain: readonly CommittedBlock[], messages: readonly ConsensusMessage[] = [], limits: Partial<SyncServerLimits> = {}): SyncServer {
  return new SyncServer({
    blocks: new MemoryBlockStore(chain),
    slotState: { statusOf: () => statusAt(chain), slotStateAbove: (slot) => messages.filter((message) => 'slot' in message && message.slot > slot) },
    sizeOf: (message) => (message.type === 'PRE-PREPARE' ? message.block.sizeBytes : VOTE_BYTES),
    nowMs: () => 0,
  }, limits);
}

async function blocksOf(server: SyncServer, request: Partial<BlocksRequest>): Promise<readonly CommittedBlock[]> {
  const response = await server.answer({ type: 'BLOCKS-REQUEST', fromSequence: toSequence(0), maxCount: 1024, maxBytes: 4 * 1024 * 1024, ...request }, asker);
  assert.ok(response.type === 'BLOCKS-RESPONSE');
  return response.blocks;
}

async function slotStateOf(server: SyncServer, status: Status, from = asker): Promise<{ messages: readonly ConsensusMessage[]; status: Status }> {
  const request: SlotsRequest = { type: 'SLOTS-REQUEST', status, messages: [], transactions: [] };
  const response = await server.answer(request, from);
  assert.ok(response.type === 'SLOTS-RESPONSE');
  return response;
}

describe('sync server: BLOCKS (SPEC section 7)', () => {
  it('answers from the sequence asked for, within the count and bytes asked for and its own limits', async () => {
    const chain = chainOf(3000, () => ({ sizeBytes: 1000 }));
    const sequences = async (server: SyncServer, request: Partial<BlocksRequest>) => {
      const blocks = await blocksOf(server, request);
      return [blocks[0]?.block.header.sequence, blocks.length];
    };
    assert.deepEqual(await sequences(serverOf(chain), { fromSequence: toSequence(7), maxCount: 5 }), [7, 5]);
    assert.deepEqual(await sequences(serverOf(chain), { maxBytes: 5500 }), [0, 5]);
    assert.deepEqual(await sequences(serverOf(chain), { maxBytes: 10 }), [0, 1]);
    assert.deepEqual(await sequences(serverOf(chain), { maxCount: 2 ** 40 }), [0, 1024]);
    assert.deepEqual(await sequences(serverOf(chain, [], { maxBlocksBytes: 100_000 }), { maxBytes: 2 ** 40 }), [0, 100]);
  });

  it('ends an answer on a block with its own certificate, where there is one', async () => {
    const chain = chainOf(30, (sequence) => ({ certified: sequence % 10 === 9 }));
    assert.equal((await blocksOf(serverOf(chain), { maxCount: 25 })).length, 20);
    assert.equal((await blocksOf(serverOf(chain), { maxCount: 5 })).length, 5);
  });

  it('answers with nothing, and its final sequence, where it has none of them', async () => {
    const server = serverOf(chainOf(10));
    for (const request of [{ fromSequence: toSequence(10) }, { fromSequence: toSequence(2 ** 52) }, { fromSequence: toSequence(-1) }, { maxCount: 0 }]) {
      const response = await server.answer({ type: 'BLOCKS-REQUEST', fromSequence: toSequence(0), maxCount: 5, maxBytes: 1000, ...request }, asker);
      assert.deepEqual(response, { type: 'BLOCKS-RESPONSE', finalSequence: 9, firstSequence: 0, blocks: [] });
    }
  });

  it('refuses a peer with too many requests running, and no other', async () => {
    const server = serverOf(chainOf(10), [], { maxConcurrentPerPeer: 2 });
    const request: BlocksRequest = { type: 'BLOCKS-REQUEST', fromSequence: toSequence(0), maxCount: 5, maxBytes: 1000 };
    const first = [server.answer(request, asker), server.answer(request, asker)];
    await assert.rejects(server.answer(request, asker), (error) => error instanceof SyncError && error.code === 'busy');
    await server.answer(request, peerNamed('another'));
    await Promise.all(first);
    await server.answer(request, asker);
  });
});

describe('sync server: SLOTS (SPEC section 4, re-sending)', () => {
  const chain = chainOf(10);
  const next = childOf(chain.at(-1));

  it('answers with all slot state above the final slot of the asker, not above its highest certificate (scenario i)', async () => {
    const messages = [proposalOf(next), prepareFor(next, 0), prepareFor(childOf(next), 1)];
    const { finalityCertificate } = statusAt(chain);
    assert.ok(finalityCertificate);
    const asking = { ...statusAt(chain), currentSlot: toSlot(40), highestCertificate: { ...finalityCertificate, slot: toSlot(39) } };
    const { messages: answered } = await slotStateOf(serverOf(chain, messages), asking);
    assert.deepEqual(answered, messages);
  });

  it('answers an asker behind with its finality certificate and what is above its own final slot', async () => {
    const messages = [proposalOf(chain[8]!), proposalOf(next)];
    const { messages: answered, status } = await slotStateOf(serverOf(chain, messages), statusAt(chain.slice(0, 5)));
    assert.deepEqual(answered, [messages[1]]);
    assert.deepEqual(status.finalityCertificate, chain[9]!.certificate);
  });

  it('sends no slot state to an asker so far behind that it could not keep it (section 8)', async () => {
    const long = chainOf(200);
    const server = serverOf(long, [proposalOf(childOf(long.at(-1)))]);
    assert.equal((await slotStateOf(server, statusAt(long.slice(0, 100)))).messages.length, 0);
    assert.equal((await slotStateOf(server, statusAt(long.slice(0, 150)))).messages.length, 1);
  });

  it('stays within its bytes, votes first, and gets all proposals through in several answers', async () => {
    const proposals: ConsensusMessage[] = [];
    let parent = chain.at(-1);
    for (let slot = 0; slot < 20; slot += 1) {
      const branches = ['x', 'y'].map((branch) => childOf(parent, { branch, sizeBytes: 10_000 }));
      proposals.push(...branches.map(proposalOf));
      parent = branches[0];
    }
    const vote = prepareFor(next, 1);
    const server = serverOf(chain, [...proposals, vote], { maxSlotsBytes: 45_000 });
    const seen = new Set<ConsensusMessage>();
    for (let round = 0; round < 10; round += 1) {
      const { messages } = await slotStateOf(server, statusAt(chain));
      assert.ok(messages.length <= 5);
      assert.ok(messages.includes(vote), 'a vote was left out');
      for (const message of messages) seen.add(message);
    }
    assert.equal(seen.size, proposals.length + 1, 'some proposals are never served');
    // Another asker begins at the lowest slot.
    const { messages } = await slotStateOf(server, statusAt(chain), peerNamed('another'));
    assert.ok(messages.includes(proposals[0]!));
  });

  it('is not crowded out by a flood of votes', async () => {
    const votes = Array.from({ length: 1000 }, (_, signer) => prepareFor(next, signer));
    const { messages } = await slotStateOf(serverOf(chain, [...votes, proposalOf(next)], { maxSlotsBytes: 10_000 }), statusAt(chain));
    assert.ok(messages.some(({ type }) => type === 'PRE-PREPARE'));
    assert.equal(messages.filter(({ type }) => type === 'PREPARE').length, 25);
  });

  it('sends a bounded number of messages, one half of it for votes', async () => {
    const votes = Array.from({ length: 100 }, (_, signer) => prepareFor(next, signer));
    assert.equal((await slotStateOf(serverOf(chain, votes, { maxSlotsCount: 30 }), statusAt(chain))).messages.length, 15);
  });
});

describe('sync server: STATUS (SPEC section 7)', () => {
  it('answers with its own status', async () => {
    const chain = chainOf(4);
    const response = await serverOf(chain).answer({ type: 'STATUS-REQUEST', status: statusAt(chain.slice(0, 1)) }, asker);
    assert.deepEqual(response, { type: 'STATUS-RESPONSE', status: statusAt(chain) });
  });
});
