import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseBootstrap } from '../../../src/network/bootstrap.js';
import { NetworkError } from '../../../src/network/errors.js';

const PEER_ID = '12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5';
const THOR = `/ip4/192.0.2.7/tcp/9000/p2p/${PEER_ID}`;
const SPROUT = '/dns4/sprout.example/tcp/9001';

function refusal(text: string): string {
  try {
    parseBootstrap(text, 'bootstrap.txt');
  } catch (error) {
    assert.ok(error instanceof NetworkError);
    assert.equal(error.code, 'bad-bootstrap');
    return error.message;
  }
  return assert.fail(`parsed: ${text}`);
}

describe('Bootstrap list (MISSION B5)', () => {
  it('is read as a JSON array, as an object, and as lines with comments', () => {
    const expected = [THOR, SPROUT];
    assert.deepEqual(parseBootstrap(JSON.stringify(expected)), expected);
    assert.deepEqual(parseBootstrap(`\uFEFF${JSON.stringify(expected)}`), expected, 'after a byte order mark');
    assert.deepEqual(parseBootstrap(JSON.stringify({ bootstrap: expected, society: 'demo' }, undefined, 2)), expected);
    assert.deepEqual(parseBootstrap(`# the first two\r\n${THOR}\r\n\r\n  ${SPROUT}   # by name\n`), expected);
  });

  it('a single multiaddr is a list of one, and repetitions count once', () => {
    assert.deepEqual(parseBootstrap(SPROUT), [SPROUT]);
    assert.deepEqual(parseBootstrap(`${SPROUT}\n${THOR}\n${SPROUT}`), [SPROUT, THOR]);
  });

  it('an error names the source, the line or entry, and what is wrong', () => {
    for (const [text, ...parts] of [
      ['', 'bootstrap.txt: is empty'],
      ['# nothing here', 'bootstrap.txt: names no address'],
      [`${THOR}\n\nthor:9000`, 'bootstrap.txt, line 3: "thor:9000" is not a multiaddr'],
      ['/ip4/192.0.2.7/udp/9000', 'bootstrap.txt, line 1', 'has no /tcp/PORT'],
      ['/tcp/9000', 'bootstrap.txt, line 1', 'does not start with /ip4'],
      [`${SPROUT}/p2p/QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG`, 'bootstrap.txt, line 1', 'not of an Ed25519 key'],
      [`${SPROUT}/ws`, 'bootstrap.txt, line 1', 'has more than a host'],
      [`["${SPROUT}", 7]`, 'bootstrap.txt, entry 2: must be a multiaddr in quotes, got 7'],
      [`["${SPROUT}", "/ip4/1.2.3/tcp/1"]`, 'bootstrap.txt, entry 2', 'is not a multiaddr'],
      [`{"peers": ["${SPROUT}"]}`, 'bootstrap.txt: must be an array of multiaddrs or {"bootstrap": '],
      [`{\n  "bootstrap": [\n    ${SPROUT}\n  ]\n}`, 'bootstrap.txt, line 3: starts like JSON but does not parse'],
      ['[]', 'bootstrap.txt: names no address'],
      [JSON.stringify(Array.from({ length: 1001 }, () => SPROUT)), 'bootstrap.txt: has 1001 entries, above the limit of 1000'],
    ] as const) {
      const message = refusal(text);
      for (const part of parts) assert.ok(message.includes(part), `${message} lacks ${part}`);
    }
  });

  it('no text makes it throw anything but its own error', () => {
    assert.match(refusal('['.repeat(50_000) + ']'.repeat(50_000)), /entry 1: must be a multiaddr in quotes, got an array/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.array(fc.constantFrom('/ip4/', 'tcp/', '[', '"', '1', '\n')).map((parts) => parts.join(''))), (text) => {
        try {
          parseBootstrap(text);
        } catch (error) {
          assert.ok(error instanceof NetworkError && error.code === 'bad-bootstrap');
        }
      }),
    );
  });
});
