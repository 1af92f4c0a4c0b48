import { sha256Hash } from '../../crypto/hash.js';
import type { ConsensusMessage, Equivocation, PrePrepare, SignedHeader } from '../../types/messages.js';
import { decodeBlock, encodeBlock } from '../block.js';
import { CodecError } from '../codec-error.js';
import { decodeHeader, encodeHeader } from '../header.js';
import type { WireLimits } from '../limits.js';
import { MAX_BATCH_TRANSACTIONS, MAX_SKIP_CERTIFICATES } from '../limits.js';
import { blockCertificate, certificateLimits, fromWireCertificate, skipCertificate, toWireCertificate } from './certificates.js';
import { decodeWire, epochField, exactlyOne, present, signatureField, signerField, slotField, toWireBytes, toWireInteger } from './fields.js';
import { WireConsensusMessage, WireEquivocation, WireTransactionBatch } from './generated.js';
import type { WirePrePrepare, WireSignedHeader } from './generated.js';
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
 * Decodes one consensus message, with its block's hash and its transactions' ids; verifies no signature and no rule.
 * The transactions of a proposal are views of `bytes`, which lives as long as they do; signatures are copies.
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
    block: decodeBlock(wire.block, limits),
    justification: {
      parent: wire.parent === undefined ? undefined : blockCertificate('parent', fromWireCertificate(wire.parent)),
      skips: wire.skips.map((skip) => skipCertificate('skips', fromWireCertificate(skip))),
    },
    signature: signatureField(wire.signature),
  };
}

/** Evidence against a leader as storage keeps it. @throws CodecError on a field out of range */
export function encodeEquivocation(evidence: Equivocation): Uint8Array {
  return WireEquivocation.encode(toWireEquivocation(evidence));
}

/** @throws CodecError on anything but one piece of evidence; signatures are not verified */
export function decodeEquivocation(bytes: Uint8Array, limits: Pick<WireLimits, 'maxMessageBytes'>): Equivocation {
  return fromWireEquivocation(decodeWire('equivocation', bytes, limits.maxMessageBytes, (plain) => WireEquivocation.decode(plain)));
}

function toWireEquivocation(evidence: Equivocation): WireEquivocation {
  const [one, other] = evidence.headers;
  return {
    epoch: toWireInteger('epoch', evidence.epoch),
    slot: toWireInteger('slot', evidence.slot),
    one: toWireSignedHeader(one),
    other: toWireSignedHeader(other),
  };
}

function fromWireEquivocation(wire: WireEquivocation): Equivocation {
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

/**
 * Transactions as gossip carries them, each a canonical envelope.
 * @throws CodecError `too-large` for more than MAX_BATCH_TRANSACTIONS
 */
export function encodeTransactionBatch(transactions: readonly Uint8Array[]): Uint8Array {
  if (transactions.length > MAX_BATCH_TRANSACTIONS) {
    throw new CodecError('too-large', 'transactions', `must be at most ${MAX_BATCH_TRANSACTIONS}, got ${transactions.length}`);
  }
  return WireTransactionBatch.encode({ transactions: transactions.map(toWireBytes) });
}

/**
 * The envelopes of a batch, each a copy of its own (they live on in the mempool), not yet taken apart or verified.
 * @throws CodecError on anything but one batch within the limits
 */
export function decodeTransactionBatch(bytes: Uint8Array, limits: WireLimits): readonly Uint8Array[] {
  const decode = (plain: Uint8Array): WireTransactionBatch => (
    WireTransactionBatch.decode(plain, { limits: { transactions: MAX_BATCH_TRANSACTIONS } }));
  return envelopes(decodeWire('transactions', bytes, limits.maxBatchBytes, decode).transactions, limits);
}

/** Copies of transaction envelopes, each within its limit. */
export function envelopes(transactions: readonly Uint8Array[], limits: WireLimits): readonly Uint8Array[] {
  return transactions.map((transaction) => {
    if (transaction.byteLength > limits.maxTransactionBytes) {
      throw new CodecError('too-large', 'transaction', `must be at most ${limits.maxTransactionBytes} bytes, got ${transaction.byteLength}`);
    }
    return transaction.slice();
  });
}
