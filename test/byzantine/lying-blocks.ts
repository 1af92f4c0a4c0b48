import { assembleBlock } from '../../src/codec/block.js';
import type { Block } from '../../src/types/block.js';
import type { FinalityCertificate } from '../../src/types/certificates.js';
import { toSequence } from '../../src/types/ids.js';
import type { BlocksResponse, CommittedBlock } from '../../src/types/sync.js';
import type { Adversary, Port } from './port.js';

/** One way each to serve other blocks than the final ones. */
const LIES: readonly ((response: BlocksResponse, port: Port) => BlocksResponse | undefined)[] = [
  // A history of its own making, linked as it should be, under the certificates of the real one.
  (response) => ({ ...response, blocks: rewritten(response.blocks, ({ certificate }) => certificate) }),
  // The same, with the certificates' block exchanged, so that they name the made-up block.
  (response) => ({ ...response, blocks: rewritten(response.blocks, ({ certificate }, { hash }) => (certificate === undefined ? undefined : { ...certificate, blockHash: hash })) }),
  // The same without proof: it might still come.
  (response) => ({ ...response, blocks: rewritten(response.blocks, () => undefined) }),
  // It has them, and does not give them.
  (response) => ({ ...response, blocks: [] }),
  // It says it has many, and gives none, for ever.
  (response) => ({ finalSequence: toSequence(response.finalSequence + 100_000), type: response.type, blocks: [] }),
  // Half of them, without the last one's certificate.
  (response) => ({ ...response, blocks: response.blocks.slice(0, Math.ceil(response.blocks.length / 2)).map(({ block }) => ({ block, certificate: undefined })) }),
  // Real blocks, each with the certificate of the next one.
  (response) => ({ ...response, blocks: response.blocks.map(({ block }, index) => ({ block, certificate: response.blocks[index + 1]?.certificate })) }),
  // Other ones than were asked for.
  (response) => ({ ...response, blocks: response.blocks.slice(1) }),
  // The real headers with other transactions below them.
  (response) => ({ ...response, blocks: response.blocks.map(({ block, certificate }) => ({ block: { ...block, transactions: block.transactions.slice(1) }, certificate })) }),
  // No answer.
  () => undefined,
];

/**
 * Serves a platform that catches up made-up blocks, real ones with false certificates, too few, others, or none. A block
 * counts as final only where hashes lead to it from one with a valid certificate (section 7); whoever serves something
 * else is left alone for a while, and another is asked.
 */
export const LYING_BLOCKS: Adversary = {
  name: 'lying blocks in sync',
  against: 'section 7, section 6',
  create: (port) => {
    let turn = port.random.integer(0, LIES.length - 1);
    return {
      response: (_request, response) => {
        if (response.type !== 'BLOCKS-RESPONSE') return response;
        turn += 1;
        return LIES[turn % LIES.length]?.(response, port);
      },
    };
  },
};

/** The blocks without their last transaction each, linked to one another and, the first, to its real parent. */
export function rewritten(
  blocks: readonly CommittedBlock[], certificateFor: (real: CommittedBlock, madeUp: Block) => FinalityCertificate | undefined,
): readonly CommittedBlock[] {
  const made: CommittedBlock[] = [];
  for (const real of blocks) {
    const { header, transactions } = real.block;
    const parentHash = made.at(-1)?.block.hash ?? header.parentHash;
    const block = assembleBlock({ ...header, parentHash, timestampMs: header.timestampMs + 1 }, transactions.slice(0, -1));
    made.push({ block, certificate: certificateFor(real, block) });
  }
  return made;
}
