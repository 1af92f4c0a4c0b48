import { Play } from './play.js';
import { BLOCK_LIES, lyingAboutBlocks } from './lying-blocks.js';
const lie = BLOCK_LIES['half of them, without proof'];
const play = await Play.begin({ transactions: 30, slotTimeoutMs: 300, cast: { 0: { name: 'x', against: '', create: lyingAboutBlocks([lie]) } },
    script: ({ world }) => { world.partition([3], [0,1,2]); } });
const { world } = play;
const { interceptResponse } = world;
let log = 0;
world.interceptResponse = (from, to, request, response) => { const r = interceptResponse!(from, to, request, response);
 if (to === 3 && log++ < 120) console.log(Math.round(world.clock.nowMs), `${from}`, request.type, request.type === 'BLOCKS-REQUEST' ? `${request.fromSequence}+${request.maxCount}` : '', r === undefined ? 'none' : r.type === 'BLOCKS-RESPONSE' ? `${r.blocks.map((b) => b.block.header.sequence + (b.certificate ? 'c' : '')).join()} final ${r.finalSequence}` : `final ${r.status.finalSequence}`);
 return r; };
world.partition([3], [1, 2]);
await world.runFor(3000);
console.log('HEAL'); log = 0;
world.heal();
await world.runFor(60000);
console.log(world.describe());
