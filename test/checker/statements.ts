import { ZERO } from './layouts.js';
import type { SignedStatement } from './layouts.js';

type InSlot = Exclude<SignedStatement, { readonly type: 'CHECKPOINT' }>;

/** What a statement says of its author's first vote in the slot (SPEC section 10). */
type FirstVoteClaim =
  | { readonly is: string }
  /** Some block, though not this one. */
  | { readonly isBlockOtherThan: string }
  /** Anything but this block. */
  | { readonly isNot: string };

const VIEW_CHANGE = 'VIEW-CHANGE';

function claimOf(statement: InSlot, fastPath: number | 'off'): FirstVoteClaim | undefined {
  switch (statement.type) {
    case 'PRE-PREPARE':
    case 'COMMIT': return undefined;
    case 'PREPARE':
      if (statement.first) return { is: statement.blockHash };
      if (statement.basisHash !== ZERO) return { isBlockOtherThan: statement.blockHash };
      return fastPath === 'off' ? { isNot: statement.blockHash } : { is: VIEW_CHANGE };
    case 'VIEW-CHANGE': return { is: statement.first ? VIEW_CHANGE : statement.blockHash };
  }
}

function contradict(a: FirstVoteClaim, b: FirstVoteClaim): boolean {
  if ('is' in a) {
    if ('is' in b) return a.is !== b.is;
    if ('isNot' in b) return a.is === b.isNot;
    return a.is === VIEW_CHANGE || a.is === b.isBlockOtherThan;
  }
  return 'is' in b ? contradict(b, a) : false;
}

/** Whether a COMMIT and another vote of the same member and slot exclude each other (R5). */
function commitExcludes(commit: InSlot, other: InSlot): boolean {
  if (commit.type !== 'COMMIT') return false;
  if (other.type === VIEW_CHANGE) return true;
  return (other.type === 'PREPARE' || other.type === 'COMMIT') && other.blockHash !== commit.blockHash;
}

/**
 * Why two statements of one member in one slot cannot both be an honest platform's (R1, R5, SPEC section 10);
 * undefined where they can. It does not matter which of them came first.
 */
function contradictionOf(a: InSlot, b: InSlot, fastPath: number | 'off'): string | undefined {
  if (a.type === 'PRE-PREPARE' && b.type === 'PRE-PREPARE') {
    return a.headerHash === b.headerHash ? undefined : `proposed both ${short(a.headerHash)} and ${short(b.headerHash)}`;
  }
  const [first, second] = [claimOf(a, fastPath), claimOf(b, fastPath)];
  if (first !== undefined && second !== undefined && contradict(first, second)) return `two first votes: ${statementName(a)} and ${statementName(b)}`;
  return commitExcludes(a, b) || commitExcludes(b, a) ? `COMMIT beside another vote: ${statementName(a)} and ${statementName(b)}` : undefined;
}

function statementName(statement: InSlot): string {
  switch (statement.type) {
    case 'PRE-PREPARE': return `PRE-PREPARE(${short(statement.headerHash)})`;
    case 'COMMIT': return `COMMIT(${short(statement.blockHash)})`;
    case 'PREPARE': return `PREPARE(${short(statement.blockHash)}, first=${Number(statement.first)}${basisName(statement.basisHash)})`;
    case 'VIEW-CHANGE': return `VIEW-CHANGE(first=${Number(statement.first)}${statement.first ? '' : ` after ${short(statement.blockHash)}`})`;
  }
}

function basisName(basisHash: string): string {
  return basisHash === ZERO ? '' : ', with a basis';
}

function short(hash: string): string {
  return hash.slice(0, 8);
}

/** What one member stated in one slot, each once. */
export class MemberStatements {
  readonly #byText = new Map<string, InSlot>();

  /** @returns whether it is new, and if so why it contradicts an earlier one */
  add(statement: InSlot, fastPath: number | 'off'): { readonly isNew: boolean; readonly contradiction?: string } {
    const text = textOf(statement);
    if (this.#byText.has(text)) return { isNew: false };
    let contradiction: string | undefined;
    for (const earlier of this.#byText.values()) contradiction ??= contradictionOf(earlier, statement, fastPath);
    this.#byText.set(text, statement);
    return contradiction === undefined ? { isNew: true } : { isNew: true, contradiction };
  }

  all(): Iterable<InSlot> {
    return this.#byText.values();
  }
}

function textOf(statement: InSlot): string {
  switch (statement.type) {
    case 'PRE-PREPARE': return `H${statement.headerHash}`;
    case 'COMMIT': return `C${statement.blockHash}`;
    case 'PREPARE': return `${statement.first ? 'P' : 'p'}${statement.blockHash}${statement.basisHash}`;
    case 'VIEW-CHANGE': return `${statement.first ? 'V' : 'v'}${statement.blockHash}${statement.basisHash}`;
  }
}
