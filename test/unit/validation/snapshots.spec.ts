import assert from 'node:assert/strict';
import { MAX_SNAPSHOT_BLOCKS, SNAPSHOT_CHUNK_BYTES } from '../../../src/codec/limits.js';
import { toEpoch, toSequence } from '../../../src/types/ids.js';
import type { SnapshotOffer } from '../../../src/types/snapshot.js';
import { Federation, hashOf } from './federation.js';

describe('validation of offered snapshots (section 7, Snapshots)', () => {
  const federation = new Federation(4);
  const validator = federation.validator();
  const blocks = federation.chain(5);
  const bare = (index: number) => ({ block: blocks[index]!, certificate: undefined });
  const proven = (index: number) => ({ block: blocks[index]!, certificate: federation.slowCertificate(index, blocks[index]!.hash) });
  const checkpoint = (signer: number) => federation.checkpoint(signer, 2);
  const good: SnapshotOffer = {
    manifest: { sequence: toSequence(2), stateRoot: hashOf('state'), entryCount: 3, sizeBytes: SNAPSHOT_CHUNK_BYTES + 10, chunkHashes: [hashOf('chunk 0'), hashOf('chunk 1')] },
    blocks: [bare(2), proven(3)],
    checkpoints: [checkpoint(0), checkpoint(2), checkpoint(3)],
  };

  it('takes a root that a quorum certifies, with blocks that a certificate at their end proves; no link to the own chain is needed', () => {
    const result = validator.validateSnapshotOffer(good);
    assert.ok(result.ok);
    assert.deepEqual(result.blocks.map(({ block }) => block.hash), [blocks[2]!.hash, blocks[3]!.hash]);
    assert.ok(validator.validateSnapshotOffer({ ...good, blocks: [proven(2)] }).ok);
  });

  const manifest = (change: Partial<SnapshotOffer['manifest']>): SnapshotOffer => ({ ...good, manifest: { ...good.manifest, ...change } });
  const wrong: readonly (readonly [name: string, code: string, offer: SnapshotOffer])[] = [
    ['a root with CHECKPOINTs of too few', 'snapshot-root', { ...good, checkpoints: [checkpoint(0), checkpoint(1)] }],
    ['a CHECKPOINT counted twice', 'snapshot-root', { ...good, checkpoints: [checkpoint(0), checkpoint(1), checkpoint(1), checkpoint(0)] }],
    ['a CHECKPOINT that its signer did not sign', 'bad-signature', { ...good, checkpoints: [checkpoint(0), checkpoint(1), { ...checkpoint(2), signature: checkpoint(3).signature }] }],
    ['a CHECKPOINT of no member', 'unknown-signer', { ...good, checkpoints: [checkpoint(0), checkpoint(1), { ...checkpoint(2), signer: 4 as never }] }],
    ['another root than is certified', 'snapshot-root', manifest({ stateRoot: hashOf('other') })],
    ['another sequence than is certified', 'snapshot-root', { ...manifest({ sequence: toSequence(3) }), blocks: [proven(3)] }],
    ['CHECKPOINTs of two roots', 'snapshot-root', { ...good, checkpoints: [checkpoint(0), checkpoint(1), federation.checkpoint(2, 2, { stateRoot: hashOf('other') })] }],
    ['no blocks', 'snapshot-blocks', { ...good, blocks: [] }],
    ['blocks that begin above it', 'snapshot-blocks', { ...good, blocks: [proven(3)] }],
    ['blocks that begin below it', 'snapshot-blocks', { ...good, blocks: [bare(1), proven(2)] }],
    ['blocks that nothing proves final', 'snapshot-blocks', { ...good, blocks: [bare(2), bare(3)] }],
    ['blocks beyond the one that is proven', 'snapshot-blocks', { ...good, blocks: [bare(2), proven(3), bare(4)] }],
    ['a gap in the blocks', 'chain-link', { ...good, blocks: [bare(2), proven(4)] }],
    ['a certificate of too few', 'certificate-size', { ...good, blocks: [{ block: blocks[2]!, certificate: federation.slowCertificate(2, blocks[2]!.hash, [0, 1]) }] }],
    ['no chunks', 'snapshot-manifest', manifest({ chunkHashes: [] })],
    ['more entries than its size can hold', 'snapshot-manifest', manifest({ entryCount: 1 + Math.floor((SNAPSHOT_CHUNK_BYTES + 10) / 9) })],
    ['more chunks than its size can be', 'snapshot-manifest', manifest({ sizeBytes: SNAPSHOT_CHUNK_BYTES - 1 })],
    ['too many blocks', 'snapshot-manifest', { ...good, blocks: Array.from({ length: MAX_SNAPSHOT_BLOCKS + 1 }, () => bare(2)) }],
  ];
  for (const [name, code, offer] of wrong) {
    it(`refuses ${name}`, () => {
      const result = validator.validateSnapshotOffer(offer);
      assert.ok(!result.ok);
      assert.deepEqual([result.verdict, result.code], ['reject', code]);
    });
  }

  it('ignores one of another epoch, which blames nobody', () => {
    const result = validator.validateSnapshotOffer({ ...good, checkpoints: [0, 1, 2].map((signer) => federation.checkpoint(signer, 2, { epoch: toEpoch(1) })) });
    assert.ok(!result.ok);
    assert.deepEqual([result.verdict, result.code], ['ignore', 'other-epoch']);
  });
});
