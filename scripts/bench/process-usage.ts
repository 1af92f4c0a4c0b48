import { readFile } from 'node:fs/promises';

/** What a process has used, as the kernel tells it. */
export interface ProcessUsage {
  /** User and system time, in seconds since it started. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** The most it ever had resident. */
  readonly peakResidentBytes: number;
}

/** USER_HZ, which Linux shows to user space as 100 on every architecture that Node.js runs on. */
const TICKS_PER_SECOND = 100;

/** CPU seconds out of `/proc/<pid>/stat`. The command's name is in parentheses and may itself hold spaces and parentheses. */
export function cpuSecondsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** A line such as `VmRSS:   81234 kB` of `/proc/<pid>/status`, in bytes. */
export function statusBytes(status: string, field: 'VmRSS' | 'VmHWM'): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? Number.NaN) * 1024;
}

/** Undefined where the system has no /proc, or no such process. */
export async function processUsage(pid: number): Promise<ProcessUsage | undefined> {
  try {
    const [stat, status] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/status`, 'utf8')]);
    return { cpuSeconds: cpuSecondsOf(stat), residentBytes: statusBytes(status, 'VmRSS'), peakResidentBytes: statusBytes(status, 'VmHWM') };
  } catch {
    return undefined;
  }
}
