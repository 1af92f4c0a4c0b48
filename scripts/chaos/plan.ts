import type { Random } from '../../test/simulation/random.js';

/** What can befall platforms from outside. */
export const FAULT_KINDS = [
  'kill one', 'kill several', 'kill all', 'pause briefly', 'pause past the timer', 'pause several', 'disk full', 'disk full everywhere', 'lie',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One fault, from before it begins until the federation has recovered. */
export interface Round {
  readonly kind: FaultKind;
  /** Names of the platforms that it befalls; none where it is only lies. */
  readonly victims: readonly string[];
  /** From the fault to its end, in ms. */
  readonly holdMs: number;
  /** Adversary of each Byzantine platform meanwhile; undefined: honest. */
  readonly adversaries: ReadonlyMap<string, string | undefined>;
  /** Where the disk is full: bytes that still fit after what is in the database's log; undefined: none anywhere. */
  readonly roomBytes: number | undefined;
  /** Whether a start is tried while the disk is still full. */
  readonly startWhileFull: boolean;
  /** Quiet time before the next fault, in ms. */
  readonly calmMs: number;
}

export interface PlanOptions {
  readonly platforms: readonly string[];
  readonly byzantine: readonly string[];
  /** Names of adversaries. */
  readonly adversaries: readonly string[];
  /** Kinds that can be made on this host. */
  readonly kinds: readonly FaultKind[];
  readonly random: Random;
}

/** Bounds of a pause below the default slot timer of a second, and above it; and of the time that a platform is down. */
const BRIEF_MS = [100, 700] as const;
const LONG_MS = [2000, 5000] as const;
const DOWN_MS = [300, 3000] as const;
const LIE_MS = [3000, 6000] as const;
const CALM_MS = [300, 1500] as const;
const MAX_ROOM_BYTES = 20_000;

/** In an order decided by chance. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items.map((item) => ({ item, place: random.next() })).sort((a, b) => a.place - b.place).map(({ item }) => item);
}

/** Faults without end, decided by the seed alone: each kind comes once before any comes again. */
export function* planRounds({ platforms, byzantine, adversaries, kinds, random }: PlanOptions): Generator<Round, never> {
  let adversaryDeck: string[] = [];
  const nextAdversary = (): string | undefined => {
    if (adversaryDeck.length === 0) adversaryDeck = shuffled(adversaries, random);
    return adversaryDeck.pop();
  };
  for (;;) {
    for (const kind of shuffled(kinds, random)) {
      const lies = kind === 'lie' || random.chance(0.5);
      yield {
        kind,
        victims: victimsOf(kind, platforms, byzantine, random),
        holdMs: random.integer(...holdOf(kind)),
        adversaries: new Map(byzantine.map((name) => [name, lies ? nextAdversary() : undefined])),
        roomBytes: random.chance(0.5) ? random.integer(0, MAX_ROOM_BYTES) : undefined,
        startWhileFull: random.chance(0.5),
        calmMs: random.integer(...CALM_MS),
      };
    }
  }
}

function holdOf(kind: FaultKind): readonly [number, number] {
  switch (kind) {
    case 'kill one':
    case 'kill several':
    case 'kill all':
    case 'disk full':
    case 'disk full everywhere': return DOWN_MS;
    case 'pause briefly': return BRIEF_MS;
    case 'pause past the timer':
    case 'pause several': return LONG_MS;
    case 'lie': return LIE_MS;
  }
}

function victimsOf(kind: FaultKind, platforms: readonly string[], byzantine: readonly string[], random: Random): readonly string[] {
  const order = shuffled(platforms, random);
  const several = order.slice(0, Math.min(platforms.length, random.integer(2, Math.max(2, platforms.length - 1))));
  switch (kind) {
    case 'kill one':
    case 'pause briefly':
    case 'pause past the timer': return order.slice(0, 1);
    case 'kill several':
    case 'pause several': return several;
    case 'kill all': return order;
    // A Byzantine platform's disk proves nothing.
    case 'disk full': return order.filter((name) => !byzantine.includes(name)).slice(0, 1);
    case 'disk full everywhere': return order.filter((name) => !byzantine.includes(name));
    case 'lie': return [];
  }
}
