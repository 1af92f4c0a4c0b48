import type { Checkpoint } from '../../types/messages.js';
import type {
  BlocksRequest, BlocksResponse, CommittedBlock, SlotsRequest, SlotsResponse, SnapshotResponse, Status, SyncRequest, SyncResponse,
} from '../../types/sync.js';
import { encodeBlock, openBlock } from '../block.js';
import { CodecError } from '../codec-error.js';
import type { WireLimits } from '../limits.js';
import { MAX_RESPONSE_BLOCKS, MAX_SLOTS_MESSAGES, MAX_SLOTS_TRANSACTIONS, MAX_SNAPSHOT_BLOCKS, MAX_SNAPSHOT_CHUNKS } from '../limits.js';
import { certificateLimits, finalityCertificate, fromWireCertificate, toWireCertificate } from './certificates.js';
import {
  decodeWire, epochField, exactlyOne, fromWireInteger, hashField, present, sequenceField, sequencePlusOneField, slotField, slotPlusOneField,
  toWireBytes, toWireHash, toWireInteger,
} from './fields.js';
import { WireSyncRequest, WireSyncResponse } from './generated.js';
import type { WireBlocksRequest, WireBlocksResponse, WireCommittedBlock, WireSlotsRequest, WireSlotsResponse, WireSnapshotResponse, WireStatus } from './generated.js';
import { decodeConsensusMessage, encodeConsensusMessage } from './messages.js';
import { envelopes } from './transaction-batch.js';

/** @throws CodecError on a field out of range, or more items than the decoder takes */
export function encodeSyncRequest(request: SyncRequest): Uint8Array {
  switch (request.type) {
    case 'STATUS-REQUEST':
      return WireSyncRequest.encode({ status: toWireStatus(request.status) });
    case 'BLOCKS-REQUEST':
      return WireSyncRequest.encode({ blocks: toWireBlocksRequest(request) });
    case 'SLOTS-REQUEST':
      return WireSyncRequest.encode({ slots: toWireSlotsRequest(request) });
    case 'SNAPSHOT-REQUEST':
      return WireSyncRequest.encode({ snapshot: {} });
    case 'CHUNK-REQUEST':
      return WireSyncRequest.encode({ chunk: { sequence: toWireInteger('sequence', request.sequence), index: request.index } });
  }
}

/**
 * @param admit called with how many messages a slots request pushes, before they are decoded; what it throws is thrown
 * @throws CodecError on anything but one request within the limits, every message inside included; nothing is verified
 */
export function decodeSyncRequest(bytes: Uint8Array, limits: WireLimits, admit?: (messageCount: number) => void): SyncRequest {
  const status = statusLimits(limits);
  const repeated = { status, slots: { status, messages: MAX_SLOTS_MESSAGES, transactions: MAX_SLOTS_TRANSACTIONS } };
  const wire = decodeWire('sync request', bytes, limits.maxSyncBytes, (plain) => WireSyncRequest.decode(plain, { limits: repeated }));
  exactlyOne('sync request', wire);
  if (wire.status !== undefined) return { type: 'STATUS-REQUEST', status: fromWireStatus(wire.status) };
  if (wire.blocks !== undefined) return fromWireBlocksRequest(wire.blocks);
  if (wire.snapshot !== undefined) return { type: 'SNAPSHOT-REQUEST' };
  if (wire.chunk !== undefined) return { type: 'CHUNK-REQUEST', sequence: sequenceField(wire.chunk.sequence), index: wire.chunk.index };
  const slots = present('sync request', wire.slots);
  admit?.(slots.messages.length);
  return fromWireSlotsRequest(slots, limits);
}

/** @throws CodecError on a field out of range, or more items than the decoder takes */
export function encodeSyncResponse(response: SyncResponse): Uint8Array {
  switch (response.type) {
    case 'STATUS-RESPONSE':
      return WireSyncResponse.encode({ status: toWireStatus(response.status) });
    case 'BLOCKS-RESPONSE':
      return WireSyncResponse.encode({ blocks: toWireBlocksResponse(response) });
    case 'SLOTS-RESPONSE':
      return WireSyncResponse.encode({ slots: toWireSlotsResponse(response) });
    case 'SNAPSHOT-RESPONSE':
      return WireSyncResponse.encode({ snapshot: toWireSnapshotResponse(response) });
    case 'CHUNK-RESPONSE':
      return WireSyncResponse.encode({ chunk: response.chunk === undefined ? {} : { chunk: toWireBytes(response.chunk) } });
  }
}

