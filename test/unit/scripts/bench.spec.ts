import assert from 'node:assert/strict';
import { parseBenchOptions } from '../../../scripts/bench/options.js';
import { cpuSecondsOf, statusBytes } from '../../../scripts/bench/process-usage.js';
import { phaseText, roundedFigures } from '../../../scripts/bench/report.js';

describe('bench script', () => {
  it('CPU time is utime and stime, whatever the process is called', () => {
    const fields = (comm: string) => `4711 (${comm}) S 1 4711 4711 0 -1 4194304 100 0 0 0 250 150 0 0 20 0 11 0 123 456 789`;
    assert.equal(cpuSecondsOf(fields('node')), 4);
    assert.equal(cpuSecondsOf(fields('a ) S 1 (b')), 4);
  });

  it('memory is in bytes', () => {
    const status = 'Name:\tnode\nVmHWM:\t   90000 kB\nVmRSS:\t   81234 kB\n';
    assert.equal(statusBytes(status, 'VmRSS'), 81_234 * 1024);
    assert.equal(statusBytes(status, 'VmHWM'), 90_000 * 1024);
  });

  it('options have defaults and limits', () => {
    const err: string[] = [];
    const parse = (...args: string[]) => parseBenchOptions(args, () => undefined, (text) => err.push(text));
    assert.deepEqual(parse(), { seconds: 15, platforms: 4, lightLoad: 20 });
    assert.deepEqual(parse('--seconds', '5', '--platforms', '7', '--memory-blocks', '10000'), { seconds: 5, platforms: 7, lightLoad: 20, memoryBlocks: 10_000 });
    assert.deepEqual(parse('--catch-up'), { seconds: 15, platforms: 4, lightLoad: 20, catchUp: 1 });
    assert.deepEqual(parse('--catch-up', '3', '--light-load', '0'), { seconds: 15, platforms: 4, lightLoad: 0, catchUp: 3 });
    assert.equal(parse('--seconds', '0'), 2);
    assert.equal(parse('--help'), 0);
  });

  it('a phase is a table, and dashes where the system did not tell', () => {
    const figures = {
      seconds: 15.04, blocks: 300, blocksPerSecond: 20.126, transactionsPerSecond: 20, finalityMsP50: 3.156, finalityMsP99: null,
      platforms: [
        { name: 'Thor', cpuPercent: 7.777, residentBytes: 80_400_000, peakResidentBytes: 90_600_000 },
        { name: 'Platform2', cpuPercent: null, residentBytes: 101_000_000, peakResidentBytes: null },
      ],
    };
    assert.deepEqual(phaseText('light load', figures).split('\n'), [
      'light load: 15 s, 300 blocks',
      '  20.1 blocks/s   20.0 transactions/s   finality p50 3.2 ms, p99 - ms',
      '  platform   CPU %  RSS MB  peak MB',
      '  Thor           8      80       91',
      '  Platform2      -     101        -',
    ]);
    const { blocksPerSecond, finalityMsP50, platforms } = roundedFigures(figures);
    assert.deepEqual([blocksPerSecond, finalityMsP50, platforms[0]?.cpuPercent, platforms[1]?.cpuPercent], [20.13, 3.16, 7.78, null]);
  });
});
