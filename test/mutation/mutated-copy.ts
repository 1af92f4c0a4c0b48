import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mutantNamed } from './catalogue.js';
import type { Patch } from './mutant.js';
import { applied, MutationError } from './mutant.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** All that tests of the core, of its parts and of whole simulated federations need. */
const COPIED = ['src', 'test', 'scripts', 'package.json', 'tsconfig.json', '.mocharc.json'];

/** Imports a module of the mutated copy, such as `test/simulation/world.js`, with all that it imports in its own module graph. */
export type LoadMutated = (path: string) => Promise<unknown>;

/** A copy of the project in a directory of its own, patched. Whoever makes one must `remove` it. */
export interface MutatedCopy {
  readonly directory: string;
  readonly load: LoadMutated;
  remove(): Promise<void>;
}

/**
 * @param name for errors only
 * @param patches none for a plain copy
 * @param entries what is copied, where less than the default is needed
 * @throws MutationError where a patch does not apply exactly once, or a patched module does not load
 */
export async function mutatedCopy(name: string, patches: readonly Patch[], entries: readonly string[] = COPIED): Promise<MutatedCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'fb-pbft-mutant-'));
  const copy: MutatedCopy = {
    directory,
    load: (path) => import(pathToFileURL(join(directory, path.replace(/\.js$/, '.ts'))).href) as Promise<unknown>,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
  try {
    await Promise.all(entries.map((entry) => cp(join(PROJECT, entry), join(directory, entry), { recursive: true })));
    await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'), 'junction');
    for (const patch of patches) {
      const path = join(directory, patch.file);
      await writeFile(path, applied(name, patch, await readFile(path, 'utf8')));
    }
  } catch (error) {
    await copy.remove();
    throw error;
  }
  return copy;
}

/** A mutant that breaks its module would fail every test and prove nothing. @throws MutationError */
export async function requireLoadable(name: string, patches: readonly Patch[], load: LoadMutated): Promise<void> {
  for (const { file } of patches) {
    await load(file).catch((error: unknown) => {
      throw new MutationError('does-not-load', `mutant ${name}: ${file} does not load once patched: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    });
  }
}

/**
 * Runs `use` with modules of the project as the named mutant of the catalogue has them, in this process. The modules are
 * other instances than the ones imported normally: compare classes and errors by name, not with instanceof.
 *
 * @example
 * import type * as WorldModule from '../simulation/world.js';
 * await withMutant('quorum-minus-one', async (load) => {
 *   const { World } = await load('test/simulation/world.js') as typeof WorldModule;
 * });
 * @throws MutationError where there is no such mutant, or it is broken; else whatever `use` throws
 */
export async function withMutant<Result>(name: string, use: (load: LoadMutated) => Result | Promise<Result>): Promise<Result> {
  const { patches } = mutantNamed(name);
  const copy = await mutatedCopy(name, patches);
  try {
    await requireLoadable(name, patches, copy.load);
    return await use(copy.load);
  } finally {
    await copy.remove();
  }
}