/**
 * Blocks in the response are views of `bytes`, which lives as long as they do; their transactions are taken apart when
 * asked for, so they must be validated first.
 * @throws CodecError on anything but one response within the limits, every message inside included, the bodies of blocks
 *   excepted; nothing is verified
 */
export function decodeSyncResponse(bytes: Uint8Array, limits: WireLimits): SyncResponse {
  const status = statusLimits(limits);
  const repeated = {
    status,
    blocks: { blocks: MAX_RESPONSE_BLOCKS, blocks$: { certificate: certificateLimits(limits) } },
    slots: { status, messages: MAX_SLOTS_MESSAGES },
    snapshot: {
      manifest: { chunkHashes: MAX_SNAPSHOT_CHUNKS }, blocks: MAX_SNAPSHOT_BLOCKS, blocks$: { certificate: certificateLimits(limits) },
      checkpoints: limits.maxMembers,
    },
  };
  const wire = decodeWire('sync response', bytes, limits.maxSyncBytes, (plain) => WireSyncResponse.decode(plain, { limits: repeated }));
  exactlyOne('sync response', wire);
  if (wire.status !== undefined) return { type: 'STATUS-RESPONSE', status: fromWireStatus(wire.status) };
  if (wire.blocks !== undefined) return fromWireBlocksResponse(wire.blocks, limits);
  if (wire.snapshot !== undefined) return fromWireSnapshotResponse(wire.snapshot, limits);
  if (wire.chunk !== undefined) return { type: 'CHUNK-RESPONSE', chunk: wire.chunk.chunk };
  return fromWireSlotsResponse(present('sync response', wire.slots), limits);
}

function statusLimits(limits: WireLimits): Record<'finalityCertificate' | 'highestCertificate', { readonly signatures: number }> {
  return { finalityCertificate: certificateLimits(limits), highestCertificate: certificateLimits(limits) };
}

function toWireStatus(status: Status): WireStatus {
  const { finalityCertificate: proof, highestCertificate: highest } = status;
  return {
    epoch: toWireInteger('epoch', status.epoch),
    finalSlotPlusOne: toWireInteger('finalSlot', status.finalSlot + 1),
    finalSequencePlusOne: toWireInteger('finalSequence', status.finalSequence + 1),
    finalHash: toWireHash(status.finalHash),
    ...(proof === undefined ? {} : { finalityCertificate: toWireCertificate(proof) }),
    ...(highest === undefined ? {} : { highestCertificate: toWireCertificate(highest) }),
    currentSlot: toWireInteger('currentSlot', status.currentSlot),
    observing: status.observing,
  };
}

function fromWireStatus(wire: WireStatus): Status {
  const { finalityCertificate: proof, highestCertificate: highest } = wire;
  return {
    epoch: epochField(wire.epoch),
    finalSlot: slotPlusOneField('finalSlot', wire.finalSlotPlusOne),
    finalSequence: sequencePlusOneField('finalSequence', wire.finalSequencePlusOne),
    finalHash: hashField('finalHash', wire.finalHash),
    finalityCertificate: proof === undefined ? undefined : finalityCertificate('finalityCertificate', fromWireCertificate(proof)),
    highestCertificate: highest === undefined ? undefined : fromWireCertificate(highest),
    currentSlot: slotField(wire.currentSlot),
    observing: wire.observing,
  };
}

function toWireBlocksRequest(request: BlocksRequest): WireBlocksRequest {
  return {
    fromSequence: toWireInteger('fromSequence', request.fromSequence),
    maxCount: toWireInteger('maxCount', request.maxCount),
    maxBytes: toWireInteger('maxBytes', request.maxBytes),
  };
}

function fromWireBlocksRequest(wire: WireBlocksRequest): BlocksRequest {
  return {
    type: 'BLOCKS-REQUEST',
    fromSequence: sequenceField(wire.fromSequence),
    maxCount: fromWireInteger('maxCount', wire.maxCount),
    maxBytes: fromWireInteger('maxBytes', wire.maxBytes),
  };
}

function toWireBlocksResponse(response: BlocksResponse): WireBlocksResponse {
  return {
    finalSequencePlusOne: toWireInteger('finalSequence', response.finalSequence + 1),
    blocks: atMost('blocks', response.blocks, MAX_RESPONSE_BLOCKS).map(toWireCommittedBlock),
    firstSequence: toWireInteger('firstSequence', response.firstSequence),
  };
}

function toWireCommittedBlock({ block, certificate }: CommittedBlock): WireCommittedBlock {
  return {
    block: toWireBytes(encodeBlock(block)),
    ...(certificate === undefined ? {} : { certificate: toWireCertificate(certificate) }),
  };
}

