import type { Connection } from '@libp2p/interface';
import type { Hash, PublicKeyHex } from '../types/ids.js';
import type { AddressTable } from './address-table.js';
import type { Counters } from './counters.js';
import { MAX_INTRODUCTION_BYTES, addressesSeenFrom, hearsaySeenFrom, decodeIntroduction, encodeIntroduction } from './introduction.js';
import type { AddressBook, NetworkLogger, NetworkTimings, RequestLimits } from './options.js';
import { sendRequest } from './requests.js';

const TIMEOUT_MS = 5_000;
/** A failed introduction is tried again after this, while the peer stays connected. */
const RETRY_MS = 1_000;

export const INTRODUCTION_LIMITS: RequestLimits = { maxRequestBytes: MAX_INTRODUCTION_BYTES, maxConcurrentPerPeer: 2, maxConcurrent: 64 };

export function introductionProtocol(chainId: Hash): string {
  return `/fb-pbft/${chainId}/addresses/1`;
}

export interface IntroductionsInit {
  readonly self: PublicKeyHex;
  readonly chainId: Hash;
  readonly table: AddressTable;
  readonly book: AddressBook;
  readonly timings: Pick<NetworkTimings, 'exchangeDelayMs' | 'addressBookDelayMs'>;
  readonly counters: Counters;
  readonly logger: NetworkLogger;
  readonly now: () => number;
  /** This platform's own addresses, as it tells them. */
  readonly ownAddresses: () => readonly string[];
  readonly linked: () => readonly PublicKeyHex[];
  readonly peers: () => readonly PublicKeyHex[];
  readonly connection: (peer: PublicKeyHex) => Connection | undefined;
  /** `member` has an address that was not known before. */
  readonly onNewAddress: (member: PublicKeyHex) => void;
  readonly abort: AbortSignal;
}

/** Tells connected members of one's addresses and links, and takes in theirs: at first contact and at every change. */
export class Introductions {
  readonly #init: IntroductionsInit;
  /** What each peer was told last; compared by content, so that nothing is repeated. */
  readonly #told = new Map<PublicKeyHex, string>();
  readonly #telling = new Set<PublicKeyHex>();
  readonly #links = new Map<PublicKeyHex, ReadonlySet<PublicKeyHex>>();
  #tellTimer: NodeJS.Timeout | undefined;
  #saveTimer: NodeJS.Timeout | undefined;
  #saved = '';

  constructor(init: IntroductionsInit) {
    this.#init = init;
  }

  /** Takes in the address book; one that cannot be read is as good as empty. */
  async load(): Promise<void> {
    const { book, table, logger, counters } = this.#init;
    try {
      for (const [member, addresses] of Object.entries(await book.load())) {
        if (Array.isArray(addresses)) table.restore(member as PublicKeyHex, addresses);
      }
      this.#saved = JSON.stringify(table.firstHand());
    } catch (error) {
      counters.add('address-book-failed');
      logger.warn({ err: error }, 'the address book could not be read; members are found through the bootstrap addresses');
    }
  }

  async stop(): Promise<void> {
    clearTimeout(this.#tellTimer);
    if (this.#saveTimer === undefined) return;
    clearTimeout(this.#saveTimer);
    await this.#save();
  }

  /** The members that `peer` has links to; undefined where it did not say. */
  linksOf(peer: PublicKeyHex): ReadonlySet<PublicKeyHex> | undefined {
    return this.#links.get(peer);
  }

  forget(peer: PublicKeyHex): void {
    this.#told.delete(peer);
    this.#links.delete(peer);
  }

  /**
   * A peer has become usable. An introduction goes both ways, so the lower key's at once is enough; the newcomer
   * learns from it whom else to dial. The others are told of the new link with what else is gathered meanwhile.
   */
  met(peer: PublicKeyHex): void {
    if (this.#init.self < peer) {
      const own = this.#own();
      void this.#tell(peer, own, own.toString());
    }
    this.changed();
  }

  /** Something worth telling may have changed: who is connected, own addresses, others' addresses. */
  changed(): void {
    if (this.#init.abort.aborted) return;
    this.#saveLater();
    this.#tellTimer ??= setTimeout(() => {
      this.#tellTimer = undefined;
      this.#tellAll();
    }, this.#init.timings.exchangeDelayMs);
  }

  /** Server side: takes the peer's introduction and answers with one's own. */
  readonly onRequest = (request: Uint8Array, from: PublicKeyHex): Promise<Uint8Array> => {
    this.#takeIn(request, from);
    const own = this.#own();
    this.#told.set(from, own.toString());
    return Promise.resolve(own);
  };

  #own(): Buffer {
    const { ownAddresses, linked, table } = this.#init;
    return Buffer.from(encodeIntroduction({ addresses: ownAddresses(), links: [...linked()].sort(), known: table.firstHand() }));
  }

  #tellAll(): void {
    const own = this.#own();
    const text = own.toString();
    for (const peer of this.#init.peers()) {
      if (this.#told.get(peer) !== text && !this.#telling.has(peer)) void this.#tell(peer, own, text);
    }
  }

  async #tell(peer: PublicKeyHex, own: Buffer, text: string): Promise<void> {
    const { connection, chainId, counters, abort } = this.#init;
    const open = connection(peer);
    if (open === undefined || this.#telling.has(peer)) return;
    this.#telling.add(peer);
    this.#told.set(peer, text);
    try {
      const options = { timeoutMs: TIMEOUT_MS, maxResponseBytes: MAX_INTRODUCTION_BYTES };
      this.#takeIn(await sendRequest(open, introductionProtocol(chainId), own, options, abort), peer);
      counters.add('introduced');
    } catch {
      counters.add('introduction-failed');
      this.#told.delete(peer);
      if (!abort.aborted) await pause(RETRY_MS, abort);
    } finally {
      this.#telling.delete(peer);
    }
    // Told something else meanwhile, or not at all: look again.
    if (!abort.aborted && this.#told.get(peer) !== this.#own().toString()) this.changed();
  }

  #takeIn(bytes: Uint8Array, from: PublicKeyHex): void {
    const { table, counters, now, onNewAddress, connection } = this.#init;
    const introduction = decodeIntroduction(bytes);
    if (introduction === undefined) {
      counters.add('introduction-malformed');
      return;
    }
    const nowMs = now();
    const remoteAddress = connection(from)?.remoteAddr.toString();
    if (remoteAddress === undefined) return;
    this.#links.set(from, new Set(introduction.links));
    const announced = table.announce(from, addressesSeenFrom(remoteAddress, introduction.addresses), nowMs);
    for (const [member, addresses] of Object.entries(introduction.known)) {
      const isNews = table.hear(from, member as PublicKeyHex, hearsaySeenFrom(remoteAddress, addresses), nowMs);
      if (isNews) onNewAddress(member as PublicKeyHex);
    }
    if (announced) this.changed();
  }

  #saveLater(): void {
    this.#saveTimer ??= setTimeout(() => {
      void this.#save();
    }, this.#init.timings.addressBookDelayMs);
  }

  async #save(): Promise<void> {
    this.#saveTimer = undefined;
    const { table, book, logger, counters } = this.#init;
    const known = table.firstHand();
    const text = JSON.stringify(known);
    if (text === this.#saved) return;
    this.#saved = text;
    try {
      await book.save(known);
    } catch (error) {
      this.#saved = '';
      counters.add('address-book-failed');
      logger.warn({ err: error }, 'the address book could not be written');
    }
  }
}

function pause(delayMs: number, abort: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      abort.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    abort.addEventListener('abort', done);
  });
}
