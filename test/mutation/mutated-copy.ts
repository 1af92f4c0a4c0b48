import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { mutantNamed } from './catalogue.js';
import type { Patch } from './mutant.js';
import { applied, MutationError } from './mutant.js';
import { ModuleGraph } from './module-graph.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** What makes the files around it modules of TypeScript. */
const SETTINGS = ['package.json', 'tsconfig.json'];
/** All that tests of the core, of its parts and of whole simulated federations need. */
const COPIED = ['src', 'test', 'scripts', '.mocharc.json', ...SETTINGS];

/** Imports a module of the mutated copy, such as `test/simulation/world.js`, with what of its imports is patched, or imports something patched, in instances of their own. */
export type LoadMutated = (path: string) => Promise<unknown>;

/** A copy of the project in a directory of its own, patched. Whoever makes one must `remove` it. */
export interface MutatedCopy {
  readonly directory: string;
  readonly load: LoadMutated;
  remove(): Promise<void>;
}

/**
 * All of the project that tests need, for processes of its own.
 *
 * @param name for errors only
 * @param patches none for a plain copy
 * @throws MutationError where a patch does not apply exactly once
 */
export function mutatedCopy(name: string, patches: readonly Patch[]): Promise<MutatedCopy> {
  return copyFilledBy(async (directory) => {
    await Promise.all(COPIED.map((entry) => cp(join(PROJECT, entry), join(directory, entry), { recursive: true })));
    for (const patch of patches) {
      const path = join(directory, patch.file);
      await writeFile(path, applied(name, patch, await readFile(path, 'utf8')));
    }
  });
}

let graph: Promise<ModuleGraph> | undefined;

/**
 * The patched modules and those that import them, directly or not, for this process: all others are the ones that it has
 * loaded already, which saves most of the work.
 *
 * @param name for errors only
 * @throws MutationError where a patch does not apply exactly once
 */
export function mutatedModules(name: string, patches: readonly Patch[]): Promise<MutatedCopy> {
  return copyFilledBy(async (directory) => {
    graph ??= ModuleGraph.read();
    const modules = await graph;
    const moved = modules.dependents(patches.map(({ file }) => file));
    await Promise.all(SETTINGS.map((file) => cp(join(PROJECT, file), join(directory, file))));
    const folders = new Set([...moved].map((path) => dirname(path)));
    await Promise.all([...folders].map((folder) => mkdir(join(directory, folder), { recursive: true })));
    await Promise.all([...moved].map(async (path) => {
      const own = patches.filter(({ file }) => file === path);
      const source = own.reduce((text, patch) => applied(name, patch, text), modules.source(path));
      await writeFile(join(directory, path), modules.relocated(path, moved, source));
    }));
  });
}

async function copyFilledBy(fill: (directory: string) => Promise<void>): Promise<MutatedCopy> {
  const directory = await mkdtemp(join(tmpdir(), 'fb-pbft-mutant-'));
  const copy: MutatedCopy = {
    directory,
    load: (path) => import(pathToFileURL(join(directory, path.replace(/\.js$/, '.ts'))).href) as Promise<unknown>,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
  try {
    await fill(directory);
    await symlink(join(PROJECT, 'node_modules'), join(directory, 'node_modules'), 'junction');
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
  const copy = await mutatedModules(name, patches);
  try {
    await requireLoadable(name, patches, copy.load);
    return await use(copy.load);
  } finally {
    await copy.remove();
  }
}
