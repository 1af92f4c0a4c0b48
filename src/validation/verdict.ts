/** Why input was turned away; stable, for counters. */
export type RejectionCode =
  // Any message.
  | 'malformed' | 'too-large' | 'other-epoch' | 'unknown-signer' | 'bad-signature' | 'position-mismatch'
  // Votes (SPEC section 2).
  | 'block-hash-zero' | 'first-vote-block' | 'first-vote-basis' | 'basis-missing' | 'basis-unexpected'
  // Headers and proposals.
  | 'block-hash' | 'header-chain' | 'header-slot' | 'header-parent' | 'next-members' | 'not-leader'
  | 'parent-certificate' | 'skip-certificates'
  // Block bodies (SPEC section 6).
  | 'block-too-large' | 'too-many-transactions' | 'transaction-count' | 'merkle-root' | 'transaction-twice'
  // Transactions.
  | 'transaction-malformed' | 'transaction-too-large' | 'other-society' | 'transaction-signature'
  // Certificates.
  | 'certificate-size' | 'certificate-signer' | 'certificate-vote' | 'certificate-signature' | 'fast-path-off'
  // Evidence.
  | 'not-evidence'
  // Sync.
  | 'chain-link' | 'chain-timestamp' | 'status-proof' | 'status-position'
  | 'snapshot-manifest' | 'snapshot-blocks' | 'snapshot-root';

/**
 * Input that is not taken. `ignore` blames nobody: it may be honest, or old. `reject` is what no honest member sends
 * or passes on.
 */
export interface Rejection {
  readonly ok: false;
  readonly verdict: 'ignore' | 'reject';
  readonly code: RejectionCode;
  /** A sentence for people: the field, what it is, what it must be. */
  readonly detail: string;
}

export function reject(code: RejectionCode, detail: string): Rejection {
  return { ok: false, verdict: 'reject', code, detail };
}

export function ignore(code: RejectionCode, detail: string): Rejection {
  return { ok: false, verdict: 'ignore', code, detail };
}

/** The first failure of checks in order; later ones do not run. */
export function firstFailure(...checks: readonly (() => Rejection | undefined)[]): Rejection | undefined {
  for (const check of checks) {
    const failure = check();
    if (failure !== undefined) return failure;
  }
  return undefined;
}
