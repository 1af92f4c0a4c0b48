import assert from 'node:assert/strict';
import { toSequence } from '../../../src/types/ids.js';
import type { Scenario } from '../scenario.js';
import { FORK } from '../settings.js';
import { Stage } from '../stage.js';

export const madeUpBlock: Scenario = {
  name: 'made-up-block',
  source: 'SPEC section 14, the original design: committed blocks carry no proof, so a peer serves a made-up block to one that rejoins; MISSION D6',
  rules: ['section 7: a peer\'s word is never taken'],
  story: 'Platform 3 was away for some blocks. Peer 1 answers its requests with a history of its own making, with certificates that it signed three times itself.',
  weaknesses: [{ mutant: 'served-certificates-not-checked', fails: FORK }],
  async play(watch) {
    const stage = await Stage.open({ members: 4, watch });
    const { society, world } = stage;
    world.partition([0, 1, 2], [3]);
    for (let count = 0; count < 5; count += 1) await stage.untilFinal(stage.submit(`t${count}`, [0, 1, 2]), 3000, 'three go on', [0, 1, 2]);
    const blocks: { readonly block: ReturnType<Stage['block']>; readonly certificate: ReturnType<typeof society.slowCertificate> }[] = [];
    for (let slot = 0; slot < 5; slot += 1) {
      const parent = blocks.at(-1)?.block;
      const block = stage.block({ slot, label: 'made up', ...(parent === undefined ? {} : { parent }) });
      const own = society.slowCertificate(slot, block.hash, [1]);
      const [signature] = own.signatures;
      assert.ok(signature);
      blocks.push({ block, certificate: { ...own, signatures: [signature, signature, signature] } });
    }
    let lies = 0;
    world.interceptResponse = (from, _to, request, response) => {
      if (from !== 1 || request.type !== 'BLOCKS-REQUEST' || response.type !== 'BLOCKS-RESPONSE') return response;
      lies += 1;
      return { ...response, finalSequence: toSequence(4), blocks: blocks.slice(request.fromSequence) };
    };
    // The others' answers would prove the truth at once: only the liar is there at first.
    world.partition([0, 2], [3]);
    await stage.runFor(20_000);
    assert.ok(lies > 0, 'the setting: it was asked and lied');
    assert.equal(stage.at(3).chain.length, 0, 'nothing of it is taken');
    world.heal();
    await stage.untilFinal(stage.submit('last', [0, 1, 2]), 30_000, 'platform 3 gets the blocks from the others');
  },
};
