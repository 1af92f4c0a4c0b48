/**
 * - `truncated`: the bytes end before the field does
 * - `trailing-bytes`: bytes are left over after the last field
 * - `too-large`: longer, or more of them, than the limit allows
 * - `out-of-range`: an integer outside what the field may hold
 * - `bad-length`: a fixed-size field has another size
 * - `bad-tag`: the domain tag is not the one expected
 * - `malformed`: not protobuf, or not of the shape expected
 * - `unknown-kind`: a message, certificate or record of an unknown kind
 * - `missing`: a required field is absent
 */
export type CodecErrorCode =
  | 'truncated' | 'trailing-bytes' | 'too-large' | 'out-of-range' | 'bad-length' | 'bad-tag' | 'malformed' | 'unknown-kind' | 'missing';

/** Bytes cannot be decoded, or a value cannot be encoded. `field` names what was being read or written. */
export class CodecError extends Error {
  readonly code: CodecErrorCode;
  readonly field: string;
  constructor(code: CodecErrorCode, field: string, message: string, options?: ErrorOptions) {
    super(`${field}: ${message}`, options);
    this.name = 'CodecError';
    this.code = code;
    this.field = field;
  }
}
