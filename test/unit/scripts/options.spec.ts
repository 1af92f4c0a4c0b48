import assert from 'node:assert/strict';
import { parseFederationOptions } from '../../../scripts/federation/options.js';

describe('federation script: options', () => {
  function parse(...args: string[]) {
    const out: string[] = [];
    const err: string[] = [];
    return { result: parseFederationOptions(args, (text) => out.push(text), (text) => err.push(text)), out: out.join('\n'), err: err.join('\n') };
  }

  it('has defaults: four platforms under data, a light load, until Ctrl-C', () => {
    assert.deepEqual(parse().result, { platforms: 4, dir: 'data', load: 20, fresh: false, timeout: 60, keepGoing: false });
  });

  it('takes all of them', () => {
    assert.deepEqual(
      parse('--until-sequence', '50', '--platforms', '7', '--dir', '/tmp/x', '--load', '0.5', '--fresh', '--timeout', '30', '--keep-going').result,
      { untilSequence: 50, platforms: 7, dir: '/tmp/x', load: 0.5, fresh: true, timeout: 30, keepGoing: true },
    );
  });

  it('refuses what it cannot mean, saying what to give', () => {
    for (const args of [['--platforms', '0'], ['--platforms', '4.5'], ['--load', '-1'], ['--load', 'fast'], ['--until-sequence', '0'], ['--timeout', '0'], ['--nonsense'], ['extra']]) {
      const { result, err } = parse(...args);
      assert.equal(result, 2, args.join(' '));
      assert.match(err, /^error: /);
    }
    assert.match(parse('--platforms', 'x').err, /Give a whole number from 1 to 100\./);
  });

  it('--help is no failure and has examples', () => {
    const { result, out } = parse('--help');
    assert.equal(result, 0);
    assert.match(out, /npm start -- --until-sequence 50/);
  });
});
