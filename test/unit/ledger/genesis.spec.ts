import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner } from '../../../src/crypto/ed25519.js';
import type { GenesisErrorCode } from '../../../src/ledger/genesis-error.js';
import { GenesisError } from '../../../src/ledger/genesis-error.js';
import { parseGenesis, readGenesisFile, serializeGenesis } from '../../../src/ledger/genesis-file.js';
import type { RequestedParameters } from '../../../src/ledger/genesis.js';
import { buildGenesis } from '../../../src/ledger/genesis.js';
import { toPlatformName, toPublicKeyHex } from '../../../src/types/ids.js';
import type { Member } from '../../../src/types/membership.js';

const membersOf = (count: number): Member[] => Array.from({ length: count }, (_, index) => ({
  name: toPlatformName(`Platform${index}`), publicKey: createSigner(new Uint8Array(32).fill(index + 1)).publicKey,
}));
const four = membersOf(4);
const request = { society: 'lct:web4:society:demo', timestampMs: 1_700_000_000_000, members: four };

function genesisError(code: GenesisErrorCode, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof GenesisError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    return true;
  };
}

describe('genesis', () => {
  it('fills in defaults: the largest fast path for the number of members', () => {
    assert.deepEqual(buildGenesis(request).parameters, { fastPath: 1, maxBlockBytes: 4 << 20, maxBlockTransactions: 1_000, maxTransactionBytes: 1 << 16, checkpointInterval: 100 });
    assert.equal(buildGenesis({ ...request, members: membersOf(7) }).parameters.fastPath, 1);
    assert.equal(buildGenesis({ ...request, parameters: { fastPath: 'off' } }).parameters.fastPath, 'off');
    assert.equal(buildGenesis({ ...request, members: membersOf(1) }).parameters.fastPath, 0);
  });

  it('section 2: the chainId is over the content, whatever the formatting of the file', () => {
    const genesis = buildGenesis(request);
    assert.deepEqual(parseGenesis(serializeGenesis(genesis)), genesis);
    assert.deepEqual(parseGenesis(`\uFEFF${serializeGenesis(genesis)}`), genesis, 'an editor put a byte order mark before it');
    const { members, society, timestampMs } = request;
    assert.equal(parseGenesis(JSON.stringify({ members, timestampMs, society })).chainId, genesis.chainId);
    assert.equal(parseGenesis(JSON.stringify({ ...request, parameters: { fastPath: 1 } })).chainId, genesis.chainId);
  });

  it('section 2: every part of the content changes the chainId', () => {
    const variants = [
      request, { ...request, society: 'lct:web4:society:other' }, { ...request, timestampMs: 1 }, { ...request, members: four.slice(0, 3) },
      { ...request, members: [...four].reverse() }, { ...request, parameters: { fastPath: 'off' as const } }, { ...request, parameters: { fastPath: 0 } },
      { ...request, parameters: { maxBlockBytes: 1 << 20 } }, { ...request, parameters: { maxBlockTransactions: 999 } }, { ...request, parameters: { maxTransactionBytes: 1 << 12 } },
      { ...request, parameters: { checkpointInterval: 10 } },
    ];
    assert.equal(new Set(variants.map((variant) => buildGenesis(variant).chainId)).size, variants.length);
  });

  it('refuses a chainId that is not that of the content', () => {
    const text = serializeGenesis(buildGenesis(request)).replace('society:demo', 'society:d3mo');
    assert.throws(() => parseGenesis(text), genesisError('chain-mismatch', /content was changed/));
  });

  const other = toPublicKeyHex('01'.padEnd(64, '0'));
  const mixedOrder = toPublicKeyHex('ab'.repeat(32));
  const badMembers: readonly (readonly [string, readonly Member[], GenesisErrorCode, RegExp])[] = [
    ['no members', [], 'no-members', /at least one/],
    ['more than 100 members', Array.from({ length: 101 }, () => four[0]!), 'too-many-members', /at most 100/],
    ['two of one name', [four[0]!, { ...four[1]!, name: four[0]!.name }], 'duplicate-name', /Platform0/],
    ['two of one key', [four[0]!, { ...four[1]!, publicKey: four[0]!.publicKey }], 'duplicate-key', /Platform0 and Platform1/],
    ['section 12: a key of small order', [{ ...four[0]!, publicKey: other }], 'weak-key', /Platform0.*small order/],
    ['section 12: a key outside the prime-order subgroup', [{ ...four[0]!, publicKey: mixedOrder }], 'weak-key', /Platform0.*prime-order/],
  ];
  for (const [name, members, code, text] of badMembers) {
    it(`refuses ${name}`, () => { assert.throws(() => buildGenesis({ ...request, members }), genesisError(code, text)); });
  }

  const badParameters: readonly (readonly [RequestedParameters, RegExp])[] = [
    [{ fastPath: 2 }, /parameters\.fastPath: .*from 0 to 1/],
    [{ fastPath: 0.5 }, /fastPath/],
    [{ maxBlockBytes: 100 }, /maxBlockBytes: .* 4096 to/],
    [{ maxBlockBytes: 2 ** 40 }, /maxBlockBytes/],
    [{ maxBlockTransactions: 0 }, /maxBlockTransactions: .* 1 to 10000/],
    [{ maxBlockTransactions: 10_001 }, /maxBlockTransactions/],
    [{ maxTransactionBytes: 10 }, /maxTransactionBytes/],
    [{ maxBlockBytes: 8192, maxTransactionBytes: 8192 }, /maxTransactionBytes/],
    [{ checkpointInterval: 0 }, /checkpointInterval/],
  ];
  for (const [parameters, text] of badParameters) {
    it(`refuses the parameters ${JSON.stringify(parameters)}`, () => {
      assert.throws(() => buildGenesis({ ...request, parameters }), genesisError('bad-parameter', text));
    });
  }

  it('refuses a society that is no LCT, and a timestamp that is no time', () => {
    for (const society of ['', 'demo', 'lct:web4:agent:alice', 'lct:web4:society:', `lct:web4:society:${'x'.repeat(200)}`]) {
      assert.throws(() => buildGenesis({ ...request, society }), genesisError('bad-society', /lct:web4:society:demo/));
    }
    for (const timestampMs of [-1, 1.5, Number.NaN]) {
      assert.throws(() => buildGenesis({ ...request, timestampMs }), genesisError('bad-parameter', /timestampMs/));
    }
  });

  const malformed: readonly (readonly [string, string, RegExp])[] = [
    ['no JSON', '{', /is not JSON/],
    ['no object', '[]', /genesis/],
    ['a missing field', '{"society":"lct:web4:society:demo","members":[]}', /timestampMs/],
    ['a misspelt field', JSON.stringify({ ...request, parameter: {} }), /parameter/],
    ['a name with a slash', JSON.stringify({ ...request, members: [{ name: 'a/b', publicKey: four[0]!.publicKey }] }), /members\.0: platform/],
    ['a key that is too short', JSON.stringify({ ...request, members: [{ name: 'a', publicKey: 'ab' }] }), /members\.0: publicKey/],
    ['a very long text', ' '.repeat(2 << 20), /characters/],
  ];
  for (const [name, text, message] of malformed) {
    it(`refuses ${name}`, () => { assert.throws(() => parseGenesis(text), genesisError('malformed', message)); });
  }

  it('reads a file, and names it in every error', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fb-pbft-genesis-'));
    const path = join(directory, 'genesis.json');
    try {
      await assert.rejects(readGenesisFile(path), genesisError('unreadable', /genesis\.json/));
      await writeFile(path, serializeGenesis(buildGenesis(request)));
      assert.equal((await readGenesisFile(path)).chainId, buildGenesis(request).chainId);
      await writeFile(path, 'nonsense');
      await assert.rejects(readGenesisFile(path), genesisError('malformed', /genesis\.json: genesis: is not JSON/));
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
