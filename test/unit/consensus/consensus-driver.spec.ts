import assert from 'node:assert/strict';
import type { Effect, Input } from '../../../src/consensus/events.js';
import type { DurableRecord } from '../../../src/consensus/records.js';
import { Replica } from '../../../src/consensus/replica.js';
import { quorumParameters } from '../../../src/consensus/quorum.js';
import type { DriverPorts } from '../../../src/node/consensus-driver.js';
import { ConsensusDriver } from '../../../src/node/consensus-driver.js';
import { toMemberIndex, toSequence, toSlot } from '../../../src/types/ids.js';
import type { Statement } from '../../../src/types/messages.js';
import { block, CHAIN_ID, EMPTY_STATE, hashOf, membershipOf, ownVote, prepare, prePrepare, signed, skip, START_WALL_MS, trusted } from './fixtures.js';

/** What the replica is asked to do, given by the test: effects by the type of the input. */
class ScriptedReplica extends Replica {
  readonly inputs: string[] = [];
  readonly #script: (input: Input) => readonly Effect[];

  constructor(script: (input: Input) => readonly Effect[]) {
    super({
      slotTimeoutMs: 1000, maxSlotTimeoutMs: 10_000, chainId: CHAIN_ID, membership: membershipOf(4), quorum: quorumParameters(4),
      self: toMemberIndex(3), voteStoreLost: false,
    }, EMPTY_STATE, { monotonicMs: 0, wallMs: START_WALL_MS });
    this.#script = script;
  }

  override step(input: Input): Effect[] {
    this.inputs.push(input.type);
    return [...this.#script(input)];
  }

  override start(): Effect[] {
    return this.step({ type: 'compared' });
  }
}

interface Commit {
  readonly records: readonly DurableRecord[];
  readonly done: (error?: Error) => void;
}

/** Ports that write down what the driver does, and a disk that is done when the test says so. */
class Host {
  readonly log: string[] = [];
  readonly commits: Commit[] = [];
  readonly driver: ConsensusDriver;
  fatal: Error | undefined;
  onFinalized: () => void = () => undefined;
  onBroadcast: (slot: number) => void = () => undefined;
  wakeAt: number | undefined;

  constructor(replica: Replica, change: Partial<DriverPorts> = {}) {
    this.driver = new ConsensusDriver(replica, {
      now: () => ({ monotonicMs: 0, wallMs: START_WALL_MS }),
      wakeAt: (monotonicMs) => { this.wakeAt = monotonicMs; },
      commit: (records, done) => {
        this.log.push(`commit ${records.length}`);
        this.commits.push({ records, done: (error) => { done(error); } });
      },
      sign: (statement) => {
        this.log.push(`sign ${statement.type}`);
        return trusted(signed(statement));
      },
      broadcast: (message) => {
        this.log.push(`broadcast ${nameOf(message)}`);
        if ('slot' in message) this.onBroadcast(message.slot);
      },
      buildBlock: () => {
        this.log.push('build');
        return undefined;
      },
      finalized: () => {
        this.log.push('finalized');
        this.onFinalized();
      },
      behind: () => { this.log.push('behind'); },
      missingBlock: () => { this.log.push('missing-block'); },
      resend: () => { this.log.push('resend'); },
      equivocation: () => { this.log.push('equivocation'); },
      checkpointStable: () => { this.log.push('checkpoint-stable'); },
      voteStoreLost: () => { this.log.push('vote-store-lost'); },
      notice: ({ type }) => { this.log.push(`notice ${type}`); },
      fatal: (error) => {
        this.log.push('fatal');
        this.fatal = error;
      },
      ...change,
    });
  }

