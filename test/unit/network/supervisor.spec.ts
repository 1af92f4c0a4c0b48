import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { toMonotonicMs } from '../../../src/network/clocks.js';
import { Supervisor, redialPauseMs, type Target } from '../../../src/network/supervisor.js';
import { toPublicKeyHex } from '../../../src/types/ids.js';

const TIMINGS = { redialMinMs: 250, redialMaxMs: 3_000 };
const A: Target = { kind: 'member', publicKey: toPublicKeyHex('a'.repeat(64)) };
const B: Target = { kind: 'address', address: '/ip4/192.0.2.1/tcp/9000' };

describe('Supervisor (DESIGN, traps: redials every member for ever)', () => {
  let nowMs: number;
  let wanted: Target[];
  let dials: { readonly target: Target; readonly atMs: number }[];
  let finish: () => Promise<void>;
  let supervisor: Supervisor;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout'] });
    nowMs = 0;
    wanted = [A];
    dials = [];
    finish = () => Promise.resolve();
    supervisor = new Supervisor({
      timings: TIMINGS,
      now: () => toMonotonicMs(nowMs),
      random: () => 0.5,
      wanted: () => wanted,
      firstPauseMs: () => 0,
      dial: (target) => {
        dials.push({ target, atMs: nowMs });
        return finish();
      },
    });
    supervisor.start();
  });
  afterEach(() => {
    supervisor.stop();
    mock.timers.reset();
  });

  /** Virtual time, with turns of the microtask queue in between. */
  async function pass(durationMs: number): Promise<void> {
    for (const endMs = nowMs + durationMs; nowMs < endMs; ) {
      nowMs++;
      mock.timers.tick(1);
      for (let i = 0; i < 5; i++) await Promise.resolve();
    }
  }

  it('pauses double from the first to the cap, plus or minus a quarter, and stay finite', () => {
    assert.deepEqual([1, 2, 3, 4, 5, 6].map((attempt) => redialPauseMs(attempt, TIMINGS, 0.5)), [250, 500, 1000, 2000, 3000, 3000]);
    assert.equal(redialPauseMs(1, TIMINGS, 0), 187.5);
    assert.equal(redialPauseMs(10 ** 9, TIMINGS, 1), 3750);
  });

  it('a member away for an hour is still dialled every few seconds', async () => {
    await pass(60_000);
    const recent = dials.filter(({ atMs }) => atMs > 50_000);
    assert.ok(recent.length >= 3 && recent.length <= 4, `${recent.length} dials in ten seconds`);
    assert.deepEqual(dials.slice(0, 4).map(({ atMs }) => Math.round(atMs / 50) * 50), [0, 250, 750, 1750]);
  });

  it('a sign of the network returning makes the missing due at once, with short pauses again', async () => {
    await pass(20_000);
    const before = dials.length;
    supervisor.retrySoon();
    await pass(700);
    assert.ok(dials.length - before >= 2, `${dials.length - before} dials`);
  });

  it('signs in quick succession do not make it dial without end', async () => {
    await pass(20_000);
    const before = dials.length;
    for (let i = 0; i < 1_000; i++) {
      supervisor.retrySoon();
      await pass(1);
    }
    assert.ok(dials.length - before <= 6, `${dials.length - before} dials in a second`);
  });

  it('whoever is found is left in peace, and dialled at once when lost again', async () => {
    await pass(10_000);
    wanted = [];
    await pass(10_000);
    const before = dials.length;
    await pass(10_000);
    assert.equal(dials.length, before);
    wanted = [A];
    supervisor.check();
    await pass(5);
    assert.equal(dials.length, before + 1);
  });

  it('one dial that hangs holds up neither itself twice nor the others', async () => {
    wanted = [B];
    finish = () => new Promise(() => undefined);
    supervisor.check();
    await pass(10);
    finish = () => Promise.resolve();
    wanted = [B, A];
    supervisor.check();
    await pass(10_000);
    assert.equal(dials.filter(({ target }) => target === B).length, 1);
    assert.ok(dials.filter(({ target }) => target === A).length > 3);
  });

  it('after stop() nothing is dialled', async () => {
    supervisor.stop();
    const before = dials.length;
    supervisor.check();
    supervisor.retrySoon();
    await pass(10_000);
    assert.equal(dials.length, before);
  });
});
