import { encodeBlock } from '../codec/block.js';
import { encodeCertificate } from '../codec/wire/certificates.js';
import type { CommittedBlock } from '../types/sync.js';
import type { ByteChange } from './byte-store.js';
import { blockKey, finalityKey, hashKey, sequenceKey } from './key-spaces.js';
import { encodeFinalEntry } from './record-codec.js';

/** All that is stored of one final block. Without a certificate of its own it is final through a descendant. */
export function finalRecords({ block, certificate }: CommittedBlock): readonly ByteChange[] {
  const { epoch, slot, sequence } = block.header;
  const value = encodeFinalEntry({ epoch, slot, sequence, hash: block.hash, sizeBytes: block.sizeBytes });
  return [
    { key: blockKey(epoch, slot, block.hash), value: encodeBlock(block) },
    { key: sequenceKey(sequence), value },
    { key: hashKey(block.hash), value: value.slice(16, 24) },
    { key: finalityKey(sequence), value: certificate === undefined ? undefined : encodeCertificate(certificate) },
  ];
}
