import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../../src/cli/terminal.js';
import { platformsOf, readDescription } from '../federation/description.js';
import { prepareDirectory } from '../federation/directory.js';
import type { FederationDirectory } from '../federation/directory.js';
import { DESCRIPTION } from '../federation/project.js';

export function keptText(dir: string): string {
  return `keys, databases, logs and captures are kept in ${dir}`;
}

/**
 * Plays in a directory, a temporary one unless one is given. A temporary one goes where nothing was found.
 * @param play gives the number of violations
 * @returns the exit code
 */
export async function playIn(
  dir: string | undefined, prefix: string, terminal: Terminal, signal: AbortSignal, play: (dir: string) => Promise<number>,
): Promise<number> {
  const used = dir ?? await mkdtemp(join(tmpdir(), prefix));
  try {
    const violations = await play(used);
    if (violations === 0 && dir === undefined) await rm(used, { recursive: true });
    return violations > 0 || signal.aborted ? 1 : 0;
  } catch (error) {
    terminal.err(`error: ${error instanceof Error ? error.message : String(error)}\n${keptText(used)}`);
    return 1;
  }
}

/** Keys and genesis of a federation on any free ports of loopback. @throws FederationError */
export async function makeFederation(dir: string, members: number): Promise<FederationDirectory> {
  const description = await readDescription(DESCRIPTION);
  const platforms = platformsOf(description, members).map(({ name }) => ({ name, listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' }));
  return prepareDirectory(dir, description, platforms, false);
}
