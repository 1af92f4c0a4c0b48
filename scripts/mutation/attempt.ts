import type { ChildProcess } from 'node:child_process';
import { fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Catcher } from '../../test/mutation/mutant.js';
import type { Outcome, Report, Task } from './messages.js';

const LOADER = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/** A mutant that grows without bound ends itself before it hurts the host. */
const MAX_HEAP_MIB = 1024;

export interface AttemptLimits {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Runs a catcher in a process of its own, in this copy of the project. A process that dies or does not end once its
 * modules have loaded has failed: in any test run that would be noticed.
 */
export function attempt(directory: string, task: Task, { timeoutMs, signal }: AttemptLimits): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = fork(join(directory, 'scripts', 'mutation', 'catcher-process.ts'), [], {
      cwd: directory, execArgv: [`--max-old-space-size=${MAX_HEAP_MIB}`, '--import', LOADER], stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const end = endOnce(child, signal, resolve);
    const timer = setTimeout(() => { end({ type: 'failed', tried: 1, what: `does not end: ${nameOf(task.catcher)} took more than ${timeoutMs / 1000} s` }); }, timeoutMs);
    let loaded = false;
    child.on('message', (report: Report) => {
      if (report.type === 'loaded') loaded = true;
      else end(report);
    });
    child.on('error', (error) => { end({ type: 'unusable', what: error.message }); });
    child.on('exit', (code, exitSignal) => {
      clearTimeout(timer);
      const how = `the process ended with ${exitSignal ?? code ?? 'nothing'}`;
      end(loaded ? { type: 'failed', tried: 1, what: `${how} in ${nameOf(task.catcher)}` } : { type: 'unusable', what: how });
    });
    child.send(task);
  });
}

/** The first outcome counts; the process is not left behind. */
function endOnce(child: ChildProcess, signal: AbortSignal, resolve: (outcome: Outcome) => void): (outcome: Outcome) => void {
  let ended = false;
  const abort = (): void => { end({ type: 'unusable', what: 'interrupted' }); };
  const end = (outcome: Outcome): void => {
    if (ended) return;
    ended = true;
    signal.removeEventListener('abort', abort);
    if (child.exitCode === null) child.kill('SIGKILL');
    resolve(outcome);
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return end;
}

/** For people; also what makes two catchers the same. */
export function nameOf(catcher: Catcher): string {
  switch (catcher.kind) {
    case 'specs': return `${catcher.files.join(', ')}${catcher.title === undefined ? '' : ` (${catcher.title})`}`;
    case 'seeds': return `the seeds ${catcher.from}..${catcher.to}`;
    case 'scenario': return `the scenario ${catcher.name}`;
  }
}
