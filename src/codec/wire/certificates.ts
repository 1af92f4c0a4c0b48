import type { Certificate, CommitSignature, FinalityCertificate, BlockCertificate, PrepareSignature, ViewChangeCertificate, ViewChangeSignature } from '../../types/certificates.js';
import { CodecError } from '../codec-error.js';
import type { WireLimits } from '../limits.js';
import { absent, decodeWire, epochField, hashField, signatureField, signerField, slotField, toWireBytes, toWireHash, toWireInteger } from './fields.js';
import { WireCertificate, WireCertificateKind } from './generated.js';
import type { WireCertificateSignature } from './generated.js';

const KINDS = {
  PREPARE: WireCertificateKind.PREPARE,
  'VIEW-CHANGE': WireCertificateKind.VIEW_CHANGE,
  FAST: WireCertificateKind.FAST,
  SLOW: WireCertificateKind.SLOW,
} as const satisfies Record<Certificate['kind'], WireCertificateKind>;

const NO_BYTES = toWireBytes(new Uint8Array(0));

/** Certificate as protobuf. @throws CodecError on a field out of range */
export function encodeCertificate(certificate: Certificate): Uint8Array {
  return WireCertificate.encode(toWireCertificate(certificate));
}

/** @throws CodecError on anything but one certificate within the limits; signatures are not verified */
export function decodeCertificate(bytes: Uint8Array, limits: WireLimits): Certificate {
  const decode = (plain: Uint8Array): WireCertificate => WireCertificate.decode(plain, { limits: certificateLimits(limits) });
  return fromWireCertificate(decodeWire('certificate', bytes, limits.maxMessageBytes, decode));
}

/** Bounds on a certificate's repeated fields, in the form that generated decoders take. */
export function certificateLimits(limits: WireLimits): { readonly signatures: number } {
  return { signatures: limits.maxMembers };
}

export function toWireCertificate(certificate: Certificate): WireCertificate {
  return {
    kind: KINDS[certificate.kind],
    epoch: toWireInteger('epoch', certificate.epoch),
    slot: toWireInteger('slot', certificate.slot),
    blockHash: certificate.kind === 'VIEW-CHANGE' ? NO_BYTES : toWireHash(certificate.blockHash),
    signatures: toWireSignatures(certificate),
  };
}

function toWireSignatures(certificate: Certificate): WireCertificateSignature[] {
  switch (certificate.kind) {
    case 'PREPARE':
    case 'FAST':
      return certificate.signatures.map(({ signer, first, basisHash, signature }) => (
        { signer, first, blockHash: NO_BYTES, basisHash: toWireHash(basisHash), signature: toWireBytes(signature) }));
    case 'SLOW':
      return certificate.signatures.map(({ signer, signature }) => (
        { signer, first: false, blockHash: NO_BYTES, basisHash: NO_BYTES, signature: toWireBytes(signature) }));
    case 'VIEW-CHANGE':
      return certificate.signatures.map(({ signer, first, blockHash, basisHash, signature }) => (
        { signer, first, blockHash: toWireHash(blockHash), basisHash: toWireHash(basisHash), signature: toWireBytes(signature) }));
  }
}

export function fromWireCertificate(wire: WireCertificate): Certificate {
  const epoch = epochField(wire.epoch);
  const slot = slotField(wire.slot);
  const blockHash = hashField('blockHash', wire.blockHash);
  switch (wire.kind) {
    case WireCertificateKind.PREPARE:
      return { kind: 'PREPARE', epoch, slot, blockHash, signatures: wire.signatures.map(prepareSignature) };
    case WireCertificateKind.FAST:
      return { kind: 'FAST', epoch, slot, blockHash, signatures: wire.signatures.map(prepareSignature) };
    case WireCertificateKind.SLOW:
      return { kind: 'SLOW', epoch, slot, blockHash, signatures: wire.signatures.map(commitSignature) };
    case WireCertificateKind.VIEW_CHANGE:
      absent('blockHash', wire.blockHash);
      return { kind: 'VIEW-CHANGE', epoch, slot, signatures: wire.signatures.map(viewChangeSignature) };
    case WireCertificateKind.UNSPECIFIED:
      throw new CodecError('unknown-kind', 'certificate', 'must name its kind');
  }
}

function prepareSignature(wire: WireCertificateSignature): PrepareSignature {
  absent('signatures.blockHash', wire.blockHash);
  return {
    signer: signerField(wire.signer),
    first: wire.first,
    basisHash: hashField('basisHash', wire.basisHash),
    signature: signatureField(wire.signature),
  };
}

function commitSignature(wire: WireCertificateSignature): CommitSignature {
  absent('signatures.blockHash', wire.blockHash);
  absent('signatures.basisHash', wire.basisHash);
  if (wire.first) throw new CodecError('malformed', 'signatures.first', 'must not be set here');
  return { signer: signerField(wire.signer), signature: signatureField(wire.signature) };
}

function viewChangeSignature(wire: WireCertificateSignature): ViewChangeSignature {
  return {
    signer: signerField(wire.signer),
    first: wire.first,
    blockHash: hashField('blockHash', wire.blockHash),
    basisHash: hashField('basisHash', wire.basisHash),
    signature: signatureField(wire.signature),
  };
}

/** A certificate where only one for a block may stand. */
export function blockCertificate(field: string, certificate: Certificate): BlockCertificate {
  if (certificate.kind === 'VIEW-CHANGE') throw new CodecError('unknown-kind', field, 'must certify a block, got VIEW-CHANGE');
  return certificate;
}

/** A certificate where only a proof of finality may stand. */
export function finalityCertificate(field: string, certificate: Certificate): FinalityCertificate {
  if (certificate.kind !== 'FAST' && certificate.kind !== 'SLOW') {
    throw new CodecError('unknown-kind', field, `must prove finality, got ${certificate.kind}`);
  }
  return certificate;
}

/** A certificate where only one that skips a slot may stand. */
export function skipCertificate(field: string, certificate: Certificate): ViewChangeCertificate {
  if (certificate.kind !== 'VIEW-CHANGE') throw new CodecError('unknown-kind', field, `must be a VIEW-CHANGE certificate, got ${certificate.kind}`);
  return certificate;
}
