import { assembleBlock, BLOCK_BYTES_PER_TRANSACTION } from '../codec/block.js';
import { HEADER_BYTES } from '../codec/header.js';
import type { Mempool } from '../mempool/mempool.js';
import type { Block, HeaderTemplate } from '../types/block.js';
import type { ProtocolParameters } from '../types/genesis.js';
import type { Hash } from '../types/ids.js';

/** Fills blocks from the mempool, leaving out what the branch holds already. */
export class BlockBuilder {
  readonly #mempool: Mempool;
  readonly #parameters: ProtocolParameters;
  /** A block is an ancestor of several proposals in a row; its ids are gathered once. */
  readonly #idsOf = new WeakMap<Block, ReadonlySet<Hash>>();

  constructor(mempool: Mempool, parameters: ProtocolParameters) {
    this.#mempool = mempool;
    this.#parameters = parameters;
  }

  /** Undefined where there is no transaction to propose and an empty block is not allowed. */
  build(template: HeaderTemplate, ancestors: readonly Block[], allowEmpty: boolean): Block | undefined {
    const taken = ancestors.map((block) => this.#ids(block));
    const transactions = this.#mempool.select({
      excluding: (id) => taken.some((ids) => ids.has(id)),
      maxBytes: this.#parameters.maxBlockBytes - HEADER_BYTES,
      maxCount: this.#parameters.maxBlockTransactions,
      overheadBytes: BLOCK_BYTES_PER_TRANSACTION,
    });
    return transactions.length === 0 && !allowEmpty ? undefined : assembleBlock(template, transactions);
  }

  #ids(block: Block): ReadonlySet<Hash> {
    let ids = this.#idsOf.get(block);
    if (ids === undefined) {
      ids = new Set(block.transactions.map(({ id }) => id));
      this.#idsOf.set(block, ids);
    }
    return ids;
  }
}
