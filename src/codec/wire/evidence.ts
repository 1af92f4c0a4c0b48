import { sha256Hash } from '../../crypto/hash.js';
import type { Equivocation, SignedHeader } from '../../types/messages.js';
import { decodeHeader, encodeHeader } from '../header.js';
import type { WireLimits } from '../limits.js';
import { decodeWire, epochField, present, signatureField, slotField, toWireBytes, toWireInteger } from './fields.js';
import { WireEquivocation } from './generated.js';
import type { WireSignedHeader } from './generated.js';

/** Evidence against a leader as storage keeps it. @throws CodecError on a field out of range */
export function encodeEquivocation(evidence: Equivocation): Uint8Array {
  return WireEquivocation.encode(toWireEquivocation(evidence));
}

/** @throws CodecError on anything but one piece of evidence; signatures are not verified */
export function decodeEquivocation(bytes: Uint8Array, limits: Pick<WireLimits, 'maxMessageBytes'>): Equivocation {
  return fromWireEquivocation(decodeWire('equivocation', bytes, limits.maxMessageBytes, (plain) => WireEquivocation.decode(plain)));
}

export function toWireEquivocation(evidence: Equivocation): WireEquivocation {
  const [one, other] = evidence.headers;
  return {
    epoch: toWireInteger('epoch', evidence.epoch),
    slot: toWireInteger('slot', evidence.slot),
    one: toWireSignedHeader(one),
    other: toWireSignedHeader(other),
  };
}

export function fromWireEquivocation(wire: WireEquivocation): Equivocation {
  return {
    type: 'EQUIVOCATION',
    epoch: epochField(wire.epoch),
    slot: slotField(wire.slot),
    headers: [fromWireSignedHeader(present('one', wire.one)), fromWireSignedHeader(present('other', wire.other))],
  };
}

function toWireSignedHeader(signed: SignedHeader): WireSignedHeader {
  return { header: toWireBytes(encodeHeader(signed.header)), signature: toWireBytes(signed.signature) };
}

function fromWireSignedHeader(wire: WireSignedHeader): SignedHeader {
  return { header: decodeHeader(wire.header), blockHash: sha256Hash(wire.header), signature: signatureField(wire.signature) };
}
