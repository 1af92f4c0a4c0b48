import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Terminal } from '../../src/cli/terminal.js';
import type { Conclusion } from '../command/conclusion.js';
import { platformsOf, readDescription } from '../federation/description.js';
import { prepareDirectory } from '../federation/directory.js';
import type { FederationDirectory } from '../federation/directory.js';
import { DESCRIPTION } from '../federation/project.js';

export function keptText(dir: string): string {
  return `keys, databases, logs and captures are kept in ${dir}`;
}

/**
 * Plays in a directory, a temporary one unless one is given. A temporary one goes unless violations were found in it.
 * @throws what `play` throws; the directory is kept then, and told
 */
export async function playIn(
  dir: string | undefined, prefix: string, { err }: Terminal, play: (dir: string) => Promise<Conclusion>,
): Promise<Conclusion> {
  const used = dir ?? await mkdtemp(join(tmpdir(), prefix));
  try {
    const conclusion = await play(used);
    if (conclusion['violations'] === 0 && dir === undefined) await rm(used, { recursive: true });
    return conclusion;
  } catch (error) {
    err(keptText(used));
    throw error;
  }
}

/** Keys and genesis of a federation on any free ports of loopback. @throws FederationError */
export async function makeFederation(dir: string, members: number): Promise<FederationDirectory> {
  const description = await readDescription(DESCRIPTION);
  const platforms = platformsOf(description, members).map(({ name }) => ({ name, listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' }));
  return prepareDirectory(dir, description, platforms, false);
}
