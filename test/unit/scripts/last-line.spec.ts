import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { conclude } from '../../../scripts/command/conclusion.js';
import type { Conclusion, NothingPlayed } from '../../../scripts/command/conclusion.js';

const SCRIPTS = new URL('../../../scripts/', import.meta.url);

interface Ended {
  readonly code: number | null;
  readonly last: Readonly<Record<string, unknown>>;
}

async function concluded(play: () => Promise<Conclusion | NothingPlayed>): Promise<{ code: number; out: string[]; err: string[] }> {
  const [out, err]: [string[], string[]] = [[], []];
  return { code: await conclude({ out: (line) => out.push(line), err: (line) => err.push(line) }, play), out, err };
}

/**
 * Runs a process whose command is this expression, of `host`, and writes "begun" first.
 * @param signals sent one after the other: the first once it has begun, each next one once "asked" was written
 */
async function ended(expression: string, ...signals: readonly NodeJS.Signals[]): Promise<Ended> {
  const source = `
    import { runAsProcess } from '${new URL('command/process.ts', SCRIPTS).href}';
    import { conclude } from '${new URL('command/conclusion.ts', SCRIPTS).href}';
    await runAsProcess((args, host) => {
      host.signal.addEventListener('abort', () => host.out('asked'));
      host.out('begun');
      return ${expression};
    });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', source], { stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  const silenced = text(child.stderr);
  const waiting = [...signals];
  let last = '';
  for await (const line of createInterface(child.stdout)) {
    last = line;
    const signal = line === 'begun' || line === 'asked' ? waiting.shift() : undefined;
    if (signal !== undefined) child.kill(signal);
  }
  const [code] = await exited as [number | null];
  await silenced;
  return { code, last: JSON.parse(last) as Record<string, unknown> };
}

describe('the last line of a command (issue 10)', () => {
  it('is what it came to, and the exit code agrees', async () => {
    assert.deepEqual(await concluded(() => Promise.resolve({ ok: true, runs: 3 })), { code: 0, out: ['{"ok":true,"runs":3}'], err: [] });
    assert.deepEqual(await concluded(() => Promise.resolve({ ok: false, runs: 3 })), { code: 1, out: ['{"ok":false,"runs":3}'], err: [] });
  });

  it('of a command that throws says why, in words and in JSON', async () => {
    assert.deepEqual(
      await concluded(() => Promise.reject(new Error('no disk'))), { code: 1, out: ['{"ok":false,"error":"no disk"}'], err: ['error: no disk'] });
  });

  it('of a command called wrongly is not ok, and help has none', async () => {
    assert.deepEqual(await concluded(() => Promise.resolve(2)), { code: 2, out: ['{"ok":false,"error":"called wrongly"}'], err: [] });
    assert.deepEqual(await concluded(() => Promise.resolve(0)), { code: 0, out: [], err: [] });
  });

  describe('of a process', function () {
    this.timeout(60_000);
    const untilAsked = "new Promise((resolve) => { const busy = setTimeout(resolve, 60_000); "
      + "host.signal.addEventListener('abort', () => { clearTimeout(busy); resolve(); }); })";
    const notDone = 'the process ended before the command was done';

    it('that is interrupted is the command\'s own', async () => {
      assert.deepEqual(
        await ended(`conclude(host, async () => { await ${untilAsked}; return { ok: false, interrupted: host.signal.aborted }; })`, 'SIGTERM'),
        { code: 1, last: { ok: false, interrupted: true } });
    });

    it('that is interrupted twice is there even so', async () => {
      assert.deepEqual(
        await ended('new Promise((resolve) => { setTimeout(resolve, 60_000); })', 'SIGINT', 'SIGTERM'), { code: 1, last: { ok: false, error: notDone, interrupted: true } });
    });

    it('that ends by an error nobody caught, or with nothing left to wait for, is not ok', async () => {
      const thrown = await ended("new Promise(() => { setTimeout(() => { throw new Error('in a timer'); }, 1); })");
      assert.deepEqual(thrown, { code: 1, last: { ok: false, error: notDone, interrupted: false } });
      assert.deepEqual(await ended('new Promise(() => undefined)'), thrown);
    });

    it('that came to a good end and then to an error takes it back', async () => {
      const { code, last } = await ended("conclude(host, async () => { setTimeout(() => { throw new Error('late'); }, 1); return { ok: true }; })");
      assert.deepEqual([code, last['ok']], [1, false]);
    });
  });

  it('every command of scripts/ has one', async () => {
    const names = (await readdir(SCRIPTS)).filter((name) => name.endsWith('.ts') && !name.startsWith('generate-'));
    assert.ok(names.length > 8);
    const without = await Promise.all(names.map(async (name) => ((await readFile(new URL(name, SCRIPTS), 'utf8')).includes('runAsProcess(') ? [] : [name])));
    assert.deepEqual(without.flat(), []);
  });
});
