import { readFile, writeFile } from 'node:fs/promises';
import { conclude } from './command/conclusion.js';
import { runAsProcess } from './command/process.js';
import { withTraces } from './traces/traces.js';

const FILE = new URL('../docs/traces.md', import.meta.url);

/** Plays the traces of docs/traces.md anew. */
await runAsProcess((_args, terminal) => conclude(terminal, async () => {
  const before = await readFile(FILE, 'utf8');
  const after = await withTraces(before);
  if (after !== before) await writeFile(FILE, after);
  return { ok: true, changed: after !== before };
}));
