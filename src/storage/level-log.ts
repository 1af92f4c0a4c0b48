import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32c } from './crc32c.js';
import { StorageError, reasonOf } from './storage-error.js';

const BLOCK_BYTES = 32 * 1024;
/** checksum u32 ‖ length u16 ‖ type u8, little-endian. */
const HEADER_BYTES = 7;
const LENGTH_OFFSET = 4;
const TYPE_OFFSET = 6;
/** LevelDB stores checksums turned by so many bits, and with this added. */
const MASK_BITS = 15;
const MASK_DELTA = 0xa282_ead8;
/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

/**
 * Reads a log of LevelDB (doc/log_format.md there) up to the first record that is damaged, or that a power loss has
 * torn: one that ends beyond the file, or in sectors of zeros that were never written.
 * @returns where a record is all there and is not what its checksum says; undefined where none is
 */
function damageIn(log: Uint8Array): number | undefined {
  const view = new DataView(log.buffer, log.byteOffset, log.byteLength);
  let offset = 0;
  while (offset + HEADER_BYTES <= log.byteLength) {
    const left = BLOCK_BYTES - (offset % BLOCK_BYTES);
    const length = left < HEADER_BYTES ? 0 : view.getUint16(offset + LENGTH_OFFSET, true);
    if (left < HEADER_BYTES || (length === 0 && view.getUint8(offset + TYPE_OFFSET) === 0)) {
      // The rest of a block that is too short for a header, or that was never written.
      offset += left;
      continue;
    }
    const end = offset + HEADER_BYTES + length;
    if (end > log.byteLength) break;
    const fits = HEADER_BYTES + length <= left && unmasked(view.getUint32(offset, true)) === crc32c(log.subarray(offset + TYPE_OFFSET, end));
    if (!fits) return endsInZeros(log, offset, end) ? undefined : offset;
    offset = end;
  }
  return undefined;
}

function unmasked(stored: number): number {
  const turned = (stored - MASK_DELTA) >>> 0;
  return ((turned >>> (32 - MASK_BITS)) | (turned << MASK_BITS)) >>> 0;
}

/** Whether a record has as many zeros as a sector at its end, and nothing else comes behind it. */
function endsInZeros(log: Uint8Array, start: number, end: number): boolean {
  return end - SECTOR_BYTES >= start && log.subarray(end - SECTOR_BYTES).every((byte) => byte === 0);
}

/**
 * Why what a database wrote last may be lost where it was not closed: LevelDB itself says nothing of a log that is
 * missing or damaged. To be asked before LevelDB opens the database, which takes the log in and deletes it. An emptied
 * log is no matter of this: each session begins with a batch, which is counted.
 * @returns what is wrong, or undefined
 * @throws StorageError `open-failed` where a log cannot be read
 */
export async function logFault(directory: string): Promise<string | undefined> {
  const names = await logsIn(directory);
  if (names.length === 0) return 'the database was not closed, and its log is missing';
  for (const name of names) {
    const damagedAt = damageIn(await readLogFile(join(directory, name)));
    if (damagedAt !== undefined) return `the database was not closed, and its log ${name} is damaged at byte ${damagedAt}`;
  }
  return undefined;
}

async function logsIn(directory: string): Promise<readonly string[]> {
  try {
    return (await readdir(directory)).filter((name) => /^\d+\.log$/.test(name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw new StorageError('open-failed', `${directory} cannot be read: ${reasonOf(error)}`, error);
  }
}

/** Empty where it is gone: another process that has the database open deletes logs. */
async function readLogFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return new Uint8Array(0);
    throw new StorageError('open-failed', `${path} cannot be read: ${reasonOf(error)}`, error);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
