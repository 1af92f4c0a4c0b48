import assert from 'node:assert/strict';
import { pino } from 'pino';
import { buildGenesis } from '../../../src/ledger/genesis.js';
import { PlatformLog } from '../../../src/node/platform-log.js';
import { toPlatformName, toPublicKeyHex, toSlot } from '../../../src/types/ids.js';

/** Points of Ed25519, as genesis demands. */
const KEYS = [
  'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
].map(toPublicKeyHex);

describe('The log for people', () => {
  it('a block that is ahead of this host\'s clock is told of with its proposer (issue 10, C15)', () => {
    const lines: Readonly<Record<string, unknown>>[] = [];
    const genesis = buildGenesis({
      society: 'lct:web4:society:log', timestampMs: 1_700_000_000_000, parameters: {},
      members: KEYS.map((publicKey, index) => ({ name: toPlatformName(`Member${index}`), publicKey })),
    });
    const log = new PlatformLog(pino({ level: 'debug' }, { write: (line) => { lines.push(JSON.parse(line) as Record<string, unknown>); } }), genesis);
    log.consensus({ type: 'proposal-early', slot: toSlot(4), aheadMs: 4_500 }, 1_000);
    const [line] = lines;
    assert.deepEqual([line?.['proposer'], line?.['slot'], line?.['aheadMs']], ['Member1', 4, 4_500]);
    assert.match(String(line?.['msg']), /^a block is ahead of this host's clock/);
  });
});
