import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { NameLookup } from '../../../src/network/name-lookup.js';

describe('Name lookup (item 5: DNS names are resolved again at each try)', () => {
  let asked: { readonly name: string; answer(address: string): void; fail(): void }[];
  let lookup: NameLookup;
  beforeEach(() => {
    asked = [];
    const resolve: LookupFunction = (name, _options, callback) => {
      asked.push({ name, answer: (address) => { callback(null, address, 4); }, fail: () => { callback(new Error('ENOTFOUND'), ''); } });
    };
    lookup = new NameLookup(resolve);
  });

  const ask = (name: string): { readonly got: unknown[] } => {
    const got: unknown[] = [];
    lookup.lookup(name, {}, (error, address) => { got.push(error === null ? address : error.message); });
    return { got };
  };

  it('one at a time, so that a silent name server blocks one thread and not those of the database', () => {
    const waiting = ['a', 'b', 'c'].map(ask);
    assert.deepEqual(asked.map(({ name }) => name), ['a']);
    asked[0]?.fail();
    asked[1]?.answer('192.0.2.2');
    asked[2]?.answer('192.0.2.3');
    assert.deepEqual(waiting.map(({ got }) => got), [['ENOTFOUND'], ['192.0.2.2'], ['192.0.2.3']]);
  });

  it('who asks for a name under way gets that answer, however late; whoever asks later, a new one', () => {
    const [first, second] = [ask('a'), ask('a')];
    assert.equal(asked.length, 1);
    asked[0]?.answer('192.0.2.1');
    assert.deepEqual([first.got, second.got], [['192.0.2.1'], ['192.0.2.1']]);
    const third = ask('a');
    assert.equal(asked.length, 2);
    asked[1]?.answer('192.0.2.9');
    assert.deepEqual(third.got, ['192.0.2.9']);
  });
});
