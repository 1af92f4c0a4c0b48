import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Namespaces } from './lab/namespaces.js';
import { parseLabOptions } from './lab/options.js';
import type { LabRunOptions } from './lab/options.js';
import { runLab } from './lab/run.js';
import { labVerdictSchema, summaryOf } from './lab/verdict.js';
import type { LabVerdict } from './lab/verdict.js';

/** Tells the run inside the router's namespace which lab it is in. */
const LAB_VARIABLE = 'FB_PBFT_LAB';

const say = (line: string): void => { process.stdout.write(`${line}\n`); };
const complain = (line: string): void => { process.stderr.write(`${line}\n`); };

/** How the process of one run ended, and its verdict where it came to one. */
interface Ended {
  readonly code: number;
  readonly verdict?: LabVerdict;
}

/** Resolves once the process is gone and all that it sent is there. */
function endOf(inner: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    let verdict: LabVerdict | undefined;
    inner.on('message', (message) => { verdict = labVerdictSchema.safeParse(message).data; });
    const gone = new Promise<number>((told) => { inner.once('exit', (code) => { told(code ?? 1); }); });
    // What was sent may arrive after the news of the exit, but never after the channel's end.
    const silent = new Promise<void>((told) => { inner.once('disconnect', () => { told(); }); });
    void Promise.all([gone, silent]).then(([code]) => { resolve(verdict === undefined ? { code } : { code, verdict }); });
    inner.once('error', (error) => {
      complain(`error: ${error.message}`);
      resolve({ code: 1 });
    });
  });
}

/** Makes the hosts, runs itself again among them, and takes them down whatever happens. */
async function playOnce(args: readonly string[], options: LabRunOptions, onStart: (inner: ChildProcess) => void): Promise<Ended> {
  const namespaces = new Namespaces(`fb${process.pid}`, options.hosts);
  await namespaces.create();
  try {
    const [launcher = 'ip', ...rest] = Namespaces.launcher(namespaces.router);
    const inner = spawn(launcher, [...rest, process.execPath, ...process.execArgv, fileURLToPath(import.meta.url), ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, [LAB_VARIABLE]: namespaces.name },
    });
    onStart(inner);
    return await endOf(inner);
  } finally {
    await namespaces.remove();
  }
}

async function outside(args: readonly string[], options: LabRunOptions): Promise<number> {
  const stop = new AbortController();
  let running: ChildProcess | undefined;
  // Both processes get Ctrl-C; the inner one ends the run, and this one then cleans up.
  process.on('SIGINT', () => { stop.abort(); });
  process.on('SIGTERM', () => {
    stop.abort();
    running?.kill('SIGTERM');
  });
  const verdicts: LabVerdict[] = [];
  let worstCode = 0;
  for (let run = 1; run <= options.repeat && !stop.signal.aborted; run += 1) {
    const { code, verdict } = await playOnce(args, options, (inner) => { running = inner; });
    worstCode = Math.max(worstCode, code);
    // What could not even begin would not the next time.
    if (verdict === undefined) break;
    verdicts.push(verdict);
  }
  if (options.repeat === 1) return worstCode;
  const summary = summaryOf(options.scenario, options.hosts, options.repeat, verdicts);
  say(JSON.stringify(summary));
  return summary.ok ? 0 : Math.max(1, worstCode);
}

async function inside(name: string, options: LabRunOptions): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => { stop.abort(); });
  const verdict = await runLab(options, new Namespaces(name, options.hosts), say, stop.signal);
  say(JSON.stringify(verdict));
  process.send?.(verdict);
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
