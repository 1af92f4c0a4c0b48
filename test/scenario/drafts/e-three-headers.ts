import assert from 'node:assert/strict';
import { sha256Hash } from '../../../src/crypto/hash.js';
import type { Block } from '../../../src/types/block.js';
import type { Scenario } from '../scenario.js';
import { STUCK } from '../settings.js';
import { Stage } from '../stage.js';

/** Any basis: a Byzantine member need not produce it. */
const SOME_BASIS = sha256Hash(new TextEncoder().encode('a basis'));
const LABELS = ['A', 'B', 'C'] as const;

function headersOf(stage: Stage): Record<(typeof LABELS)[number], Block> {
  const [A, B, C] = LABELS.map((label) => stage.block({ slot: 0, label }));
  assert.ok(A && B && C);
  return { A, B, C };
}

export const threeHeadersOfSeven: Scenario = {
  name: 'draft-e-three-headers-of-7',
  source: 'draft (e) of this protocol',
  rules: ['section 8', 'R4b', 'R4c'],
  story: 'The Byzantine leader of slot 0 signs three headers. Platforms 2, 3 and 4 first-vote C; 5 and 6, which have seen A and B, first-vote A and B. C can be '
    + 'certified only if 5 and 6 PREPARE it by R4b, and the slot cannot be skipped, as 2, 3 and 4 lack the proof against C. Had 5 and 6 dropped a third header, all '
    + 'would be stuck.',
  weaknesses: [{ mutant: 'third-header-dropped', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 7, byzantine: [0, 1], watch });
    const { society } = stage;
    const { A, B, C } = headersOf(stage);
    await stage.deliver(0, [2, 3, 4], society.prePrepare(C));
    await stage.deliver(0, [5], society.prePrepare(A), society.prePrepare(B));
    await stage.deliver(0, [6], society.prePrepare(B), society.prePrepare(A));
    await stage.untilFinal(stage.submit('pending'), 20_000, 'C is certified');
  },
};

export const threePreparesOfOne: Scenario = {
  name: 'draft-e-three-prepares-of-one',
  source: 'draft (e) of this protocol',
  rules: ['section 8', 'R4a'],
  story: 'Ten members, of which 0, 1 and 2 are Byzantine and 0 signs three headers. Platform 8 timed out and rightly PREPARES A, which it saw first, then B, which '
    + 'has four PREPAREs of non-leaders, then C, for which four platforms voted first. C is certified only if this third PREPARE of one member is counted.',
  weaknesses: [{ mutant: 'two-prepares-a-member', fails: STUCK }],
  async play(watch) {
    const stage = await Stage.open({ members: 10, byzantine: [0, 1, 2], watch });
    const { society } = stage;
    const { A, B, C } = headersOf(stage);
    const forC = [3, 4, 5, 6];
    stage.world.partition(forC, [7, 8, 9]);
    await stage.deliver(0, forC, society.prePrepare(C));
    const pending = stage.submit('pending', [8, 9]);
    stage.hold(() => true);
    await stage.runTo(1010);
    await stage.deliver(0, [7, 9], society.prePrepare(B));
    await stage.deliver(0, [8], society.prePrepare(A));
    assert.deepEqual([8, 9].map((index) => stage.voted(index, 0)), [['VIEW-CHANGE1', 'PREPARE0'], ['VIEW-CHANGE1', 'PREPARE0']]);
    stage.hold();
    await stage.deliver(0, [8], society.prePrepare(B), ...[1, 2].map((accomplice) => society.prepare(0, accomplice, B.hash, false, SOME_BASIS)));
    const prepared = (): number => new Set(stage.votes(8, 0).flatMap((vote) => (vote.type === 'PREPARE' ? [vote.blockHash] : []))).size;
    await stage.until(() => prepared() === 2, 3000, 'platform 8 PREPARES B, too');
    // Those who voted for C hear of A and B from 8 before 8 hears of C.
    stage.hold((_message, from) => forC.includes(from));
    stage.world.heal();
    await stage.runFor(3000);
    assert.equal(prepared(), 2);
    stage.hold();
    await stage.untilFinal(pending, 20_000, 'C is certified');
    assert.equal(prepared(), 3, 'the setting: C needed it');
  },
};

/** How many honest platforms first-vote A, B and C; the others see no proposal in time. */
const SPLITS = [[7, [4, 1, 0]], [7, [3, 2, 0]], [7, [3, 1, 1]], [7, [2, 2, 1]], [7, [1, 1, 1]], [10, [3, 3, 1]]] as const;

export const threeHeadersAnySplit: Scenario = {
  name: 'draft-e-three-headers-any-split',
  source: 'draft (e) of this protocol',
  rules: ['section 8', 'R4a', 'R4b', 'R4c', 'section 1, Te'],
  story: 'The Byzantine leader of slot 0 shows each honest platform one of three headers, or none, in many ways, and is silent with its accomplices. However they are split, a '
    + 'header is certified or the slot is skipped.',
  weaknesses: [{ mutant: 'one-prepare-a-member', fails: STUCK }],
  async play(watch) {
    for (const [members, split] of SPLITS) {
      const byzantine = Array.from({ length: Math.floor((members - 1) / 3) }, (_, index) => index);
      const stage = await Stage.open({ members, byzantine, watch });
      const headers = Object.values(headersOf(stage));
      const shown = split.flatMap((count, which) => Array.from({ length: count }, () => headers[which] ?? assert.fail()));
      for (const [place, { index }] of stage.honest.entries()) {
        const header = shown[place];
        if (header !== undefined) await stage.deliver(0, [index], stage.society.prePrepare(header));
      }
      await stage.untilFinal(stage.submit('pending'), 20_000, `n = ${members}, split ${split.join(', ')}`);
    }
  },
};
