import type { PublicKeyHex } from '../types/ids.js';
import { hostIn } from './inbound.js';
import { dialableAddress } from './multiaddrs.js';

export const MAX_ADDRESSES_PER_MEMBER = 8;
/** Tried in one round of dialling; what is left out comes first in a later round, as the newest change. */
const MAX_CANDIDATES = 24;

/** Addresses from one source. `atMs` is when they last changed, not when they were last repeated. */
interface Listing {
  readonly addresses: readonly string[];
  readonly atMs: number;
}

interface MemberAddresses {
  /** From the member itself, over an authenticated connection; kept across restarts. */
  announced: Listing | undefined;
  /** Where a dial last succeeded. */
  proven: Listing | undefined;
  /** From the configuration. */
  configured: readonly string[];
  /** What each other member said; one place for each of them, so that no liar crowds out the honest. */
  readonly heard: Map<PublicKeyHex, Listing>;
}

function sameAddresses(a: readonly string[] | undefined, b: readonly string[]): boolean {
  return a?.length === b.length && a.every((address, i) => address === b[i]);
}

/**
 * Where members may be reached. All of it is hints that nobody signed: a wrong one costs a failed dial, since Noise
 * proves who answers. Bounded by members × members × 8 addresses.
 */
export class AddressTable {
  readonly #self: PublicKeyHex;
  readonly #isMember: (publicKey: PublicKeyHex) => boolean;
  readonly #entries = new Map<PublicKeyHex, MemberAddresses>();

  constructor(self: PublicKeyHex, isMember: (publicKey: PublicKeyHex) => boolean) {
    this.#self = self;
    this.#isMember = isMember;
  }

  configure(member: PublicKeyHex, addresses: readonly string[]): void {
    const entry = this.#entry(member);
    if (entry !== undefined) entry.configured = [...new Set([...entry.configured, ...addresses])];
  }

  /** From the address book. */
  restore(member: PublicKeyHex, addresses: readonly unknown[]): void {
    const entry = this.#entry(member);
    const checked = checkAddresses(addresses, member);
    if (entry !== undefined && checked.length > 0) entry.announced ??= { addresses: checked, atMs: 0 };
  }

  /** What the member says of itself, which is what counts. True where it is news. */
  announce(member: PublicKeyHex, addresses: readonly unknown[], nowMs: number): boolean {
    const entry = this.#entry(member);
    const checked = checkAddresses(addresses, member);
    if (entry === undefined || checked.length === 0 || sameAddresses(entry.announced?.addresses, checked)) return false;
    entry.announced = { addresses: checked, atMs: nowMs };
    return true;
  }

  /** What `reporter` says of `member`. True where it is news. */
  hear(reporter: PublicKeyHex, member: PublicKeyHex, addresses: readonly unknown[], nowMs: number): boolean {
    const entry = this.#entry(member);
    const checked = checkAddresses(addresses, member);
    if (entry === undefined || reporter === member || checked.length === 0) return false;
    if (sameAddresses(entry.heard.get(reporter)?.addresses, checked)) return false;
    entry.heard.set(reporter, { addresses: checked, atMs: nowMs });
    return true;
  }

  prove(member: PublicKeyHex, address: string, nowMs: number): void {
    const entry = this.#entry(member);
    if (entry !== undefined) entry.proven = { addresses: [address], atMs: nowMs };
  }

  /**
   * In the order to dial: the sources from the newest, one address of each in turn, then what is configured. Taking
   * turns keeps one source of many dead addresses from holding up the others.
   */
  candidates(member: PublicKeyHex): readonly string[] {
    const entry = this.#entries.get(member);
    if (entry === undefined) return [];
    const sources = [entry.announced, entry.proven, ...[...entry.heard].filter(([reporter]) => this.#isMember(reporter)).map(([, listing]) => listing)]
      .filter((listing) => listing !== undefined)
      .sort((a, b) => b.atMs - a.atMs)
      .map(({ addresses }) => addresses);
    sources.push(entry.configured);
    const inTurn: string[] = [];
    const longest = Math.max(...sources.map(({ length }) => length));
    for (let i = 0; i < longest; i++) {
      for (const source of sources) {
        const address = source[i];
        if (address !== undefined) inTurn.push(address);
      }
    }
    return [...new Set(inTurn)].slice(0, MAX_CANDIDATES);
  }

  /** Members that are at a host by their own word, were reached there, or are configured so; hearsay does not count. */
  membersAt(host: string): readonly PublicKeyHex[] {
    return [...this.#entries].flatMap(([member, { announced, proven, configured }]) => {
      const addresses = [...announced?.addresses ?? [], ...proven?.addresses ?? [], ...configured];
      return this.#isMember(member) && addresses.some((address) => hostIn(address) === host) ? [member] : [];
    });
  }

  /** What is worth telling others and keeping: only first hand, so that a rumour goes no further than one step. */
  firstHand(): Record<string, readonly string[]> {
    const known: Record<string, readonly string[]> = {};
    for (const [member, { announced, proven }] of [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const addresses = [...new Set([...(announced?.addresses ?? []), ...(proven?.addresses ?? [])])];
      if (this.#isMember(member) && addresses.length > 0) known[member] = addresses.slice(0, MAX_ADDRESSES_PER_MEMBER);
    }
    return known;
  }

  #entry(member: PublicKeyHex): MemberAddresses | undefined {
    if (member === this.#self || !this.#isMember(member)) return undefined;
    let entry = this.#entries.get(member);
    if (entry === undefined) {
      for (const known of this.#entries.keys()) if (!this.#isMember(known)) this.#entries.delete(known);
      entry = { announced: undefined, proven: undefined, configured: [], heard: new Map() };
      this.#entries.set(member, entry);
    }
    return entry;
  }
}

/** At most 8, canonical, dialable, without repetition; an address that names another peer is left out. */
function checkAddresses(addresses: readonly unknown[], member: PublicKeyHex): readonly string[] {
  const checked = new Set<string>();
  for (const text of addresses.slice(0, 4 * MAX_ADDRESSES_PER_MEMBER)) {
    const parsed = dialableAddress(text);
    if (parsed === undefined || (parsed.publicKey !== undefined && parsed.publicKey !== member)) continue;
    checked.add(parsed.address);
    if (checked.size === MAX_ADDRESSES_PER_MEMBER) break;
  }
  return [...checked];
}
