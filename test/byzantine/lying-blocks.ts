import { assembleBlock } from '../../src/codec/block.js';
import type { Block } from '../../src/types/block.js';
import type { FinalityCertificate } from '../../src/types/certificates.js';
import { toSequence } from '../../src/types/ids.js';
import type { BlocksResponse, CommittedBlock } from '../../src/types/sync.js';
import type { Adversary } from './port.js';

type Lie = (response: BlocksResponse) => BlocksResponse | undefined;

/** One way each to serve other blocks than the final ones. */
export const BLOCK_LIES = {
  'a history of its own under the certificates of the real one': (response) => (
    { ...response, blocks: rewritten(response.blocks, ({ certificate }) => certificate) }),
  'a history of its own whose hashes are written into the real certificates': (response) => (
    { ...response, blocks: rewritten(response.blocks, ({ certificate }, { hash }) => (certificate === undefined ? undefined : { ...certificate, blockHash: hash })) }),
  'a history of its own without proof': (response) => ({ ...response, blocks: rewritten(response.blocks, () => undefined) }),
  'none, though it has them': (response) => ({ ...response, blocks: [] }),
  'none, and ever more to come': (response) => ({ ...response, finalSequence: toSequence(response.finalSequence + 100_000), blocks: [] }),
  'half of them, without proof': (response) => (
    { ...response, blocks: response.blocks.slice(0, Math.ceil(response.blocks.length / 2)).map(({ block }) => ({ block, certificate: undefined })) }),
  'each with the certificate of the next': (response) => (
    { ...response, blocks: response.blocks.map(({ block }, index) => ({ block, certificate: response.blocks[index + 1]?.certificate })) }),
  'others than were asked for': (response) => ({ ...response, blocks: response.blocks.slice(1) }),
  'real headers above fewer transactions': (response) => (
    { ...response, blocks: response.blocks.map(({ block, certificate }) => ({ block: { ...block, transactions: block.transactions.slice(1) }, certificate })) }),
  'no answer': () => undefined,
} as const satisfies Readonly<Record<string, Lie>>;

const LIES: readonly Lie[] = Object.values(BLOCK_LIES);

/** Answers BLOCKS with these lies in turn, beginning with any. */
export function lyingAboutBlocks(lies: readonly Lie[]): Adversary['create'] {
  return (port) => {
    let turn = port.random.integer(0, lies.length - 1);
    return {
      response: (_request, response) => {
        if (response.type !== 'BLOCKS-RESPONSE') return response;
        turn += 1;
        return lies[turn % lies.length]?.(response);
      },
    };
  };
}

/**
 * Serves a platform that catches up made-up blocks, real ones with false certificates, too few, others, or none. A block
 * counts as final only where hashes lead to it from one with a valid certificate (section 7); whoever serves something
 * else is left alone for a while, and another is asked.
 */
export const LYING_BLOCKS: Adversary = { name: 'lying blocks in sync', against: 'sections 6 and 7', create: lyingAboutBlocks(LIES) };

/** The blocks without their last transaction each, linked to one another and, the first, to its real parent. */
function rewritten(
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
