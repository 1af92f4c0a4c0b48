import type { Random } from '../simulation/random.js';
import { bytesOf, integerOf } from './entropy.js';

type Path = readonly (string | number)[];

/** Where a value has something to change: its numbers, flags, hashes, byte arrays and lists, but not what kind it is of. */
function placesIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
    return path.at(-1) === 'type' || value === undefined ? [] : [path];
  }
  const inner = Object.entries(value).flatMap(([field, part]) => placesIn(part, [...path, field]));
  return Array.isArray(value) ? [path, ...inner] : inner;
}

function changedLeaf(random: Random, value: unknown): unknown {
  if (typeof value === 'number') return random.pick([value + 1, Math.max(0, value - 1), integerOf(random)]);
  if (typeof value === 'boolean') return !value;
  if (value instanceof Uint8Array) {
    const changed = value.slice();
    if (changed.byteLength > 0) changed[random.integer(0, changed.byteLength - 1)]! ^= 1 << random.integer(0, 7);
    return changed;
  }
  if (Array.isArray(value)) {
    const items: unknown[] = [...value as unknown[]];
    if (items.length === 0) return items;
    const at = random.integer(0, items.length - 1);
    const kind = random.integer(0, 2);
    if (kind === 0) items.splice(at, 1);
    else if (kind === 1) items.splice(at, 0, items[random.integer(0, items.length - 1)]);
    else items.reverse();
    return items;
  }
  if (typeof value === 'string' && value.length === 64) return random.chance(0.3) ? '0'.repeat(64) : Buffer.from(bytesOf(random, 32)).toString('hex');
  return value;
}

function replacedAt(value: unknown, [field, ...rest]: Path, change: (leaf: unknown) => unknown): unknown {
  if (field === undefined) return change(value);
  if (Array.isArray(value)) return value.map((item: unknown, index) => (String(index) === String(field) ? replacedAt(item, rest, change) : item));
  const fields = value as Readonly<Record<string, unknown>>;
  return { ...fields, [field]: replacedAt(fields[field], rest, change) };
}

/** The same with one thing changed, somewhere: a value of the same shape that nobody honest sends. */
export function disturbed<T>(random: Random, value: T): T {
  const places = placesIn(value);
  if (places.length === 0) return value;
  return replacedAt(value, random.pick(places), (leaf) => changedLeaf(random, leaf)) as T;
}

/** The encoding of a value that is disturbed with this chance; of the value itself where what comes of it has none. */
export function encodedDisturbed<T>(random: Random, chance: number, value: T, encode: (value: T) => Uint8Array): Uint8Array {
  if (!random.chance(chance)) return encode(value);
  try {
    return encode(disturbed(random, value));
  } catch {
    return encode(value);
  }
}
