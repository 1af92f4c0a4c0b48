import type { Checkpoint, Commit, OwnVote, Prepare, Unsigned, ViewChange } from '../../types/messages.js';
import { CodecError } from '../codec-error.js';
import type { WireLimits } from '../limits.js';
import {
  absent, decodeWire, epochField, exactlyOne, fromWireInteger, hashField, sequenceField, sequencePlusOneField, signerField, slotField, toWireHash, toWireInteger, viewField,
} from './fields.js';
import { WireConsensusMessage } from './generated.js';
import type { WireCheckpoint, WireCommit, WirePrepare, WireViewChange } from './generated.js';

/** Votes and checkpoints without their signatures, which the callers add and take off. */

type Unsignable<W extends { signature: unknown }> = Omit<W, 'signature'>;

export function toWirePrepare(vote: Unsigned<Prepare>): Unsignable<WirePrepare> {
  return {
    epoch: toWireInteger('epoch', vote.epoch),
    slot: toWireInteger('slot', vote.slot),
    signer: vote.signer,
    blockHash: toWireHash(vote.blockHash),
    first: vote.first,
    basisHash: toWireHash(vote.basisHash),
    view: toWireInteger('view', vote.view),
    sequence: toWireInteger('sequence', vote.sequence),
  };
}

export function fromWirePrepare(wire: Unsignable<WirePrepare>): Unsigned<Prepare> {
  return {
    type: 'PREPARE',
    epoch: epochField(wire.epoch),
    slot: slotField(wire.slot),
    signer: signerField(wire.signer),
    blockHash: hashField('blockHash', wire.blockHash),
    first: wire.first,
    basisHash: hashField('basisHash', wire.basisHash),
    view: viewField(wire.view),
    sequence: sequenceField(wire.sequence),
  };
}

export function toWireCommit(vote: Unsigned<Commit>): Unsignable<WireCommit> {
  return {
    epoch: toWireInteger('epoch', vote.epoch),
    slot: toWireInteger('slot', vote.slot),
    signer: vote.signer,
    blockHash: toWireHash(vote.blockHash),
    view: toWireInteger('view', vote.view),
    sequence: toWireInteger('sequence', vote.sequence),
  };
}

export function fromWireCommit(wire: Unsignable<WireCommit>): Unsigned<Commit> {
  return {
    type: 'COMMIT',
    epoch: epochField(wire.epoch),
    slot: slotField(wire.slot),
    signer: signerField(wire.signer),
    blockHash: hashField('blockHash', wire.blockHash),
    view: viewField(wire.view),
    sequence: sequenceField(wire.sequence),
  };
}

export function toWireViewChange(vote: Unsigned<ViewChange>): Unsignable<WireViewChange> {
  return {
    epoch: toWireInteger('epoch', vote.epoch),
    slot: toWireInteger('slot', vote.slot),
    signer: vote.signer,
    first: vote.first,
    blockHash: toWireHash(vote.blockHash),
    basisHash: toWireHash(vote.basisHash),
    newView: toWireInteger('newView', vote.newView),
    lastSequencePlusOne: toWireInteger('lastSequence', vote.lastSequence + 1),
  };
}

export function fromWireViewChange(wire: Unsignable<WireViewChange>): Unsigned<ViewChange> {
  return {
    type: 'VIEW-CHANGE',
    epoch: epochField(wire.epoch),
    slot: slotField(wire.slot),
    signer: signerField(wire.signer),
    first: wire.first,
    blockHash: hashField('blockHash', wire.blockHash),
    basisHash: hashField('basisHash', wire.basisHash),
    newView: fromWireInteger('newView', wire.newView),
    lastSequence: sequencePlusOneField('lastSequence', wire.lastSequencePlusOne),
  };
}

export function toWireCheckpoint(checkpoint: Unsigned<Checkpoint>): Unsignable<WireCheckpoint> {
  return {
    epoch: toWireInteger('epoch', checkpoint.epoch),
    sequence: toWireInteger('sequence', checkpoint.sequence),
    signer: checkpoint.signer,
    stateRoot: toWireHash(checkpoint.stateRoot),
  };
}

export function fromWireCheckpoint(wire: Unsignable<WireCheckpoint>): Unsigned<Checkpoint> {
  return {
    type: 'CHECKPOINT',
    epoch: epochField(wire.epoch),
    sequence: sequenceField(wire.sequence),
    signer: signerField(wire.signer),
    stateRoot: hashField('stateRoot', wire.stateRoot),
  };
}

const NO_SIGNATURE = new Uint8Array(0);
/** A vote has no repeated field, so what has one is refused before it is read. */
const NO_REPEATED_FIELDS = { prePrepare: { skips: 0 }, certificate: { signatures: 0 } };

/** An own vote as it is kept: unsigned (SPEC section 5). @throws CodecError on a field out of range */
export function encodeVote(vote: OwnVote): Uint8Array {
  switch (vote.type) {
    case 'PREPARE':
      return WireConsensusMessage.encode({ prepare: { ...toWirePrepare(vote), signature: NO_SIGNATURE } });
    case 'COMMIT':
      return WireConsensusMessage.encode({ commit: { ...toWireCommit(vote), signature: NO_SIGNATURE } });
    case 'VIEW-CHANGE':
      return WireConsensusMessage.encode({ viewChange: { ...toWireViewChange(vote), signature: NO_SIGNATURE } });
  }
}

/** @throws CodecError on anything but one unsigned vote */
export function decodeVote(bytes: Uint8Array, limits: Pick<WireLimits, 'maxMessageBytes'>): OwnVote {
  const wire = decodeWire('vote', bytes, limits.maxMessageBytes, (plain) => WireConsensusMessage.decode(plain, { limits: NO_REPEATED_FIELDS }));
  exactlyOne('vote', wire);
  const { prepare, commit, viewChange } = wire;
  absent('signature', (prepare ?? commit ?? viewChange)?.signature ?? NO_SIGNATURE);
  if (prepare !== undefined) return fromWirePrepare(prepare);
  if (commit !== undefined) return fromWireCommit(commit);
  if (viewChange !== undefined) return fromWireViewChange(viewChange);
  throw new CodecError('unknown-kind', 'vote', 'must be a PREPARE, COMMIT or VIEW-CHANGE');
}