  /** The disk finishes the commit under way. */
  synced(error?: Error): void {
    const commit = this.commits.shift();
    assert.ok(commit, 'a commit is under way');
    commit.done(error);
  }
}

function nameOf(message: { readonly type: string; readonly slot?: number }): string {
  return message.slot === undefined ? message.type : `${message.type} ${message.slot}`;
}

const vote = (slot: number): Statement & { readonly type: 'PREPARE' } => ownVote(prepare(slot, 3, hashOf('b'))) as Statement & { readonly type: 'PREPARE' };
const persist = (slot: number): Effect => ({ type: 'persist', record: { type: 'vote', vote: vote(slot) } });
const sign = (slot: number): Effect => ({ type: 'sign', statement: vote(slot) });
const broadcast = (slot: number): Effect => ({ type: 'broadcast', message: prepare(slot, 3, hashOf('b')) });
const finalized: Effect = { type: 'finalized', blocks: [] };
const idle: Effect = { type: 'persist', record: { type: 'certificate', certificate: skip(0) } };

/** A host whose replica answers `transactions` with these effects, and a signed statement with its broadcast. */
function hostOf(...effects: readonly Effect[]): Host {
  return new Host(new ScriptedReplica((input) => {
    if (input.type === 'transactions') return effects;
    return input.type === 'signed' ? [{ type: 'broadcast', message: input.message }] : [];
  }));
}
const go = (host: Host): void => { host.driver.deliver({ type: 'transactions', pending: true }); };

describe('section 5: the driver', () => {
  it('section 5: persist, sign, count, send: nothing else happens before the disk is done', () => {
    const host = hostOf(persist(0), sign(0));
    go(host);
    assert.deepEqual(host.log, ['commit 1']);
    host.synced();
    assert.deepEqual(host.log, ['commit 1', 'sign PREPARE', 'broadcast PREPARE 0']);
  });
  it('section 5: what precedes a record in the same step does not wait for it, and the rest keeps its order', () => {
    const host = hostOf(broadcast(1), persist(0), broadcast(2), finalized, broadcast(3));
    go(host);
    assert.deepEqual(host.log, ['broadcast PREPARE 1', 'commit 1']);
    host.synced();
    assert.deepEqual(host.log, ['broadcast PREPARE 1', 'commit 1', 'broadcast PREPARE 2', 'finalized', 'broadcast PREPARE 3']);
  });
  it('section 5: without records effects take place at once', () => {
    const host = hostOf(broadcast(1), finalized);
    go(host);
    assert.deepEqual(host.log, ['broadcast PREPARE 1', 'finalized']);
  });
  it('section 5: group commit: one commit under way; what is decided meanwhile joins the next', () => {
    const host = hostOf(persist(0), persist(1), sign(0));
    for (let times = 0; times < 3; times += 1) go(host);
    assert.deepEqual(host.log, ['commit 2']);
    host.synced();
    assert.deepEqual(host.log, ['commit 2', 'sign PREPARE', 'commit 4']);
    assert.equal(host.log.filter((entry) => entry.startsWith('broadcast')).length, 0, 'the answer to the signature waits behind the second commit');
    host.synced();
    assert.deepEqual(host.log.slice(3), ['sign PREPARE', 'sign PREPARE', 'broadcast PREPARE 0', 'broadcast PREPARE 0', 'broadcast PREPARE 0']);
  });
  it('section 5: effects decided during a commit wait for it, even where they need no disk', () => {
    let step = 0;
    const host = new Host(new ScriptedReplica((input) => {
      if (input.type !== 'transactions') return [];
      step += 1;
      return step === 1 ? [persist(0), broadcast(0)] : [broadcast(1)];
    }));
    go(host);
    go(host);
    assert.deepEqual(host.log, ['commit 1']);
    host.synced();
    assert.deepEqual(host.log, ['commit 1', 'broadcast PREPARE 0', 'broadcast PREPARE 1']);
  });
  it('section 5: records that nothing waits for are held for the next commit, but not without bound', () => {
    const host = hostOf(idle);
    for (let times = 0; times < 511; times += 1) go(host);
    assert.deepEqual(host.log, []);
    go(host);
    assert.deepEqual(host.log, ['commit 512']);
  });
  it('section 5: records held back come first in the next commit', () => {
    let step = 0;
    const host = new Host(new ScriptedReplica((input) => {
      step += 1;
      return input.type !== 'transactions' ? [] : step === 1 ? [idle] : [persist(0), sign(0)];
    }));
    go(host);
    go(host);
    assert.deepEqual(host.commits[0]?.records.map(({ type }) => type), ['certificate', 'vote']);
  });
  it('section 5: a failed persist is fatal; nothing is signed or sent afterwards', () => {
    const host = hostOf(persist(0), sign(0), broadcast(1));
    go(host);
    host.synced(new Error('no space left on device'));
    assert.equal(host.fatal?.message, 'no space left on device');
    go(host);
    host.driver.tick();
    assert.deepEqual(host.log, ['commit 1', 'fatal']);
    assert.equal(host.wakeAt, undefined);
  });
  it('section 5: so is one that fails at once', () => {
    const host = new Host(new ScriptedReplica(() => [persist(0), broadcast(0)]), { commit: () => { throw new Error('closed'); } });
    go(host);
    assert.deepEqual(host.log, ['fatal']);
  });
  it('section 5: a commit that ends after the stop changes nothing', () => {
    const host = hostOf(persist(0), sign(0));
    go(host);
    host.driver.stop();
    host.synced();
    assert.deepEqual(host.log, ['commit 1']);
    go(host);
    assert.deepEqual(host.log, ['commit 1']);
  });
  it('section 6: divergence is fatal, and what follows it is not done', () => {
    const host = hostOf(broadcast(0), { type: 'diverged', sequence: toSequence(5), ownRoot: hashOf('own'), certifiedRoot: hashOf('theirs') }, broadcast(1));
    go(host);
    assert.deepEqual(host.log, ['broadcast PREPARE 0', 'fatal']);
    assert.match(host.fatal?.message ?? '', /diverged at sequence 5/);
  });
  it('section 5: an error of the core is fatal, before any effect of that step', () => {
    const host = new Host(new ScriptedReplica(() => { throw new Error('two chains'); }));
    go(host);
    assert.deepEqual(host.log, ['fatal']);
  });
});

describe('section 5: inputs while effects are carried out', () => {
  const reentrant = (...effects: readonly Effect[]): Host => {
    const host: Host = new Host(new ScriptedReplica((input) => (input.type === 'transactions' ? effects : input.type === 'tick' ? [broadcast(9)] : [])));
    host.onFinalized = () => { host.driver.tick(); };
    return host;
  };
  it('section 5: what they lead to comes after all effects of the step, without a commit', () => {
    const host = reentrant(finalized, broadcast(1), broadcast(2));
    go(host);
    assert.deepEqual(host.log, ['finalized', 'broadcast PREPARE 1', 'broadcast PREPARE 2', 'broadcast PREPARE 9']);
  });
  it('section 5: and after all effects of the batch that a commit let go', () => {
    const host = reentrant(persist(0), finalized, broadcast(1), broadcast(2));
    go(host);
    host.synced();
    assert.deepEqual(host.log, ['commit 1', 'finalized', 'broadcast PREPARE 1', 'broadcast PREPARE 2', 'broadcast PREPARE 9']);
  });
  it('section 5: also where the disk answers at once', () => {
    const log: string[] = [];
    const host: Host = new Host(new ScriptedReplica((input) => (input.type === 'transactions' ? [persist(0), finalized, broadcast(1)] : input.type === 'tick' ? [persist(1), broadcast(9)] : [])), {
      commit: (records, done) => {
        log.push(`commit ${records.length}`);
        done(undefined);
      },
      finalized: () => { host.driver.tick(); },
      broadcast: (message) => { log.push(`broadcast ${nameOf(message)}`); },
    });
    go(host);
    assert.deepEqual(log, ['commit 1', 'broadcast PREPARE 1', 'commit 1', 'broadcast PREPARE 9']);
  });
  it('section 5: an error inside such an input ends the rest of the step', () => {
    const host: Host = new Host(new ScriptedReplica((input) => {
      if (input.type === 'tick') throw new Error('broken');
      return input.type === 'transactions' ? [persist(0), finalized, broadcast(1)] : [];
    }));
    host.onFinalized = () => { host.driver.tick(); };
    go(host);
    host.synced();
    assert.deepEqual(host.log, ['commit 1', 'finalized', 'fatal']);
  });
});

describe('section 5: driver and replica together', () => {
  const options = {
    slotTimeoutMs: 1000, maxSlotTimeoutMs: 10_000, chainId: CHAIN_ID, membership: membershipOf(4), quorum: quorumParameters(4),
    self: toMemberIndex(3), voteStoreLost: false,
  };
  it('section 5: an own vote is durable, then signed, then counted and sent', () => {
    const replica = new Replica(options, EMPTY_STATE, { monotonicMs: 0, wallMs: START_WALL_MS });
    const host = new Host(replica);
    host.driver.start();
    host.driver.deliver({ type: 'compared' });
    host.driver.deliver({ type: 'message', message: trusted(prePrepare(block({ slot: 0 }))) });
    assert.deepEqual(host.commits.map(({ records }) => records.map(({ type }) => type)), [['block', 'vote']]);
    assert.equal(replica.snapshot().prepareVotes, 0);
    host.onBroadcast = () => { assert.equal(replica.snapshot().prepareVotes, 1); };
    host.synced();
    assert.deepEqual(host.log.filter((entry) => !entry.startsWith('notice')), ['commit 2', 'sign PREPARE', 'broadcast PREPARE 0']);
  });
  it('section 5: restart signs the same again without writing it again', () => {
    const proposed = block({ slot: 0 });
    const durable = { ...EMPTY_STATE, votes: [ownVote(prepare(0, 3, proposed.hash))], blocks: [{ slot: toSlot(0), block: proposed, signature: new Uint8Array(64) }] };
    const host = new Host(new Replica(options, durable, { monotonicMs: 0, wallMs: START_WALL_MS }));
    host.driver.start();
    assert.deepEqual(host.log, ['sign PREPARE', 'broadcast PREPARE 0']);
  });
  it('section 4: the host is woken when the core says so', () => {
    const host = new Host(new Replica(options, EMPTY_STATE, { monotonicMs: 0, wallMs: START_WALL_MS }));
    host.driver.start();
    assert.equal(host.wakeAt, 1000, 'the comparison');
    host.driver.deliver({ type: 'compared' });
    assert.equal(host.wakeAt, undefined);
    host.driver.deliver({ type: 'transactions', pending: true });
    assert.equal(host.wakeAt, 1000);
  });
});
