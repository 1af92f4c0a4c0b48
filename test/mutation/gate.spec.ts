import assert from 'node:assert/strict';
import { mutation } from '../../scripts/mutation/run.js';
import { mutantNamed } from './catalogue.js';
import type { Catcher, Mutant } from './mutant.js';

const VOTING_RULES: Catcher = { kind: 'specs', files: ['test/unit/consensus/voting.spec.ts'] };
const QUORUM_FILE = 'src/consensus/quorum.ts';
const TIMEOUT_MS = 120_000;

function mutantOf(name: string, find: string, replace: string, catcher: Catcher = VOTING_RULES): Mutant {
  return { name, rule: 'none', why: 'to see what the gate says', patches: [{ file: QUORUM_FILE, find, replace }], catchers: [catcher] };
}

async function gate(mutants: readonly Mutant[], ...args: readonly string[]): Promise<{ code: number; out: string[]; err: string[]; last: unknown }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await mutation(['--workers', '1', ...args], {
    out: (text) => { out.push(text); }, err: (text) => { err.push(text); }, signal: new AbortController().signal, mutants,
  });
  const last = out.at(-1) ?? '';
  return { code, out, err, last: last.includes('{') ? JSON.parse(last) as unknown : undefined };
}

/** The counts alone: how long it took is never the same. */
function countsOf(last: unknown): unknown {
  assert.ok(typeof last === 'object' && last !== null && 'seconds' in last);
  const { seconds, ...counts } = last;
  assert.equal(typeof seconds, 'number');
  return counts;
}

describe('npm run mutation', function () {
  this.timeout(TIMEOUT_MS);

  it('ends with 0 where all mutants are noticed, and tells by what', async () => {
    const mutants = ['commit-after-fallback', 'first-vote-for-every-block'].map((name): Mutant => ({ ...mutantNamed(name), catchers: [VOTING_RULES] }));
    const { code, out, last } = await gate(mutants);
    assert.equal(code, 0, out.join('\n'));
    assert.deepEqual(countsOf(last), { ok: true, mutants: 2, caught: 2, survived: 0, broken: 0 });
    assert.ok(out.some((line) => /^caught +commit-after-fallback .*R5: not after a fallback PREPARE/.test(line)), out.join('\n'));
    assert.ok(out.some((line) => /^caught +first-vote-for-every-block .*R2: never a second first vote/.test(line)), out.join('\n'));
  });

  it('ends with 1 where a mutant survives: one that changes nothing does', async () => {
    const { code, out, last } = await gate([mutantOf('comment-changed', '/** f = ⌊(n−1)/3⌋ */', '/** f */')]);
    assert.equal(code, 1);
    assert.deepEqual(countsOf(last), { ok: false, mutants: 1, caught: 0, survived: 1, broken: 0 });
    assert.ok(out.some((line) => /^survived +comment-changed/.test(line)), out.join('\n'));
  });

  it('ends with 1 where a mutant is broken: it would fail any test, and proves nothing', async () => {
    const { code, out, last } = await gate([
      mutantOf('misses', 'no such text', 'other'),
      mutantOf('does-not-compile', 'return Math.floor((memberCount - 1) / 3);', 'return noSuchName;'),
      mutantOf('does-not-load', 'return Math.floor((memberCount - 1) / 3);\n}', 'return Math.floor((memberCount - 1) / 3);\n}\nthrow new Error("at once");'),
    ]);
    assert.equal(code, 1);
    assert.deepEqual(countsOf(last), { ok: false, mutants: 3, caught: 0, survived: 0, broken: 3 });
    for (const name of ['misses', 'does-not-compile', 'does-not-load']) assert.ok(out.some((line) => line.startsWith('broken') && line.includes(name)), out.join('\n'));
  });

  it('ends with 1 where a test does not pass without any mutant, or is not there', async () => {
    const { code, err, last } = await gate([mutantOf('comment-changed', '/** f = ⌊(n−1)/3⌋ */', '/** f */', { ...VOTING_RULES, title: 'no such test' })]);
    assert.equal(code, 1);
    assert.match(err.join('\n'), /has no test named no such test/);
    assert.ok(typeof last === 'object' && last !== null && 'ok' in last && last.ok === false);
  });

  it('lists its mutants, and ends with 2 where there is no such one', async () => {
    const listed = await gate([mutantNamed('commit-after-fallback')], '--list');
    assert.equal(listed.code, 0);
    assert.match(listed.out.join('\n'), /^commit-after-fallback +R5: /);
    const unknown = await gate([mutantNamed('commit-after-fallback')], '--only', 'no-such');
    assert.equal(unknown.code, 2);
    assert.match(unknown.err.join('\n'), /there is no mutant no-such/);
  });
});
