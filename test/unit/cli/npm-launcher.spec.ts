import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { npmLauncher } from '../../../src/cli/npm-launcher.js';

const SOURCES = new URL('../../../src/cli/', import.meta.url);
const BY_NPX = { npm_execpath: '/usr/lib/npm-cli.js', npm_lifecycle_script: '"fb-pbft" "start"' };

/** Says its process id, and later why it was asked to stop. */
const PLATFORM = `
  import { shutdownRequest } from '${new URL('shutdown.ts', SOURCES).href}';
  import { npmLauncher } from '${new URL('npm-launcher.ts', SOURCES).href}';
  const asked = shutdownRequest(false, npmLauncher(process.env));
  const open = setInterval(() => undefined, 1000);
  console.log(process.pid);
  console.log(await asked);
  clearInterval(open);`;
/** As npm does: runs a shell that runs the platform, and passes nothing on. */
const NPM = `
  require('node:child_process').spawn('sh', ['-c', '"$0" --import tsx --input-type=module --eval "$1"; true', process.execPath, process.env.PLATFORM], { stdio: ['ignore', 'inherit', 'inherit'] });`;

describe('a platform that npx started (issue 10, B11)', function () {
  this.timeout(60_000);

  it('knows npm by what npm tells what it runs, and nobody else', () => {
    assert.equal(npmLauncher({}), undefined);
    assert.equal(npmLauncher({ npm_execpath: '/usr/lib/npm-cli.js', npm_lifecycle_script: 'mocha' }), undefined, 'started by a test or a tool');
    assert.equal(npmLauncher({ npm_lifecycle_script: 'fb-pbft start' }), undefined);
    assert.equal(npmLauncher(BY_NPX)?.isGone(), false);
  });

  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    it(`is asked to stop when npx ends by ${signal}, though there is a shell between`, async function () {
      if (process.platform !== 'linux') return;
      const npm = spawn(process.execPath, ['--eval', NPM], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...BY_NPX, PLATFORM } });
      const exited = once(npm, 'exit');
      const lines: string[] = [];
      for await (const line of createInterface(npm.stdout)) {
        if (lines.push(line) === 1) npm.kill(signal);
      }
      await exited;
      assert.deepEqual(lines.slice(1), ['parent-gone']);
    });
  }
});
