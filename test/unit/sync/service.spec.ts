import assert from 'node:assert/strict';
import { assembleBlock } from '../../../src/codec/block.js';
import { MAX_PUSHED_MESSAGES, wireLimits } from '../../../src/codec/limits.js';
import { decodeSyncRequest, encodeSyncRequest } from '../../../src/codec/wire/sync.js';
import type { RequestProtocol } from '../../../src/network/network.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import type { SyncNotice } from '../../../src/sync/events.js';
import { SyncService } from '../../../src/sync/service.js';
import type { SyncServiceOptions } from '../../../src/sync/service-ports.js';
import { DEFAULT_SYNC_SETTINGS } from '../../../src/sync/settings.js';
import { SyncError } from '../../../src/sync/sync-error.js';
import { GENESIS_SEQUENCE, GENESIS_SLOT, toMemberIndex, toSequence, toSlot, toView, ZERO_HASH, type PublicKeyHex, type Slot } from '../../../src/types/ids.js';
import type { ConsensusMessage, Verified } from '../../../src/types/messages.js';
import type { CommittedBlock, Status } from '../../../src/types/sync.js';
import { certificateFor, EPOCH, isGenuine, MemoryBlockStore, peerNamed, prepareFor, proposalOf } from './fake-chain.js';

/** Blocks with real encodings and hashes; certificates stay fake. */
function realChain(length: number): CommittedBlock[] {
  const chain: CommittedBlock[] = [];
  for (let sequence = 0; sequence < length; sequence += 1) chain.push(realChild(chain.at(-1)));
  return chain;
}

function realChild(parent: CommittedBlock | undefined): CommittedBlock {
  const sequence = (parent?.block.header.sequence ?? -1) + 1;
  const block = assembleBlock({
    chainId: ZERO_HASH, epoch: EPOCH, view: toView(0), sequence: toSequence(sequence), slot: toSlot(sequence), parentSlot: toSlot(sequence - 1),
    parentHash: parent?.block.hash ?? ZERO_HASH, timestampMs: sequence + 1, nextMembersHash: ZERO_HASH, proposer: toMemberIndex(0),
  }, []);
  return { block, certificate: certificateFor(block) };
}

const LIMITS = wireLimits({ maxBlockBytes: 1_000_000, maxBlockTransactions: 1_000, maxTransactionBytes: 10_000 }, 4);
type Refusal = { ok: false; verdict: 'ignore' | 'reject'; detail: string };
const BAD: Refusal = { ok: false, verdict: 'reject', detail: 'forged' };

/** Services that reach one another directly. Time stands still unless set. */
class Cluster {
  nowMs = 0;
  readonly hosts = new Map<PublicKeyHex, Host>();

  add(name: string, chain: readonly CommittedBlock[], options: Partial<SyncServiceOptions> = {}): Host {
    const host = new Host(this, peerNamed(name), chain, options);
    this.hosts.set(host.key, host);
    host.service.start();
    return host;
  }

  connect(a: Host, b: Host): void {
    a.service.peerConnected(b.key);
    b.service.peerConnected(a.key);
  }

  /** Lets pending promises run, and time with them, until `done`. */
  async until(done: () => boolean, turns = 2000): Promise<void> {
    for (let turn = 0; turn < turns; turn += 1) {
      if (done()) return;
      await new Promise((resolve) => setImmediate(resolve));
      this.nowMs += 5;
      for (const host of this.hosts.values()) if ((host.wakeAtMs ?? Infinity) <= this.nowMs) host.service.tick();
    }
    assert.fail('it never came to that');
  }
}

class Host {
  readonly key: PublicKeyHex;
  readonly store: MemoryBlockStore;
  readonly service: SyncService;
  readonly penalties: string[] = [];
  readonly notices: SyncNotice[] = [];
  readonly delivered: ConsensusMessage[] = [];
  readonly transactions: Uint8Array[] = [];
  readonly heard = new Set<PublicKeyHex>();
  readonly statusOf = new Map<PublicKeyHex, Status>();
  readonly fatal: Error[] = [];
  compared = 0;
  wakeAtMs: number | undefined;
  slotState: ConsensusMessage[] = [];
  pending: Uint8Array[] = [];
  wants: (message: ConsensusMessage, reached: Slot) => boolean = () => true;
  /** In place of the answer of a peer, if set. */
  tamper: ((protocol: RequestProtocol, payload: Uint8Array) => Promise<Uint8Array>) | undefined;

