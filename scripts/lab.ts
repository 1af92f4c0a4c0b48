import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { messageOf } from '../src/cli/cli-error.js';
import type { Conclusion } from './command/conclusion.js';
import { conclude, lastLine } from './command/conclusion.js';
import { runAsProcess } from './command/process.js';
import type { InterruptibleTerminal } from './command/process.js';
import { Namespaces } from './lab/namespaces.js';
import { parseLabOptions } from './lab/options.js';
import type { LabRunOptions } from './lab/options.js';
import { runLab } from './lab/run.js';
import { labVerdictSchema, summaryOf } from './lab/verdict.js';
import type { LabVerdict } from './lab/verdict.js';

/** Tells the run inside the router's namespace which lab it is in. */
const LAB_VARIABLE = 'FB_PBFT_LAB';

/** What the process of one run tells the one that started it: its verdict, or why it came to none. */
const endedSchema = z.union([z.object({ verdict: labVerdictSchema }), z.object({ error: z.string() })]);
type Ended = z.infer<typeof endedSchema>;

/** Resolves once the process is gone and all that it sent is there. */
function endOf(inner: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    let ended: Ended | undefined;
    inner.on('message', (message) => { ended = endedSchema.safeParse(message).data; });
    const gone = new Promise<string>((told) => { inner.once('exit', (code, signal) => { told(signal ?? `exit code ${code ?? 'unknown'}`); }); });
    // What was sent may arrive after the news of the exit, but never after the channel's end.
    const silent = new Promise<void>((told) => { inner.once('disconnect', () => { told(); }); });
    void Promise.all([gone, silent]).then(([how]) => { resolve(ended ?? { error: `the run ended with ${how}, before it came to a verdict` }); });
    inner.once('error', (error) => { resolve({ error: error.message }); });
  });
}

/** Makes the hosts, runs itself again among them, and takes them down whatever happens. */
async function playOnce(args: readonly string[], options: LabRunOptions, signal: AbortSignal): Promise<Ended> {
  const namespaces = new Namespaces(`fb${process.pid}`, options.hosts);
  await namespaces.create();
  try {
    const [launcher = 'ip', ...rest] = Namespaces.launcher(namespaces.router);
    const inner = spawn(launcher, [...rest, process.execPath, ...process.execArgv, fileURLToPath(import.meta.url), ...args], {
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'], env: { ...process.env, [LAB_VARIABLE]: namespaces.name },
    });
    // Ctrl-C reaches both processes; SIGTERM only this one.
    const interrupt = (): void => { inner.kill('SIGTERM'); };
    signal.addEventListener('abort', interrupt, { once: true });
    if (signal.aborted) interrupt();
    try {
      return await endOf(inner);
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  } finally {
    await namespaces.remove();
  }
}

async function outside(args: readonly string[], options: LabRunOptions, { out, err, signal }: InterruptibleTerminal): Promise<Conclusion> {
  const verdicts: LabVerdict[] = [];
  for (let run = 1; run <= options.repeat && !signal.aborted; run += 1) {
    const ended = await playOnce(args, options, signal);
    if ('error' in ended) {
      err(`error: ${ended.error}`);
      // What could not even begin would not the next time.
      if (options.repeat === 1) return { ok: false, error: ended.error };
      break;
    }
    if (options.repeat === 1) return ended.verdict;
    out(lastLine(ended.verdict));
    verdicts.push(ended.verdict);
  }
  return { ...summaryOf(options.scenario, options.hosts, options.repeat, verdicts) };
}

/** Plays one run among the hosts; the last line is left to the process outside. */
async function inside(name: string, options: LabRunOptions, { out, signal }: InterruptibleTerminal): Promise<number> {
  let ended: Ended;
  try {
    ended = { verdict: await runLab(options, new Namespaces(name, options.hosts), out, signal) };
  } catch (error) {
    ended = { error: messageOf(error) };
  }
  process.send?.(ended);
  return 'verdict' in ended && ended.verdict.ok ? 0 : 1;
}

/** `npm run lab`: a federation on several hosts of this machine, and faults of their network. */
await runAsProcess(async (args, host) => {
  const name = process.env[LAB_VARIABLE];
  const options = parseLabOptions(args, host.out, host.err);
  if (name !== undefined && typeof options !== 'number') return inside(name, options, host);
  return conclude(host, async () => (typeof options === 'number' ? options : outside(args, options, host)));
}, 'waits');
