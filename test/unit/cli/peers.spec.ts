import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createHttpServer } from '../../../src/api/server.js';
import type { HttpServer } from '../../../src/api/server.js';
import { runCli } from '../../../src/cli/program.js';
import { ZERO_HASH, toPlatformName } from '../../../src/types/ids.js';
import { FakeView } from '../api/fake-view.js';
import { RecordingTerminal } from './terminal.js';

describe('CLI: peers (issue 10, C12, C13, C15)', () => {
  let view: FakeView;
  let server: HttpServer;

  before(async () => {
    view = new FakeView();
    server = await createHttpServer(view, { host: '127.0.0.1', port: 0, logger: pino({ level: 'silent' }) });
  });
  after(async () => {
    await server.close();
  });

  async function run(...args: string[]): Promise<{ readonly code: number; readonly out: string }> {
    const terminal = new RecordingTerminal();
    return { code: await runCli(args, terminal), out: terminal.stdout };
  }

  it('shows each member, linked or not, since when, where it is looked for, and what that came to', async () => {
    const { code, out } = await run('peers', '--api', server.url);
    assert.equal(code, 0);
    const other = view.peers().peers[2]?.other_chain ?? assert.fail();
    assert.deepEqual(out.split('\n'), [
      'Thor is linked to 1 of 3 members, out of touch: nothing becomes final; this host\'s clock is -2 ms from the members\'',
      'member     link        for        round trip  clock  version  address',
      'Sprout     linked      2 min 5 s  1.2 ms      +2 ms  0.1.0    /ip4/192.0.2.7/tcp/9000',
      'Legion     not linked  12 s       -           -      -        /ip4/192.0.2.7/tcp/9000',
      'Platform2  not linked  12 s       -           -      -        no address known',
      `Platform2 is on another chain, ${other}, not ${ZERO_HASH}: compare the genesis files of both`,
      'Legion at /dns4/legion.example/tcp/9000: timed out, 2 s ago',
      'bootstrap address /ip4/192.0.2.8/tcp/9000: refused, 0 s ago',
    ]);
  });

  it('--json is the platform\'s own answer; --help gives an example', async () => {
    assert.deepEqual(JSON.parse((await run('peers', '--api', server.url, '--json')).out), view.peers());
    assert.match((await run('peers', '--help')).out, /\$ fb-pbft peers --home thor/);
  });

  it('status names who is on another chain, and says where this host\'s clock is wrong', async () => {
    view.statusChanges = { wrong_chain: [toPlatformName('Legion')] };
    assert.match((await run('status', '--api', server.url)).out, /^wrong chain +Legion: compare the genesis files/m);
    assert.doesNotMatch((await run('status', '--api', server.url)).out, /^clock/m);
    view.statusChanges = { clock_offset_ms: 4_500 };
    assert.match((await run('status', '--api', server.url)).out, /^clock +4500 ms from the members': see that NTP runs here$/m);
  });
});
