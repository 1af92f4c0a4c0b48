import { SyncEngine, type SyncEngineOptions } from '../../../src/sync/engine.js';
import { SyncError } from '../../../src/sync/sync-error.js';
import type { OwnPosition, SyncAnswer, SyncEffect, SyncInput } from '../../../src/sync/events.js';
import { SyncServer, type SyncServerLimits } from '../../../src/sync/server.js';
import { toSequence, toSlot, ZERO_HASH, type PublicKeyHex } from '../../../src/types/ids.js';
import type { ConsensusMessage, Verified } from '../../../src/types/messages.js';
import type { CommittedBlock, Status, SyncRequest, SyncResponse } from '../../../src/types/sync.js';
import { EPOCH, isGenuine, MemoryBlockStore, peerNamed } from './fake-chain.js';

type RequestEffect = Extract<SyncEffect, { type: 'request' }>;

/** How a platform treats those who ask it. */
export type Behaviour =
  | { readonly type: 'honest' }
  /** Never answers. */
  | { readonly type: 'silent' }
  /** Answers BLOCKS as it likes. */
  | { readonly type: 'lying'; serve(request: Extract<SyncRequest, { type: 'BLOCKS-REQUEST' }>): readonly CommittedBlock[] };

type FakePlatformOptions = Partial<SyncEngineOptions> & { readonly server?: Partial<SyncServerLimits> };

/** A platform with a real engine and server, a fake core (what is delivered becomes final at once) and a fake validation. */
export class FakePlatform {
  readonly key: PublicKeyHex;
  readonly store: MemoryBlockStore;
  readonly server: SyncServer;
  readonly engine: SyncEngine;
  /** Every effect with the time it was given. */
  readonly log: { readonly atMs: number; readonly effect: SyncEffect }[] = [];
  behaviour: Behaviour = { type: 'honest' };
  workPending = false;
  currentSlot: number | undefined;
  slotState: ConsensusMessage[] = [];
  /** Set false to leave delivered blocks lying. */
  digests = true;
  backlogFull = false;
  /** Messages that others pushed. */
  readonly pushed: ConsensusMessage[] = [];
  readonly network: FakeNetwork;

  constructor(network: FakeNetwork, name: string, chain: readonly CommittedBlock[], options: FakePlatformOptions = {}) {
    this.network = network;
    this.key = peerNamed(name);
    this.store = new MemoryBlockStore(chain);
    this.server = new SyncServer({
      blocks: this.store,
      slotState: {
        statusOf: () => this.status(),
        slotStateAbove: (slot) => this.slotState.filter((message) => 'slot' in message && message.slot > slot),
      },
      sizeOf: (message) => (message.type === 'PRE-PREPARE' ? message.block.sizeBytes : 200),
      nowMs: () => network.nowMs,
    }, options.server);
    this.engine = new SyncEngine({ own: this.position(), others: [], nowMs: network.nowMs, ...options });
  }

  get tip(): CommittedBlock | undefined {
    return this.store.chain.at(-1);
  }

  durableLength(): number {
    return this.store.chain.length;
  }

  position(): OwnPosition {
    const header = this.tip?.block.header;
    const finalSlot = toSlot(header?.slot ?? -1);
    return {
      epoch: EPOCH, finalSlot, finalSequence: toSequence(this.store.chain.length - 1), finalHash: this.tip?.block.hash ?? ZERO_HASH,
      durableSequence: toSequence(this.durableLength() - 1), currentSlot: toSlot(Math.max(this.currentSlot ?? 0, finalSlot + 1)), workPending: this.workPending, stateMissing: false, backlogFull: this.backlogFull,
    };
  }

  status(): Verified<Status> {
    const { epoch, finalSlot, finalSequence, finalHash, currentSlot } = this.position();
    return {
      epoch, finalSlot, finalSequence, finalHash, currentSlot,
      finalityCertificate: this.tip?.certificate, highestCertificate: undefined, observing: false,
    } as Status as Verified<Status>;
  }

  /** Final by its own consensus, not by sync. */
  finalize(block: CommittedBlock): void {
    this.store.chain.push(block);
    this.input({ type: 'own-position', own: this.position() });
  }

