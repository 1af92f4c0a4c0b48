import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type * as VotingModule from '../../src/consensus/quorum.js';
import { quorumParameters } from '../../src/consensus/quorum.js';
import { withScenarios } from '../../scripts/mutation/scenario-catchers.js';
import { SCENARIOS } from '../scenario/catalogue.js';
import { MUTANTS, mutantNamed } from './catalogue.js';
import { applied, MutationError } from './mutant.js';
import { withMutant } from './mutated-copy.js';

const PROJECT = new URL('../../', import.meta.url);
const mutationError = (code: MutationError['code']) => (error: unknown): boolean => error instanceof MutationError && error.code === code;

describe('the catalogue of mutants', () => {
  it('has at least forty, each under a name of its own, with a rule and a reason', () => {
    assert.ok(MUTANTS.length >= 40, `${MUTANTS.length} mutants`);
    assert.equal(new Set(MUTANTS.map(({ name }) => name)).size, MUTANTS.length);
    for (const { name, rule, why } of MUTANTS) {
      assert.match(name, /^[a-z0-9]+(-[a-z0-9]+)*$/);
      assert.ok(rule !== '' && why !== '', name);
    }
  });

  it('every patch applies to production code, exactly once', async () => {
    const texts = new Map<string, string>();
    for (const { name, patches } of MUTANTS) {
      let patched = new Map<string, string>();
      for (const patch of patches) {
        assert.match(patch.file, /^src\//, name);
        const original = texts.get(patch.file) ?? await readFile(fileURLToPath(new URL(patch.file, PROJECT)), 'utf8');
        texts.set(patch.file, original);
        patched = new Map([...patched, [patch.file, applied(name, patch, patched.get(patch.file) ?? original)]]);
      }
    }
  });

  it('says of each mutant what must notice it: tests, seeds, or scenarios that name it', () => {
    const mutants = withScenarios(MUTANTS, SCENARIOS);
    assert.deepEqual(mutants.filter(({ catchers }) => catchers.length === 0).map(({ name }) => name), []);
    const [named] = withScenarios([mutantNamed('final-parent-not-accepted')], SCENARIOS);
    assert.ok(named?.catchers.some((catcher) => catcher.kind === 'scenario' && catcher.name.startsWith('draft-d')));
  });

  it('names test files that exist', async () => {
    const files = new Set(MUTANTS.flatMap(({ catchers }) => catchers.flatMap((catcher) => (catcher.kind === 'specs' ? catcher.files : []))));
    for (const file of files) await readFile(fileURLToPath(new URL(file, PROJECT)));
  });
});

describe('a patch', () => {
  const patch = { file: 'src/x.ts', find: 'a > b', replace: 'a >= b' };

  it('replaces its text', () => {
    assert.equal(applied('example', patch, 'if (a > b) c();'), 'if (a >= b) c();');
  });

  it('that misses, is ambiguous or changes nothing is an error, and no mutant', () => {
    assert.throws(() => applied('example', patch, 'if (a < b) c();'), mutationError('patch-misses'));
    assert.throws(() => applied('example', patch, 'if (a > b) c(a > b);'), mutationError('patch-ambiguous'));
    assert.throws(() => applied('example', { ...patch, replace: patch.find }, 'if (a > b) c();'), mutationError('patch-idle'));
  });
});

describe('a mutated copy', () => {
  it('gives the mutant\'s modules beside the production ones', async () => {
    const specified = quorumParameters(4);
    await withMutant('quorum-minus-one', async (load) => {
      const mutated = await load('src/consensus/quorum.js') as typeof VotingModule;
      assert.equal(mutated.quorumParameters(4).quorum, specified.quorum - 1);
    });
    assert.equal(quorumParameters(4).quorum, specified.quorum);
  });

  it('of an unknown mutant is an error', async () => {
    assert.throws(() => mutantNamed('no-such'), mutationError('unknown-mutant'));
    await assert.rejects(withMutant('no-such', () => undefined), mutationError('unknown-mutant'));
  });
});
