// @ts-nocheck
// Generated from wire.proto by scripts/generate-wire.ts. Do not edit.
/* eslint-disable require-yield */

import { decodeMessage, encodeMessage, enumeration, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export enum WireCertificateKind {
  UNSPECIFIED = 'UNSPECIFIED',
  PREPARE = 'PREPARE',
  VIEW_CHANGE = 'VIEW_CHANGE',
  FAST = 'FAST',
  SLOW = 'SLOW'
}

enum __WireCertificateKindValues {
  UNSPECIFIED = 0,
  PREPARE = 1,
  VIEW_CHANGE = 2,
  FAST = 3,
  SLOW = 4
}

export namespace WireCertificateKind {
  export const codec = (): Codec<WireCertificateKind> => {
    return enumeration<WireCertificateKind>(__WireCertificateKindValues)
  }
}

export interface WireCertificateSignature {
  signer: number
  first: boolean
  blockHash: Uint8Array<ArrayBuffer>
  basisHash: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace WireCertificateSignature {
  let _codec: Codec<WireCertificateSignature>

  export const codec = (): Codec<WireCertificateSignature> => {
    if (_codec == null) {
      _codec = message<WireCertificateSignature>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.signer != null && obj.signer !== 0)) {
          w.uint32(8)
          w.uint32(obj.signer)
        }

        if ((obj.first != null && obj.first !== false)) {
          w.uint32(16)
          w.bool(obj.first)
        }

        if ((obj.blockHash != null && obj.blockHash.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.blockHash)
        }

        if ((obj.basisHash != null && obj.basisHash.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.basisHash)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          signer: 0,
          first: false,
          blockHash: uint8ArrayAlloc(0),
          basisHash: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.signer = reader.uint32()
              break
            }
            case 2: {
              obj.first = reader.bool()
              break
            }
            case 3: {
              obj.blockHash = reader.bytes()
              break
            }
            case 4: {
              obj.basisHash = reader.bytes()
              break
            }
            case 5: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.signer`,
                value: reader.uint32()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.first`,
                value: reader.bool()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.blockHash`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.basisHash`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireCertificateSignatureSignerFieldEvent {
    field: '$.signer'
    value: number
  }

  export interface WireCertificateSignatureFirstFieldEvent {
    field: '$.first'
    value: boolean
  }

  export interface WireCertificateSignatureBlockHashFieldEvent {
    field: '$.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireCertificateSignatureBasisHashFieldEvent {
    field: '$.basisHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireCertificateSignatureSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireCertificateSignature>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireCertificateSignature.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCertificateSignature>): WireCertificateSignature {
    return decodeMessage(buf, WireCertificateSignature.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCertificateSignature>): Generator<WireCertificateSignatureSignerFieldEvent | WireCertificateSignatureFirstFieldEvent | WireCertificateSignatureBlockHashFieldEvent | WireCertificateSignatureBasisHashFieldEvent | WireCertificateSignatureSignatureFieldEvent> {
    return streamMessage(buf, WireCertificateSignature.codec(), opts)
  }
}

export interface WireCertificate {
  kind: WireCertificateKind
  epoch: bigint
  slot: bigint
  blockHash: Uint8Array<ArrayBuffer>
  signatures: WireCertificateSignature[]
}

export namespace WireCertificate {
  let _codec: Codec<WireCertificate>

  export const codec = (): Codec<WireCertificate> => {
    if (_codec == null) {
      _codec = message<WireCertificate>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.kind != null && __WireCertificateKindValues[obj.kind] !== 0) {
          w.uint32(8)
          WireCertificateKind.codec().encode(obj.kind, w)
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.slot != null && obj.slot !== 0n)) {
          w.uint32(24)
          w.uint64Number(Number(obj.slot))
        }

        if ((obj.blockHash != null && obj.blockHash.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.blockHash)
        }

        if (obj.signatures != null && obj.signatures.length > 0) {
          for (const value of obj.signatures) {
            w.uint32(42)
            WireCertificateSignature.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          kind: WireCertificateKind.UNSPECIFIED,
          epoch: 0n,
          slot: 0n,
          blockHash: uint8ArrayAlloc(0),
          signatures: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.kind = WireCertificateKind.codec().decode(reader)
              break
            }
            case 2: {
              obj.epoch = reader.uint64()
              break
            }
            case 3: {
              obj.slot = reader.uint64()
              break
            }
            case 4: {
              obj.blockHash = reader.bytes()
              break
            }
            case 5: {
              if (opts.limits?.signatures != null && obj.signatures.length === opts.limits.signatures) {
                throw new MaxLengthError('Decode error - repeated field "signatures" had too many elements')
              }

              obj.signatures.push(WireCertificateSignature.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.signatures$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          signatures: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.kind`,
                value: WireCertificateKind.codec().decode(reader)
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.slot`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.blockHash`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              if (opts.limits?.signatures != null && obj.signatures === opts.limits.signatures) {
                throw new MaxLengthError('Streaming decode error - repeated field "signatures" had too many elements')
              }

              for (const evt of WireCertificateSignature.codec().stream(reader, reader.uint32(), `${prefix}.signatures[]`, {
                limits: opts.limits?.signatures$
              })) {
                yield {
                  ...evt,
                  index: obj.signatures
                }
              }

              obj.signatures++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireCertificateKindFieldEvent {
    field: '$.kind'
    value: WireCertificateKind
  }

  export interface WireCertificateEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WireCertificateSlotFieldEvent {
    field: '$.slot'
    value: bigint
  }

  export interface WireCertificateBlockHashFieldEvent {
    field: '$.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireCertificateSignaturesSignerFieldEvent {
    field: '$.signatures[].signer'
    value: number
    index: number
  }

  export interface WireCertificateSignaturesFirstFieldEvent {
    field: '$.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireCertificateSignaturesBlockHashFieldEvent {
    field: '$.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireCertificateSignaturesBasisHashFieldEvent {
    field: '$.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireCertificateSignaturesSignatureFieldEvent {
    field: '$.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<WireCertificate>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireCertificate.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCertificate>): WireCertificate {
    return decodeMessage(buf, WireCertificate.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCertificate>): Generator<WireCertificateKindFieldEvent | WireCertificateEpochFieldEvent | WireCertificateSlotFieldEvent | WireCertificateBlockHashFieldEvent | WireCertificateSignaturesSignerFieldEvent | WireCertificateSignaturesFirstFieldEvent | WireCertificateSignaturesBlockHashFieldEvent | WireCertificateSignaturesBasisHashFieldEvent | WireCertificateSignaturesSignatureFieldEvent> {
    return streamMessage(buf, WireCertificate.codec(), opts)
  }
}

export interface WirePrePrepare {
  epoch: bigint
  slot: bigint
  signer: number
  block: Uint8Array<ArrayBuffer>
  parent?: WireCertificate
  skips: WireCertificate[]
  signature: Uint8Array<ArrayBuffer>
}

export namespace WirePrePrepare {
  let _codec: Codec<WirePrePrepare>

  export const codec = (): Codec<WirePrePrepare> => {
    if (_codec == null) {
      _codec = message<WirePrePrepare>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.slot != null && obj.slot !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.slot))
        }

        if ((obj.signer != null && obj.signer !== 0)) {
          w.uint32(24)
          w.uint32(obj.signer)
        }

        if ((obj.block != null && obj.block.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.block)
        }

        if (obj.parent != null) {
          w.uint32(42)
          WireCertificate.codec().encode(obj.parent, w)
        }

        if (obj.skips != null && obj.skips.length > 0) {
          for (const value of obj.skips) {
            w.uint32(50)
            WireCertificate.codec().encode(value, w)
          }
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          slot: 0n,
          signer: 0,
          block: uint8ArrayAlloc(0),
          skips: [],
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.slot = reader.uint64()
              break
            }
            case 3: {
              obj.signer = reader.uint32()
              break
            }
            case 4: {
              obj.block = reader.bytes()
              break
            }
            case 5: {
              obj.parent = WireCertificate.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.parent
              })
              break
            }
            case 6: {
              if (opts.limits?.skips != null && obj.skips.length === opts.limits.skips) {
                throw new MaxLengthError('Decode error - repeated field "skips" had too many elements')
              }

              obj.skips.push(WireCertificate.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.skips$
              }))
              break
            }
            case 7: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          skips: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.slot`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signer`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.block`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield * WireCertificate.codec().stream(reader, reader.uint32(), `${prefix}.parent`, {
                limits: opts.limits?.parent
              })

              break
            }
            case 6: {
              if (opts.limits?.skips != null && obj.skips === opts.limits.skips) {
                throw new MaxLengthError('Streaming decode error - repeated field "skips" had too many elements')
              }

              for (const evt of WireCertificate.codec().stream(reader, reader.uint32(), `${prefix}.skips[]`, {
                limits: opts.limits?.skips$
              })) {
                yield {
                  ...evt,
                  index: obj.skips
                }
              }

              obj.skips++

              break
            }
            case 7: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WirePrePrepareEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WirePrePrepareSlotFieldEvent {
    field: '$.slot'
    value: bigint
  }

  export interface WirePrePrepareSignerFieldEvent {
    field: '$.signer'
    value: number
  }

  export interface WirePrePrepareBlockFieldEvent {
    field: '$.block'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePrePrepareParentKindFieldEvent {
    field: '$.parent.kind'
    value: WireCertificateKind
  }

  export interface WirePrePrepareParentEpochFieldEvent {
    field: '$.parent.epoch'
    value: bigint
  }

  export interface WirePrePrepareParentSlotFieldEvent {
    field: '$.parent.slot'
    value: bigint
  }

  export interface WirePrePrepareParentBlockHashFieldEvent {
    field: '$.parent.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePrePrepareParentSignaturesSignerFieldEvent {
    field: '$.parent.signatures[].signer'
    value: number
    index: number
  }

  export interface WirePrePrepareParentSignaturesFirstFieldEvent {
    field: '$.parent.signatures[].first'
    value: boolean
    index: number
  }

  export interface WirePrePrepareParentSignaturesBlockHashFieldEvent {
    field: '$.parent.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WirePrePrepareParentSignaturesBasisHashFieldEvent {
    field: '$.parent.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WirePrePrepareParentSignaturesSignatureFieldEvent {
    field: '$.parent.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WirePrePrepareSkipsKindFieldEvent {
    field: '$.skips[].kind'
    value: WireCertificateKind
    index: number
  }

  export interface WirePrePrepareSkipsEpochFieldEvent {
    field: '$.skips[].epoch'
    value: bigint
    index: number
  }

  export interface WirePrePrepareSkipsSlotFieldEvent {
    field: '$.skips[].slot'
    value: bigint
    index: number
  }

  export interface WirePrePrepareSkipsBlockHashFieldEvent {
    field: '$.skips[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WirePrePrepareSkipsSignaturesSignerFieldEvent {
    field: '$.skips[].signatures[].signer'
    value: number
    index: number
  }

  export interface WirePrePrepareSkipsSignaturesFirstFieldEvent {
    field: '$.skips[].signatures[].first'
    value: boolean
    index: number
  }

  export interface WirePrePrepareSkipsSignaturesBlockHashFieldEvent {
    field: '$.skips[].signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WirePrePrepareSkipsSignaturesBasisHashFieldEvent {
    field: '$.skips[].signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WirePrePrepareSkipsSignaturesSignatureFieldEvent {
    field: '$.skips[].signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WirePrePrepareSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WirePrePrepare>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WirePrePrepare.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WirePrePrepare>): WirePrePrepare {
    return decodeMessage(buf, WirePrePrepare.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WirePrePrepare>): Generator<WirePrePrepareEpochFieldEvent | WirePrePrepareSlotFieldEvent | WirePrePrepareSignerFieldEvent | WirePrePrepareBlockFieldEvent | WirePrePrepareParentKindFieldEvent | WirePrePrepareParentEpochFieldEvent | WirePrePrepareParentSlotFieldEvent | WirePrePrepareParentBlockHashFieldEvent | WirePrePrepareParentSignaturesSignerFieldEvent | WirePrePrepareParentSignaturesFirstFieldEvent | WirePrePrepareParentSignaturesBlockHashFieldEvent | WirePrePrepareParentSignaturesBasisHashFieldEvent | WirePrePrepareParentSignaturesSignatureFieldEvent | WirePrePrepareSkipsKindFieldEvent | WirePrePrepareSkipsEpochFieldEvent | WirePrePrepareSkipsSlotFieldEvent | WirePrePrepareSkipsBlockHashFieldEvent | WirePrePrepareSkipsSignaturesSignerFieldEvent | WirePrePrepareSkipsSignaturesFirstFieldEvent | WirePrePrepareSkipsSignaturesBlockHashFieldEvent | WirePrePrepareSkipsSignaturesBasisHashFieldEvent | WirePrePrepareSkipsSignaturesSignatureFieldEvent | WirePrePrepareSignatureFieldEvent> {
    return streamMessage(buf, WirePrePrepare.codec(), opts)
  }
}

export interface WirePrepare {
  epoch: bigint
  slot: bigint
  signer: number
  blockHash: Uint8Array<ArrayBuffer>
  first: boolean
  basisHash: Uint8Array<ArrayBuffer>
  view: bigint
  sequence: bigint
  signature: Uint8Array<ArrayBuffer>
}

export namespace WirePrepare {
  let _codec: Codec<WirePrepare>

  export const codec = (): Codec<WirePrepare> => {
    if (_codec == null) {
      _codec = message<WirePrepare>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.slot != null && obj.slot !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.slot))
        }

        if ((obj.signer != null && obj.signer !== 0)) {
          w.uint32(24)
          w.uint32(obj.signer)
        }

        if ((obj.blockHash != null && obj.blockHash.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.blockHash)
        }

        if ((obj.first != null && obj.first !== false)) {
          w.uint32(40)
          w.bool(obj.first)
        }

        if ((obj.basisHash != null && obj.basisHash.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.basisHash)
        }

        if ((obj.view != null && obj.view !== 0n)) {
          w.uint32(56)
          w.uint64Number(Number(obj.view))
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(64)
          w.uint64Number(Number(obj.sequence))
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          slot: 0n,
          signer: 0,
          blockHash: uint8ArrayAlloc(0),
          first: false,
          basisHash: uint8ArrayAlloc(0),
          view: 0n,
          sequence: 0n,
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.slot = reader.uint64()
              break
            }
            case 3: {
              obj.signer = reader.uint32()
              break
            }
            case 4: {
              obj.blockHash = reader.bytes()
              break
            }
            case 5: {
              obj.first = reader.bool()
              break
            }
            case 6: {
              obj.basisHash = reader.bytes()
              break
            }
            case 7: {
              obj.view = reader.uint64()
              break
            }
            case 8: {
              obj.sequence = reader.uint64()
              break
            }
            case 9: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.slot`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signer`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.blockHash`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.first`,
                value: reader.bool()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.basisHash`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.view`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WirePrepareEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WirePrepareSlotFieldEvent {
    field: '$.slot'
    value: bigint
  }

  export interface WirePrepareSignerFieldEvent {
    field: '$.signer'
    value: number
  }

  export interface WirePrepareBlockHashFieldEvent {
    field: '$.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePrepareFirstFieldEvent {
    field: '$.first'
    value: boolean
  }

  export interface WirePrepareBasisHashFieldEvent {
    field: '$.basisHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WirePrepareViewFieldEvent {
    field: '$.view'
    value: bigint
  }

  export interface WirePrepareSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface WirePrepareSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WirePrepare>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WirePrepare.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WirePrepare>): WirePrepare {
    return decodeMessage(buf, WirePrepare.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WirePrepare>): Generator<WirePrepareEpochFieldEvent | WirePrepareSlotFieldEvent | WirePrepareSignerFieldEvent | WirePrepareBlockHashFieldEvent | WirePrepareFirstFieldEvent | WirePrepareBasisHashFieldEvent | WirePrepareViewFieldEvent | WirePrepareSequenceFieldEvent | WirePrepareSignatureFieldEvent> {
    return streamMessage(buf, WirePrepare.codec(), opts)
  }
}

export interface WireCommit {
  epoch: bigint
  slot: bigint
  signer: number
  blockHash: Uint8Array<ArrayBuffer>
  view: bigint
  sequence: bigint
  signature: Uint8Array<ArrayBuffer>
}

export namespace WireCommit {
  let _codec: Codec<WireCommit>

  export const codec = (): Codec<WireCommit> => {
    if (_codec == null) {
      _codec = message<WireCommit>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.slot != null && obj.slot !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.slot))
        }

        if ((obj.signer != null && obj.signer !== 0)) {
          w.uint32(24)
          w.uint32(obj.signer)
        }

        if ((obj.blockHash != null && obj.blockHash.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.blockHash)
        }

        if ((obj.view != null && obj.view !== 0n)) {
          w.uint32(40)
          w.uint64Number(Number(obj.view))
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(48)
          w.uint64Number(Number(obj.sequence))
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(58)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          slot: 0n,
          signer: 0,
          blockHash: uint8ArrayAlloc(0),
          view: 0n,
          sequence: 0n,
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.slot = reader.uint64()
              break
            }
            case 3: {
              obj.signer = reader.uint32()
              break
            }
            case 4: {
              obj.blockHash = reader.bytes()
              break
            }
            case 5: {
              obj.view = reader.uint64()
              break
            }
            case 6: {
              obj.sequence = reader.uint64()
              break
            }
            case 7: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.slot`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signer`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.blockHash`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.view`,
                value: reader.uint64()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireCommitEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WireCommitSlotFieldEvent {
    field: '$.slot'
    value: bigint
  }

  export interface WireCommitSignerFieldEvent {
    field: '$.signer'
    value: number
  }

  export interface WireCommitBlockHashFieldEvent {
    field: '$.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireCommitViewFieldEvent {
    field: '$.view'
    value: bigint
  }

  export interface WireCommitSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface WireCommitSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireCommit>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireCommit.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCommit>): WireCommit {
    return decodeMessage(buf, WireCommit.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCommit>): Generator<WireCommitEpochFieldEvent | WireCommitSlotFieldEvent | WireCommitSignerFieldEvent | WireCommitBlockHashFieldEvent | WireCommitViewFieldEvent | WireCommitSequenceFieldEvent | WireCommitSignatureFieldEvent> {
    return streamMessage(buf, WireCommit.codec(), opts)
  }
}

export interface WireViewChange {
  epoch: bigint
  slot: bigint
  signer: number
  first: boolean
  blockHash: Uint8Array<ArrayBuffer>
  basisHash: Uint8Array<ArrayBuffer>
  newView: bigint
  lastSequencePlusOne: bigint
  signature: Uint8Array<ArrayBuffer>
}

export namespace WireViewChange {
  let _codec: Codec<WireViewChange>

  export const codec = (): Codec<WireViewChange> => {
    if (_codec == null) {
      _codec = message<WireViewChange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.slot != null && obj.slot !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.slot))
        }

        if ((obj.signer != null && obj.signer !== 0)) {
          w.uint32(24)
          w.uint32(obj.signer)
        }

        if ((obj.first != null && obj.first !== false)) {
          w.uint32(32)
          w.bool(obj.first)
        }

        if ((obj.blockHash != null && obj.blockHash.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.blockHash)
        }

        if ((obj.basisHash != null && obj.basisHash.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.basisHash)
        }

        if ((obj.newView != null && obj.newView !== 0n)) {
          w.uint32(56)
          w.uint64Number(Number(obj.newView))
        }

        if ((obj.lastSequencePlusOne != null && obj.lastSequencePlusOne !== 0n)) {
          w.uint32(64)
          w.uint64Number(Number(obj.lastSequencePlusOne))
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(74)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          slot: 0n,
          signer: 0,
          first: false,
          blockHash: uint8ArrayAlloc(0),
          basisHash: uint8ArrayAlloc(0),
          newView: 0n,
          lastSequencePlusOne: 0n,
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.slot = reader.uint64()
              break
            }
            case 3: {
              obj.signer = reader.uint32()
              break
            }
            case 4: {
              obj.first = reader.bool()
              break
            }
            case 5: {
              obj.blockHash = reader.bytes()
              break
            }
            case 6: {
              obj.basisHash = reader.bytes()
              break
            }
            case 7: {
              obj.newView = reader.uint64()
              break
            }
            case 8: {
              obj.lastSequencePlusOne = reader.uint64()
              break
            }
            case 9: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.slot`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signer`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.first`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.blockHash`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield {
                field: `${prefix}.basisHash`,
                value: reader.bytes()
              }
              break
            }
            case 7: {
              yield {
                field: `${prefix}.newView`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.lastSequencePlusOne`,
                value: reader.uint64()
              }
              break
            }
            case 9: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireViewChangeEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WireViewChangeSlotFieldEvent {
    field: '$.slot'
    value: bigint
  }

  export interface WireViewChangeSignerFieldEvent {
    field: '$.signer'
    value: number
  }

  export interface WireViewChangeFirstFieldEvent {
    field: '$.first'
    value: boolean
  }

  export interface WireViewChangeBlockHashFieldEvent {
    field: '$.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireViewChangeBasisHashFieldEvent {
    field: '$.basisHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireViewChangeNewViewFieldEvent {
    field: '$.newView'
    value: bigint
  }

  export interface WireViewChangeLastSequencePlusOneFieldEvent {
    field: '$.lastSequencePlusOne'
    value: bigint
  }

  export interface WireViewChangeSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireViewChange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireViewChange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireViewChange>): WireViewChange {
    return decodeMessage(buf, WireViewChange.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireViewChange>): Generator<WireViewChangeEpochFieldEvent | WireViewChangeSlotFieldEvent | WireViewChangeSignerFieldEvent | WireViewChangeFirstFieldEvent | WireViewChangeBlockHashFieldEvent | WireViewChangeBasisHashFieldEvent | WireViewChangeNewViewFieldEvent | WireViewChangeLastSequencePlusOneFieldEvent | WireViewChangeSignatureFieldEvent> {
    return streamMessage(buf, WireViewChange.codec(), opts)
  }
}

export interface WireCheckpoint {
  epoch: bigint
  sequence: bigint
  signer: number
  stateRoot: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace WireCheckpoint {
  let _codec: Codec<WireCheckpoint>

  export const codec = (): Codec<WireCheckpoint> => {
    if (_codec == null) {
      _codec = message<WireCheckpoint>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.sequence))
        }

        if ((obj.signer != null && obj.signer !== 0)) {
          w.uint32(24)
          w.uint32(obj.signer)
        }

        if ((obj.stateRoot != null && obj.stateRoot.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.stateRoot)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          sequence: 0n,
          signer: 0,
          stateRoot: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.sequence = reader.uint64()
              break
            }
            case 3: {
              obj.signer = reader.uint32()
              break
            }
            case 4: {
              obj.stateRoot = reader.bytes()
              break
            }
            case 5: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.signer`,
                value: reader.uint32()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.stateRoot`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireCheckpointEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WireCheckpointSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface WireCheckpointSignerFieldEvent {
    field: '$.signer'
    value: number
  }

  export interface WireCheckpointStateRootFieldEvent {
    field: '$.stateRoot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireCheckpointSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireCheckpoint>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireCheckpoint.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCheckpoint>): WireCheckpoint {
    return decodeMessage(buf, WireCheckpoint.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCheckpoint>): Generator<WireCheckpointEpochFieldEvent | WireCheckpointSequenceFieldEvent | WireCheckpointSignerFieldEvent | WireCheckpointStateRootFieldEvent | WireCheckpointSignatureFieldEvent> {
    return streamMessage(buf, WireCheckpoint.codec(), opts)
  }
}

export interface WireSignedHeader {
  header: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace WireSignedHeader {
  let _codec: Codec<WireSignedHeader>

  export const codec = (): Codec<WireSignedHeader> => {
    if (_codec == null) {
      _codec = message<WireSignedHeader>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.header != null && obj.header.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.header)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          header: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.header = reader.bytes()
              break
            }
            case 2: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.header`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireSignedHeaderHeaderFieldEvent {
    field: '$.header'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSignedHeaderSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireSignedHeader>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSignedHeader.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSignedHeader>): WireSignedHeader {
    return decodeMessage(buf, WireSignedHeader.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSignedHeader>): Generator<WireSignedHeaderHeaderFieldEvent | WireSignedHeaderSignatureFieldEvent> {
    return streamMessage(buf, WireSignedHeader.codec(), opts)
  }
}

export interface WireEquivocation {
  epoch: bigint
  slot: bigint
  one?: WireSignedHeader
  other?: WireSignedHeader
}

export namespace WireEquivocation {
  let _codec: Codec<WireEquivocation>

  export const codec = (): Codec<WireEquivocation> => {
    if (_codec == null) {
      _codec = message<WireEquivocation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.slot != null && obj.slot !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.slot))
        }

        if (obj.one != null) {
          w.uint32(26)
          WireSignedHeader.codec().encode(obj.one, w)
        }

        if (obj.other != null) {
          w.uint32(34)
          WireSignedHeader.codec().encode(obj.other, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          slot: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.slot = reader.uint64()
              break
            }
            case 3: {
              obj.one = WireSignedHeader.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.one
              })
              break
            }
            case 4: {
              obj.other = WireSignedHeader.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.other
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.slot`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield * WireSignedHeader.codec().stream(reader, reader.uint32(), `${prefix}.one`, {
                limits: opts.limits?.one
              })

              break
            }
            case 4: {
              yield * WireSignedHeader.codec().stream(reader, reader.uint32(), `${prefix}.other`, {
                limits: opts.limits?.other
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireEquivocationEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WireEquivocationSlotFieldEvent {
    field: '$.slot'
    value: bigint
  }

  export interface WireEquivocationOneHeaderFieldEvent {
    field: '$.one.header'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireEquivocationOneSignatureFieldEvent {
    field: '$.one.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireEquivocationOtherHeaderFieldEvent {
    field: '$.other.header'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireEquivocationOtherSignatureFieldEvent {
    field: '$.other.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireEquivocation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireEquivocation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireEquivocation>): WireEquivocation {
    return decodeMessage(buf, WireEquivocation.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireEquivocation>): Generator<WireEquivocationEpochFieldEvent | WireEquivocationSlotFieldEvent | WireEquivocationOneHeaderFieldEvent | WireEquivocationOneSignatureFieldEvent | WireEquivocationOtherHeaderFieldEvent | WireEquivocationOtherSignatureFieldEvent> {
    return streamMessage(buf, WireEquivocation.codec(), opts)
  }
}

export interface WireConsensusMessage {
  prePrepare?: WirePrePrepare
  prepare?: WirePrepare
  commit?: WireCommit
  viewChange?: WireViewChange
  checkpoint?: WireCheckpoint
  certificate?: WireCertificate
  equivocation?: WireEquivocation
}

export namespace WireConsensusMessage {
  let _codec: Codec<WireConsensusMessage>

  export const codec = (): Codec<WireConsensusMessage> => {
    if (_codec == null) {
      _codec = message<WireConsensusMessage>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.prePrepare != null) {
          w.uint32(10)
          WirePrePrepare.codec().encode(obj.prePrepare, w)
        }

        if (obj.prepare != null) {
          w.uint32(18)
          WirePrepare.codec().encode(obj.prepare, w)
        }

        if (obj.commit != null) {
          w.uint32(26)
          WireCommit.codec().encode(obj.commit, w)
        }

        if (obj.viewChange != null) {
          w.uint32(34)
          WireViewChange.codec().encode(obj.viewChange, w)
        }

        if (obj.checkpoint != null) {
          w.uint32(42)
          WireCheckpoint.codec().encode(obj.checkpoint, w)
        }

        if (obj.certificate != null) {
          w.uint32(50)
          WireCertificate.codec().encode(obj.certificate, w)
        }

        if (obj.equivocation != null) {
          w.uint32(58)
          WireEquivocation.codec().encode(obj.equivocation, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.prePrepare = WirePrePrepare.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.prePrepare
              })
              break
            }
            case 2: {
              obj.prepare = WirePrepare.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.prepare
              })
              break
            }
            case 3: {
              obj.commit = WireCommit.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.commit
              })
              break
            }
            case 4: {
              obj.viewChange = WireViewChange.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.viewChange
              })
              break
            }
            case 5: {
              obj.checkpoint = WireCheckpoint.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.checkpoint
              })
              break
            }
            case 6: {
              obj.certificate = WireCertificate.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.certificate
              })
              break
            }
            case 7: {
              obj.equivocation = WireEquivocation.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.equivocation
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WirePrePrepare.codec().stream(reader, reader.uint32(), `${prefix}.prePrepare`, {
                limits: opts.limits?.prePrepare
              })

              break
            }
            case 2: {
              yield * WirePrepare.codec().stream(reader, reader.uint32(), `${prefix}.prepare`, {
                limits: opts.limits?.prepare
              })

              break
            }
            case 3: {
              yield * WireCommit.codec().stream(reader, reader.uint32(), `${prefix}.commit`, {
                limits: opts.limits?.commit
              })

              break
            }
            case 4: {
              yield * WireViewChange.codec().stream(reader, reader.uint32(), `${prefix}.viewChange`, {
                limits: opts.limits?.viewChange
              })

              break
            }
            case 5: {
              yield * WireCheckpoint.codec().stream(reader, reader.uint32(), `${prefix}.checkpoint`, {
                limits: opts.limits?.checkpoint
              })

              break
            }
            case 6: {
              yield * WireCertificate.codec().stream(reader, reader.uint32(), `${prefix}.certificate`, {
                limits: opts.limits?.certificate
              })

              break
            }
            case 7: {
              yield * WireEquivocation.codec().stream(reader, reader.uint32(), `${prefix}.equivocation`, {
                limits: opts.limits?.equivocation
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireConsensusMessagePrePrepareEpochFieldEvent {
    field: '$.prePrepare.epoch'
    value: bigint
  }

  export interface WireConsensusMessagePrePrepareSlotFieldEvent {
    field: '$.prePrepare.slot'
    value: bigint
  }

  export interface WireConsensusMessagePrePrepareSignerFieldEvent {
    field: '$.prePrepare.signer'
    value: number
  }

  export interface WireConsensusMessagePrePrepareBlockFieldEvent {
    field: '$.prePrepare.block'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessagePrePrepareParentKindFieldEvent {
    field: '$.prePrepare.parent.kind'
    value: WireCertificateKind
  }

  export interface WireConsensusMessagePrePrepareParentEpochFieldEvent {
    field: '$.prePrepare.parent.epoch'
    value: bigint
  }

  export interface WireConsensusMessagePrePrepareParentSlotFieldEvent {
    field: '$.prePrepare.parent.slot'
    value: bigint
  }

  export interface WireConsensusMessagePrePrepareParentBlockHashFieldEvent {
    field: '$.prePrepare.parent.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessagePrePrepareParentSignaturesSignerFieldEvent {
    field: '$.prePrepare.parent.signatures[].signer'
    value: number
    index: number
  }

  export interface WireConsensusMessagePrePrepareParentSignaturesFirstFieldEvent {
    field: '$.prePrepare.parent.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireConsensusMessagePrePrepareParentSignaturesBlockHashFieldEvent {
    field: '$.prePrepare.parent.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessagePrePrepareParentSignaturesBasisHashFieldEvent {
    field: '$.prePrepare.parent.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessagePrePrepareParentSignaturesSignatureFieldEvent {
    field: '$.prePrepare.parent.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsKindFieldEvent {
    field: '$.prePrepare.skips[].kind'
    value: WireCertificateKind
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsEpochFieldEvent {
    field: '$.prePrepare.skips[].epoch'
    value: bigint
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsSlotFieldEvent {
    field: '$.prePrepare.skips[].slot'
    value: bigint
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsBlockHashFieldEvent {
    field: '$.prePrepare.skips[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsSignaturesSignerFieldEvent {
    field: '$.prePrepare.skips[].signatures[].signer'
    value: number
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsSignaturesFirstFieldEvent {
    field: '$.prePrepare.skips[].signatures[].first'
    value: boolean
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsSignaturesBlockHashFieldEvent {
    field: '$.prePrepare.skips[].signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsSignaturesBasisHashFieldEvent {
    field: '$.prePrepare.skips[].signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessagePrePrepareSkipsSignaturesSignatureFieldEvent {
    field: '$.prePrepare.skips[].signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessagePrePrepareSignatureFieldEvent {
    field: '$.prePrepare.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessagePrepareEpochFieldEvent {
    field: '$.prepare.epoch'
    value: bigint
  }

  export interface WireConsensusMessagePrepareSlotFieldEvent {
    field: '$.prepare.slot'
    value: bigint
  }

  export interface WireConsensusMessagePrepareSignerFieldEvent {
    field: '$.prepare.signer'
    value: number
  }

  export interface WireConsensusMessagePrepareBlockHashFieldEvent {
    field: '$.prepare.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessagePrepareFirstFieldEvent {
    field: '$.prepare.first'
    value: boolean
  }

  export interface WireConsensusMessagePrepareBasisHashFieldEvent {
    field: '$.prepare.basisHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessagePrepareViewFieldEvent {
    field: '$.prepare.view'
    value: bigint
  }

  export interface WireConsensusMessagePrepareSequenceFieldEvent {
    field: '$.prepare.sequence'
    value: bigint
  }

  export interface WireConsensusMessagePrepareSignatureFieldEvent {
    field: '$.prepare.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageCommitEpochFieldEvent {
    field: '$.commit.epoch'
    value: bigint
  }

  export interface WireConsensusMessageCommitSlotFieldEvent {
    field: '$.commit.slot'
    value: bigint
  }

  export interface WireConsensusMessageCommitSignerFieldEvent {
    field: '$.commit.signer'
    value: number
  }

  export interface WireConsensusMessageCommitBlockHashFieldEvent {
    field: '$.commit.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageCommitViewFieldEvent {
    field: '$.commit.view'
    value: bigint
  }

  export interface WireConsensusMessageCommitSequenceFieldEvent {
    field: '$.commit.sequence'
    value: bigint
  }

  export interface WireConsensusMessageCommitSignatureFieldEvent {
    field: '$.commit.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageViewChangeEpochFieldEvent {
    field: '$.viewChange.epoch'
    value: bigint
  }

  export interface WireConsensusMessageViewChangeSlotFieldEvent {
    field: '$.viewChange.slot'
    value: bigint
  }

  export interface WireConsensusMessageViewChangeSignerFieldEvent {
    field: '$.viewChange.signer'
    value: number
  }

  export interface WireConsensusMessageViewChangeFirstFieldEvent {
    field: '$.viewChange.first'
    value: boolean
  }

  export interface WireConsensusMessageViewChangeBlockHashFieldEvent {
    field: '$.viewChange.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageViewChangeBasisHashFieldEvent {
    field: '$.viewChange.basisHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageViewChangeNewViewFieldEvent {
    field: '$.viewChange.newView'
    value: bigint
  }

  export interface WireConsensusMessageViewChangeLastSequencePlusOneFieldEvent {
    field: '$.viewChange.lastSequencePlusOne'
    value: bigint
  }

  export interface WireConsensusMessageViewChangeSignatureFieldEvent {
    field: '$.viewChange.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageCheckpointEpochFieldEvent {
    field: '$.checkpoint.epoch'
    value: bigint
  }

  export interface WireConsensusMessageCheckpointSequenceFieldEvent {
    field: '$.checkpoint.sequence'
    value: bigint
  }

  export interface WireConsensusMessageCheckpointSignerFieldEvent {
    field: '$.checkpoint.signer'
    value: number
  }

  export interface WireConsensusMessageCheckpointStateRootFieldEvent {
    field: '$.checkpoint.stateRoot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageCheckpointSignatureFieldEvent {
    field: '$.checkpoint.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageCertificateKindFieldEvent {
    field: '$.certificate.kind'
    value: WireCertificateKind
  }

  export interface WireConsensusMessageCertificateEpochFieldEvent {
    field: '$.certificate.epoch'
    value: bigint
  }

  export interface WireConsensusMessageCertificateSlotFieldEvent {
    field: '$.certificate.slot'
    value: bigint
  }

  export interface WireConsensusMessageCertificateBlockHashFieldEvent {
    field: '$.certificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageCertificateSignaturesSignerFieldEvent {
    field: '$.certificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireConsensusMessageCertificateSignaturesFirstFieldEvent {
    field: '$.certificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireConsensusMessageCertificateSignaturesBlockHashFieldEvent {
    field: '$.certificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessageCertificateSignaturesBasisHashFieldEvent {
    field: '$.certificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessageCertificateSignaturesSignatureFieldEvent {
    field: '$.certificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireConsensusMessageEquivocationEpochFieldEvent {
    field: '$.equivocation.epoch'
    value: bigint
  }

  export interface WireConsensusMessageEquivocationSlotFieldEvent {
    field: '$.equivocation.slot'
    value: bigint
  }

  export interface WireConsensusMessageEquivocationOneHeaderFieldEvent {
    field: '$.equivocation.one.header'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageEquivocationOneSignatureFieldEvent {
    field: '$.equivocation.one.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageEquivocationOtherHeaderFieldEvent {
    field: '$.equivocation.other.header'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireConsensusMessageEquivocationOtherSignatureFieldEvent {
    field: '$.equivocation.other.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireConsensusMessage>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireConsensusMessage.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireConsensusMessage>): WireConsensusMessage {
    return decodeMessage(buf, WireConsensusMessage.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireConsensusMessage>): Generator<WireConsensusMessagePrePrepareEpochFieldEvent | WireConsensusMessagePrePrepareSlotFieldEvent | WireConsensusMessagePrePrepareSignerFieldEvent | WireConsensusMessagePrePrepareBlockFieldEvent | WireConsensusMessagePrePrepareParentKindFieldEvent | WireConsensusMessagePrePrepareParentEpochFieldEvent | WireConsensusMessagePrePrepareParentSlotFieldEvent | WireConsensusMessagePrePrepareParentBlockHashFieldEvent | WireConsensusMessagePrePrepareParentSignaturesSignerFieldEvent | WireConsensusMessagePrePrepareParentSignaturesFirstFieldEvent | WireConsensusMessagePrePrepareParentSignaturesBlockHashFieldEvent | WireConsensusMessagePrePrepareParentSignaturesBasisHashFieldEvent | WireConsensusMessagePrePrepareParentSignaturesSignatureFieldEvent | WireConsensusMessagePrePrepareSkipsKindFieldEvent | WireConsensusMessagePrePrepareSkipsEpochFieldEvent | WireConsensusMessagePrePrepareSkipsSlotFieldEvent | WireConsensusMessagePrePrepareSkipsBlockHashFieldEvent | WireConsensusMessagePrePrepareSkipsSignaturesSignerFieldEvent | WireConsensusMessagePrePrepareSkipsSignaturesFirstFieldEvent | WireConsensusMessagePrePrepareSkipsSignaturesBlockHashFieldEvent | WireConsensusMessagePrePrepareSkipsSignaturesBasisHashFieldEvent | WireConsensusMessagePrePrepareSkipsSignaturesSignatureFieldEvent | WireConsensusMessagePrePrepareSignatureFieldEvent | WireConsensusMessagePrepareEpochFieldEvent | WireConsensusMessagePrepareSlotFieldEvent | WireConsensusMessagePrepareSignerFieldEvent | WireConsensusMessagePrepareBlockHashFieldEvent | WireConsensusMessagePrepareFirstFieldEvent | WireConsensusMessagePrepareBasisHashFieldEvent | WireConsensusMessagePrepareViewFieldEvent | WireConsensusMessagePrepareSequenceFieldEvent | WireConsensusMessagePrepareSignatureFieldEvent | WireConsensusMessageCommitEpochFieldEvent | WireConsensusMessageCommitSlotFieldEvent | WireConsensusMessageCommitSignerFieldEvent | WireConsensusMessageCommitBlockHashFieldEvent | WireConsensusMessageCommitViewFieldEvent | WireConsensusMessageCommitSequenceFieldEvent | WireConsensusMessageCommitSignatureFieldEvent | WireConsensusMessageViewChangeEpochFieldEvent | WireConsensusMessageViewChangeSlotFieldEvent | WireConsensusMessageViewChangeSignerFieldEvent | WireConsensusMessageViewChangeFirstFieldEvent | WireConsensusMessageViewChangeBlockHashFieldEvent | WireConsensusMessageViewChangeBasisHashFieldEvent | WireConsensusMessageViewChangeNewViewFieldEvent | WireConsensusMessageViewChangeLastSequencePlusOneFieldEvent | WireConsensusMessageViewChangeSignatureFieldEvent | WireConsensusMessageCheckpointEpochFieldEvent | WireConsensusMessageCheckpointSequenceFieldEvent | WireConsensusMessageCheckpointSignerFieldEvent | WireConsensusMessageCheckpointStateRootFieldEvent | WireConsensusMessageCheckpointSignatureFieldEvent | WireConsensusMessageCertificateKindFieldEvent | WireConsensusMessageCertificateEpochFieldEvent | WireConsensusMessageCertificateSlotFieldEvent | WireConsensusMessageCertificateBlockHashFieldEvent | WireConsensusMessageCertificateSignaturesSignerFieldEvent | WireConsensusMessageCertificateSignaturesFirstFieldEvent | WireConsensusMessageCertificateSignaturesBlockHashFieldEvent | WireConsensusMessageCertificateSignaturesBasisHashFieldEvent | WireConsensusMessageCertificateSignaturesSignatureFieldEvent | WireConsensusMessageEquivocationEpochFieldEvent | WireConsensusMessageEquivocationSlotFieldEvent | WireConsensusMessageEquivocationOneHeaderFieldEvent | WireConsensusMessageEquivocationOneSignatureFieldEvent | WireConsensusMessageEquivocationOtherHeaderFieldEvent | WireConsensusMessageEquivocationOtherSignatureFieldEvent> {
    return streamMessage(buf, WireConsensusMessage.codec(), opts)
  }
}

export interface WireTransactionBatch {
  transactions: Uint8Array<ArrayBuffer>[]
}

export namespace WireTransactionBatch {
  let _codec: Codec<WireTransactionBatch>

  export const codec = (): Codec<WireTransactionBatch> => {
    if (_codec == null) {
      _codec = message<WireTransactionBatch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.transactions != null && obj.transactions.length > 0) {
          for (const value of obj.transactions) {
            w.uint32(10)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transactions: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.transactions != null && obj.transactions.length === opts.limits.transactions) {
                throw new MaxLengthError('Decode error - repeated field "transactions" had too many elements')
              }

              obj.transactions.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          transactions: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.transactions != null && obj.transactions === opts.limits.transactions) {
                throw new MaxLengthError('Streaming decode error - repeated field "transactions" had too many elements')
              }

              yield {
                field: `${prefix}.transactions[]`,
                index: obj.transactions,
                value: reader.bytes()
              }

              obj.transactions++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireTransactionBatchTransactionsFieldEvent {
    field: '$.transactions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireTransactionBatch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireTransactionBatch.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireTransactionBatch>): WireTransactionBatch {
    return decodeMessage(buf, WireTransactionBatch.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireTransactionBatch>): Generator<WireTransactionBatchTransactionsFieldEvent> {
    return streamMessage(buf, WireTransactionBatch.codec(), opts)
  }
}

export interface WireStatus {
  epoch: bigint
  finalSlotPlusOne: bigint
  finalSequencePlusOne: bigint
  finalHash: Uint8Array<ArrayBuffer>
  finalityCertificate?: WireCertificate
  highestCertificate?: WireCertificate
  currentSlot: bigint
  observing: boolean
}

export namespace WireStatus {
  let _codec: Codec<WireStatus>

  export const codec = (): Codec<WireStatus> => {
    if (_codec == null) {
      _codec = message<WireStatus>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.epoch != null && obj.epoch !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.epoch))
        }

        if ((obj.finalSlotPlusOne != null && obj.finalSlotPlusOne !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.finalSlotPlusOne))
        }

        if ((obj.finalSequencePlusOne != null && obj.finalSequencePlusOne !== 0n)) {
          w.uint32(24)
          w.uint64Number(Number(obj.finalSequencePlusOne))
        }

        if ((obj.finalHash != null && obj.finalHash.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.finalHash)
        }

        if (obj.finalityCertificate != null) {
          w.uint32(42)
          WireCertificate.codec().encode(obj.finalityCertificate, w)
        }

        if (obj.highestCertificate != null) {
          w.uint32(50)
          WireCertificate.codec().encode(obj.highestCertificate, w)
        }

        if ((obj.currentSlot != null && obj.currentSlot !== 0n)) {
          w.uint32(56)
          w.uint64Number(Number(obj.currentSlot))
        }

        if ((obj.observing != null && obj.observing !== false)) {
          w.uint32(64)
          w.bool(obj.observing)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          epoch: 0n,
          finalSlotPlusOne: 0n,
          finalSequencePlusOne: 0n,
          finalHash: uint8ArrayAlloc(0),
          currentSlot: 0n,
          observing: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.epoch = reader.uint64()
              break
            }
            case 2: {
              obj.finalSlotPlusOne = reader.uint64()
              break
            }
            case 3: {
              obj.finalSequencePlusOne = reader.uint64()
              break
            }
            case 4: {
              obj.finalHash = reader.bytes()
              break
            }
            case 5: {
              obj.finalityCertificate = WireCertificate.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.finalityCertificate
              })
              break
            }
            case 6: {
              obj.highestCertificate = WireCertificate.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.highestCertificate
              })
              break
            }
            case 7: {
              obj.currentSlot = reader.uint64()
              break
            }
            case 8: {
              obj.observing = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.epoch`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.finalSlotPlusOne`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.finalSequencePlusOne`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.finalHash`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield * WireCertificate.codec().stream(reader, reader.uint32(), `${prefix}.finalityCertificate`, {
                limits: opts.limits?.finalityCertificate
              })

              break
            }
            case 6: {
              yield * WireCertificate.codec().stream(reader, reader.uint32(), `${prefix}.highestCertificate`, {
                limits: opts.limits?.highestCertificate
              })

              break
            }
            case 7: {
              yield {
                field: `${prefix}.currentSlot`,
                value: reader.uint64()
              }
              break
            }
            case 8: {
              yield {
                field: `${prefix}.observing`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireStatusEpochFieldEvent {
    field: '$.epoch'
    value: bigint
  }

  export interface WireStatusFinalSlotPlusOneFieldEvent {
    field: '$.finalSlotPlusOne'
    value: bigint
  }

  export interface WireStatusFinalSequencePlusOneFieldEvent {
    field: '$.finalSequencePlusOne'
    value: bigint
  }

  export interface WireStatusFinalHashFieldEvent {
    field: '$.finalHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireStatusFinalityCertificateKindFieldEvent {
    field: '$.finalityCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireStatusFinalityCertificateEpochFieldEvent {
    field: '$.finalityCertificate.epoch'
    value: bigint
  }

  export interface WireStatusFinalityCertificateSlotFieldEvent {
    field: '$.finalityCertificate.slot'
    value: bigint
  }

  export interface WireStatusFinalityCertificateBlockHashFieldEvent {
    field: '$.finalityCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireStatusFinalityCertificateSignaturesSignerFieldEvent {
    field: '$.finalityCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireStatusFinalityCertificateSignaturesFirstFieldEvent {
    field: '$.finalityCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireStatusFinalityCertificateSignaturesBlockHashFieldEvent {
    field: '$.finalityCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireStatusFinalityCertificateSignaturesBasisHashFieldEvent {
    field: '$.finalityCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireStatusFinalityCertificateSignaturesSignatureFieldEvent {
    field: '$.finalityCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireStatusHighestCertificateKindFieldEvent {
    field: '$.highestCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireStatusHighestCertificateEpochFieldEvent {
    field: '$.highestCertificate.epoch'
    value: bigint
  }

  export interface WireStatusHighestCertificateSlotFieldEvent {
    field: '$.highestCertificate.slot'
    value: bigint
  }

  export interface WireStatusHighestCertificateBlockHashFieldEvent {
    field: '$.highestCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireStatusHighestCertificateSignaturesSignerFieldEvent {
    field: '$.highestCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireStatusHighestCertificateSignaturesFirstFieldEvent {
    field: '$.highestCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireStatusHighestCertificateSignaturesBlockHashFieldEvent {
    field: '$.highestCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireStatusHighestCertificateSignaturesBasisHashFieldEvent {
    field: '$.highestCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireStatusHighestCertificateSignaturesSignatureFieldEvent {
    field: '$.highestCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireStatusCurrentSlotFieldEvent {
    field: '$.currentSlot'
    value: bigint
  }

  export interface WireStatusObservingFieldEvent {
    field: '$.observing'
    value: boolean
  }

  export function encode (obj: Partial<WireStatus>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireStatus.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireStatus>): WireStatus {
    return decodeMessage(buf, WireStatus.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireStatus>): Generator<WireStatusEpochFieldEvent | WireStatusFinalSlotPlusOneFieldEvent | WireStatusFinalSequencePlusOneFieldEvent | WireStatusFinalHashFieldEvent | WireStatusFinalityCertificateKindFieldEvent | WireStatusFinalityCertificateEpochFieldEvent | WireStatusFinalityCertificateSlotFieldEvent | WireStatusFinalityCertificateBlockHashFieldEvent | WireStatusFinalityCertificateSignaturesSignerFieldEvent | WireStatusFinalityCertificateSignaturesFirstFieldEvent | WireStatusFinalityCertificateSignaturesBlockHashFieldEvent | WireStatusFinalityCertificateSignaturesBasisHashFieldEvent | WireStatusFinalityCertificateSignaturesSignatureFieldEvent | WireStatusHighestCertificateKindFieldEvent | WireStatusHighestCertificateEpochFieldEvent | WireStatusHighestCertificateSlotFieldEvent | WireStatusHighestCertificateBlockHashFieldEvent | WireStatusHighestCertificateSignaturesSignerFieldEvent | WireStatusHighestCertificateSignaturesFirstFieldEvent | WireStatusHighestCertificateSignaturesBlockHashFieldEvent | WireStatusHighestCertificateSignaturesBasisHashFieldEvent | WireStatusHighestCertificateSignaturesSignatureFieldEvent | WireStatusCurrentSlotFieldEvent | WireStatusObservingFieldEvent> {
    return streamMessage(buf, WireStatus.codec(), opts)
  }
}

export interface WireBlocksRequest {
  fromSequence: bigint
  maxCount: bigint
  maxBytes: bigint
}

export namespace WireBlocksRequest {
  let _codec: Codec<WireBlocksRequest>

  export const codec = (): Codec<WireBlocksRequest> => {
    if (_codec == null) {
      _codec = message<WireBlocksRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.fromSequence != null && obj.fromSequence !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.fromSequence))
        }

        if ((obj.maxCount != null && obj.maxCount !== 0n)) {
          w.uint32(16)
          w.uint64Number(Number(obj.maxCount))
        }

        if ((obj.maxBytes != null && obj.maxBytes !== 0n)) {
          w.uint32(24)
          w.uint64Number(Number(obj.maxBytes))
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          fromSequence: 0n,
          maxCount: 0n,
          maxBytes: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.fromSequence = reader.uint64()
              break
            }
            case 2: {
              obj.maxCount = reader.uint64()
              break
            }
            case 3: {
              obj.maxBytes = reader.uint64()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.fromSequence`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.maxCount`,
                value: reader.uint64()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.maxBytes`,
                value: reader.uint64()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireBlocksRequestFromSequenceFieldEvent {
    field: '$.fromSequence'
    value: bigint
  }

  export interface WireBlocksRequestMaxCountFieldEvent {
    field: '$.maxCount'
    value: bigint
  }

  export interface WireBlocksRequestMaxBytesFieldEvent {
    field: '$.maxBytes'
    value: bigint
  }

  export function encode (obj: Partial<WireBlocksRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireBlocksRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireBlocksRequest>): WireBlocksRequest {
    return decodeMessage(buf, WireBlocksRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireBlocksRequest>): Generator<WireBlocksRequestFromSequenceFieldEvent | WireBlocksRequestMaxCountFieldEvent | WireBlocksRequestMaxBytesFieldEvent> {
    return streamMessage(buf, WireBlocksRequest.codec(), opts)
  }
}

export interface WireCommittedBlock {
  block: Uint8Array<ArrayBuffer>
  certificate?: WireCertificate
}

export namespace WireCommittedBlock {
  let _codec: Codec<WireCommittedBlock>

  export const codec = (): Codec<WireCommittedBlock> => {
    if (_codec == null) {
      _codec = message<WireCommittedBlock>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.block != null && obj.block.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.block)
        }

        if (obj.certificate != null) {
          w.uint32(18)
          WireCertificate.codec().encode(obj.certificate, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          block: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.block = reader.bytes()
              break
            }
            case 2: {
              obj.certificate = WireCertificate.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.certificate
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.block`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield * WireCertificate.codec().stream(reader, reader.uint32(), `${prefix}.certificate`, {
                limits: opts.limits?.certificate
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireCommittedBlockBlockFieldEvent {
    field: '$.block'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireCommittedBlockCertificateKindFieldEvent {
    field: '$.certificate.kind'
    value: WireCertificateKind
  }

  export interface WireCommittedBlockCertificateEpochFieldEvent {
    field: '$.certificate.epoch'
    value: bigint
  }

  export interface WireCommittedBlockCertificateSlotFieldEvent {
    field: '$.certificate.slot'
    value: bigint
  }

  export interface WireCommittedBlockCertificateBlockHashFieldEvent {
    field: '$.certificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireCommittedBlockCertificateSignaturesSignerFieldEvent {
    field: '$.certificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireCommittedBlockCertificateSignaturesFirstFieldEvent {
    field: '$.certificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireCommittedBlockCertificateSignaturesBlockHashFieldEvent {
    field: '$.certificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireCommittedBlockCertificateSignaturesBasisHashFieldEvent {
    field: '$.certificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireCommittedBlockCertificateSignaturesSignatureFieldEvent {
    field: '$.certificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<WireCommittedBlock>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireCommittedBlock.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCommittedBlock>): WireCommittedBlock {
    return decodeMessage(buf, WireCommittedBlock.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireCommittedBlock>): Generator<WireCommittedBlockBlockFieldEvent | WireCommittedBlockCertificateKindFieldEvent | WireCommittedBlockCertificateEpochFieldEvent | WireCommittedBlockCertificateSlotFieldEvent | WireCommittedBlockCertificateBlockHashFieldEvent | WireCommittedBlockCertificateSignaturesSignerFieldEvent | WireCommittedBlockCertificateSignaturesFirstFieldEvent | WireCommittedBlockCertificateSignaturesBlockHashFieldEvent | WireCommittedBlockCertificateSignaturesBasisHashFieldEvent | WireCommittedBlockCertificateSignaturesSignatureFieldEvent> {
    return streamMessage(buf, WireCommittedBlock.codec(), opts)
  }
}

export interface WireBlocksResponse {
  finalSequencePlusOne: bigint
  blocks: WireCommittedBlock[]
  firstSequence: bigint
}

export namespace WireBlocksResponse {
  let _codec: Codec<WireBlocksResponse>

  export const codec = (): Codec<WireBlocksResponse> => {
    if (_codec == null) {
      _codec = message<WireBlocksResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.finalSequencePlusOne != null && obj.finalSequencePlusOne !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.finalSequencePlusOne))
        }

        if (obj.blocks != null && obj.blocks.length > 0) {
          for (const value of obj.blocks) {
            w.uint32(18)
            WireCommittedBlock.codec().encode(value, w)
          }
        }

        if ((obj.firstSequence != null && obj.firstSequence !== 0n)) {
          w.uint32(24)
          w.uint64Number(Number(obj.firstSequence))
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          finalSequencePlusOne: 0n,
          blocks: [],
          firstSequence: 0n
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.finalSequencePlusOne = reader.uint64()
              break
            }
            case 2: {
              if (opts.limits?.blocks != null && obj.blocks.length === opts.limits.blocks) {
                throw new MaxLengthError('Decode error - repeated field "blocks" had too many elements')
              }

              obj.blocks.push(WireCommittedBlock.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.blocks$
              }))
              break
            }
            case 3: {
              obj.firstSequence = reader.uint64()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          blocks: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.finalSequencePlusOne`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              if (opts.limits?.blocks != null && obj.blocks === opts.limits.blocks) {
                throw new MaxLengthError('Streaming decode error - repeated field "blocks" had too many elements')
              }

              for (const evt of WireCommittedBlock.codec().stream(reader, reader.uint32(), `${prefix}.blocks[]`, {
                limits: opts.limits?.blocks$
              })) {
                yield {
                  ...evt,
                  index: obj.blocks
                }
              }

              obj.blocks++

              break
            }
            case 3: {
              yield {
                field: `${prefix}.firstSequence`,
                value: reader.uint64()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireBlocksResponseFinalSequencePlusOneFieldEvent {
    field: '$.finalSequencePlusOne'
    value: bigint
  }

  export interface WireBlocksResponseBlocksBlockFieldEvent {
    field: '$.blocks[].block'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateKindFieldEvent {
    field: '$.blocks[].certificate.kind'
    value: WireCertificateKind
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateEpochFieldEvent {
    field: '$.blocks[].certificate.epoch'
    value: bigint
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateSlotFieldEvent {
    field: '$.blocks[].certificate.slot'
    value: bigint
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateBlockHashFieldEvent {
    field: '$.blocks[].certificate.blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateSignaturesSignerFieldEvent {
    field: '$.blocks[].certificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateSignaturesFirstFieldEvent {
    field: '$.blocks[].certificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateSignaturesBlockHashFieldEvent {
    field: '$.blocks[].certificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateSignaturesBasisHashFieldEvent {
    field: '$.blocks[].certificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireBlocksResponseBlocksCertificateSignaturesSignatureFieldEvent {
    field: '$.blocks[].certificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireBlocksResponseFirstSequenceFieldEvent {
    field: '$.firstSequence'
    value: bigint
  }

  export function encode (obj: Partial<WireBlocksResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireBlocksResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireBlocksResponse>): WireBlocksResponse {
    return decodeMessage(buf, WireBlocksResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireBlocksResponse>): Generator<WireBlocksResponseFinalSequencePlusOneFieldEvent | WireBlocksResponseBlocksBlockFieldEvent | WireBlocksResponseBlocksCertificateKindFieldEvent | WireBlocksResponseBlocksCertificateEpochFieldEvent | WireBlocksResponseBlocksCertificateSlotFieldEvent | WireBlocksResponseBlocksCertificateBlockHashFieldEvent | WireBlocksResponseBlocksCertificateSignaturesSignerFieldEvent | WireBlocksResponseBlocksCertificateSignaturesFirstFieldEvent | WireBlocksResponseBlocksCertificateSignaturesBlockHashFieldEvent | WireBlocksResponseBlocksCertificateSignaturesBasisHashFieldEvent | WireBlocksResponseBlocksCertificateSignaturesSignatureFieldEvent | WireBlocksResponseFirstSequenceFieldEvent> {
    return streamMessage(buf, WireBlocksResponse.codec(), opts)
  }
}

export interface WireSlotsRequest {
  status?: WireStatus
  messages: Uint8Array<ArrayBuffer>[]
  transactions: Uint8Array<ArrayBuffer>[]
}

export namespace WireSlotsRequest {
  let _codec: Codec<WireSlotsRequest>

  export const codec = (): Codec<WireSlotsRequest> => {
    if (_codec == null) {
      _codec = message<WireSlotsRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.status != null) {
          w.uint32(10)
          WireStatus.codec().encode(obj.status, w)
        }

        if (obj.messages != null && obj.messages.length > 0) {
          for (const value of obj.messages) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (obj.transactions != null && obj.transactions.length > 0) {
          for (const value of obj.transactions) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          messages: [],
          transactions: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = WireStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 2: {
              if (opts.limits?.messages != null && obj.messages.length === opts.limits.messages) {
                throw new MaxLengthError('Decode error - repeated field "messages" had too many elements')
              }

              obj.messages.push(reader.bytes())
              break
            }
            case 3: {
              if (opts.limits?.transactions != null && obj.transactions.length === opts.limits.transactions) {
                throw new MaxLengthError('Decode error - repeated field "transactions" had too many elements')
              }

              obj.transactions.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          messages: 0,
          transactions: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireStatus.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 2: {
              if (opts.limits?.messages != null && obj.messages === opts.limits.messages) {
                throw new MaxLengthError('Streaming decode error - repeated field "messages" had too many elements')
              }

              yield {
                field: `${prefix}.messages[]`,
                index: obj.messages,
                value: reader.bytes()
              }

              obj.messages++

              break
            }
            case 3: {
              if (opts.limits?.transactions != null && obj.transactions === opts.limits.transactions) {
                throw new MaxLengthError('Streaming decode error - repeated field "transactions" had too many elements')
              }

              yield {
                field: `${prefix}.transactions[]`,
                index: obj.transactions,
                value: reader.bytes()
              }

              obj.transactions++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireSlotsRequestStatusEpochFieldEvent {
    field: '$.status.epoch'
    value: bigint
  }

  export interface WireSlotsRequestStatusFinalSlotPlusOneFieldEvent {
    field: '$.status.finalSlotPlusOne'
    value: bigint
  }

  export interface WireSlotsRequestStatusFinalSequencePlusOneFieldEvent {
    field: '$.status.finalSequencePlusOne'
    value: bigint
  }

  export interface WireSlotsRequestStatusFinalHashFieldEvent {
    field: '$.status.finalHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSlotsRequestStatusFinalityCertificateKindFieldEvent {
    field: '$.status.finalityCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSlotsRequestStatusFinalityCertificateEpochFieldEvent {
    field: '$.status.finalityCertificate.epoch'
    value: bigint
  }

  export interface WireSlotsRequestStatusFinalityCertificateSlotFieldEvent {
    field: '$.status.finalityCertificate.slot'
    value: bigint
  }

  export interface WireSlotsRequestStatusFinalityCertificateBlockHashFieldEvent {
    field: '$.status.finalityCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSlotsRequestStatusFinalityCertificateSignaturesSignerFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSlotsRequestStatusFinalityCertificateSignaturesFirstFieldEvent {
    field: '$.status.finalityCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSlotsRequestStatusFinalityCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsRequestStatusFinalityCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsRequestStatusFinalityCertificateSignaturesSignatureFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsRequestStatusHighestCertificateKindFieldEvent {
    field: '$.status.highestCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSlotsRequestStatusHighestCertificateEpochFieldEvent {
    field: '$.status.highestCertificate.epoch'
    value: bigint
  }

  export interface WireSlotsRequestStatusHighestCertificateSlotFieldEvent {
    field: '$.status.highestCertificate.slot'
    value: bigint
  }

  export interface WireSlotsRequestStatusHighestCertificateBlockHashFieldEvent {
    field: '$.status.highestCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSlotsRequestStatusHighestCertificateSignaturesSignerFieldEvent {
    field: '$.status.highestCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSlotsRequestStatusHighestCertificateSignaturesFirstFieldEvent {
    field: '$.status.highestCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSlotsRequestStatusHighestCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsRequestStatusHighestCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsRequestStatusHighestCertificateSignaturesSignatureFieldEvent {
    field: '$.status.highestCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsRequestStatusCurrentSlotFieldEvent {
    field: '$.status.currentSlot'
    value: bigint
  }

  export interface WireSlotsRequestStatusObservingFieldEvent {
    field: '$.status.observing'
    value: boolean
  }

  export interface WireSlotsRequestMessagesFieldEvent {
    field: '$.messages[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSlotsRequestTransactionsFieldEvent {
    field: '$.transactions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireSlotsRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSlotsRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSlotsRequest>): WireSlotsRequest {
    return decodeMessage(buf, WireSlotsRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSlotsRequest>): Generator<WireSlotsRequestStatusEpochFieldEvent | WireSlotsRequestStatusFinalSlotPlusOneFieldEvent | WireSlotsRequestStatusFinalSequencePlusOneFieldEvent | WireSlotsRequestStatusFinalHashFieldEvent | WireSlotsRequestStatusFinalityCertificateKindFieldEvent | WireSlotsRequestStatusFinalityCertificateEpochFieldEvent | WireSlotsRequestStatusFinalityCertificateSlotFieldEvent | WireSlotsRequestStatusFinalityCertificateBlockHashFieldEvent | WireSlotsRequestStatusFinalityCertificateSignaturesSignerFieldEvent | WireSlotsRequestStatusFinalityCertificateSignaturesFirstFieldEvent | WireSlotsRequestStatusFinalityCertificateSignaturesBlockHashFieldEvent | WireSlotsRequestStatusFinalityCertificateSignaturesBasisHashFieldEvent | WireSlotsRequestStatusFinalityCertificateSignaturesSignatureFieldEvent | WireSlotsRequestStatusHighestCertificateKindFieldEvent | WireSlotsRequestStatusHighestCertificateEpochFieldEvent | WireSlotsRequestStatusHighestCertificateSlotFieldEvent | WireSlotsRequestStatusHighestCertificateBlockHashFieldEvent | WireSlotsRequestStatusHighestCertificateSignaturesSignerFieldEvent | WireSlotsRequestStatusHighestCertificateSignaturesFirstFieldEvent | WireSlotsRequestStatusHighestCertificateSignaturesBlockHashFieldEvent | WireSlotsRequestStatusHighestCertificateSignaturesBasisHashFieldEvent | WireSlotsRequestStatusHighestCertificateSignaturesSignatureFieldEvent | WireSlotsRequestStatusCurrentSlotFieldEvent | WireSlotsRequestStatusObservingFieldEvent | WireSlotsRequestMessagesFieldEvent | WireSlotsRequestTransactionsFieldEvent> {
    return streamMessage(buf, WireSlotsRequest.codec(), opts)
  }
}

export interface WireSlotsResponse {
  status?: WireStatus
  messages: Uint8Array<ArrayBuffer>[]
}

export namespace WireSlotsResponse {
  let _codec: Codec<WireSlotsResponse>

  export const codec = (): Codec<WireSlotsResponse> => {
    if (_codec == null) {
      _codec = message<WireSlotsResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.status != null) {
          w.uint32(10)
          WireStatus.codec().encode(obj.status, w)
        }

        if (obj.messages != null && obj.messages.length > 0) {
          for (const value of obj.messages) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          messages: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = WireStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 2: {
              if (opts.limits?.messages != null && obj.messages.length === opts.limits.messages) {
                throw new MaxLengthError('Decode error - repeated field "messages" had too many elements')
              }

              obj.messages.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          messages: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireStatus.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 2: {
              if (opts.limits?.messages != null && obj.messages === opts.limits.messages) {
                throw new MaxLengthError('Streaming decode error - repeated field "messages" had too many elements')
              }

              yield {
                field: `${prefix}.messages[]`,
                index: obj.messages,
                value: reader.bytes()
              }

              obj.messages++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireSlotsResponseStatusEpochFieldEvent {
    field: '$.status.epoch'
    value: bigint
  }

  export interface WireSlotsResponseStatusFinalSlotPlusOneFieldEvent {
    field: '$.status.finalSlotPlusOne'
    value: bigint
  }

  export interface WireSlotsResponseStatusFinalSequencePlusOneFieldEvent {
    field: '$.status.finalSequencePlusOne'
    value: bigint
  }

  export interface WireSlotsResponseStatusFinalHashFieldEvent {
    field: '$.status.finalHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSlotsResponseStatusFinalityCertificateKindFieldEvent {
    field: '$.status.finalityCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSlotsResponseStatusFinalityCertificateEpochFieldEvent {
    field: '$.status.finalityCertificate.epoch'
    value: bigint
  }

  export interface WireSlotsResponseStatusFinalityCertificateSlotFieldEvent {
    field: '$.status.finalityCertificate.slot'
    value: bigint
  }

  export interface WireSlotsResponseStatusFinalityCertificateBlockHashFieldEvent {
    field: '$.status.finalityCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSlotsResponseStatusFinalityCertificateSignaturesSignerFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSlotsResponseStatusFinalityCertificateSignaturesFirstFieldEvent {
    field: '$.status.finalityCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSlotsResponseStatusFinalityCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsResponseStatusFinalityCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsResponseStatusFinalityCertificateSignaturesSignatureFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsResponseStatusHighestCertificateKindFieldEvent {
    field: '$.status.highestCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSlotsResponseStatusHighestCertificateEpochFieldEvent {
    field: '$.status.highestCertificate.epoch'
    value: bigint
  }

  export interface WireSlotsResponseStatusHighestCertificateSlotFieldEvent {
    field: '$.status.highestCertificate.slot'
    value: bigint
  }

  export interface WireSlotsResponseStatusHighestCertificateBlockHashFieldEvent {
    field: '$.status.highestCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSlotsResponseStatusHighestCertificateSignaturesSignerFieldEvent {
    field: '$.status.highestCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSlotsResponseStatusHighestCertificateSignaturesFirstFieldEvent {
    field: '$.status.highestCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSlotsResponseStatusHighestCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsResponseStatusHighestCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsResponseStatusHighestCertificateSignaturesSignatureFieldEvent {
    field: '$.status.highestCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSlotsResponseStatusCurrentSlotFieldEvent {
    field: '$.status.currentSlot'
    value: bigint
  }

  export interface WireSlotsResponseStatusObservingFieldEvent {
    field: '$.status.observing'
    value: boolean
  }

  export interface WireSlotsResponseMessagesFieldEvent {
    field: '$.messages[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireSlotsResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSlotsResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSlotsResponse>): WireSlotsResponse {
    return decodeMessage(buf, WireSlotsResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSlotsResponse>): Generator<WireSlotsResponseStatusEpochFieldEvent | WireSlotsResponseStatusFinalSlotPlusOneFieldEvent | WireSlotsResponseStatusFinalSequencePlusOneFieldEvent | WireSlotsResponseStatusFinalHashFieldEvent | WireSlotsResponseStatusFinalityCertificateKindFieldEvent | WireSlotsResponseStatusFinalityCertificateEpochFieldEvent | WireSlotsResponseStatusFinalityCertificateSlotFieldEvent | WireSlotsResponseStatusFinalityCertificateBlockHashFieldEvent | WireSlotsResponseStatusFinalityCertificateSignaturesSignerFieldEvent | WireSlotsResponseStatusFinalityCertificateSignaturesFirstFieldEvent | WireSlotsResponseStatusFinalityCertificateSignaturesBlockHashFieldEvent | WireSlotsResponseStatusFinalityCertificateSignaturesBasisHashFieldEvent | WireSlotsResponseStatusFinalityCertificateSignaturesSignatureFieldEvent | WireSlotsResponseStatusHighestCertificateKindFieldEvent | WireSlotsResponseStatusHighestCertificateEpochFieldEvent | WireSlotsResponseStatusHighestCertificateSlotFieldEvent | WireSlotsResponseStatusHighestCertificateBlockHashFieldEvent | WireSlotsResponseStatusHighestCertificateSignaturesSignerFieldEvent | WireSlotsResponseStatusHighestCertificateSignaturesFirstFieldEvent | WireSlotsResponseStatusHighestCertificateSignaturesBlockHashFieldEvent | WireSlotsResponseStatusHighestCertificateSignaturesBasisHashFieldEvent | WireSlotsResponseStatusHighestCertificateSignaturesSignatureFieldEvent | WireSlotsResponseStatusCurrentSlotFieldEvent | WireSlotsResponseStatusObservingFieldEvent | WireSlotsResponseMessagesFieldEvent> {
    return streamMessage(buf, WireSlotsResponse.codec(), opts)
  }
}

export interface WireSnapshotRequest {}

export namespace WireSnapshotRequest {
  let _codec: Codec<WireSnapshotRequest>

  export const codec = (): Codec<WireSnapshotRequest> => {
    if (_codec == null) {
      _codec = message<WireSnapshotRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export function encode (obj: Partial<WireSnapshotRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSnapshotRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSnapshotRequest>): WireSnapshotRequest {
    return decodeMessage(buf, WireSnapshotRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSnapshotRequest>): Generator<{}> {
    return streamMessage(buf, WireSnapshotRequest.codec(), opts)
  }
}

export interface WireSnapshotManifest {
  sequence: bigint
  stateRoot: Uint8Array<ArrayBuffer>
  entryCount: bigint
  sizeBytes: bigint
  chunkHashes: Uint8Array<ArrayBuffer>[]
}

export namespace WireSnapshotManifest {
  let _codec: Codec<WireSnapshotManifest>

  export const codec = (): Codec<WireSnapshotManifest> => {
    if (_codec == null) {
      _codec = message<WireSnapshotManifest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.sequence))
        }

        if ((obj.stateRoot != null && obj.stateRoot.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.stateRoot)
        }

        if ((obj.entryCount != null && obj.entryCount !== 0n)) {
          w.uint32(24)
          w.uint64Number(Number(obj.entryCount))
        }

        if ((obj.sizeBytes != null && obj.sizeBytes !== 0n)) {
          w.uint32(32)
          w.uint64Number(Number(obj.sizeBytes))
        }

        if (obj.chunkHashes != null && obj.chunkHashes.length > 0) {
          for (const value of obj.chunkHashes) {
            w.uint32(42)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sequence: 0n,
          stateRoot: uint8ArrayAlloc(0),
          entryCount: 0n,
          sizeBytes: 0n,
          chunkHashes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.sequence = reader.uint64()
              break
            }
            case 2: {
              obj.stateRoot = reader.bytes()
              break
            }
            case 3: {
              obj.entryCount = reader.uint64()
              break
            }
            case 4: {
              obj.sizeBytes = reader.uint64()
              break
            }
            case 5: {
              if (opts.limits?.chunkHashes != null && obj.chunkHashes.length === opts.limits.chunkHashes) {
                throw new MaxLengthError('Decode error - repeated field "chunkHashes" had too many elements')
              }

              obj.chunkHashes.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          chunkHashes: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.stateRoot`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.entryCount`,
                value: reader.uint64()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.sizeBytes`,
                value: reader.uint64()
              }
              break
            }
            case 5: {
              if (opts.limits?.chunkHashes != null && obj.chunkHashes === opts.limits.chunkHashes) {
                throw new MaxLengthError('Streaming decode error - repeated field "chunkHashes" had too many elements')
              }

              yield {
                field: `${prefix}.chunkHashes[]`,
                index: obj.chunkHashes,
                value: reader.bytes()
              }

              obj.chunkHashes++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireSnapshotManifestSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface WireSnapshotManifestStateRootFieldEvent {
    field: '$.stateRoot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSnapshotManifestEntryCountFieldEvent {
    field: '$.entryCount'
    value: bigint
  }

  export interface WireSnapshotManifestSizeBytesFieldEvent {
    field: '$.sizeBytes'
    value: bigint
  }

  export interface WireSnapshotManifestChunkHashesFieldEvent {
    field: '$.chunkHashes[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireSnapshotManifest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSnapshotManifest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSnapshotManifest>): WireSnapshotManifest {
    return decodeMessage(buf, WireSnapshotManifest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSnapshotManifest>): Generator<WireSnapshotManifestSequenceFieldEvent | WireSnapshotManifestStateRootFieldEvent | WireSnapshotManifestEntryCountFieldEvent | WireSnapshotManifestSizeBytesFieldEvent | WireSnapshotManifestChunkHashesFieldEvent> {
    return streamMessage(buf, WireSnapshotManifest.codec(), opts)
  }
}

export interface WireSnapshotResponse {
  manifest?: WireSnapshotManifest
  blocks: WireCommittedBlock[]
  checkpoints: Uint8Array<ArrayBuffer>[]
}

export namespace WireSnapshotResponse {
  let _codec: Codec<WireSnapshotResponse>

  export const codec = (): Codec<WireSnapshotResponse> => {
    if (_codec == null) {
      _codec = message<WireSnapshotResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.manifest != null) {
          w.uint32(10)
          WireSnapshotManifest.codec().encode(obj.manifest, w)
        }

        if (obj.blocks != null && obj.blocks.length > 0) {
          for (const value of obj.blocks) {
            w.uint32(18)
            WireCommittedBlock.codec().encode(value, w)
          }
        }

        if (obj.checkpoints != null && obj.checkpoints.length > 0) {
          for (const value of obj.checkpoints) {
            w.uint32(26)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          blocks: [],
          checkpoints: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.manifest = WireSnapshotManifest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.manifest
              })
              break
            }
            case 2: {
              if (opts.limits?.blocks != null && obj.blocks.length === opts.limits.blocks) {
                throw new MaxLengthError('Decode error - repeated field "blocks" had too many elements')
              }

              obj.blocks.push(WireCommittedBlock.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.blocks$
              }))
              break
            }
            case 3: {
              if (opts.limits?.checkpoints != null && obj.checkpoints.length === opts.limits.checkpoints) {
                throw new MaxLengthError('Decode error - repeated field "checkpoints" had too many elements')
              }

              obj.checkpoints.push(reader.bytes())
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          blocks: 0,
          checkpoints: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireSnapshotManifest.codec().stream(reader, reader.uint32(), `${prefix}.manifest`, {
                limits: opts.limits?.manifest
              })

              break
            }
            case 2: {
              if (opts.limits?.blocks != null && obj.blocks === opts.limits.blocks) {
                throw new MaxLengthError('Streaming decode error - repeated field "blocks" had too many elements')
              }

              for (const evt of WireCommittedBlock.codec().stream(reader, reader.uint32(), `${prefix}.blocks[]`, {
                limits: opts.limits?.blocks$
              })) {
                yield {
                  ...evt,
                  index: obj.blocks
                }
              }

              obj.blocks++

              break
            }
            case 3: {
              if (opts.limits?.checkpoints != null && obj.checkpoints === opts.limits.checkpoints) {
                throw new MaxLengthError('Streaming decode error - repeated field "checkpoints" had too many elements')
              }

              yield {
                field: `${prefix}.checkpoints[]`,
                index: obj.checkpoints,
                value: reader.bytes()
              }

              obj.checkpoints++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireSnapshotResponseManifestSequenceFieldEvent {
    field: '$.manifest.sequence'
    value: bigint
  }

  export interface WireSnapshotResponseManifestStateRootFieldEvent {
    field: '$.manifest.stateRoot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSnapshotResponseManifestEntryCountFieldEvent {
    field: '$.manifest.entryCount'
    value: bigint
  }

  export interface WireSnapshotResponseManifestSizeBytesFieldEvent {
    field: '$.manifest.sizeBytes'
    value: bigint
  }

  export interface WireSnapshotResponseManifestChunkHashesFieldEvent {
    field: '$.manifest.chunkHashes[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSnapshotResponseBlocksBlockFieldEvent {
    field: '$.blocks[].block'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateKindFieldEvent {
    field: '$.blocks[].certificate.kind'
    value: WireCertificateKind
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateEpochFieldEvent {
    field: '$.blocks[].certificate.epoch'
    value: bigint
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateSlotFieldEvent {
    field: '$.blocks[].certificate.slot'
    value: bigint
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateBlockHashFieldEvent {
    field: '$.blocks[].certificate.blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateSignaturesSignerFieldEvent {
    field: '$.blocks[].certificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateSignaturesFirstFieldEvent {
    field: '$.blocks[].certificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateSignaturesBlockHashFieldEvent {
    field: '$.blocks[].certificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateSignaturesBasisHashFieldEvent {
    field: '$.blocks[].certificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSnapshotResponseBlocksCertificateSignaturesSignatureFieldEvent {
    field: '$.blocks[].certificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSnapshotResponseCheckpointsFieldEvent {
    field: '$.checkpoints[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireSnapshotResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSnapshotResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSnapshotResponse>): WireSnapshotResponse {
    return decodeMessage(buf, WireSnapshotResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSnapshotResponse>): Generator<WireSnapshotResponseManifestSequenceFieldEvent | WireSnapshotResponseManifestStateRootFieldEvent | WireSnapshotResponseManifestEntryCountFieldEvent | WireSnapshotResponseManifestSizeBytesFieldEvent | WireSnapshotResponseManifestChunkHashesFieldEvent | WireSnapshotResponseBlocksBlockFieldEvent | WireSnapshotResponseBlocksCertificateKindFieldEvent | WireSnapshotResponseBlocksCertificateEpochFieldEvent | WireSnapshotResponseBlocksCertificateSlotFieldEvent | WireSnapshotResponseBlocksCertificateBlockHashFieldEvent | WireSnapshotResponseBlocksCertificateSignaturesSignerFieldEvent | WireSnapshotResponseBlocksCertificateSignaturesFirstFieldEvent | WireSnapshotResponseBlocksCertificateSignaturesBlockHashFieldEvent | WireSnapshotResponseBlocksCertificateSignaturesBasisHashFieldEvent | WireSnapshotResponseBlocksCertificateSignaturesSignatureFieldEvent | WireSnapshotResponseCheckpointsFieldEvent> {
    return streamMessage(buf, WireSnapshotResponse.codec(), opts)
  }
}

export interface WireChunkRequest {
  sequence: bigint
  index: number
}

export namespace WireChunkRequest {
  let _codec: Codec<WireChunkRequest>

  export const codec = (): Codec<WireChunkRequest> => {
    if (_codec == null) {
      _codec = message<WireChunkRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.sequence != null && obj.sequence !== 0n)) {
          w.uint32(8)
          w.uint64Number(Number(obj.sequence))
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint32(obj.index)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          sequence: 0n,
          index: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.sequence = reader.uint64()
              break
            }
            case 2: {
              obj.index = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.sequence`,
                value: reader.uint64()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.index`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireChunkRequestSequenceFieldEvent {
    field: '$.sequence'
    value: bigint
  }

  export interface WireChunkRequestIndexFieldEvent {
    field: '$.index'
    value: number
  }

  export function encode (obj: Partial<WireChunkRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireChunkRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireChunkRequest>): WireChunkRequest {
    return decodeMessage(buf, WireChunkRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireChunkRequest>): Generator<WireChunkRequestSequenceFieldEvent | WireChunkRequestIndexFieldEvent> {
    return streamMessage(buf, WireChunkRequest.codec(), opts)
  }
}

export interface WireChunkResponse {
  chunk?: Uint8Array<ArrayBuffer>
}

export namespace WireChunkResponse {
  let _codec: Codec<WireChunkResponse>

  export const codec = (): Codec<WireChunkResponse> => {
    if (_codec == null) {
      _codec = message<WireChunkResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.chunk != null) {
          w.uint32(10)
          w.bytes(obj.chunk)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.chunk = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.chunk`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireChunkResponseChunkFieldEvent {
    field: '$.chunk'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireChunkResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireChunkResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireChunkResponse>): WireChunkResponse {
    return decodeMessage(buf, WireChunkResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireChunkResponse>): Generator<WireChunkResponseChunkFieldEvent> {
    return streamMessage(buf, WireChunkResponse.codec(), opts)
  }
}

export interface WireSyncRequest {
  status?: WireStatus
  blocks?: WireBlocksRequest
  slots?: WireSlotsRequest
  snapshot?: WireSnapshotRequest
  chunk?: WireChunkRequest
}

export namespace WireSyncRequest {
  let _codec: Codec<WireSyncRequest>

  export const codec = (): Codec<WireSyncRequest> => {
    if (_codec == null) {
      _codec = message<WireSyncRequest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.status != null) {
          w.uint32(10)
          WireStatus.codec().encode(obj.status, w)
        }

        if (obj.blocks != null) {
          w.uint32(18)
          WireBlocksRequest.codec().encode(obj.blocks, w)
        }

        if (obj.slots != null) {
          w.uint32(26)
          WireSlotsRequest.codec().encode(obj.slots, w)
        }

        if (obj.snapshot != null) {
          w.uint32(34)
          WireSnapshotRequest.codec().encode(obj.snapshot, w)
        }

        if (obj.chunk != null) {
          w.uint32(42)
          WireChunkRequest.codec().encode(obj.chunk, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = WireStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 2: {
              obj.blocks = WireBlocksRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.blocks
              })
              break
            }
            case 3: {
              obj.slots = WireSlotsRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.slots
              })
              break
            }
            case 4: {
              obj.snapshot = WireSnapshotRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.snapshot
              })
              break
            }
            case 5: {
              obj.chunk = WireChunkRequest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chunk
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireStatus.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 2: {
              yield * WireBlocksRequest.codec().stream(reader, reader.uint32(), `${prefix}.blocks`, {
                limits: opts.limits?.blocks
              })

              break
            }
            case 3: {
              yield * WireSlotsRequest.codec().stream(reader, reader.uint32(), `${prefix}.slots`, {
                limits: opts.limits?.slots
              })

              break
            }
            case 4: {
              yield * WireSnapshotRequest.codec().stream(reader, reader.uint32(), `${prefix}.snapshot`, {
                limits: opts.limits?.snapshot
              })

              break
            }
            case 5: {
              yield * WireChunkRequest.codec().stream(reader, reader.uint32(), `${prefix}.chunk`, {
                limits: opts.limits?.chunk
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireSyncRequestStatusEpochFieldEvent {
    field: '$.status.epoch'
    value: bigint
  }

  export interface WireSyncRequestStatusFinalSlotPlusOneFieldEvent {
    field: '$.status.finalSlotPlusOne'
    value: bigint
  }

  export interface WireSyncRequestStatusFinalSequencePlusOneFieldEvent {
    field: '$.status.finalSequencePlusOne'
    value: bigint
  }

  export interface WireSyncRequestStatusFinalHashFieldEvent {
    field: '$.status.finalHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestStatusFinalityCertificateKindFieldEvent {
    field: '$.status.finalityCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncRequestStatusFinalityCertificateEpochFieldEvent {
    field: '$.status.finalityCertificate.epoch'
    value: bigint
  }

  export interface WireSyncRequestStatusFinalityCertificateSlotFieldEvent {
    field: '$.status.finalityCertificate.slot'
    value: bigint
  }

  export interface WireSyncRequestStatusFinalityCertificateBlockHashFieldEvent {
    field: '$.status.finalityCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestStatusFinalityCertificateSignaturesSignerFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncRequestStatusFinalityCertificateSignaturesFirstFieldEvent {
    field: '$.status.finalityCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncRequestStatusFinalityCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestStatusFinalityCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestStatusFinalityCertificateSignaturesSignatureFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestStatusHighestCertificateKindFieldEvent {
    field: '$.status.highestCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncRequestStatusHighestCertificateEpochFieldEvent {
    field: '$.status.highestCertificate.epoch'
    value: bigint
  }

  export interface WireSyncRequestStatusHighestCertificateSlotFieldEvent {
    field: '$.status.highestCertificate.slot'
    value: bigint
  }

  export interface WireSyncRequestStatusHighestCertificateBlockHashFieldEvent {
    field: '$.status.highestCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestStatusHighestCertificateSignaturesSignerFieldEvent {
    field: '$.status.highestCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncRequestStatusHighestCertificateSignaturesFirstFieldEvent {
    field: '$.status.highestCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncRequestStatusHighestCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestStatusHighestCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestStatusHighestCertificateSignaturesSignatureFieldEvent {
    field: '$.status.highestCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestStatusCurrentSlotFieldEvent {
    field: '$.status.currentSlot'
    value: bigint
  }

  export interface WireSyncRequestStatusObservingFieldEvent {
    field: '$.status.observing'
    value: boolean
  }

  export interface WireSyncRequestBlocksFromSequenceFieldEvent {
    field: '$.blocks.fromSequence'
    value: bigint
  }

  export interface WireSyncRequestBlocksMaxCountFieldEvent {
    field: '$.blocks.maxCount'
    value: bigint
  }

  export interface WireSyncRequestBlocksMaxBytesFieldEvent {
    field: '$.blocks.maxBytes'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusEpochFieldEvent {
    field: '$.slots.status.epoch'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusFinalSlotPlusOneFieldEvent {
    field: '$.slots.status.finalSlotPlusOne'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusFinalSequencePlusOneFieldEvent {
    field: '$.slots.status.finalSequencePlusOne'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusFinalHashFieldEvent {
    field: '$.slots.status.finalHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateKindFieldEvent {
    field: '$.slots.status.finalityCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateEpochFieldEvent {
    field: '$.slots.status.finalityCertificate.epoch'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateSlotFieldEvent {
    field: '$.slots.status.finalityCertificate.slot'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateBlockHashFieldEvent {
    field: '$.slots.status.finalityCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateSignaturesSignerFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateSignaturesFirstFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateSignaturesBlockHashFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateSignaturesBasisHashFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestSlotsStatusFinalityCertificateSignaturesSignatureFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateKindFieldEvent {
    field: '$.slots.status.highestCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateEpochFieldEvent {
    field: '$.slots.status.highestCertificate.epoch'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateSlotFieldEvent {
    field: '$.slots.status.highestCertificate.slot'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateBlockHashFieldEvent {
    field: '$.slots.status.highestCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateSignaturesSignerFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateSignaturesFirstFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateSignaturesBlockHashFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateSignaturesBasisHashFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestSlotsStatusHighestCertificateSignaturesSignatureFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncRequestSlotsStatusCurrentSlotFieldEvent {
    field: '$.slots.status.currentSlot'
    value: bigint
  }

  export interface WireSyncRequestSlotsStatusObservingFieldEvent {
    field: '$.slots.status.observing'
    value: boolean
  }

  export interface WireSyncRequestSlotsMessagesFieldEvent {
    field: '$.slots.messages[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestSlotsTransactionsFieldEvent {
    field: '$.slots.transactions[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncRequestChunkSequenceFieldEvent {
    field: '$.chunk.sequence'
    value: bigint
  }

  export interface WireSyncRequestChunkIndexFieldEvent {
    field: '$.chunk.index'
    value: number
  }

  export function encode (obj: Partial<WireSyncRequest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSyncRequest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSyncRequest>): WireSyncRequest {
    return decodeMessage(buf, WireSyncRequest.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSyncRequest>): Generator<WireSyncRequestStatusEpochFieldEvent | WireSyncRequestStatusFinalSlotPlusOneFieldEvent | WireSyncRequestStatusFinalSequencePlusOneFieldEvent | WireSyncRequestStatusFinalHashFieldEvent | WireSyncRequestStatusFinalityCertificateKindFieldEvent | WireSyncRequestStatusFinalityCertificateEpochFieldEvent | WireSyncRequestStatusFinalityCertificateSlotFieldEvent | WireSyncRequestStatusFinalityCertificateBlockHashFieldEvent | WireSyncRequestStatusFinalityCertificateSignaturesSignerFieldEvent | WireSyncRequestStatusFinalityCertificateSignaturesFirstFieldEvent | WireSyncRequestStatusFinalityCertificateSignaturesBlockHashFieldEvent | WireSyncRequestStatusFinalityCertificateSignaturesBasisHashFieldEvent | WireSyncRequestStatusFinalityCertificateSignaturesSignatureFieldEvent | WireSyncRequestStatusHighestCertificateKindFieldEvent | WireSyncRequestStatusHighestCertificateEpochFieldEvent | WireSyncRequestStatusHighestCertificateSlotFieldEvent | WireSyncRequestStatusHighestCertificateBlockHashFieldEvent | WireSyncRequestStatusHighestCertificateSignaturesSignerFieldEvent | WireSyncRequestStatusHighestCertificateSignaturesFirstFieldEvent | WireSyncRequestStatusHighestCertificateSignaturesBlockHashFieldEvent | WireSyncRequestStatusHighestCertificateSignaturesBasisHashFieldEvent | WireSyncRequestStatusHighestCertificateSignaturesSignatureFieldEvent | WireSyncRequestStatusCurrentSlotFieldEvent | WireSyncRequestStatusObservingFieldEvent | WireSyncRequestBlocksFromSequenceFieldEvent | WireSyncRequestBlocksMaxCountFieldEvent | WireSyncRequestBlocksMaxBytesFieldEvent | WireSyncRequestSlotsStatusEpochFieldEvent | WireSyncRequestSlotsStatusFinalSlotPlusOneFieldEvent | WireSyncRequestSlotsStatusFinalSequencePlusOneFieldEvent | WireSyncRequestSlotsStatusFinalHashFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateKindFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateEpochFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateSlotFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateBlockHashFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateSignaturesSignerFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateSignaturesFirstFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateSignaturesBlockHashFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateSignaturesBasisHashFieldEvent | WireSyncRequestSlotsStatusFinalityCertificateSignaturesSignatureFieldEvent | WireSyncRequestSlotsStatusHighestCertificateKindFieldEvent | WireSyncRequestSlotsStatusHighestCertificateEpochFieldEvent | WireSyncRequestSlotsStatusHighestCertificateSlotFieldEvent | WireSyncRequestSlotsStatusHighestCertificateBlockHashFieldEvent | WireSyncRequestSlotsStatusHighestCertificateSignaturesSignerFieldEvent | WireSyncRequestSlotsStatusHighestCertificateSignaturesFirstFieldEvent | WireSyncRequestSlotsStatusHighestCertificateSignaturesBlockHashFieldEvent | WireSyncRequestSlotsStatusHighestCertificateSignaturesBasisHashFieldEvent | WireSyncRequestSlotsStatusHighestCertificateSignaturesSignatureFieldEvent | WireSyncRequestSlotsStatusCurrentSlotFieldEvent | WireSyncRequestSlotsStatusObservingFieldEvent | WireSyncRequestSlotsMessagesFieldEvent | WireSyncRequestSlotsTransactionsFieldEvent | WireSyncRequestChunkSequenceFieldEvent | WireSyncRequestChunkIndexFieldEvent> {
    return streamMessage(buf, WireSyncRequest.codec(), opts)
  }
}

export interface WireSyncResponse {
  status?: WireStatus
  blocks?: WireBlocksResponse
  slots?: WireSlotsResponse
  snapshot?: WireSnapshotResponse
  chunk?: WireChunkResponse
}

export namespace WireSyncResponse {
  let _codec: Codec<WireSyncResponse>

  export const codec = (): Codec<WireSyncResponse> => {
    if (_codec == null) {
      _codec = message<WireSyncResponse>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.status != null) {
          w.uint32(10)
          WireStatus.codec().encode(obj.status, w)
        }

        if (obj.blocks != null) {
          w.uint32(18)
          WireBlocksResponse.codec().encode(obj.blocks, w)
        }

        if (obj.slots != null) {
          w.uint32(26)
          WireSlotsResponse.codec().encode(obj.slots, w)
        }

        if (obj.snapshot != null) {
          w.uint32(34)
          WireSnapshotResponse.codec().encode(obj.snapshot, w)
        }

        if (obj.chunk != null) {
          w.uint32(42)
          WireChunkResponse.codec().encode(obj.chunk, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.status = WireStatus.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.status
              })
              break
            }
            case 2: {
              obj.blocks = WireBlocksResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.blocks
              })
              break
            }
            case 3: {
              obj.slots = WireSlotsResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.slots
              })
              break
            }
            case 4: {
              obj.snapshot = WireSnapshotResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.snapshot
              })
              break
            }
            case 5: {
              obj.chunk = WireChunkResponse.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.chunk
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield * WireStatus.codec().stream(reader, reader.uint32(), `${prefix}.status`, {
                limits: opts.limits?.status
              })

              break
            }
            case 2: {
              yield * WireBlocksResponse.codec().stream(reader, reader.uint32(), `${prefix}.blocks`, {
                limits: opts.limits?.blocks
              })

              break
            }
            case 3: {
              yield * WireSlotsResponse.codec().stream(reader, reader.uint32(), `${prefix}.slots`, {
                limits: opts.limits?.slots
              })

              break
            }
            case 4: {
              yield * WireSnapshotResponse.codec().stream(reader, reader.uint32(), `${prefix}.snapshot`, {
                limits: opts.limits?.snapshot
              })

              break
            }
            case 5: {
              yield * WireChunkResponse.codec().stream(reader, reader.uint32(), `${prefix}.chunk`, {
                limits: opts.limits?.chunk
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WireSyncResponseStatusEpochFieldEvent {
    field: '$.status.epoch'
    value: bigint
  }

  export interface WireSyncResponseStatusFinalSlotPlusOneFieldEvent {
    field: '$.status.finalSlotPlusOne'
    value: bigint
  }

  export interface WireSyncResponseStatusFinalSequencePlusOneFieldEvent {
    field: '$.status.finalSequencePlusOne'
    value: bigint
  }

  export interface WireSyncResponseStatusFinalHashFieldEvent {
    field: '$.status.finalHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseStatusFinalityCertificateKindFieldEvent {
    field: '$.status.finalityCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncResponseStatusFinalityCertificateEpochFieldEvent {
    field: '$.status.finalityCertificate.epoch'
    value: bigint
  }

  export interface WireSyncResponseStatusFinalityCertificateSlotFieldEvent {
    field: '$.status.finalityCertificate.slot'
    value: bigint
  }

  export interface WireSyncResponseStatusFinalityCertificateBlockHashFieldEvent {
    field: '$.status.finalityCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseStatusFinalityCertificateSignaturesSignerFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncResponseStatusFinalityCertificateSignaturesFirstFieldEvent {
    field: '$.status.finalityCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncResponseStatusFinalityCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseStatusFinalityCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.finalityCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseStatusFinalityCertificateSignaturesSignatureFieldEvent {
    field: '$.status.finalityCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseStatusHighestCertificateKindFieldEvent {
    field: '$.status.highestCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncResponseStatusHighestCertificateEpochFieldEvent {
    field: '$.status.highestCertificate.epoch'
    value: bigint
  }

  export interface WireSyncResponseStatusHighestCertificateSlotFieldEvent {
    field: '$.status.highestCertificate.slot'
    value: bigint
  }

  export interface WireSyncResponseStatusHighestCertificateBlockHashFieldEvent {
    field: '$.status.highestCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseStatusHighestCertificateSignaturesSignerFieldEvent {
    field: '$.status.highestCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncResponseStatusHighestCertificateSignaturesFirstFieldEvent {
    field: '$.status.highestCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncResponseStatusHighestCertificateSignaturesBlockHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseStatusHighestCertificateSignaturesBasisHashFieldEvent {
    field: '$.status.highestCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseStatusHighestCertificateSignaturesSignatureFieldEvent {
    field: '$.status.highestCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseStatusCurrentSlotFieldEvent {
    field: '$.status.currentSlot'
    value: bigint
  }

  export interface WireSyncResponseStatusObservingFieldEvent {
    field: '$.status.observing'
    value: boolean
  }

  export interface WireSyncResponseBlocksFinalSequencePlusOneFieldEvent {
    field: '$.blocks.finalSequencePlusOne'
    value: bigint
  }

  export interface WireSyncResponseBlocksBlocksBlockFieldEvent {
    field: '$.blocks.blocks[].block'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateKindFieldEvent {
    field: '$.blocks.blocks[].certificate.kind'
    value: WireCertificateKind
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateEpochFieldEvent {
    field: '$.blocks.blocks[].certificate.epoch'
    value: bigint
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateSlotFieldEvent {
    field: '$.blocks.blocks[].certificate.slot'
    value: bigint
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateBlockHashFieldEvent {
    field: '$.blocks.blocks[].certificate.blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateSignaturesSignerFieldEvent {
    field: '$.blocks.blocks[].certificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateSignaturesFirstFieldEvent {
    field: '$.blocks.blocks[].certificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateSignaturesBlockHashFieldEvent {
    field: '$.blocks.blocks[].certificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateSignaturesBasisHashFieldEvent {
    field: '$.blocks.blocks[].certificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseBlocksBlocksCertificateSignaturesSignatureFieldEvent {
    field: '$.blocks.blocks[].certificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseBlocksFirstSequenceFieldEvent {
    field: '$.blocks.firstSequence'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusEpochFieldEvent {
    field: '$.slots.status.epoch'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusFinalSlotPlusOneFieldEvent {
    field: '$.slots.status.finalSlotPlusOne'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusFinalSequencePlusOneFieldEvent {
    field: '$.slots.status.finalSequencePlusOne'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusFinalHashFieldEvent {
    field: '$.slots.status.finalHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateKindFieldEvent {
    field: '$.slots.status.finalityCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateEpochFieldEvent {
    field: '$.slots.status.finalityCertificate.epoch'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateSlotFieldEvent {
    field: '$.slots.status.finalityCertificate.slot'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateBlockHashFieldEvent {
    field: '$.slots.status.finalityCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateSignaturesSignerFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateSignaturesFirstFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateSignaturesBlockHashFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateSignaturesBasisHashFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSlotsStatusFinalityCertificateSignaturesSignatureFieldEvent {
    field: '$.slots.status.finalityCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateKindFieldEvent {
    field: '$.slots.status.highestCertificate.kind'
    value: WireCertificateKind
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateEpochFieldEvent {
    field: '$.slots.status.highestCertificate.epoch'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateSlotFieldEvent {
    field: '$.slots.status.highestCertificate.slot'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateBlockHashFieldEvent {
    field: '$.slots.status.highestCertificate.blockHash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateSignaturesSignerFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateSignaturesFirstFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateSignaturesBlockHashFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateSignaturesBasisHashFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSlotsStatusHighestCertificateSignaturesSignatureFieldEvent {
    field: '$.slots.status.highestCertificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSlotsStatusCurrentSlotFieldEvent {
    field: '$.slots.status.currentSlot'
    value: bigint
  }

  export interface WireSyncResponseSlotsStatusObservingFieldEvent {
    field: '$.slots.status.observing'
    value: boolean
  }

  export interface WireSyncResponseSlotsMessagesFieldEvent {
    field: '$.slots.messages[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseSnapshotManifestSequenceFieldEvent {
    field: '$.snapshot.manifest.sequence'
    value: bigint
  }

  export interface WireSyncResponseSnapshotManifestStateRootFieldEvent {
    field: '$.snapshot.manifest.stateRoot'
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseSnapshotManifestEntryCountFieldEvent {
    field: '$.snapshot.manifest.entryCount'
    value: bigint
  }

  export interface WireSyncResponseSnapshotManifestSizeBytesFieldEvent {
    field: '$.snapshot.manifest.sizeBytes'
    value: bigint
  }

  export interface WireSyncResponseSnapshotManifestChunkHashesFieldEvent {
    field: '$.snapshot.manifest.chunkHashes[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseSnapshotBlocksBlockFieldEvent {
    field: '$.snapshot.blocks[].block'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateKindFieldEvent {
    field: '$.snapshot.blocks[].certificate.kind'
    value: WireCertificateKind
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateEpochFieldEvent {
    field: '$.snapshot.blocks[].certificate.epoch'
    value: bigint
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateSlotFieldEvent {
    field: '$.snapshot.blocks[].certificate.slot'
    value: bigint
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateBlockHashFieldEvent {
    field: '$.snapshot.blocks[].certificate.blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateSignaturesSignerFieldEvent {
    field: '$.snapshot.blocks[].certificate.signatures[].signer'
    value: number
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateSignaturesFirstFieldEvent {
    field: '$.snapshot.blocks[].certificate.signatures[].first'
    value: boolean
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateSignaturesBlockHashFieldEvent {
    field: '$.snapshot.blocks[].certificate.signatures[].blockHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateSignaturesBasisHashFieldEvent {
    field: '$.snapshot.blocks[].certificate.signatures[].basisHash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSnapshotBlocksCertificateSignaturesSignatureFieldEvent {
    field: '$.snapshot.blocks[].certificate.signatures[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface WireSyncResponseSnapshotCheckpointsFieldEvent {
    field: '$.snapshot.checkpoints[]'
    index: number
    value: Uint8Array<ArrayBuffer>
  }

  export interface WireSyncResponseChunkChunkFieldEvent {
    field: '$.chunk.chunk'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<WireSyncResponse>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, WireSyncResponse.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSyncResponse>): WireSyncResponse {
    return decodeMessage(buf, WireSyncResponse.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<WireSyncResponse>): Generator<WireSyncResponseStatusEpochFieldEvent | WireSyncResponseStatusFinalSlotPlusOneFieldEvent | WireSyncResponseStatusFinalSequencePlusOneFieldEvent | WireSyncResponseStatusFinalHashFieldEvent | WireSyncResponseStatusFinalityCertificateKindFieldEvent | WireSyncResponseStatusFinalityCertificateEpochFieldEvent | WireSyncResponseStatusFinalityCertificateSlotFieldEvent | WireSyncResponseStatusFinalityCertificateBlockHashFieldEvent | WireSyncResponseStatusFinalityCertificateSignaturesSignerFieldEvent | WireSyncResponseStatusFinalityCertificateSignaturesFirstFieldEvent | WireSyncResponseStatusFinalityCertificateSignaturesBlockHashFieldEvent | WireSyncResponseStatusFinalityCertificateSignaturesBasisHashFieldEvent | WireSyncResponseStatusFinalityCertificateSignaturesSignatureFieldEvent | WireSyncResponseStatusHighestCertificateKindFieldEvent | WireSyncResponseStatusHighestCertificateEpochFieldEvent | WireSyncResponseStatusHighestCertificateSlotFieldEvent | WireSyncResponseStatusHighestCertificateBlockHashFieldEvent | WireSyncResponseStatusHighestCertificateSignaturesSignerFieldEvent | WireSyncResponseStatusHighestCertificateSignaturesFirstFieldEvent | WireSyncResponseStatusHighestCertificateSignaturesBlockHashFieldEvent | WireSyncResponseStatusHighestCertificateSignaturesBasisHashFieldEvent | WireSyncResponseStatusHighestCertificateSignaturesSignatureFieldEvent | WireSyncResponseStatusCurrentSlotFieldEvent | WireSyncResponseStatusObservingFieldEvent | WireSyncResponseBlocksFinalSequencePlusOneFieldEvent | WireSyncResponseBlocksBlocksBlockFieldEvent | WireSyncResponseBlocksBlocksCertificateKindFieldEvent | WireSyncResponseBlocksBlocksCertificateEpochFieldEvent | WireSyncResponseBlocksBlocksCertificateSlotFieldEvent | WireSyncResponseBlocksBlocksCertificateBlockHashFieldEvent | WireSyncResponseBlocksBlocksCertificateSignaturesSignerFieldEvent | WireSyncResponseBlocksBlocksCertificateSignaturesFirstFieldEvent | WireSyncResponseBlocksBlocksCertificateSignaturesBlockHashFieldEvent | WireSyncResponseBlocksBlocksCertificateSignaturesBasisHashFieldEvent | WireSyncResponseBlocksBlocksCertificateSignaturesSignatureFieldEvent | WireSyncResponseBlocksFirstSequenceFieldEvent | WireSyncResponseSlotsStatusEpochFieldEvent | WireSyncResponseSlotsStatusFinalSlotPlusOneFieldEvent | WireSyncResponseSlotsStatusFinalSequencePlusOneFieldEvent | WireSyncResponseSlotsStatusFinalHashFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateKindFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateEpochFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateSlotFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateBlockHashFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateSignaturesSignerFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateSignaturesFirstFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateSignaturesBlockHashFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateSignaturesBasisHashFieldEvent | WireSyncResponseSlotsStatusFinalityCertificateSignaturesSignatureFieldEvent | WireSyncResponseSlotsStatusHighestCertificateKindFieldEvent | WireSyncResponseSlotsStatusHighestCertificateEpochFieldEvent | WireSyncResponseSlotsStatusHighestCertificateSlotFieldEvent | WireSyncResponseSlotsStatusHighestCertificateBlockHashFieldEvent | WireSyncResponseSlotsStatusHighestCertificateSignaturesSignerFieldEvent | WireSyncResponseSlotsStatusHighestCertificateSignaturesFirstFieldEvent | WireSyncResponseSlotsStatusHighestCertificateSignaturesBlockHashFieldEvent | WireSyncResponseSlotsStatusHighestCertificateSignaturesBasisHashFieldEvent | WireSyncResponseSlotsStatusHighestCertificateSignaturesSignatureFieldEvent | WireSyncResponseSlotsStatusCurrentSlotFieldEvent | WireSyncResponseSlotsStatusObservingFieldEvent | WireSyncResponseSlotsMessagesFieldEvent | WireSyncResponseSnapshotManifestSequenceFieldEvent | WireSyncResponseSnapshotManifestStateRootFieldEvent | WireSyncResponseSnapshotManifestEntryCountFieldEvent | WireSyncResponseSnapshotManifestSizeBytesFieldEvent | WireSyncResponseSnapshotManifestChunkHashesFieldEvent | WireSyncResponseSnapshotBlocksBlockFieldEvent | WireSyncResponseSnapshotBlocksCertificateKindFieldEvent | WireSyncResponseSnapshotBlocksCertificateEpochFieldEvent | WireSyncResponseSnapshotBlocksCertificateSlotFieldEvent | WireSyncResponseSnapshotBlocksCertificateBlockHashFieldEvent | WireSyncResponseSnapshotBlocksCertificateSignaturesSignerFieldEvent | WireSyncResponseSnapshotBlocksCertificateSignaturesFirstFieldEvent | WireSyncResponseSnapshotBlocksCertificateSignaturesBlockHashFieldEvent | WireSyncResponseSnapshotBlocksCertificateSignaturesBasisHashFieldEvent | WireSyncResponseSnapshotBlocksCertificateSignaturesSignatureFieldEvent | WireSyncResponseSnapshotCheckpointsFieldEvent | WireSyncResponseChunkChunkFieldEvent> {
    return streamMessage(buf, WireSyncResponse.codec(), opts)
  }
}
