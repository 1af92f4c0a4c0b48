import type { ConsensusMessage, PrePrepare } from '../../types/messages.js';
import { encodeBlock, openBlock } from '../block.js';
import type { WireLimits } from '../limits.js';
import { MAX_SKIP_CERTIFICATES } from '../limits.js';
import { blockCertificate, certificateLimits, fromWireCertificate, skipCertificate, toWireCertificate } from './certificates.js';
import { fromWireEquivocation, toWireEquivocation } from './evidence.js';
import { decodeWire, epochField, exactlyOne, present, signatureField, signerField, slotField, toWireBytes, toWireInteger } from './fields.js';
import { WireConsensusMessage } from './generated.js';
import type { WirePrePrepare } from './generated.js';
import {
  fromWireCheckpoint, fromWireCommit, fromWirePrepare, fromWireViewChange, toWireCheckpoint, toWireCommit, toWirePrepare, toWireViewChange,
} from './votes.js';

/** One consensus message, as gossip and sync carry it. @throws CodecError on a field out of range */
export function encodeConsensusMessage(message: ConsensusMessage): Uint8Array {
  return WireConsensusMessage.encode(toWireMessage(message));
}

function toWireMessage(message: ConsensusMessage): WireConsensusMessage {
  switch (message.type) {
    case 'PRE-PREPARE':
      return { prePrepare: toWirePrePrepare(message) };
    case 'PREPARE':
      return { prepare: { ...toWirePrepare(message), signature: toWireBytes(message.signature) } };
    case 'COMMIT':
      return { commit: { ...toWireCommit(message), signature: toWireBytes(message.signature) } };
    case 'VIEW-CHANGE':
      return { viewChange: { ...toWireViewChange(message), signature: toWireBytes(message.signature) } };
    case 'CHECKPOINT':
      return { checkpoint: { ...toWireCheckpoint(message), signature: toWireBytes(message.signature) } };
    case 'CERTIFICATE':
      return { certificate: toWireCertificate(message.certificate) };
    case 'EQUIVOCATION':
      return { equivocation: toWireEquivocation(message) };
  }
}

/**
 * Decodes one consensus message, with its block's hash; verifies no signature and no rule. A proposal's transactions are
 * taken apart when they are first asked for (`openBlock`), and are views of `bytes`, which lives as long as they do;
 * signatures are copies.
 * @throws CodecError on anything but one message within the limits
 */
export function decodeConsensusMessage(bytes: Uint8Array, limits: WireLimits): ConsensusMessage {
  const certificate = certificateLimits(limits);
  const repeated = {
    prePrepare: { parent: certificate, skips: MAX_SKIP_CERTIFICATES, skips$: certificate },
    certificate,
  };
  const decode = (plain: Uint8Array): WireConsensusMessage => WireConsensusMessage.decode(plain, { limits: repeated });
  return fromWireMessage(decodeWire('message', bytes, limits.maxMessageBytes, decode), limits);
}

function fromWireMessage(wire: WireConsensusMessage, limits: WireLimits): ConsensusMessage {
  exactlyOne('message', wire);
  const { prePrepare, prepare, commit, viewChange, checkpoint, certificate, equivocation } = wire;
  if (prepare !== undefined) return { ...fromWirePrepare(prepare), signature: signatureField(prepare.signature) };
  if (commit !== undefined) return { ...fromWireCommit(commit), signature: signatureField(commit.signature) };
  if (viewChange !== undefined) return { ...fromWireViewChange(viewChange), signature: signatureField(viewChange.signature) };
  if (checkpoint !== undefined) return { ...fromWireCheckpoint(checkpoint), signature: signatureField(checkpoint.signature) };
  if (certificate !== undefined) return { type: 'CERTIFICATE', certificate: fromWireCertificate(certificate) };
  if (equivocation !== undefined) return fromWireEquivocation(equivocation);
  return fromWirePrePrepare(present('message', prePrepare), limits);
}

function toWirePrePrepare(message: PrePrepare): WirePrePrepare {
  const { parent, skips } = message.justification;
  return {
    epoch: toWireInteger('epoch', message.epoch),
    slot: toWireInteger('slot', message.slot),
    signer: message.signer,
    block: toWireBytes(encodeBlock(message.block)),
    ...(parent === undefined ? {} : { parent: toWireCertificate(parent) }),
    skips: skips.map(toWireCertificate),
    signature: toWireBytes(message.signature),
  };
}

function fromWirePrePrepare(wire: WirePrePrepare, limits: WireLimits): PrePrepare {
  return {
    type: 'PRE-PREPARE',
    epoch: epochField(wire.epoch),
    slot: slotField(wire.slot),
    signer: signerField(wire.signer),
    block: openBlock(wire.block, limits),
    justification: {
      parent: wire.parent === undefined ? undefined : blockCertificate('parent', fromWireCertificate(wire.parent)),
      skips: wire.skips.map((skip) => skipCertificate('skips', fromWireCertificate(skip))),
    },
    signature: signatureField(wire.signature),
  };
}
