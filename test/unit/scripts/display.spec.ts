import assert from 'node:assert/strict';
import { Screen, plainLine, tableLines } from '../../../scripts/federation/display.js';
import type { FederationPicture } from '../../../scripts/federation/display.js';
import type { ObservedStatus } from '../../../scripts/federation/observer.js';
import { observed } from './observed-status.js';

describe('federation script: display', () => {
  const picture: FederationPicture = {
    platforms: [
      { name: 'Thor', process: { type: 'answering', pid: 4711 }, status: observed(51, { last_block_hash: `${'ab'.repeat(30)}01020304` }) },
      { name: 'Sprout', process: { type: 'answering', pid: 47 }, status: observed(0, { finality_ms: null, catching_up: true }) },
      { name: 'Legion', process: { type: 'ended', how: 'was killed by SIGKILL' }, status: observed(3) },
      { name: 'Platform2', process: { type: 'silent', pid: 48 }, status: undefined },
    ],
    rates: { blocksPerSecond: 12.34, transactionsPerSecond: 19.96 },
    finality: { p50: 3.14, p99: 9.99 },
    load: 20,
    elapsedMs: 3_661_000,
    untilSequence: undefined,
  };

  it('a platform that is out of touch with a quorum is not said to vote', () => {
    const state = (changes: Partial<ObservedStatus>): string | undefined => (
      tableLines({ ...picture, platforms: [{ name: 'Thor', process: { type: 'answering', pid: 1 }, status: observed(3, changes) }] }, 120)[3]?.split(/ {2,}/).at(-1));
    assert.equal(state({ in_touch: false }), 'out of touch');
    assert.equal(state({ in_touch: false, catching_up: true }), 'catching up');
    assert.equal(state({}), 'voting');
  });

  it('the table has a row per platform, columns in line, and the federation\'s rates', () => {
    const lines = tableLines(picture, 120);
    assert.equal(lines[0], 'fb-pbft  lct:web4:society:demo   4 platforms, f=1, quorum 3   01:01:01');
    assert.deepEqual(lines.slice(2, 7), [
      'platform    pid  slot  view  sequence  last block     finality ms  peers  state',
      'Thor       4711     4     1        51  abababab…0304          3.0    2/3  voting',
      'Sprout       47     4     1         0  -                        -    2/3  catching up',
      'Legion        -     -     -         -  -                        -      -  was killed by SIGKILL',
      'Platform2    48     -     -         -  -                        -      -  starting',
    ]);
    assert.deepEqual(lines.slice(8, 10), ['12.3 blocks/s   20.0 transactions/s (load 20/s)', 'finality p50 3.1 ms, p99 10.0 ms']);
    assert.match(lines[10] ?? '', /Ctrl-C/);
    assert.match(tableLines({ ...picture, untilSequence: 50 }, 120)[10] ?? '', /until every platform has 50 blocks/);
  });

  it('C16: at 60 columns what matters stays, and nothing is cut', () => {
    const lines = tableLines(picture, 60);
    assert.deepEqual(lines, [
      'fb-pbft  lct:web4:society:demo',
      '4 platforms, f=1, quorum 3   01:01:01',
      '',
      'platform    pid  sequence  peers  state',
      'Thor       4711        51    2/3  voting',
      'Sprout       47         0    2/3  catching up',
      'Legion        -         -      -  was killed by SIGKILL',
      'Platform2    48         -      -  starting',
      '',
      '12.3 blocks/s   20.0 transactions/s (load 20/s)',
      'finality p50 3.1 ms, p99 10.0 ms',
      'Ctrl-C stops all platforms;',
      'the chain continues at the next start',
    ]);
    for (const width of [44, 50, 60, 70, 80, 100]) assert.deepEqual(tableLines(picture, width).filter(({ length }) => length > width), [], `${width}`);
  });

  it('C16: one that lives and does not answer says neither that it votes nor that it ended', () => {
    const platforms = [{ name: 'Thor', process: { type: 'silent', pid: 5 }, status: observed(3) }] as const;
    assert.match(tableLines({ ...picture, platforms }, 120)[3] ?? '', /^Thor +5 .* no answer$/);
    assert.match(plainLine({ ...picture, platforms }), / {2}Thor no answer \|/);
  });

  it('the plain line says the same in one line', () => {
    assert.equal(
      plainLine(picture),
      '01:01:01  Thor slot=4 view=1 sequence=51 last=abababab 3.0ms peers=2 | Sprout slot=4 view=1 sequence=0 last=- peers=2 | Legion was killed by SIGKILL | Platform2 starting'
      + ' | 12.3 blocks/s   20.0 transactions/s (load 20/s)   finality p50 3.1 ms, p99 10.0 ms',
    );
  });

  it('the screen draws over what it drew, and cuts lines that would wrap', () => {
    const written: string[] = [];
    const screen = new Screen({ columns: 6, write: (text) => written.push(text) });
    screen.draw(() => ['abcdefgh', 'x']);
    screen.draw(() => ['y']);
    screen.draw(() => ['z']);
    assert.deepEqual(written, ['abcde\nx\n', '\u001b[2A\r\u001b[Jy\n', '\u001b[1A\r\u001b[Jz\n']);
  });

  it('C16: for another size of the terminal all is written anew, and never more lines than it has', () => {
    const written: string[] = [];
    const stream = { columns: 20, rows: 10, write: (text: string) => written.push(text) };
    const screen = new Screen(stream);
    screen.say('up');
    screen.draw((columns) => ['a'.repeat(15), `${columns}`, 'c']);
    stream.columns = 10;
    stream.rows = 3;
    screen.resized();
    screen.draw(() => ['z']);
    assert.deepEqual(written, [
      'up\n', `${'a'.repeat(15)}\n19\nc\n`, `\u001b[H\u001b[Jup\n${'a'.repeat(9)}\n9\n`, '\u001b[2A\r\u001b[Jz\n',
    ]);
  });

  it('what is said meanwhile stays above what is drawn', () => {
    const written: string[] = [];
    const screen = new Screen({ write: (text) => written.push(text) });
    screen.draw(() => ['x', 'y']);
    screen.say('Legion was killed');
    screen.draw(() => ['z']);
    assert.deepEqual(written, ['x\ny\n', '\u001b[2A\r\u001b[JLegion was killed\n', 'z\n']);
  });
});
