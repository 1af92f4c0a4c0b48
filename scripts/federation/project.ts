import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

function findRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('package.json is not found above this script');
    folder = parent;
  }
  return folder;
}

/** Root of the checkout; this script runs from scripts/ and from dist/scripts/. */
const ROOT = findRoot();
/** The compiled `fb-pbft` command. */
export const COMMAND = join(ROOT, 'dist', 'src', 'cli', 'main.js');
/** Describes the local federation. */
export const DESCRIPTION = join(ROOT, 'bootstrap', 'federation.json');
/** Goes into a platform's process, as compiled. */
export const WITNESS = join(ROOT, 'dist', 'scripts', 'soak', 'witness.js');
