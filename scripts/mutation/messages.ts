import type { Catcher } from '../../test/mutation/mutant.js';

/** To a process in a copy of the project: what to try there. */
export interface Task {
  readonly catcher: Catcher;
  /** Modules that must load before anything counts. */
  readonly patchedFiles: readonly string[];
}

/** How a catcher fared. `tried` is how many seeds, tests or scenarios it took. */
export type Outcome =
  | { readonly type: 'passed'; readonly tried: number }
  | { readonly type: 'failed'; readonly tried: number; readonly what: string }
  /** The catcher cannot tell: modules do not load, or there is no such test. Never counts as noticed. */
  | { readonly type: 'unusable'; readonly what: string };

/** From the process: that the modules loaded, then the outcome. */
export type Report = { readonly type: 'loaded' } | Outcome;
