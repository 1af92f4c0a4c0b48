import assert from 'node:assert/strict';
import { encodeSyncResponse } from '../../../src/codec/wire/sync.js';
import { blockCopies } from '../../../src/node/block-copies.js';
import { toSequence } from '../../../src/types/ids.js';
import type { PublicKeyHex } from '../../../src/types/ids.js';
import type { CommittedBlock } from '../../../src/types/sync.js';
import { peerNamed } from '../sync/fake-chain.js';
import { Federation } from '../validation/federation.js';

const WANTED = 3;
const [A, B, C] = [peerNamed('a'), peerNamed('b'), peerNamed('c')];

describe('node: a final block is fetched again from members of whom some lie (section 7)', () => {
  const federation = new Federation(4);
  const validator = federation.validator();
  const blocks = federation.chain(6);
  const wanted = blocks[WANTED]!;
  const certificate = federation.slowCertificate(WANTED, wanted.hash);
  const whole: CommittedBlock = { block: wanted, certificate };
  type Answer = () => Promise<Uint8Array>;
  const answer = (...served: readonly CommittedBlock[]): Answer => () => Promise.resolve(
    encodeSyncResponse({ type: 'BLOCKS-RESPONSE', finalSequence: toSequence(5), firstSequence: toSequence(0), blocks: served }));
  const honest = answer(whole);
  const bare = answer({ block: wanted, certificate: undefined });

  interface Run {
    readonly copy: CommittedBlock | undefined;
    readonly asked: readonly PublicKeyHex[];
    readonly penalized: readonly PublicKeyHex[];
    readonly pausesMs: readonly number[];
  }

  async function search(peers: ReadonlyMap<PublicKeyHex, Answer>): Promise<Run> {
    const asked: PublicKeyHex[] = [];
    const penalized: PublicKeyHex[] = [];
    const pausesMs: number[] = [];
    const source = blockCopies({
      network: {
        request: (peer) => {
          asked.push(peer);
          return peers.get(peer)?.() ?? Promise.reject(new Error('not connected'));
        },
        penalize: (peer) => { penalized.push(peer); },
      },
      connectedPeers: () => [...peers.keys()], validator,
      pause: async (delayMs) => {
        pausesMs.push(delayMs);
        await new Promise(setImmediate);
      },
    });
    return { copy: await source(toSequence(WANTED), wanted.hash), asked, penalized, pausesMs };
  }

  const encoded = encodeSyncResponse({ type: 'BLOCKS-RESPONSE', finalSequence: toSequence(5), firstSequence: toSequence(0), blocks: [whole] });
  const lies: Readonly<Record<string, Answer>> = {
    'another block at that sequence, rightly certified': answer({ block: blocks[WANTED - 1]!, certificate: federation.slowCertificate(WANTED - 1, blocks[WANTED - 1]!.hash) }),
    'another block of that parent': answer({ block: federation.block(WANTED, [], { parentHash: blocks[WANTED - 1]!.hash, timestampMs: wanted.header.timestampMs + 1 }), certificate }),
    'a certificate of too few': answer({ block: wanted, certificate: { ...certificate, signatures: certificate.signatures.slice(1) } }),
    'a forged certificate': answer({ block: wanted, certificate: { ...certificate, signatures: certificate.signatures.map((each) => ({ ...each, signature: new Uint8Array(64) })) } }),
    'the certificate of another block': answer({ block: wanted, certificate: federation.slowCertificate(WANTED - 1, blocks[WANTED - 1]!.hash) }),
    'a truncated answer': () => Promise.resolve(encoded.subarray(0, encoded.byteLength - 40)),
    garbage: () => Promise.resolve(new Uint8Array(300).fill(0xa5)),
    'an answer to something else': () => Promise.resolve(encodeSyncResponse({ type: 'CHUNK-RESPONSE', chunk: undefined })),
  };
  for (const [name, lie] of Object.entries(lies)) {
    it(`${name}: not taken; its server is penalized and not asked again; another serves`, async () => {
      const run = await search(new Map([[A, lie], [B, honest]]));
      assert.deepEqual([run.copy?.block.hash, run.copy?.certificate], [wanted.hash, certificate]);
      assert.deepEqual([run.penalized, run.asked.filter((peer) => peer === A).length], [[A], 1]);
      const alone = await search(new Map([[A, lie]]));
      assert.deepEqual([alone.copy, alone.asked, alone.penalized], [undefined, [A], [A]]);
    });
  }

  it('who has pruned it, refuses or cannot be reached is not penalized, and asked again later', async () => {
    for (const excuse of [answer(), () => Promise.reject(new Error('busy'))]) {
      const alone = await search(new Map([[A, excuse]]));
      assert.deepEqual([alone.copy, alone.penalized], [undefined, []]);
      assert.equal(alone.asked.length, 10);
      assert.equal((await search(new Map([[A, excuse], [B, honest]]))).copy?.block.hash, wanted.hash);
    }
  });

  it('nobody waits for a slow member: the next one is asked after a second', async () => {
    const never: Answer = () => new Promise(() => undefined);
    const run = await search(new Map([[A, never], [B, never], [C, honest]]));
    assert.equal(run.copy?.block.hash, wanted.hash);
    assert.deepEqual([run.asked, run.pausesMs, run.penalized], [[A, B, C], [1_000, 1_000], []]);
  });

  it('a copy with its certificate goes before one that was stripped of it; that one is taken where there is no other', async () => {
    assert.deepEqual((await search(new Map([[A, bare], [B, honest]]))).copy?.certificate, certificate);
    const run = await search(new Map([[A, bare], [B, answer()]]));
    assert.deepEqual([run.copy?.block.hash, run.copy?.certificate, run.penalized], [wanted.hash, undefined, []]);
  });

  it('a member that connects meanwhile is asked in the next round', async () => {
    const peers = new Map<PublicKeyHex, Answer>();
    const searching = search(peers);
    peers.set(A, honest);
    assert.equal((await searching).copy?.block.hash, wanted.hash);
  });
});
