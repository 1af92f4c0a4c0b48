import { readFile } from 'node:fs/promises';
import { fetchStatus } from '../federation/observer.js';
import { pause } from '../federation/pause.js';

const POLL_MS = 250;
const ANSWER_TIMEOUT_MS = 5000;

export interface WitnessedPlatform {
  readonly name: string;
  readonly publicKey: string;
  readonly url: string;
  readonly logFile: string;
}

/** Something that befell an honest platform, in milliseconds from the beginning of what is witnessed. */
export interface Happening {
  readonly platform: string;
  /** Name of the member that it is about. */
  readonly about: string;
  readonly atMs: number;
}

export interface Witnessed {
  /** Links between honest platforms that were there, and then not. */
  readonly lostLinks: readonly Happening[];
  /** Members that an honest platform refused for a while, and why. */
  readonly refusals: readonly (Happening & { readonly reason: string })[];
  /** Status questions that were not answered in time. */
  readonly unanswered: number;
}

/** Looks at honest platforms from outside: their statuses, and what they write to their logs. */
export class Witness {
  readonly #platforms: readonly WitnessedPlatform[];
  readonly #nameOf: ReadonlyMap<string, string>;
  readonly #stop = new AbortController();
  readonly #startMs = performance.now();
  readonly #links = new Map<string, readonly string[]>();
  readonly #lost: Happening[] = [];
  readonly #slots: { readonly atMs: number; readonly slot: number }[] = [];
  #unanswered = 0;
  readonly #loops: Promise<void>;
  readonly #logLengths: Promise<ReadonlyMap<string, number>>;

  /** @param names of all members, by public key */
  constructor(platforms: readonly WitnessedPlatform[], names: ReadonlyMap<string, string>) {
    this.#platforms = platforms;
    this.#nameOf = names;
    this.#logLengths = lengthsOf(platforms);
    this.#loops = Promise.all(platforms.map((platform) => this.#follow(platform))).then(() => undefined);
  }

  /** The highest slot that was seen at a time, of performance.now(). */
  slotAt(atMs: number): number {
    return this.#slots.reduce((highest, seen) => (seen.atMs <= atMs ? Math.max(highest, seen.slot) : highest), 0);
  }

  async end(): Promise<Witnessed> {
    this.#stop.abort();
    await this.#loops;
    const lengths = await this.#logLengths;
    const refusals: (Happening & { readonly reason: string })[] = [];
    for (const { name, logFile } of this.#platforms) {
      const text = await readFile(logFile, 'utf8');
      for (const line of text.slice(lengths.get(name) ?? 0).split('\n')) {
        const refusal = refusalIn(line);
        if (refusal === undefined) continue;
        const atMs = performance.now() - this.#startMs - Math.max(0, Date.now() - refusal.atMs);
        refusals.push({ platform: name, about: this.#nameOf.get(refusal.publicKey) ?? refusal.publicKey, reason: refusal.reason, atMs });
      }
    }
    return { lostLinks: this.#lost, refusals, unanswered: this.#unanswered };
  }

  async #follow({ name, url }: WitnessedPlatform): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const askedMs = performance.now();
      const status = await fetchStatus(url, ANSWER_TIMEOUT_MS).catch(() => undefined);
      if (status === undefined) {
        this.#unanswered += 1;
      } else {
        this.#slots.push({ atMs: askedMs, slot: status.slot });
        const honest = this.#platforms.map((platform) => platform.name);
        for (const peer of this.#links.get(name) ?? []) {
          if (honest.includes(peer) && !status.peers.includes(peer)) this.#lost.push({ platform: name, about: peer, atMs: askedMs - this.#startMs });
        }
        this.#links.set(name, status.peers);
      }
      await pause(POLL_MS, this.#stop.signal);
    }
  }
}

async function lengthsOf(platforms: readonly WitnessedPlatform[]): Promise<ReadonlyMap<string, number>> {
  return new Map(await Promise.all(platforms.map(async ({ name, logFile }) => [name, (await readFile(logFile, 'utf8')).length] as const)));
}

/** What a line of a platform's log in JSON tells, where it tells of a member that is refused. */
export function refusalIn(line: string): { readonly publicKey: string; readonly reason: string; readonly atMs: number } | undefined {
  if (!line.includes('a member is refused for a while')) return undefined;
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof entry !== 'object' || entry === null || !('peer' in entry) || !('reason' in entry) || !('time' in entry)) return undefined;
  return { publicKey: String(entry.peer), reason: String(entry.reason), atMs: Number(entry.time) };
}
