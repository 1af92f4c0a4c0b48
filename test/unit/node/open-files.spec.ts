import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { neededOpenFiles, openFilesLimit } from '../../../src/node/open-files.js';

const MODULE = fileURLToPath(new URL('../../../src/node/open-files.ts', import.meta.url));

describe('few file descriptors (issue 10, B11)', () => {
  it('more members need more', () => {
    assert.ok(neededOpenFiles(4) > neededOpenFiles(1));
    assert.ok(neededOpenFiles(100) < 1024, 'what systems usually allow is enough for the largest society');
  });

  it('reads the limit as Linux writes it', () => {
    const text = 'Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 524288               files\n';
    assert.equal(openFilesLimit(text), 1024);
    assert.equal(openFilesLimit('Max open files            unlimited            unlimited            files'), undefined);
    assert.equal(openFilesLimit(''), undefined);
  });

  it('a process that may open too few says so, and one that may open enough does not', async function () {
    if (process.platform !== 'linux') return;
    this.timeout(30_000);
    const said = async (limit: number): Promise<string> => {
      const source = `import { warnOfFewOpenFiles } from '${MODULE}'; await warnOfFewOpenFiles(4, { warn: (fields, text) => console.log(JSON.stringify(fields), text) });`;
      const command = `ulimit -n ${limit} && exec "$0" --import tsx --input-type=module --eval "$1"`;
      return (await promisify(execFile)('sh', ['-c', command, process.execPath, source])).stdout;
    };
    assert.match(await said(200), /^\{"limit":200,"needed":\d+\} .*ulimit -n/);
    assert.equal(await said(1024), '');
  });
});