  constructor(cluster: Cluster, key: PublicKeyHex, chain: readonly CommittedBlock[], options: Partial<SyncServiceOptions>) {
    this.key = key;
    this.store = new MemoryBlockStore(chain);
    this.service = new SyncService({
      network: {
        request: async (peer, protocol, payload) => {
          const answer = await (this.tamper?.(protocol, payload) ?? cluster.hosts.get(peer)?.service.onRequest(protocol, payload, this.key));
          if (answer === undefined) throw Object.assign(new Error('not connected'), { code: 'not-connected' });
          return answer;
        },
        penalize: (peer, reason) => {
          this.penalties.push(reason);
          this.service.peerDisconnected(peer);
        },
      },
      validator: () => ({
        limits: LIMITS,
        validate: (message) => ({ ok: true, message: message as Verified<ConsensusMessage> }),
        validateStatus: (status) => (status.finalityCertificate !== undefined && !isGenuine(status.finalityCertificate) ? BAD : { ok: true, status: status as Verified<Status> }),
        validateSnapshotOffer: () => BAD,
        validateCommittedChain: (blocks, tip) => {
          let parentHash = tip.hash;
          for (const { block, certificate } of blocks) {
            if (block.header.parentHash !== parentHash || (certificate !== undefined && !isGenuine(certificate))) return { verified: [], unproven: [], error: BAD };
            parentHash = block.hash;
          }
          const end = blocks.findLastIndex(({ certificate }) => certificate !== undefined) + 1;
          return { verified: blocks.slice(0, end) as Verified<CommittedBlock>[], unproven: blocks.slice(end), error: undefined };
        },
      }),
      blocks: this.store,
      core: {
        status: () => this.status(),
        workPending: false,
        backlogFull: false,
        slotStateAbove: (slot: Slot) => this.slotState.filter((message) => 'slot' in message && message.slot > slot),
        judge: (message, _from, reached) => {
          if (!this.wants(message, reached)) return { ok: false, verdict: 'ignore', detail: 'not wanted' };
          return message.type === 'PREPARE' && message.signature[0] === 0 ? BAD : { ok: true, messages: [message as Verified<ConsensusMessage>] };
        },
        resendMessages: () => this.slotState,
        pendingTransactions: () => this.pending,
        deliver: (input) => {
          if (input.type === 'compared') this.compared += 1;
          if (input.type === 'message') this.delivered.push(input.message);
          if (input.type === 'synced') {
            this.store.chain.push(...input.blocks);
            // As a core does: from within the delivery.
            this.service.coreMoved();
          }
        },
        takeTransactions: (transactions) => { this.transactions.push(...transactions); },
        heard: (peer) => { this.heard.add(peer); },
        peerStatus: (peer, status) => { this.statusOf.set(peer, status); },
        fatal: (error) => { this.fatal.push(error); },
      },
      clock: { nowMs: () => cluster.nowMs, wakeAt: (atMs) => { this.wakeAtMs = atMs; } },
      others: [],
      notice: (notice) => { this.notices.push(notice); },
      ...options,
    });
  }

  status(): Status {
    const tip = this.store.chain.at(-1);
    const header = tip?.block.header;
    return {
      epoch: EPOCH, finalSlot: header?.slot ?? GENESIS_SLOT, finalSequence: header?.sequence ?? GENESIS_SEQUENCE, finalHash: tip?.block.hash ?? ZERO_HASH,
      finalityCertificate: tip?.certificate, highestCertificate: undefined, currentSlot: toSlot((header?.slot ?? -1) + 1), observing: false,
    };
  }
}

