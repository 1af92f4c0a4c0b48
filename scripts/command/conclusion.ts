import { messageOf } from '../../src/cli/cli-error.js';
import type { Terminal } from '../../src/cli/terminal.js';

/** What a command came to: the object of its last line. `ok` decides its exit code. */
export interface Conclusion {
  readonly ok: boolean;
  readonly [figure: string]: unknown;
}

/** Nothing was played: help or a list was asked for (0), or the command was called wrongly, as it has said (2). */
export type NothingPlayed = 0 | 2;

/** The last line of a command. */
export function lastLine(conclusion: Conclusion): string {
  return JSON.stringify(conclusion);
}

/**
 * Plays, and ends with one line of JSON that says what came of it, also where it throws: an error is told in words, too.
 * @returns exit code: 0 where all is well, 1 where it is not, 2 where the command was called wrongly
 */
export async function conclude(terminal: Terminal, play: () => Promise<Conclusion | NothingPlayed>): Promise<0 | 1 | 2> {
  let conclusion: Conclusion | NothingPlayed;
  try {
    conclusion = await play();
  } catch (error) {
    terminal.err(`error: ${messageOf(error)}`);
    conclusion = { ok: false, error: messageOf(error) };
  }
  if (conclusion === 0) return 0;
  terminal.out(lastLine(conclusion === 2 ? { ok: false, error: 'called wrongly' } : conclusion));
  if (conclusion === 2) return 2;
  return conclusion.ok ? 0 : 1;
}
