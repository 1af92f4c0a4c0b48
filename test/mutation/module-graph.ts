import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
/** Where modules are looked for. */
const FOLDERS = ['src', 'test', 'scripts'];
const RELATIVE_IMPORT = /((?:from|import)\s*\(?\s*')(\.{1,2}\/[^']+)\.js(?=')/g;

/** The project's TypeScript modules by path, such as `src/consensus/voting.ts`, and what they import of one another. */
export class ModuleGraph {
  readonly #sources: ReadonlyMap<string, string>;
  readonly #importers = new Map<string, string[]>();

  private constructor(sources: ReadonlyMap<string, string>) {
    this.#sources = sources;
    for (const [path, source] of sources) {
      for (const [, , specifier = ''] of source.matchAll(RELATIVE_IMPORT)) {
        const imported = importedBy(path, specifier);
        this.#importers.set(imported, [...this.#importers.get(imported) ?? [], path]);
      }
    }
  }

  static async read(): Promise<ModuleGraph> {
    const listed = await Promise.all(FOLDERS.map(async (folder) => (
      (await readdir(join(PROJECT, folder), { recursive: true })).filter((path) => path.endsWith('.ts')).map((path) => posix.join(folder, ...path.split(/[\\/]/)))
    )));
    return new ModuleGraph(new Map(await Promise.all(listed.flat().map(async (path) => [path, await readFile(join(PROJECT, path), 'utf8')] as const))));
  }

  /** These modules and all that import them, directly or not. */
  dependents(paths: readonly string[]): ReadonlySet<string> {
    const found = new Set(paths);
    for (const path of found) for (const importer of this.#importers.get(path) ?? []) found.add(importer);
    return found;
  }

  /** A module's text with its imports of all but `moved` modules led to the project, wherever the text is put. */
  relocated(path: string, moved: ReadonlySet<string>, source = this.source(path)): string {
    return source.replace(RELATIVE_IMPORT, (whole, before: string, specifier: string) => {
      const imported = importedBy(path, specifier);
      return moved.has(imported) ? whole : `${before}${new URL(`../../${imported}`, import.meta.url).href.replace(/\.ts$/, '.js')}`;
    });
  }

  source(path: string): string {
    const source = this.#sources.get(path);
    if (source === undefined) throw new Error(`${path} is no module of ${FOLDERS.join(', ')}`);
    return source;
  }
}

function importedBy(path: string, specifier: string): string {
  return `${posix.join(posix.dirname(path), specifier)}.ts`;
}