  input(input: SyncInput): void {
    const effects = this.engine.step(input, this.network.nowMs);
    for (const effect of effects) {
      this.log.push({ atMs: this.network.nowMs, effect });
      if (effect.type === 'request') this.network.request(this, effect);
      if (effect.type === 'penalize') this.network.disconnect(this.key, effect.peer);
      if (effect.type === 'deliver-blocks' && this.digests) {
        this.network.after(1, () => {
          const fresh = effect.blocks.filter(({ block }) => block.header.sequence > this.store.finalSequence());
          for (const entry of fresh) {
            if (entry.block.header.parentHash !== (this.tip?.block.hash ?? ZERO_HASH)) throw new Error('delivered blocks do not link');
            this.store.chain.push(entry);
          }
          this.input({ type: 'own-position', own: this.position() });
        });
      }
    }
  }

  effects<T extends SyncEffect['type']>(type: T): (Extract<SyncEffect, { type: T }> & { readonly atMs: number })[] {
    return this.log.flatMap(({ atMs, effect }) => (effect.type === type ? [{ ...(effect as Extract<SyncEffect, { type: T }>), atMs }] : []));
  }

  requests(type: RequestEffect['plan']['type']): (RequestEffect & { readonly atMs: number })[] {
    return this.effects('request').filter(({ plan }) => plan.type === type);
  }

  /** Stands in for codec and validation. */
  validate(effect: RequestEffect, response: SyncResponse): SyncAnswer | string {
    if (response.type === 'BLOCKS-RESPONSE') {
      const unproven = effect.plan.type === 'BLOCKS' ? effect.plan.unproven : [];
      const all = [...unproven, ...response.blocks];
      const isLinked = all.every(({ block }, index) => index === 0 || block.header.parentHash === all[index - 1]?.block.hash);
      const isCertified = all.every(({ block, certificate }) => certificate === undefined || (isGenuine(certificate) && certificate.blockHash === block.hash));
      if (!isLinked || !isCertified) return 'blocks are not linked or not certified';
      const end = all.findLastIndex(({ certificate }) => certificate !== undefined) + 1;
      return { type: 'BLOCKS', finalSequence: response.finalSequence, firstSequence: response.firstSequence, proven: all.slice(0, end) as Verified<CommittedBlock>[], unproven: all.slice(end) };
    }
    if (!('status' in response)) return `${response.type} came for ${effect.plan.type}`;
    const { status } = response;
    if (status.finalityCertificate !== undefined && !isGenuine(status.finalityCertificate)) return 'finality certificate is forged';
    return {
      type: response.type === 'STATUS-RESPONSE' ? 'STATUS' : 'SLOTS', status: status as Verified<Status>,
      messages: (response.type === 'SLOTS-RESPONSE' ? response.messages : []) as Verified<ConsensusMessage>[],
    };
  }

  encode(effect: RequestEffect): SyncRequest {
    const { plan } = effect;
    switch (plan.type) {
      case 'STATUS': return { type: 'STATUS-REQUEST', status: this.status() };
      case 'SLOTS': return { type: 'SLOTS-REQUEST', status: this.status(), messages: plan.push ? this.slotState : [], transactions: [] };
      case 'BLOCKS': return { type: 'BLOCKS-REQUEST', fromSequence: plan.fromSequence, maxCount: plan.maxCount, maxBytes: plan.maxBytes };
    }
  }

  /** @throws SyncError `busy` */
  async answer(request: SyncRequest, from: PublicKeyHex): Promise<SyncResponse | undefined> {
    if (this.behaviour.type === 'silent') return undefined;
    this.server.admit(from, request.type === 'BLOCKS-REQUEST' ? 'blocks' : request.type === 'SLOTS-REQUEST' ? 'slots' : 'status', 500);
    if ('status' in request) this.input({ type: 'peer-status', peer: from, status: request.status as Verified<Status> });
    if (request.type === 'SLOTS-REQUEST') this.pushed.push(...request.messages);
    if (this.behaviour.type === 'lying' && request.type === 'BLOCKS-REQUEST') {
      return { type: 'BLOCKS-RESPONSE', finalSequence: this.store.finalSequence(), firstSequence: this.store.firstSequence(), blocks: this.behaviour.serve(request) };
    }
    return this.server.answer(request, from);
  }
}

/** Platforms on virtual time: one-way delay, connections, and requests that end in an answer, a timeout or a disconnection. */
export class FakeNetwork {
  nowMs = 0;
  delayMs = 10;
  readonly platforms = new Map<PublicKeyHex, FakePlatform>();
  /** Peaks over the whole run. */
  maxOutstandingBlocks = 0;
  maxOutstandingPerPeer = 0;
  #events: { readonly atMs: number; readonly order: number; readonly run: () => void | Promise<void> }[] = [];
  #order = 0;
  readonly #links = new Set<string>();
  readonly #open = new Map<string, { readonly from: FakePlatform; readonly effect: RequestEffect }>();

