import assert from 'node:assert/strict';
import { splitBatch, joinBatch } from '../../../src/api/transaction-batch.js';
import { HttpError } from '../../../src/api/http-error.js';
import { CodecError } from '../../../src/codec/codec-error.js';
import { bytesEqual, sha256, sha256Hash } from '../../../src/crypto/hash.js';
import { decodeOperation, describeOperation, encodeOperation, keyValueApplication } from '../../../src/ledger/key-value.js';
import { LedgerError } from '../../../src/ledger/ledger-error.js';
import { NONCE_WINDOW, NonceWindow } from '../../../src/ledger/nonce-window.js';
import { decodeReceipt, encodeReceipt } from '../../../src/ledger/receipt.js';
import { PAGE_SLOTS, Page } from '../../../src/ledger/state-trie/page.js';
import { LEAF_BYTES } from '../../../src/ledger/state-trie/subtree.js';
import { verifyStateProof } from '../../../src/ledger/state-trie/proof.js';
import { ZERO_HASH, toSequence } from '../../../src/types/ids.js';
import { bytesOf, integerOf, joinParts, splitParts } from '../entropy.js';
import { assertProportionate } from '../footprint.js';
import type { Target } from '../target.js';
import { outcomeOf } from '../target.js';

const isCodecError = (error: unknown): boolean => error instanceof CodecError;

const operations: Target = {
  name: 'key-value-operation',
  generate: (random) => {
    const key = bytesOf(random, random.pick([1, 8, 1024]));
    return encodeOperation(random.chance(0.7) ? { type: 'put', key, value: bytesOf(random, random.pick([0, 3, 300])) } : { type: 'delete', key });
  },
  run: (input) => {
    describeOperation(input);
    const verdict = keyValueApplication.validateTransaction(input);
    const outcome = outcomeOf(() => {
      const operation = decodeOperation(input);
      assertProportionate(operation, input);
      assert.ok(bytesEqual(encodeOperation(operation), input), 'an operation has one encoding');
    }, (error) => error instanceof LedgerError);
    assert.equal(verdict.ok, outcome === 'accepted');
    return outcome;
  },
  leastAccepted: 0.95,
};

const nonceWindows: Target = {
  name: 'nonce-window',
  generate: (random) => {
    const window = NonceWindow.unused();
    window.use(integerOf(random));
    for (let count = random.integer(0, 6); count > 0; count -= 1) {
      const nonce = Math.max(0, window.nextNonce - random.integer(-50, NONCE_WINDOW - 2));
      if (nonce <= Number.MAX_SAFE_INTEGER && window.check(nonce) === 'free') window.use(nonce);
    }
    return window.encode();
  },
  run: (input) => outcomeOf(() => {
    const window = NonceWindow.decode(input);
    assert.ok(bytesEqual(window.encode(), input), 'an account has one encoding');
    const next = window.nextNonce;
    assert.ok(next === Number.MAX_SAFE_INTEGER || window.check(next) === 'free', 'the next nonce is free');
    if (window.check(next) !== 'free') return;
    window.use(next);
    assert.equal(window.check(next), 'nonce-used');
  }, isCodecError),
  leastAccepted: 0.95,
};

const receipts: Target = {
  name: 'receipt',
  generate: (random) => {
    const error = random.chance(0.5) ? undefined : random.pick(['nonce-used', 'bad-payload']);
    return encodeReceipt({ transactionId: ZERO_HASH, sequence: toSequence(integerOf(random)), index: random.integer(0, 2 ** 32 - 1), ok: error === undefined, error });
  },
  run: (input) => outcomeOf(() => {
    const receipt = decodeReceipt(ZERO_HASH, input);
    assertProportionate(receipt, input);
    assert.deepEqual(decodeReceipt(ZERO_HASH, encodeReceipt(receipt)), receipt);
  }, isCodecError),
  leastAccepted: 0.95,
};

const pages: Target = {
  name: 'state-page',
  generate: (random) => {
    const page = new Page();
    const putLeaf = (into: Page, slot: number): void => { into.setLeaf(slot, Buffer.from(bytesOf(random, LEAF_BYTES)), 0); };
    for (let slot = 0; slot < PAGE_SLOTS; slot += 1) {
      if (random.chance(0.5)) continue;
      if (random.chance(0.6)) {
        putLeaf(page, slot);
        continue;
      }
      const below = new Page();
      for (const each of [0, random.integer(1, PAGE_SLOTS - 1)]) putLeaf(below, each);
      below.settle();
      page.setSubtree(slot, below);
    }
    page.settle();
    return page.encode();
  },
  run: (input) => outcomeOf(() => {
    assert.ok(bytesEqual(Page.decode(input).encode(), input), 'a page has one encoding');
  }, isCodecError),
  leastAccepted: 0.95,
};

/** Key, value and siblings, a part each: no proof of a made-up value holds, however long it is. */
const proofs: Target = {
  name: 'state-proof',
  generate: (random) => joinParts([bytesOf(random, 5), bytesOf(random, 9), ...Array.from({ length: random.pick([0, 1, 3, 20, 256, 257]) }, () => bytesOf(random, 32))]),
  run: (input) => {
    const [key, value, ...siblings] = splitParts(input);
    if (key === undefined || value === undefined) return 'rejected';
    const proof = { siblings: siblings.map((sibling) => sha256Hash(sibling)) };
    assert.equal(verifyStateProof(sha256Hash(sha256(input)), key, value, proof), false);
    return 'accepted';
  },
  leastAccepted: 0.95,
  weight: 0.5,
};

const batches: Target = {
  name: 'http-batch',
  generate: (random) => joinBatch(Array.from({ length: random.integer(0, 6) }, () => bytesOf(random, random.pick([1, 30, 200])))),
  run: (input) => outcomeOf(() => {
    const transactions = splitBatch(input);
    assertProportionate(transactions, input);
    assert.ok(bytesEqual(joinBatch(transactions), input), 'a batch has one encoding');
  }, (error) => error instanceof HttpError && error.statusCode === 400),
  leastAccepted: 0.95,
};

export const LEDGER_TARGETS: readonly Target[] = [operations, nonceWindows, receipts, pages, proofs, batches];
