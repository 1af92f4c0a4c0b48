import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Namespaces } from './lab/namespaces.js';
import { parseLabOptions } from './lab/options.js';
import type { LabRunOptions } from './lab/options.js';
import { runLab } from './lab/run.js';

/** Tells the run inside the router's namespace which lab it is in. */
const LAB_VARIABLE = 'FB_PBFT_LAB';

const say = (line: string): void => { process.stdout.write(`${line}\n`); };
const complain = (line: string): void => { process.stderr.write(`${line}\n`); };

/** Makes the hosts, runs itself again among them, and takes them down whatever happens. */
async function outside(args: readonly string[], options: LabRunOptions): Promise<number> {
  const namespaces = new Namespaces(`fb${process.pid}`, options.hosts);
  // Both processes get Ctrl-C; the inner one ends the run, and this one then cleans up.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  await namespaces.create();
  try {
    const [launcher = 'ip', ...rest] = Namespaces.launcher(namespaces.router);
    const inner = spawn(launcher, [...rest, process.execPath, ...process.execArgv, fileURLToPath(import.meta.url), ...args], {
      stdio: 'inherit', env: { ...process.env, [LAB_VARIABLE]: namespaces.name },
    });
    process.on('SIGTERM', () => { inner.kill('SIGTERM'); });
    return await new Promise((resolve) => {
      inner.once('exit', (code) => { resolve(code ?? 1); });
      inner.once('error', (error) => {
        complain(`error: ${error.message}`);
        resolve(1);
      });
    });
  } finally {
    await namespaces.remove();
  }
}

async function inside(name: string, options: LabRunOptions): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { stop.abort(); });
  const verdict = await runLab(options, new Namespaces(name, options.hosts), say, stop.signal);
  say(JSON.stringify(verdict));
  return verdict.ok ? 0 : 1;
}

/** `npm run lab`: a federation on several hosts of this machine, and faults of their network. */
async function main(): Promise<number> {
  const args = process.argv.slice(2);
  const options = parseLabOptions(args, say, complain);
  if (typeof options === 'number') return options;
  const name = process.env[LAB_VARIABLE];
  try {
    return name === undefined ? await outside(args, options) : await inside(name, options);
  } catch (error) {
    complain(`error: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exitCode = await main();
