import assert from 'node:assert/strict';
import { Mempool } from '../../../src/mempool/mempool.js';
import { clientAt } from '../../../src/mempool/source-share.js';
import { BlockBuilder } from '../../../src/node/block-builder.js';
import { Federation } from '../validation/federation.js';

const LOCAL = clientAt('127.0.0.1');

describe('blocks built here', () => {
  it('section 6: hold at most as many transactions as genesis allows, and leave the others for the next one', () => {
    const federation = new Federation(4, { maxBlockTransactions: 3 });
    const mempool = new Mempool();
    for (let nonce = 0; nonce < 5; nonce += 1) mempool.add(federation.transaction(nonce), LOCAL);
    const builder = new BlockBuilder(mempool, federation.genesis.parameters);
    const block = builder.build(federation.template(0), [], false);
    assert.equal(block?.transactions.length, 3);
    const next = builder.build(federation.template(1), [block], false);
    assert.deepEqual(next?.transactions.map(({ nonce }) => nonce), [3, 4]);
  });
});