function fromWireBlocksResponse(wire: WireBlocksResponse, limits: WireLimits): BlocksResponse {
  return {
    type: 'BLOCKS-RESPONSE',
    finalSequence: sequencePlusOneField('finalSequence', wire.finalSequencePlusOne),
    firstSequence: sequenceField(wire.firstSequence),
    blocks: wire.blocks.map((block) => fromWireCommittedBlock(block, limits)),
  };
}

function fromWireCommittedBlock(wire: WireCommittedBlock, limits: WireLimits): CommittedBlock {
  const { certificate } = wire;
  return {
    block: openBlock(wire.block, limits),
    certificate: certificate === undefined ? undefined : finalityCertificate('certificate', fromWireCertificate(certificate)),
  };
}

function toWireSlotsRequest(request: SlotsRequest): WireSlotsRequest {
  return {
    status: toWireStatus(request.status),
    messages: atMost('messages', request.messages, MAX_SLOTS_MESSAGES).map((message) => toWireBytes(encodeConsensusMessage(message))),
    transactions: atMost('transactions', request.transactions, MAX_SLOTS_TRANSACTIONS).map(toWireBytes),
  };
}

function fromWireSlotsRequest(wire: WireSlotsRequest, limits: WireLimits): SlotsRequest {
  return {
    type: 'SLOTS-REQUEST',
    status: fromWireStatus(present('status', wire.status)),
    messages: wire.messages.map((message) => decodeConsensusMessage(message, limits)),
    transactions: envelopes(wire.transactions, limits),
  };
}

function toWireSlotsResponse(response: SlotsResponse): WireSlotsResponse {
  return {
    status: toWireStatus(response.status),
    messages: atMost('messages', response.messages, MAX_SLOTS_MESSAGES).map((message) => toWireBytes(encodeConsensusMessage(message))),
  };
}

function fromWireSlotsResponse(wire: WireSlotsResponse, limits: WireLimits): SlotsResponse {
  return {
    type: 'SLOTS-RESPONSE',
    status: fromWireStatus(present('status', wire.status)),
    messages: wire.messages.map((message) => decodeConsensusMessage(message, limits)),
  };
}

function toWireSnapshotResponse({ offer }: SnapshotResponse): WireSnapshotResponse {
  if (offer === undefined) return { blocks: [], checkpoints: [] };
  const { manifest, blocks, checkpoints } = offer;
  return {
    manifest: {
      sequence: toWireInteger('sequence', manifest.sequence),
      stateRoot: toWireHash(manifest.stateRoot),
      entryCount: toWireInteger('entryCount', manifest.entryCount),
      sizeBytes: toWireInteger('sizeBytes', manifest.sizeBytes),
      chunkHashes: atMost('chunkHashes', manifest.chunkHashes, MAX_SNAPSHOT_CHUNKS).map(toWireHash),
    },
    blocks: atMost('blocks', blocks, MAX_SNAPSHOT_BLOCKS).map(toWireCommittedBlock),
    checkpoints: checkpoints.map((checkpoint) => toWireBytes(encodeConsensusMessage(checkpoint))),
  };
}

function fromWireSnapshotResponse({ manifest, blocks, checkpoints }: WireSnapshotResponse, limits: WireLimits): SnapshotResponse {
  if (manifest === undefined) return { type: 'SNAPSHOT-RESPONSE', offer: undefined };
  return {
    type: 'SNAPSHOT-RESPONSE',
    offer: {
      manifest: {
        sequence: sequenceField(manifest.sequence),
        stateRoot: hashField('stateRoot', manifest.stateRoot),
        entryCount: fromWireInteger('entryCount', manifest.entryCount),
        sizeBytes: fromWireInteger('sizeBytes', manifest.sizeBytes),
        chunkHashes: manifest.chunkHashes.map((hash) => hashField('chunkHashes', hash)),
      },
      blocks: blocks.map((block) => fromWireCommittedBlock(block, limits)),
      checkpoints: checkpoints.map((bytes) => fromWireSnapshotCheckpoint(bytes, limits)),
    },
  };
}

function fromWireSnapshotCheckpoint(bytes: Uint8Array, limits: WireLimits): Checkpoint {
  const message = decodeConsensusMessage(bytes, limits);
  if (message.type !== 'CHECKPOINT') throw new CodecError('malformed', 'checkpoints', `must be CHECKPOINTs, got ${message.type}`);
  return message;
}

function atMost<T>(field: string, items: readonly T[], limit: number): readonly T[] {
  if (items.length > limit) throw new CodecError('too-large', field, `must be at most ${limit}, got ${items.length}`);
  return items;
}
