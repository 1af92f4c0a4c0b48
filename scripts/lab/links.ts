import { LabError } from './lab-error.js';
import type { Namespaces } from './namespaces.js';
import { HOST_INTERFACE, addressOf, routerInterface, run } from './namespaces.js';

/**
 * The links between hosts, as the router sees them. A cut link drops every packet without a word, as a broken network
 * does: neither side is told. To be used from inside the router's namespace.
 */
export class Links {
  readonly #namespaces: Namespaces;
  readonly #cut = new Set<string>();
  /** Last byte of each host's address, which changes where a host moves. */
  readonly #last = new Map<number, number>();
  #netem: boolean | null = null;

  constructor(namespaces: Namespaces) {
    this.#namespaces = namespaces;
  }

  /** Whether links were impaired as asked; null where nobody asked. */
  get netem(): boolean | null {
    return this.#netem;
  }

  address(host: number): string {
    return addressOf(host, this.#last.get(host) ?? 1);
  }

  /** Packets of `from` do not reach `to` any more. */
  async cut(from: number, to: number): Promise<void> {
    const link = `${from}>${to}`;
    if (this.#cut.has(link)) return;
    this.#cut.add(link);
    await run('ip', 'rule', 'add', ...Links.#selector(from, to), 'blackhole');
  }

  async partition(...groups: readonly (readonly number[])[]): Promise<void> {
    for (const group of groups) for (const other of groups) {
      if (group !== other) for (const from of group) for (const to of other) await this.cut(from, to);
    }
  }

  async heal(): Promise<void> {
    for (const link of this.#cut) {
      const [from = 0, to = 0] = link.split('>').map(Number);
      await run('ip', 'rule', 'del', ...Links.#selector(from, to), 'blackhole');
    }
    this.#cut.clear();
  }

  /**
   * Delays, and loses a share of, the packets on their way to every host, with `tc netem`.
   * @returns false where the kernel has no netem
   */
  async impair(delayMs: number, jitterMs: number, lossRate: number): Promise<boolean> {
    for (let host = 1; host <= this.#namespaces.hosts; host += 1) {
      try {
        await run(
          'tc', 'qdisc', 'replace', 'dev', routerInterface(host), 'root', 'netem', 'limit', '100000',
          'delay', `${delayMs}ms`, `${jitterMs}ms`, 'loss', `${lossRate * 100}%`,
        );
      } catch (error) {
        if (!(error instanceof LabError) || host !== 1) throw error;
        this.#netem = false;
        return false;
      }
    }
    this.#netem = true;
    return true;
  }

  /** Gives a host another address and takes the old one away; what is connected over the old one hangs. */
  async move(host: number): Promise<string> {
    const old = this.address(host);
    this.#last.set(host, (this.#last.get(host) ?? 1) + 1);
    const namespace = this.#namespaces.host(host);
    await run('ip', '-n', namespace, 'addr', 'del', `${old}/24`, 'dev', HOST_INTERFACE);
    await run('ip', '-n', namespace, 'addr', 'add', `${this.address(host)}/24`, 'dev', HOST_INTERFACE);
    // The default route went with the last address.
    await run('ip', '-n', namespace, 'route', 'replace', 'default', 'via', addressOf(host, 254));
    return this.address(host);
  }

  /** Whole subnets, so that a host stays cut off when it moves. */
  static #selector(from: number, to: number): string[] {
    return ['from', `${addressOf(from, 0)}/24`, 'to', `${addressOf(to, 0)}/24`];
  }
}
