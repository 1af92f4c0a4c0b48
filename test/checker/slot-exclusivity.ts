import type { Certificate } from '../../src/types/certificates.js';
import { certificateName } from './certificates.js';
import type { SignedStatement } from './layouts.js';
import { MemberStatements } from './statements.js';
import type { Society, Thresholds } from './society.js';
import type { Report } from './violation.js';

const SKIP = 'VIEW-CHANGE';

/** Everything that members are known to have stated in one slot, and the certificates that were shown for it. */
interface SlotTally {
  readonly members: Map<number, MemberStatements>;
  readonly certificates: Map<string, Certificate>;
}

/**
 * Invariant 2, and the part of 3 that is about one slot. Beside the certificates that were seen it looks at those that
 * could be made: had any f members (the known liars among them) signed everything, would the votes of the others still
 * keep a block final by its own certificate from sharing its slot? A protocol that only luck keeps from forking fails this.
 */
export class SlotExclusivity {
  readonly #society: Society;
  readonly #thresholds: Thresholds;
  readonly #report: Report;
  readonly #slots = new Map<number, SlotTally>();

  constructor(society: Society, thresholds: Thresholds, report: Report) {
    this.#society = society;
    this.#thresholds = thresholds;
    this.#report = report;
  }

  addStatement(signer: number, statement: Exclude<SignedStatement, { readonly type: 'CHECKPOINT' }>): void {
    const { members } = this.#slotOf(statement.slot);
    let statements = members.get(signer);
    if (statements === undefined) members.set(signer, statements = new MemberStatements());
    const { contradiction } = statements.add(statement, this.#society.fastPath);
    if (contradiction !== undefined && !this.#society.byzantine.has(signer)) {
      this.#report(3, `platform ${signer} slot ${statement.slot}: ${contradiction}`);
    }
  }

  /** @param certificate a valid one */
  addCertificate(certificate: Certificate): void {
    const { certificates } = this.#slotOf(certificate.slot);
    const key = certificate.kind === SKIP ? SKIP : `${certificate.kind} ${certificate.blockHash}`;
    if (certificates.has(key)) return;
    for (const other of certificates.values()) {
      if (exclude(certificate, other)) this.#report(2, `${certificateName(certificate)} beside ${certificateName(other)}`);
    }
    certificates.set(key, certificate);
  }

  /** Looks for certificates that could be made from what was signed; to be called when the run is over. */
  conclude(): void {
    for (const [slot, tally] of this.#slots) this.#concludeSlot(slot, tally);
  }

  #concludeSlot(slot: number, { members, certificates }: SlotTally): void {
    const { quorum, fast } = this.#thresholds;
    // SLOW needs no such look: COMMIT excludes all other votes (3), and two quorums have an honest member in common.
    if (fast === undefined) return;
    const first = new Map<string, Set<number>>();
    const certified = new Map<string, Set<number>>();
    for (const [signer, statements] of members) {
      if (this.#society.byzantine.has(signer)) continue;
      for (const statement of statements.all()) {
        if (statement.type === 'VIEW-CHANGE') into(certified, SKIP, signer);
        else if (statement.type === 'PREPARE') {
          into(certified, statement.blockHash, signer);
          if (statement.first) into(first, statement.blockHash, signer);
        }
      }
    }
    for (const [block, by] of first) {
      for (const [other, others] of certified) {
        if (other === block || !this.#canBoth(by, fast, others, quorum)) continue;
        // Where both certificates were seen, that has been told.
        if (certificates.has(`FAST ${block}`) && certificates.has(other === SKIP ? SKIP : `PREPARE ${other}`)) continue;
        this.#report(2, `slot ${slot}: block ${block.slice(0, 8)} could be FAST-final (${[...by].join(' ')} voted for it) beside `
          + `${other === SKIP ? 'a VIEW-CHANGE certificate' : `a PREPARE certificate of ${other.slice(0, 8)}`} (${[...others].join(' ')}) with ${this.#thresholds.liars} liars`);
      }
    }
  }

  /** Whether f members, the known liars among them, can add the votes that both sets lack. */
  #canBoth(left: ReadonlySet<number>, leftNeeded: number, right: ReadonlySet<number>, rightNeeded: number): boolean {
    const { byzantine, memberCount } = this.#society;
    const missing = { left: leftNeeded - left.size - byzantine.size, right: rightNeeded - right.size - byzantine.size };
    let spare = this.#thresholds.liars - byzantine.size;
    let inNeither = 0;
    for (let member = 0; member < memberCount; member += 1) if (!byzantine.has(member) && !left.has(member) && !right.has(member)) inNeither += 1;
    // Who voted for neither helps both sides, anyone else one: those first.
    while (spare > 0 && inNeither > 0 && (missing.left > 0 || missing.right > 0)) {
      spare -= 1;
      inNeither -= 1;
      missing.left -= 1;
      missing.right -= 1;
    }
    return Math.max(0, missing.left) + Math.max(0, missing.right) <= Math.max(0, spare);
  }

  #slotOf(slot: number): SlotTally {
    let tally = this.#slots.get(slot);
    if (tally === undefined) this.#slots.set(slot, tally = { members: new Map(), certificates: new Map() });
    return tally;
  }
}

function into(sets: Map<string, Set<number>>, key: string, signer: number): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([signer]));
  else set.add(signer);
}

/** Whether two certificates of one slot break invariant 2. */
function exclude(a: Certificate, b: Certificate): boolean {
  const isFinal = ({ kind }: Certificate): boolean => kind === 'FAST' || kind === 'SLOW';
  if (!isFinal(a) && !isFinal(b)) return false;
  return a.kind === SKIP || b.kind === SKIP || a.blockHash !== b.blockHash;
}
