import { readFileSync } from 'node:fs';

/** Between npm and what it runs there is a shell, unless that became what it runs. */
const SHELLS = new Set(['sh', 'dash', 'bash', 'ash', 'zsh', 'ksh']);

/** What started this process, and should not be outlived by it. */
export interface Launcher {
  /** Whether it has ended, however. */
  isGone(): boolean;
}

/** Name and parent of a process, from Linux's /proc; undefined elsewhere, and where it has ended. */
function processOf(pid: number): { readonly name: string; readonly parentPid: number } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const nameEnd = text.lastIndexOf(')');
    return { name: text.slice(text.indexOf('(') + 1, nameEnd), parentPid: Number(text.slice(nameEnd + 2).split(' ')[1]) };
  } catch {
    return undefined;
  }
}

/**
 * The npm or npx that runs this process as `fb-pbft`: it passes no SIGTERM on, and ends at once itself, so that a
 * platform would be left behind. Undefined where this process was not started so.
 */
export function npmLauncher(environment: Readonly<Record<string, string | undefined>>): Launcher | undefined {
  const { npm_execpath: npm, npm_lifecycle_script: script = '' } = environment;
  if (npm === undefined || !/\bfb-pbft\b/.test(script)) return undefined;
  const shellPid = process.ppid;
  const shell = processOf(shellPid);
  const npmPid = shell !== undefined && SHELLS.has(shell.name) ? shell.parentPid : undefined;
  return { isGone: () => process.ppid !== shellPid || (npmPid !== undefined && processOf(shellPid)?.parentPid !== npmPid) };
}
