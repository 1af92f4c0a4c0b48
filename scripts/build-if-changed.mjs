// Builds where something that is compiled has changed since the last time: `npm start` need not wait for the compiler.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

const STAMP = join('dist', '.build-stamp');
const COMPILED = ['src', 'scripts', 'test'];
const SETTINGS = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'];

/** Of paths, sizes and times of everything that the compiler reads, and of the Node.js that runs it. */
function stampOfSources() {
  const sources = COMPILED.flatMap((folder) => readdirSync(folder, { recursive: true }).map((path) => join(folder, path)).filter((path) => path.endsWith('.ts')));
  const hash = createHash('sha256').update(process.version);
  for (const path of [...SETTINGS, ...sources.sort()]) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${path} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

function lastStamp() {
  try {
    return readFileSync(STAMP, 'utf8');
  } catch {
    return undefined;
  }
}

const stamp = stampOfSources();
if (lastStamp() !== stamp) {
  const { status } = spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit', shell: process.platform === 'win32' });
  if (status === 0) writeFileSync(STAMP, stamp);
  process.exitCode = status ?? 1;
}
