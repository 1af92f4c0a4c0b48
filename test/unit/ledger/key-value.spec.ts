import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LedgerError } from '../../../src/ledger/ledger-error.js';
import { MAX_KEY_BYTES, decodeOperation, describeOperation, encodeDelete, encodeOperation, encodePut, keyValueApplication } from '../../../src/ledger/key-value.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

describe('key-value application', () => {
  it('golden: PUT and DELETE', () => {
    assert.equal(hex(encodePut('ab', 'xyz')), '01000261620000000378797a');
    assert.equal(hex(encodeDelete('ab')), '0200026162');
  });

  it('every operation has one encoding, which reads back', () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: MAX_KEY_BYTES });
    fc.assert(fc.property(key, fc.uint8Array(), (left, right) => {
      const put = { type: 'put', key: left, value: right } as const;
      assert.deepEqual(decodeOperation(encodeOperation(put)), put);
      const remove = { type: 'delete', key: left } as const;
      assert.deepEqual(decodeOperation(encodeOperation(remove)), remove);
    }));
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (payload) => {
      if (keyValueApplication.validateTransaction(payload).ok) assert.deepEqual(encodeOperation(decodeOperation(payload)), payload);
      else assert.throws(() => decodeOperation(payload), LedgerError);
    }));
  });

  const malformed = {
    'nothing': '', 'an unknown operation': '0300016100000000', 'an empty key': '01000000000000', 'a key cut short': '0100056162',
    'a value cut short': '01000161000000057879', 'a value length cut short': '010001610000', 'bytes after PUT': '0100016100000000ff',
    'bytes after DELETE': '02000161ff', 'a key of 1025 bytes': `020401${'61'.repeat(1025)}`, 'a value length beyond the payload': '01000161ffffffff',
  };
  for (const [name, payload] of Object.entries(malformed)) {
    it(`refuses ${name}`, () => {
      const verdict = keyValueApplication.validateTransaction(bytes(payload));
      assert.ok(!verdict.ok);
      assert.equal(verdict.code, 'bad-payload');
    });
  }

  it('refuses to encode a key outside its limits', () => {
    for (const key of ['', 'x'.repeat(1025)]) assert.throws(() => encodePut(key, ''), { code: 'bad-payload' });
    assert.ok(keyValueApplication.validateTransaction(encodePut('x'.repeat(1024), '')).ok);
  });

  it('puts operations in words', () => {
    assert.deepEqual(describeOperation(encodePut('Schlüssel', Uint8Array.of(0xff))), { type: 'put', key: 'Schlüssel', value: '0xff' });
    assert.deepEqual(describeOperation(encodeDelete('a')), { type: 'delete', key: 'a' });
    assert.equal(describeOperation(Uint8Array.of(9)), undefined);
  });
});
