import type { Hash, MemberIndex, Sequence } from '../types/ids.js';
import type { Checkpoint } from '../types/messages.js';
import type { QuorumParameters } from './quorum.js';

/** Checkpoints of one member kept above the stable one; the oldest gives way. */
const MAX_PER_SIGNER = 8;
/** Own roots kept to compare with those of a quorum that is ahead or behind. */
const MAX_OWN_ROOTS = 64;

export type CheckpointOutcome =
  | { readonly type: 'stable'; readonly sequence: Sequence; readonly stateRoot: Hash; readonly proof: readonly Checkpoint[] }
  | { readonly type: 'diverged'; readonly sequence: Sequence; readonly ownRoot: Hash; readonly certifiedRoot: Hash };

/** Tallies of CHECKPOINTs (SPEC section 6): Q matching ones make a state root stable. */
export class Checkpoints {
  readonly #parameters: QuorumParameters;
  readonly #bySigner = new Map<MemberIndex, Checkpoint[]>();
  readonly #ownRoots = new Map<Sequence, Hash>();
  #stable: { readonly sequence: Sequence; readonly stateRoot: Hash } | undefined;

  constructor(parameters: QuorumParameters) {
    this.#parameters = parameters;
  }

  get stable(): { readonly sequence: Sequence; readonly stateRoot: Hash } | undefined {
    return this.#stable;
  }

  /** The last own CHECKPOINT, for re-sending. */
  latestOf(signer: MemberIndex): Checkpoint | undefined {
    return this.#bySigner.get(signer)?.at(-1);
  }

  /** The latest of each member. */
  latest(): Checkpoint[] {
    return [...this.#bySigner.values()].flatMap((held) => held.slice(-1));
  }

  /** The root this platform computed after a block. */
  addOwnRoot(sequence: Sequence, stateRoot: Hash): CheckpointOutcome[] {
    this.#ownRoots.set(sequence, stateRoot);
    const oldest = this.#ownRoots.keys().next();
    if (this.#ownRoots.size > MAX_OWN_ROOTS && oldest.done !== true) this.#ownRoots.delete(oldest.value);
    return this.#outcomes(sequence);
  }

  /** Whether it is later than any held of its signer. */
  isNews({ signer, sequence }: Checkpoint): boolean {
    return sequence > (this.latestOf(signer)?.sequence ?? -1);
  }

  /** Whether it would be kept: of its signer the first to arrive for its sequence, and one of the highest. */
  wants({ signer, sequence }: Checkpoint): boolean {
    const held = this.#bySigner.get(signer) ?? [];
    if (held.some((other) => other.sequence === sequence)) return false;
    return held.length < MAX_PER_SIGNER || sequence > (held[0]?.sequence ?? -1);
  }

  add(checkpoint: Checkpoint): CheckpointOutcome[] {
    if (!this.wants(checkpoint)) return [];
    const held = this.#bySigner.get(checkpoint.signer) ?? [];
    const kept = [...held, checkpoint].sort((a, b) => a.sequence - b.sequence).slice(-MAX_PER_SIGNER);
    this.#bySigner.set(checkpoint.signer, kept);
    return this.#outcomes(checkpoint.sequence);
  }

  #outcomes(sequence: Sequence): CheckpointOutcome[] {
    const byRoot = new Map<Hash, Checkpoint[]>();
    for (const held of this.#bySigner.values()) {
      const match = held.find((other) => other.sequence === sequence);
      if (match !== undefined) byRoot.set(match.stateRoot, [...(byRoot.get(match.stateRoot) ?? []), match]);
    }
    const outcomes: CheckpointOutcome[] = [];
    for (const [stateRoot, proof] of byRoot) {
      if (proof.length < this.#parameters.quorum) continue;
      const ownRoot = this.#ownRoots.get(sequence);
      if (ownRoot !== undefined && ownRoot !== stateRoot) outcomes.push({ type: 'diverged', sequence, ownRoot, certifiedRoot: stateRoot });
      if (this.#stable === undefined || this.#stable.sequence < sequence) {
        this.#stable = { sequence, stateRoot };
        outcomes.push({ type: 'stable', sequence, stateRoot, proof });
      }
    }
    return outcomes;
  }
}
