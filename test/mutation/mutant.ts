/** One replacement in a production file. `find` must occur there exactly once, or the mutant is broken. */
export interface Patch {
  /** Relative to the project, such as `src/consensus/voting.ts`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** What may notice a mutant. Each must pass without one (the gate's baseline). */
export type Catcher =
  /** Mocha spec files; with `title`, only the tests whose full title contains it. */
  | { readonly kind: 'specs'; readonly files: readonly [string, ...string[]]; readonly title?: string }
  /** Random runs of these seeds, both ends included. */
  | { readonly kind: 'seeds'; readonly from: number; readonly to: number }
  /** A scenario of test/scenario, and the regular expression that `<error's name>: <its message>` must match. */
  | { readonly kind: 'scenario'; readonly name: string; readonly fails: { readonly source: string; readonly flags: string } };

/** A deliberate weakening of the protocol or of its durability. */
export interface Mutant {
  /** Unique, in kebab-case: what is left out or done wrongly. */
  readonly name: string;
  /** Rule or section of SPEC.md. */
  readonly rule: string;
  /** What becomes possible by it. */
  readonly why: string;
  readonly patches: readonly [Patch, ...Patch[]];
  /** Tried in this order, so the cheapest comes first; after them, the scenarios that name the mutant. */
  readonly catchers: readonly Catcher[];
}

export type MutationErrorCode = 'unknown-mutant' | 'patch-misses' | 'patch-ambiguous' | 'patch-idle' | 'does-not-load';

/** A mutant that is no weakening but a mistake in the catalogue: it must never count as caught. */
export class MutationError extends Error {
  readonly code: MutationErrorCode;

  constructor(code: MutationErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'MutationError';
    this.code = code;
  }
}

/** @throws MutationError `patch-misses`, `patch-ambiguous` or `patch-idle` */
export function applied(mutant: string, { file, find, replace }: Patch, text: string): string {
  const at = text.indexOf(find);
  if (find === '' || at < 0) {
    throw new MutationError('patch-misses', `mutant ${mutant}: ${file} does not contain ${JSON.stringify(find)}; the code has changed, so bring the patch up to date`);
  }
  if (text.includes(find, at + 1)) {
    throw new MutationError('patch-ambiguous', `mutant ${mutant}: ${file} contains ${JSON.stringify(find)} more than once; give more of the text around it`);
  }
  if (find === replace) throw new MutationError('patch-idle', `mutant ${mutant}: the patch of ${file} replaces a text by itself`);
  return text.slice(0, at) + replace + text.slice(at + find.length);
}
