import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseLabOptions } from '../../scripts/lab/options.js';

const LAB = fileURLToPath(new URL('../../dist/scripts/lab.js', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function lab(...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [LAB, ...args], (error, out, err) => { resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }); });
  });
}

/** Whether this user and this host can make network namespaces at all. */
function canMakeHosts(): Promise<boolean> {
  const name = `fbtest${process.pid}`;
  return new Promise((resolve) => {
    execFile('ip', ['netns', 'add', name], (error) => {
      if (error === null) execFile('ip', ['netns', 'del', name], () => { resolve(true); });
      else resolve(false);
    });
  });
}

describe('npm run lab: several hosts (MISSION D3)', function () {
  this.timeout(120_000);

  it('a partition without a quorum on either side: no block, no fork, and blocks again once it heals; or it says what it needs', async () => {
    const possible = process.platform === 'linux' && process.getuid?.() === 0 && await canMakeHosts();
    const { code, out, err } = await lab('--hosts', '4', '--scenario', 'partition-2-2', '--seconds', '2');
    if (!possible) {
      assert.equal(code, 1);
      assert.match(err, /root|Linux|ip netns/);
      const { ok, error } = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>;
      assert.equal(ok, false);
      assert.match(String(error), /root|Linux|ip netns/);
      return;
    }
    assert.equal(code, 0, `${out}\n${err}`);
    const verdict: unknown = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
    assert.ok(typeof verdict === 'object' && verdict !== null && 'ok' in verdict && 'blocks' in verdict);
    assert.equal(verdict.ok, true);
    assert.ok(Number(verdict.blocks) > 0);
    assert.ok('netem' in verdict && verdict.netem === null);
    assert.match(out, /no block on either side/);
  });

  it('says which scenarios there are, and refuses others', () => {
    const said: string[] = [];
    const say = (text: string): void => { said.push(text); };
    assert.equal(parseLabOptions(['--help'], say, say), 0);
    assert.match(said.join('\n'), /partition-3-1 +f hosts cut off/);
    assert.equal(parseLabOptions(['--scenario', 'flood'], say, say), 2);
    assert.equal(parseLabOptions(['--hosts', '1'], say, say), 2);
    assert.equal(parseLabOptions(['--repeat', '0'], say, say), 2);
    assert.equal(parseLabOptions(['--repeat', '101'], say, say), 2);
    assert.equal(parseLabOptions(['--hosts', '2', '--scenario', 'partition-3-1'], say, say), 2);
  });

  it('takes a number of hosts, a scenario and its length', () => {
    const silent = (): void => undefined;
    assert.deepEqual(parseLabOptions(['--hosts', '7', '--scenario', 'crash', '--seconds', '600'], silent, silent), {
      hosts: 7, scenario: 'crash', seconds: 600, load: 20, delayMs: 0, keep: false, repeat: 1,
    });
  });
});
