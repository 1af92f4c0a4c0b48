import assert from 'node:assert/strict';
import type { Rejection, RejectionCode } from '../../../src/validation/verdict.js';

type Outcome = { readonly ok: true } | Rejection;

export function accepted(outcome: Outcome): void {
  assert.deepEqual(outcome.ok ? 'accepted' : `${outcome.code}: ${outcome.detail}`, 'accepted');
}

export function refused(outcome: Outcome, verdict: Rejection['verdict'], code: RejectionCode): void {
  assert.deepEqual(outcome.ok ? 'accepted' : { verdict: outcome.verdict, code: outcome.code }, { verdict, code });
  assert.ok(!outcome.ok && outcome.detail.length > 10, 'has a sentence for people');
}
