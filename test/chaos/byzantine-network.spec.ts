import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wireLimits } from '../../src/codec/limits.js';
import { decodeConsensusMessage, encodeConsensusMessage } from '../../src/codec/wire/messages.js';
import { decodeSyncRequest } from '../../src/codec/wire/sync.js';
import { createSigner, generateSeed } from '../../src/crypto/ed25519.js';
import { sha256Hash } from '../../src/crypto/hash.js';
import { buildGenesis } from '../../src/ledger/genesis.js';
import type { Libp2pNetwork } from '../../src/network/libp2p-network.js';
import { toEpoch, toMemberIndex, toPlatformName, toSequence, toSlot, toView } from '../../src/types/ids.js';
import type { Commit } from '../../src/types/messages.js';
import type { Behaviour } from '../byzantine/port.js';
import { ByzantineNetwork } from './byzantine-network.js';
import { MessageCapture, readCapture } from './captured-messages.js';

const GENESIS = buildGenesis({
  society: 'lct:web4:society:liars', timestampMs: 1, parameters: {},
  members: ['Thor', 'Sprout', 'Legion', 'Platform2'].map((name) => ({ name: toPlatformName(name), publicKey: createSigner(generateSeed()).publicKey })),
});
const MEMBERS = GENESIS.membership.members;
const LIMITS = wireLimits(GENESIS.parameters, MEMBERS.length);

function commit(salt: number): Commit {
  return {
    type: 'COMMIT', epoch: toEpoch(0), slot: toSlot(3), signer: toMemberIndex(0), blockHash: sha256Hash(Uint8Array.of(salt)),
    view: toView(0), sequence: toSequence(3), signature: new Uint8Array(64).fill(salt),
  };
}

describe('chaos: a Byzantine platform between its core and its network', () => {
  let dir: string;
  let sent: string[];
  let capture: MessageCapture;
  let network: ByzantineNetwork;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fb-pbft-liar-'));
    sent = [];
    capture = new MessageCapture(join(dir, 'capture'));
    const saltOf = (message: ReturnType<typeof decodeConsensusMessage>): number => ('signature' in message ? message.signature[0] ?? 0 : 0);
    const inner: Libp2pNetwork = {
      start: () => Promise.resolve(), stop: () => Promise.resolve(), connectedPeers: () => [], takePushed: () => true, penalize: () => undefined, listenAddresses: () => [],
      snapshot: () => { throw new Error('not needed'); },
      publish: (_topic, payload) => { sent.push(`all: ${saltOf(decodeConsensusMessage(payload, LIMITS))}`); },
      request: (peer, protocol, request) => {
        const asked = decodeSyncRequest(request, LIMITS);
        const salts = asked.type === 'SLOTS-REQUEST' ? asked.messages.map(saltOf) : [];
        sent.push(`${MEMBERS.find(({ publicKey }) => publicKey === peer)?.name ?? ''} by ${protocol}: ${salts.join()}`);
        return Promise.reject(new Error('is not answered'));
      },
    };
    network = new ByzantineNetwork({ inner, genesis: GENESIS, self: toMemberIndex(0), limits: LIMITS, capture });
  });
  afterEach(() => rm(dir, { recursive: true }));

  async function publish(behaviour: Behaviour): Promise<string[]> {
    network.behave(behaviour);
    network.publish('consensus', encodeConsensusMessage(commit(1)));
    // Requests go out on the next turn of the event loop.
    await new Promise((resolve) => { setImmediate(() => { setImmediate(resolve); }); });
    return sent;
  }

  it('is honest at first: what its core says goes to all by gossip, and is captured', async () => {
    assert.deepEqual(await publish({}), ['all: 1']);
    await network.stop();
    assert.deepEqual((await readCapture(join(dir, 'capture'))).map((bytes) => decodeConsensusMessage(bytes, LIMITS)), [commit(1)]);
  });

  it('says one thing to some and another to others', async () => {
    const behaviour: Behaviour = {
      outgoing: (message) => [{ to: [toMemberIndex(1), toMemberIndex(3)], message }, { to: [toMemberIndex(2)], message: commit(2) }],
    };
    assert.deepEqual((await publish(behaviour)).sort(), ['Legion by slots: 2', 'Platform2 by slots: 1', 'Sprout by slots: 1']);
  });

  it('keeps silent', async () => {
    assert.deepEqual(await publish({ outgoing: () => [] }), []);
  });
});
