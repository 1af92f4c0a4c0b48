import type { Random } from '../simulation/random.js';
import { bytesOf, concat } from './entropy.js';

/** Inputs grow no further than this by mutation. */
const MAX_BYTES = 64 * 1024;
const EDGE_BYTES = [0, 1, 2, 0x0a, 0x20, 0x22, 0x5b, 0x7b, 0x7f, 0x80, 0xfe, 0xff];
const EDGE_LENGTHS = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

type Mutation = (bytes: Uint8Array, random: Random, donor: () => Uint8Array) => Uint8Array;

/**
 * Damages valid bytes in one to four of the ways that break decoders: bits, cuts, splices, lengths, integers that
 * overflow, repetition, and the fields of protobuf messages at any depth.
 */
export function mutate(bytes: Uint8Array, random: Random, donor: () => Uint8Array): Uint8Array {
  let mutated = bytes;
  for (let count = random.pick([1, 1, 1, 2, 4]); count > 0; count -= 1) mutated = random.pick(MUTATIONS)(mutated, random, donor);
  return mutated.byteLength > MAX_BYTES ? mutated.slice(0, MAX_BYTES) : mutated;
}

function replaced(bytes: Uint8Array, at: number, removed: number, inserted: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, at), inserted, bytes.subarray(at + removed));
}

function positionIn(bytes: Uint8Array, random: Random): number {
  return random.integer(0, bytes.byteLength);
}

function pieceOf(bytes: Uint8Array, random: Random): Uint8Array {
  const from = positionIn(bytes, random);
  return bytes.subarray(from, from + random.integer(1, 64));
}

const flipBits: Mutation = (bytes, random) => {
  const flipped = bytes.slice();
  for (let count = random.pick([1, 1, 1, 2, 8]); count > 0 && flipped.byteLength > 0; count -= 1) {
    const at = random.integer(0, flipped.byteLength - 1);
    flipped[at]! ^= 1 << random.integer(0, 7);
  }
  return flipped;
};

const setByte: Mutation = (bytes, random) => {
  const set = bytes.slice();
  if (set.byteLength > 0) set[random.integer(0, set.byteLength - 1)] = random.pick(EDGE_BYTES);
  return set;
};

const truncate: Mutation = (bytes, random) => bytes.slice(0, positionIn(bytes, random));
const extend: Mutation = (bytes, random) => concat(bytes, bytesOf(random, random.integer(1, 64)));
const remove: Mutation = (bytes, random) => replaced(bytes, positionIn(bytes, random), random.integer(1, 64), new Uint8Array(0));
const insert: Mutation = (bytes, random) => replaced(bytes, positionIn(bytes, random), 0, bytesOf(random, random.integer(1, 16)));

const splice: Mutation = (bytes, random, donor) => {
  const other = donor();
  return concat(bytes.subarray(0, positionIn(bytes, random)), other.subarray(positionIn(other, random)));
};

const copyPiece: Mutation = (bytes, random, donor) => replaced(bytes, positionIn(bytes, random), random.integer(0, 64), pieceOf(donor(), random));

/** Deep or long: the same piece very often. */
const repeat: Mutation = (bytes, random) => {
  const piece = random.chance(0.5) ? Uint8Array.of(random.pick(EDGE_BYTES)) : pieceOf(bytes, random);
  const count = random.pick([2, 3, 16, 128, 1000, 20_000]);
  const times = Math.min(count, Math.floor(MAX_BYTES / Math.max(1, piece.byteLength)));
  const repeated = new Uint8Array(times * piece.byteLength);
  for (let index = 0; index < times; index += 1) repeated.set(piece, index * piece.byteLength);
  return replaced(bytes, positionIn(bytes, random), 0, repeated);
};

