import assert from 'node:assert/strict';
import { FederationObserver } from '../../../scripts/federation/observer.js';
import { Links } from '../../../scripts/lab/links.js';
import { Namespaces } from '../../../scripts/lab/namespaces.js';
import { Timeline } from '../../../scripts/lab/timeline.js';
import { Failures, summaryOf } from '../../../scripts/lab/verdict.js';
import type { LabVerdict } from '../../../scripts/lab/verdict.js';
import { observed } from './observed-status.js';

function verdict(measures: Readonly<Record<string, number>>, changes: Partial<LabVerdict> = {}): LabVerdict {
  return { scenario: 'crash', hosts: 4, ok: true, failures: [], measures, blocks: 100, netem: null, ...changes };
}

describe('lab script: verdicts', () => {
  it('a disagreement is a failure that is told at once, and what comes after it is done even so', async () => {
    const said: string[] = [];
    const failures = new Failures(new Timeline((line) => said.push(line)));
    const observer = new FederationObserver(['Thor', 'Sprout'], 0);
    const blocks = await failures.attempt(async () => {
      observer.observe('Thor', observed(3));
      observer.observe('Sprout', observed(3, { last_block_hash: 'f'.repeat(64) }));
      return Promise.resolve(3);
    });
    assert.equal(blocks, undefined);
    assert.equal(await failures.attempt(() => Promise.resolve(5)), 5);
    assert.equal(failures.texts.length, 1);
    assert.match(failures.texts[0] ?? '', /^Sprout has block 2 as f{64}, but Thor has it as/);
    assert.match(said.join('\n'), /FAILED: Sprout has block 2/);
  });

  it('what should have been otherwise is told once', () => {
    const failures = new Failures(new Timeline(() => undefined));
    failures.expect(true, 'all is well');
    failures.expect(false, 'Thor ended');
    failures.expect(false, 'Thor ended');
    assert.deepEqual(failures.texts, ['Thor ended']);
  });

  it('links that nobody wanted impaired are neither impaired nor spared', () => {
    assert.equal(new Links(new Namespaces('fbtest', 4)).netem, null);
  });
});

describe('lab script: summary of several runs', () => {
  it('has the median and the worst of each measure: the longest time, the lowest rate', () => {
    const summary = summaryOf('crash', 4, 4, [
      verdict({ backSeconds: 2, blocksPerSecondMeanwhile: 16 }), verdict({ backSeconds: 1, blocksPerSecondMeanwhile: 5 }),
      verdict({ backSeconds: 9, blocksPerSecondMeanwhile: 14 }), verdict({ backSeconds: 1.5, blocksPerSecondMeanwhile: 15 }),
    ]);
    assert.deepEqual(summary, {
      scenario: 'crash', hosts: 4, ok: true, runs: 4, okRuns: 4, netem: null,
      measures: { backSeconds: { median: 1.75, worst: 9 }, blocksPerSecondMeanwhile: { median: 14.5, worst: 5 } },
    });
  });

  it('of an odd number the median is the middle one, and of those only that have it', () => {
    const { measures } = summaryOf('crash', 4, 3, [verdict({ backSeconds: 3, allBackSeconds: 7 }), verdict({ backSeconds: 1 }), verdict({ backSeconds: 2 })]);
    assert.deepEqual(measures, { backSeconds: { median: 2, worst: 3 }, allBackSeconds: { median: 7, worst: 7 } });
  });

  it('one run that failed, or that was not played, is a failure of all', () => {
    const { ok, runs, okRuns } = summaryOf('crash', 4, 2, [verdict({}), verdict({}, { ok: false, failures: ['a fork'], blocks: null })]);
    assert.deepEqual({ ok, runs, okRuns }, { ok: false, runs: 2, okRuns: 1 });
    assert.equal(summaryOf('crash', 4, 3, [verdict({}), verdict({})]).ok, false);
    assert.deepEqual(summaryOf('crash', 4, 3, []), { scenario: 'crash', hosts: 4, ok: false, runs: 0, okRuns: 0, measures: {}, netem: null });
  });

  it('says whether every run that asked for delay and loss had them', () => {
    const { netem } = summaryOf('bad-links', 4, 2, [verdict({}, { netem: true }), verdict({}, { netem: false })]);
    assert.equal(netem, false);
    assert.equal(summaryOf('bad-links', 4, 2, [verdict({}, { netem: true }), verdict({}, { netem: true })]).netem, true);
  });
});