describe('sync service over the network port (SPEC section 7)', () => {
  const chain = realChain(700);

  it('catches up over encoded requests and answers, each block validated', async () => {
    const cluster = new Cluster();
    const servers = ['a', 'b'].map((name) => cluster.add(name, chain));
    const late = cluster.add('late', []);
    for (const server of servers) cluster.connect(late, server);
    await cluster.until(() => late.store.chain.length === 700);
    assert.deepEqual(late.store.chain.map(({ block }) => block.hash), chain.map(({ block }) => block.hash));
    assert.equal(late.service.progress().catchingUp, false);
    assert.deepEqual([late.penalties, late.fatal], [[], []]);
    assert.deepEqual([...late.heard].sort(), servers.map(({ key }) => key).sort());
    assert.deepEqual([...late.statusOf.keys()].sort(), servers.map(({ key }) => key).sort(), 'R10: the core learns where each member stands');
  });

  it('pushes what the core re-sends with pending transactions, and hands the answer to the core (section 4, re-sending)', async () => {
    const cluster = new Cluster();
    const asker = cluster.add('asker', chain.slice(0, 10));
    const peer = cluster.add('peer', chain.slice(0, 10));
    cluster.connect(asker, peer);
    const next = chain[10]!;
    asker.slotState = [prepareFor(next, 1)];
    peer.slotState = [proposalOf(next)];
    asker.pending = [new Uint8Array(200).fill(7)];
    await cluster.until(() => asker.service.progress().outstandingRequests === 0);
    asker.service.resend();
    await cluster.until(() => asker.delivered.some(({ type }) => type === 'PRE-PREPARE') && peer.delivered.some(({ type }) => type === 'PREPARE'));
    assert.ok(asker.delivered.some(({ type }) => type === 'CERTIFICATE'), 'the status certificate did not reach the core');
    assert.deepEqual(peer.transactions.map((bytes) => [...bytes]), asker.pending.map((bytes) => [...bytes]));
  });

  it('lets the core begin once compared (section 5), once', async () => {
    const cluster = new Cluster();
    const peer = cluster.add('peer', chain);
    const restarted = cluster.add('restarted', chain, { others: [peer.key] });
    assert.equal(restarted.compared, 0);
    cluster.connect(restarted, peer);
    await cluster.until(() => restarted.compared > 0);
    await cluster.until(() => cluster.nowMs > 3000);
    assert.equal(restarted.compared, 1);
  });

  const spoiled: readonly [string, Uint8Array | Error, boolean][] = [
    ['bytes that are no answer', new Uint8Array([255, 255, 255]), true],
    ['an empty answer', new Uint8Array(), true],
    ['an answer above its limit', Object.assign(new Error('answer too large'), { code: 'too-large' }), true],
    ['a timeout', Object.assign(new Error('timeout'), { code: 'timeout' }), false],
    ['a stream that is reset', Object.assign(new Error('refused'), { code: 'refused' }), false],
  ];
  for (const [what, answer, isBlamed] of spoiled) {
    it(`${isBlamed ? 'drops' : 'does not blame'} a peer for ${what}`, async () => {
      const cluster = new Cluster();
      const peer = cluster.add('peer', chain);
      const host = cluster.add('host', []);
      host.tamper = () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer));
      cluster.connect(host, peer);
      await cluster.until(() => host.notices.length > 0 || host.penalties.length > 0);
      assert.equal(host.penalties.length, isBlamed ? 1 : 0);
      assert.deepEqual(host.fatal, []);
    });
  }

  it('drops a peer that serves a chain that validation rejects, and delivers nothing of it', async () => {
    const cluster = new Cluster();
    const forged = chain.map(({ block }, index) => ({ block, certificate: certificateFor(block, index === 699) }));
    const liar = cluster.add('liar', forged);
    const late = cluster.add('late', []);
    cluster.connect(late, liar);
    await cluster.until(() => late.penalties.length > 0);
    assert.deepEqual(late.penalties, ['forged']);
    assert.deepEqual(late.store.chain, []);
  });

  it('refuses requests that are malformed, rejected, or came by another protocol, and drops who sent them', async () => {
    const cluster = new Cluster();
    const host = cluster.add('host', chain);
    const from = peerNamed('stranger');
    const statusRequest = encodeSyncRequest({ type: 'STATUS-REQUEST', status: host.status() });
    const forgedStatus = { ...host.status(), finalityCertificate: certificateFor(chain[699]!.block, false) };
    const badVote = { ...prepareFor(chain[5]!, 1), signature: new Uint8Array(64) };
    const bad: [RequestProtocol, Uint8Array][] = [
      ['status', new Uint8Array([1, 2, 3])],
      ['blocks', statusRequest],
      ['status', encodeSyncRequest({ type: 'STATUS-REQUEST', status: forgedStatus })],
      ['slots', encodeSyncRequest({ type: 'SLOTS-REQUEST', status: host.status(), messages: [badVote], transactions: [] })],
    ];
    for (const [protocol, payload] of bad) {
      await assert.rejects(host.service.onRequest(protocol, payload, from), (error) => error instanceof SyncError && error.code === 'malformed');
    }
    assert.equal(host.penalties.length, bad.length);
    assert.ok((await host.service.onRequest('status', statusRequest, from)).byteLength > 0);
  });

  describe('messages that a request pushes (section 8, row D8)', () => {
    const push = (host: Host, messages: readonly ConsensusMessage[]): Promise<Uint8Array> => (
      host.service.onRequest('slots', encodeSyncRequest({ type: 'SLOTS-REQUEST', status: host.status(), messages, transactions: [] }), peerNamed('pusher'))
    );
    const vote = (index: number): ConsensusMessage => ({ ...prepareFor(chain[index]!, 1), signature: new Uint8Array(64) });

    it('what the core would drop is dropped before its signature is checked, and nobody is blamed', async () => {
      const cluster = new Cluster();
      const host = cluster.add('host', chain.slice(0, 10));
      host.wants = (message) => 'slot' in message && message.slot <= 74;
      assert.ok((await push(host, [prepareFor(chain[11]!, 1), vote(75), vote(600)])).byteLength > 0);
      assert.deepEqual([host.delivered.filter(({ type }) => type === 'PREPARE').length, host.penalties], [1, []]);
      await assert.rejects(push(host, [vote(74)]));
      assert.equal(host.penalties.length, 1, 'what it would keep is checked');
    });

    it('a certificate in the same request moves the window for what comes after it', async () => {
      const cluster = new Cluster();
      const host = cluster.add('host', chain.slice(0, 10));
      const reached: number[] = [];
      host.wants = (_message, slot) => reached.push(slot) > 0;
      const certificate = certificateFor(chain[500]!.block);
      await push(host, [prepareFor(chain[11]!, 1), { type: 'CERTIFICATE', certificate }, prepareFor(chain[501]!, 1)]);
      assert.deepEqual(reached, [10, 10, 501]);
    });

    it('what is above a member\'s share is refused before it is read, and answered again later (issue 10, A)', async () => {
      const cluster = new Cluster();
      const host = cluster.add('host', chain.slice(0, 10));
      const from = peerNamed('asker');
      const ask = (bytes: Uint8Array) => host.service.onRequest('blocks', bytes, from);
      const request = encodeSyncRequest({ type: 'BLOCKS-REQUEST', fromSequence: toSequence(1), maxCount: 1, maxBytes: 1 });
      let answered = 0;
      const isBusy = (error: unknown): boolean => error instanceof SyncError && error.code === 'busy';
      for (let refused = false; !refused; answered += 1) {
        refused = await ask(request).then(() => false, isBusy);
        assert.ok(answered < 5000, 'it is never refused');
      }
      await assert.rejects(ask(Uint8Array.of(255, 255)), isBusy);
      assert.deepEqual(host.penalties, []);
      await host.service.onRequest('blocks', request, peerNamed('another'));
      cluster.nowMs += 1000;
      assert.ok((await ask(request)).byteLength > 0);
    });

    it('more than a member may push is refused before any of it is decoded, and answered again later', async () => {
      const cluster = new Cluster();
      const asked: number[] = [];
      const network = { request: () => Promise.reject(new Error('not connected')), penalize: () => undefined, takePushed: (_: PublicKeyHex, count: number) => asked.push(count) > 1 };
      const host = cluster.add('host', chain.slice(0, 10), { network });
      await assert.rejects(push(host, [prepareFor(chain[11]!, 1)]), (error) => error instanceof SyncError && error.code === 'busy');
      assert.equal(host.delivered.length, 0);
      assert.ok((await push(host, [prepareFor(chain[11]!, 1)])).byteLength > 0);
      assert.deepEqual(asked, [1, 1]);
    });

    it('a long list gives other work its turn after every 16', async () => {
      const cluster = new Cluster();
      let turns = 0;
      const host = cluster.add('host', chain.slice(0, 10), { pause: () => Promise.resolve(void (turns += 1)) });
      await push(host, Array.from({ length: 160 }, () => prepareFor(chain[11]!, 1)));
      assert.equal(turns, 10);
    });

    it('no more is pushed at once than others take (section 4, re-sending), and the rest the next time', async () => {
      const cluster = new Cluster();
      const asker = cluster.add('asker', chain.slice(0, 10));
      const peer = cluster.add('peer', chain.slice(0, 10));
      cluster.connect(asker, peer);
      asker.slotState = chain.slice(11, 611).map((each) => prepareFor(each, 1));
      const pushed: number[] = [];
      asker.tamper = (_protocol, payload) => {
        const request = decodeSyncRequest(payload, LIMITS);
        if (request.type === 'SLOTS-REQUEST') pushed.push(request.messages.length);
        return peer.service.onRequest(_protocol, payload, asker.key);
      };
      const slots = (): number => new Set(peer.delivered.flatMap((message) => (message.type === 'PREPARE' ? [message.slot] : []))).size;
      await cluster.until(() => {
        asker.service.resend();
        return slots() === 600;
      });
      assert.ok(Math.max(...pushed) <= MAX_PUSHED_MESSAGES && pushed.length > 1, pushed.join());
      const { exchangeIntervalMs } = DEFAULT_SYNC_SETTINGS;
      assert.ok((MAX_PUSHED_MESSAGES * 1000) / exchangeIntervalMs <= DEFAULT_LIMITS.pushedMessagesPerSecond, 'an honest member is never above the limit');
    });
  });

  it('does nothing any more once stopped', async () => {
    const cluster = new Cluster();
    const server = cluster.add('server', chain);
    const late = cluster.add('late', []);
    cluster.connect(late, server);
    late.service.stop();
    const deliveredBefore = late.delivered.length;
    late.service.resend();
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([late.store.chain.length, late.delivered.length, late.wakeAtMs], [0, deliveredBefore, undefined]);
    await assert.rejects(late.service.onRequest('status', new Uint8Array(), server.key), (error) => error instanceof SyncError && error.code === 'stopped');
  });
});