/** Writes a length over whatever stands there: u16be, u32be, u64be, or one byte more or less. */
const editLength: Mutation = (bytes, random) => {
  const edited = bytes.slice();
  if (edited.byteLength === 0) return edited;
  const at = random.integer(0, edited.byteLength - 1);
  const view = Buffer.from(edited.buffer, edited.byteOffset, edited.byteLength);
  const length = random.pick(EDGE_LENGTHS);
  const kind = random.integer(0, 3);
  if (kind === 0) edited[at]! += random.pick([1, -1]);
  else if (kind === 1 && at + 2 <= edited.byteLength) view.writeUInt16BE(length & 0xffff, at);
  else if (kind === 2 && at + 4 <= edited.byteLength) view.writeUInt32BE(length, at);
  else if (at + 8 <= edited.byteLength) view.writeBigUInt64BE(random.pick([0n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, BigInt(length)]), at);
  return edited;
};

/** A varint that does not end in time, or holds more bits than its field. */
const overflowVarint: Mutation = (bytes, random) => {
  const long = new Uint8Array(random.pick([4, 5, 8, 9, 10, 11, 20])).fill(random.pick([0x80, 0xff]));
  return replaced(bytes, positionIn(bytes, random), random.integer(0, 4), concat(long, Uint8Array.of(random.pick([0, 1, 2, 0x7f]))));
};

interface Field {
  readonly from: number;
  readonly to: number;
  /** Where the content of a length-delimited field begins. */
  readonly content: number | undefined;
}

function varintAt(bytes: Uint8Array, from: number): { readonly value: number; readonly next: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let at = from; at < bytes.byteLength && at < from + 10; at += 1) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: at + 1 };
    scale *= 0x80;
  }
  return undefined;
}

export function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Uint8Array.of(...bytes, rest);
}

/** The fields of a protobuf message; undefined where the bytes are none. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const tag = varintAt(bytes, at);
    const value = tag === undefined ? undefined : varintAt(bytes, tag.next);
    if (tag === undefined || value === undefined) return undefined;
    const wireType = tag.value & 7;
    const to = wireType === 0 ? value.next : wireType === 2 ? value.next + value.value : Number.POSITIVE_INFINITY;
    if (to > bytes.byteLength) return undefined;
    fields.push({ from: at, to, content: wireType === 2 ? value.next : undefined });
    at = to;
  }
  return fields;
}

/** Doubles, drops, moves or changes a field, inside others too, with every length around it put right. */
const changeField: Mutation = (bytes, random, donor) => {
  const fields = fieldsOf(bytes);
  if (fields === undefined || fields.length === 0) return flipBits(bytes, random, donor);
  const field = random.pick(fields);
  const whole = bytes.subarray(field.from, field.to);
  if (field.content !== undefined && random.chance(0.6)) {
    const changed = random.pick([changeField, changeField, flipBits, truncate, extend, overflowVarint])(bytes.subarray(field.content, field.to), random, donor);
    const tag = bytes.subarray(field.from, varintAt(bytes, field.from)?.next);
    return replaced(bytes, field.from, whole.byteLength, concat(tag, varint(changed.byteLength), changed));
  }
  switch (random.integer(0, 4)) {
    case 0: return replaced(bytes, field.from, whole.byteLength, new Uint8Array(0));
    case 1: return replaced(bytes, field.to, 0, whole);
    case 2: return replaced(bytes, field.to, 0, concat(...Array.from({ length: random.pick([2, 64, 300]) }, () => whole)));
    case 3: return concat(whole, bytes.subarray(0, field.from), bytes.subarray(field.to));
    default: return concat(bytes, donor());
  }
};

/** A field that no message has, of any wire type, groups and the invalid types included. */
const unknownField: Mutation = (bytes, random) => {
  const fields = fieldsOf(bytes);
  const at = fields === undefined || fields.length === 0 ? positionIn(bytes, random) : random.pick(fields).from;
  const wireType = random.integer(0, 7);
  const tag = varint(random.pick([14, 15, 16, 100, 2 ** 20, 2 ** 28]) * 8 + wireType);
  const value = wireType === 2 ? concat(varint(3), bytesOf(random, 3)) : bytesOf(random, random.pick([1, 4, 8]));
  return replaced(bytes, at, 0, concat(tag, value));
};

const MUTATIONS: readonly Mutation[] = [
  flipBits, flipBits, setByte, truncate, extend, remove, insert, splice, copyPiece, repeat, editLength, editLength, overflowVarint,
  changeField, changeField, changeField, unknownField,
];
