import { readFile, writeFile } from 'node:fs/promises';
import { withTraces } from './traces/traces.js';

/** Plays the traces of docs/traces.md anew. */
const FILE = new URL('../docs/traces.md', import.meta.url);
await writeFile(FILE, await withTraces(await readFile(FILE, 'utf8')));
