import { toEpoch, toHash, toSequence, toSlot } from '../../src/types/ids.js';
import type { SignedStatement } from './layouts.js';

const TYPES = ['PRE-PREPARE', 'PREPARE', 'COMMIT', 'VIEW-CHANGE', 'CHECKPOINT'] as const;
const PREFIX = 'FBPBFT/1/';
/** chainId, epoch, and slot or sequence. */
const COMMON_BYTES = 32 + 8 + 8;
const TAIL_BYTES: Readonly<Record<(typeof TYPES)[number], number>> = { 'PRE-PREPARE': 32, PREPARE: 65, COMMIT: 32, 'VIEW-CHANGE': 65, CHECKPOINT: 32 };

/** Reads the bytes that a member signed (SPEC section 2), from their text; undefined where they are no such statement. */
export function readStatement(bytes: Buffer): SignedStatement | undefined {
  const type = TYPES.find((candidate) => bytes.indexOf(`${PREFIX}${candidate}\0`, 0, 'latin1') === 0);
  if (type === undefined) return undefined;
  const body = bytes.subarray(PREFIX.length + type.length + 1);
  if (body.length !== COMMON_BYTES + TAIL_BYTES[type]) return undefined;
  const hash = (at: number): ReturnType<typeof toHash> => toHash(body.toString('hex', at, at + 32));
  const epoch = toEpoch(Number(body.readBigUInt64BE(32)));
  const position = Number(body.readBigUInt64BE(40));
  switch (type) {
    case 'PRE-PREPARE': return { type, epoch, slot: toSlot(position), headerHash: hash(48) };
    case 'PREPARE': return { type, epoch, slot: toSlot(position), blockHash: hash(48), first: body[80] === 1, basisHash: hash(81) };
    case 'COMMIT': return { type, epoch, slot: toSlot(position), blockHash: hash(48) };
    case 'VIEW-CHANGE': return { type, epoch, slot: toSlot(position), first: body[48] === 1, blockHash: hash(49), basisHash: hash(81) };
    case 'CHECKPOINT': return { type, epoch, sequence: toSequence(position), stateRoot: hash(48) };
  }
}
