import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { LoopbackFederation, eventually } from './loopback-members.js';

const HOUR_MS = 3_600_000;

describe('The wall clock is set under a running network: durations are the monotonic clock\'s (issue 10, B5)', () => {
  let federation: LoopbackFederation;
  let aheadMs: number;

  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
    aheadMs = 0;
    const trueMs = Date.now.bind(Date);
    mock.method(Date, 'now', () => trueMs() + aheadMs);
  });
  afterEach(async () => {
    await federation.stop();
    mock.restoreAll();
  });

  for (const [what, stepMs] of [['back', -HOUR_MS], ['forward', HOUR_MS]] as const) {
    it(`set ${what} an hour: links last, new and lost members are dialled, penalties end when they should`, async () => {
      const timings = { pingIntervalMs: 30, pingTimeoutMs: 1_000, penaltyMinMs: 300, penaltyMaxMs: 600 };
      const c = await federation.start(2, { timings });
      const address = c.bareAddress;
      const bootstrap = [c.address];
      const a = await federation.start(0, { bootstrap, timings });
      const b = await federation.start(1, { bootstrap, timings });
      await eventually('all three are connected', () => a.isConnectedTo(b, c) && b.isConnectedTo(a, c) && c.isConnectedTo(a, b));
      await eventually('each was pinged', () => a.count('pinged') > 2 && b.count('pinged') > 2);

      aheadMs += stepMs;
      const [pingedA, pingedB] = [a.count('pinged'), b.count('pinged')];
      await eventually('pings go on', () => a.count('pinged') > pingedA + 10 && b.count('pinged') > pingedB + 10);
      assert.deepEqual([a, b, c].map(({ events }) => events.filter((event) => event.startsWith('-'))), [[], [], []], 'nobody was lost');
      const roundTrips = a.network.snapshot().peers.filter(({ isLinked }) => isLinked).map(({ roundTripMs }) => roundTripMs ?? -1);
      assert.ok(roundTrips.every((ms) => ms >= 0 && ms < 1_000), `round trips of ${roundTrips.join(', ')} ms`);

      await federation.stopMember(c);
      await eventually('it is missed and dialled', () => !a.isConnectedTo(c) && a.count('dial-failed') > 0);
      const back = await federation.start(2, { timings, listen: [address] });
      const d = await federation.start(3, { timings, bootstrap: [a.address] });
      await eventually('whoever came back or came later is connected to all', () => d.isConnectedTo(a, b, back) && back.isConnectedTo(a, b, d));

      a.network.penalize(b.publicKey, 'for the test');
      await eventually('it is refused', () => !a.isConnectedTo(b) && !b.isConnectedTo(a));
      aheadMs += stepMs;
      await eventually('the penalty ends', () => a.isConnectedTo(b) && b.isConnectedTo(a));
      a.publish('still heard');
      await eventually('what gossipsub keeps by date was emptied', () => a.count('date-stepped') > 0);
      await eventually('gossip flows', () => [b, back, d].every((member) => member.texts().includes('still heard')));
    });
  }
});
