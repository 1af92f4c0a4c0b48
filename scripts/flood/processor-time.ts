import { readFile } from 'node:fs/promises';

/** Of Linux, for as long as there has been a /proc. */
const TICK_MS = 10;

/** Milliseconds of processor time that a process has had; undefined where the host does not tell. */
export async function processorMs(pid: number): Promise<number | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name before may hold anything; what is counted begins after its bracket.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  } catch {
    return undefined;
  }
}

/** Of several processes together. */
export async function processorMsOf(pids: readonly number[]): Promise<number | undefined> {
  const each = await Promise.all(pids.map(processorMs));
  return each.every((ms) => ms !== undefined) ? each.reduce((sum, ms) => sum + ms, 0) : undefined;
}
