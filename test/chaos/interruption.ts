import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readApiFile } from '../../src/cli/api-file.js';

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Runs a script on a directory, interrupts it as Ctrl-C does once all platforms are up, and demands that it ends with
 * exit code 1 and a last line that says so, and that no platform outlives it.
 */
export async function assertInterruptible(script: string, args: readonly string[], dir: string, names: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args, '--dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const pids: number[] = [];
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (!line.includes(`all ${names.length} are up`)) continue;
    for (const name of names) pids.push((await readApiFile(join(dir, name)))?.pid ?? -1);
    child.kill('SIGINT');
  }
  assert.deepEqual(await exited, [1, null], lines.join('\n'));
  const { ok, interrupted } = JSON.parse(lines.at(-1) ?? '') as Record<string, unknown>;
  assert.deepEqual([ok, interrupted], [false, true], lines.join('\n'));
  assert.equal(pids.length, names.length, lines.join('\n'));
  assert.deepEqual(pids.filter((pid) => pid < 1 || isAlive(pid)), []);
}