  add(name: string, chain: readonly CommittedBlock[], options: FakePlatformOptions = {}): FakePlatform {
    const platform = new FakePlatform(this, name, chain, options);
    this.platforms.set(platform.key, platform);
    platform.input({ type: 'tick' });
    return platform;
  }

  after(delayMs: number, run: () => void | Promise<void>): void {
    this.#order += 1;
    this.#events.push({ atMs: this.nowMs + delayMs, order: this.#order, run });
  }

  connect(a: FakePlatform, b: FakePlatform): void {
    this.#links.add(linkOf(a.key, b.key));
    a.input({ type: 'peer-connected', peer: b.key });
    b.input({ type: 'peer-connected', peer: a.key });
  }

  connectAll(): void {
    const all = [...this.platforms.values()];
    all.forEach((a, index) => { all.slice(index + 1).forEach((b) => { this.connect(a, b); }); });
  }

  disconnect(a: PublicKeyHex, b: PublicKeyHex): void {
    if (!this.#links.delete(linkOf(a, b))) return;
    // Not from within a step.
    this.after(0, () => {
      for (const [key, { from, effect }] of this.#open) if (linkOf(from.key, effect.peer) === linkOf(a, b)) this.#open.delete(key);
      this.platforms.get(a)?.input({ type: 'peer-disconnected', peer: b });
      this.platforms.get(b)?.input({ type: 'peer-disconnected', peer: a });
    });
  }

  request(from: FakePlatform, effect: RequestEffect): void {
    const id = `${from.key}/${effect.requestId}`;
    this.#open.set(id, { from, effect });
    this.#notePeaks(from);
    const finish = (input: SyncInput): void => {
      if (this.#open.delete(id)) from.input(input);
    };
    this.after(effect.timeoutMs, () => { finish({ type: 'failed', requestId: effect.requestId, reason: 'unreachable', detail: 'timeout' }); });
    this.after(this.delayMs, async () => {
      const to = this.platforms.get(effect.peer);
      if (to === undefined || !this.#links.has(linkOf(from.key, effect.peer))) return;
      const response = await to.answer(from.encode(effect), from.key).catch((error: unknown) => {
        if (!(error instanceof SyncError)) throw error;
        return error;
      });
      if (response === undefined) return;
      if (response instanceof SyncError) {
        this.after(this.delayMs, () => { finish({ type: 'failed', requestId: effect.requestId, reason: 'refused', detail: response.message }); });
        return;
      }
      this.after(this.delayMs, () => {
        const answer = from.validate(effect, response);
        finish(typeof answer === 'string'
          ? { type: 'failed', requestId: effect.requestId, reason: 'invalid', detail: answer }
          : { type: 'answered', requestId: effect.requestId, answer });
      });
    });
  }

  /** Runs until `done` or the time given, whichever is first. @returns whether it was `done` */
  async run(untilMs: number, done: () => boolean = () => false): Promise<boolean> {
    for (;;) {
      if (done()) return true;
      const next = this.#next();
      const due = Math.min(next?.atMs ?? Infinity, ...[...this.platforms.values()].map((platform) => platform.engine.deadlineMs ?? Infinity));
      if (due > untilMs) {
        this.nowMs = untilMs;
        return done();
      }
      if (next !== undefined && next.atMs === due) {
        this.#events.splice(this.#events.indexOf(next), 1);
        this.nowMs = due;
        await next.run();
      } else {
        if (due < this.nowMs) throw new Error('a deadline lies in the past');
        this.nowMs = due;
        for (const platform of this.platforms.values()) {
          if ((platform.engine.deadlineMs ?? Infinity) <= due) platform.input({ type: 'tick' });
        }
      }
    }
  }

  #next() {
    let best = this.#events[0];
    for (const event of this.#events) {
      if (best === undefined || event.atMs < best.atMs || (event.atMs === best.atMs && event.order < best.order)) best = event;
    }
    return best;
  }

  #notePeaks(from: FakePlatform): void {
    const mine = [...this.#open.values()].filter((open) => open.from === from);
    const ranges = mine.filter(({ effect }) => effect.plan.type === 'BLOCKS');
    this.maxOutstandingBlocks = Math.max(this.maxOutstandingBlocks, ranges.length);
    for (const { effect } of mine) {
      this.maxOutstandingPerPeer = Math.max(this.maxOutstandingPerPeer, mine.filter((open) => open.effect.peer === effect.peer).length);
    }
  }
}

function linkOf(a: PublicKeyHex, b: PublicKeyHex): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}
