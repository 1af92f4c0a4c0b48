import assert from 'node:assert/strict';
import { Screen, plainLine, tableLines } from '../../../scripts/federation/display.js';
import type { FederationPicture } from '../../../scripts/federation/display.js';
import type { ObservedStatus } from '../../../scripts/federation/observer.js';
import { observed } from './observed-status.js';

describe('federation script: display', () => {
  const picture: FederationPicture = {
    platforms: [
      { name: 'Thor', running: true, status: observed(51, { last_block_hash: `${'ab'.repeat(30)}01020304` }) },
      { name: 'Sprout', running: true, status: observed(0, { finality_ms: null, catching_up: true }) },
      { name: 'Legion', running: false, status: observed(3) },
      { name: 'Platform2', running: true, status: undefined },
    ],
    rates: { blocksPerSecond: 12.34, transactionsPerSecond: 19.96 },
    finality: { p50: 3.14, p99: 9.99 },
    load: 20,
    elapsedMs: 3_661_000,
    untilSequence: undefined,
  };

  it('a platform that is out of touch with a quorum is not said to vote', () => {
    const state = (changes: Partial<ObservedStatus>): string | undefined => (
      tableLines({ ...picture, platforms: [{ name: 'Thor', running: true, status: observed(3, changes) }] })[3]?.split(/ {2,}/).at(-1));
    assert.equal(state({ in_touch: false }), 'out of touch');
    assert.equal(state({ in_touch: false, catching_up: true }), 'catching up');
    assert.equal(state({}), 'voting');
  });

  it('the table has a row per platform, columns in line, and the federation\'s rates', () => {
    const lines = tableLines(picture);
    assert.equal(lines[0], 'fb-pbft  lct:web4:society:demo   4 platforms, f=1, quorum 3   01:01:01');
    assert.deepEqual(lines.slice(2, 7), [
      'platform   slot  view  sequence  last block     finality ms  peers  state',
      'Thor          4     1        51  abababab…0304          3.0    2/3  voting',
      'Sprout        4     1         0  -                        -    2/3  catching up',
      'Legion        4     1         3  00000000…0003          3.0    2/3  not running',
      'Platform2     -     -         -  -                        -      -  starting',
    ]);
    assert.deepEqual(lines.slice(8, 10), ['12.3 blocks/s   20.0 transactions/s (load 20/s)', 'finality p50 3.1 ms, p99 10.0 ms']);
    assert.match(lines[10] ?? '', /Ctrl-C/);
    assert.match(tableLines({ ...picture, untilSequence: 50 })[10] ?? '', /until every platform has 50 blocks/);
  });

  it('the plain line says the same in one line', () => {
    assert.equal(
      plainLine(picture),
      '01:01:01  Thor slot=4 view=1 sequence=51 last=abababab 3.0ms peers=2 | Sprout slot=4 view=1 sequence=0 last=- peers=2 | Legion not running | Platform2 starting'
      + ' | 12.3 blocks/s   20.0 transactions/s (load 20/s)   finality p50 3.1 ms, p99 10.0 ms',
    );
  });

  it('the screen draws over what it drew, and cuts lines that would wrap', () => {
    const written: string[] = [];
    const screen = new Screen({ columns: 6, write: (text) => written.push(text) });
    screen.draw(['abcdefgh', 'x']);
    screen.draw(['y']);
    screen.draw(['z']);
    assert.deepEqual(written, ['abcde\nx\n', '\u001b[2A\r\u001b[Jy\n', '\u001b[1A\r\u001b[Jz\n']);
  });

  it('what is said meanwhile stays above what is drawn', () => {
    const written: string[] = [];
    const screen = new Screen({ write: (text) => written.push(text) });
    screen.draw(['x', 'y']);
    screen.say('Legion was killed');
    screen.draw(['z']);
    assert.deepEqual(written, ['x\ny\n', '\u001b[2A\r\u001b[JLegion was killed\n', 'z\n']);
  });
});
