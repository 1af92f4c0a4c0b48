import { MAX_KEY_BYTES } from '../ledger/key-value.js';
import { CliError } from './cli-error.js';

/**
 * The bytes of a key of the ledger that was given as text.
 * @throws CliError `usage` unless it has 1 to 1024 bytes
 */
export function keyBytes(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  if (bytes.byteLength < 1 || bytes.byteLength > MAX_KEY_BYTES) {
    throw new CliError('usage', `KEY: must have 1 to ${MAX_KEY_BYTES} bytes in UTF-8, got ${bytes.byteLength}`);
  }
  return bytes;
}
