import assert from 'node:assert/strict';
import { GossipFrameWriter } from '../../src/network/gossip-frame.js';
import { LoopbackFederation, eventually, gossipLimits } from './loopback-members.js';
import { RawPeer } from './raw-peer.js';

describe('Network relays (issue 10, A3: nobody makes an honest relayer guilty)', () => {
  let federation: LoopbackFederation;
  let raw: RawPeer | undefined;
  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
    raw = undefined;
  });
  afterEach(async () => {
    await raw?.stop();
    await federation.stop();
  });

  it('a member that answers no introductions, and has links to all, makes nobody relay what it sends', async () => {
    const a = await federation.start(0);
    const b = await federation.start(1, { bootstrap: [a.address] });
    raw = await RawPeer.start(federation.seeds[2]!);
    await raw.dial(a.address);
    await raw.dial(b.address);
    const silent = federation.key(2);
    await eventually('all are connected', () => [a, b].every(({ network }) => network.connectedPeers().includes(silent)) && a.isConnectedTo(b) && b.isConnectedTo(a));
    // Once each has heard from the other that it is linked to the silent one.
    await eventually('A and B have told one another', () => [a, b].every((member) => member.count('introduced') > 0));
    const frames = new GossipFrameWriter();
    let relayed = -1;
    for (let round = 0; relayed !== a.count('gossip-relayed') + b.count('gossip-relayed'); round += 1) {
      relayed = a.count('gossip-relayed') + b.count('gossip-relayed');
      for (let i = 0; i < 20; i += 1) await raw.publish('consensus', frames.encode([Buffer.from(`round ${round}, ${i}`)]));
      await eventually('both have judged them', () => [a, b].every((member) => member.texts().includes(`round ${round}, 19`)));
    }
    assert.ok(relayed <= 20 * 3, `${relayed} relayed in all`);
  });

  it('where links are missing for true, a flood through a relay is relayed within its budget, and the relayer is not refused', async () => {
    const limits = { gossip: gossipLimits(40), maxExcessSecondsPerMinute: 1 };
    const hub = await federation.start(1, { limits });
    const flooder = await federation.start(0, { members: () => [federation.key(0), federation.key(1)], bootstrap: [hub.address] });
    const receiver = await federation.start(2, { limits, members: () => [federation.key(1), federation.key(2)], bootstrap: [hub.address] });
    await eventually('the chain is connected', () => hub.isConnectedTo(flooder, receiver) && receiver.isConnectedTo(hub) && flooder.isConnectedTo(hub));
    await eventually('they have told the hub', () => flooder.count('introduced') + receiver.count('introduced') + hub.count('introduced') >= 2);
    for (let i = 0; hub.count('gossip-relay-throttled') === 0 && i < 400; i += 1) {
      flooder.publish(`flood ${i}`);
      await new Promise(setImmediate);
    }
    assert.ok(hub.count('gossip-relay-throttled') > 0, 'the budget was used up');
    hub.publish('from the hub');
    await eventually('the receiver heard the hub', () => receiver.texts().includes('from the hub'));
    assert.ok(receiver.texts().some((text) => text.startsWith('flood')), 'something was relayed');
    assert.deepEqual([receiver.count('throttled-gossip'), receiver.count('penalized')], [0, 0]);
  });
});
