import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ByteReader, ByteWriter } from '../codec/bytes.js';
import { CodecError } from '../codec/codec-error.js';
import { replaceFile } from './durable-file.js';
import { StorageError, reasonOf } from './storage-error.js';

const FILE = 'pending-transactions';
const LENGTH_BYTES = 4;
/** As much as the mempool holds by default, lengths included. */
export const MAX_JOURNAL_BYTES = 17 * 1024 * 1024;

/**
 * Transactions that were accepted from clients and were pending when the platform stopped: u32be length and bytes of
 * each. Nothing in it is believed: what is read is verified like anything that a client sends.
 */
export class PendingJournal {
  readonly #path: string;

  /** @param home of the platform, which has to exist */
  constructor(home: string) {
    this.#path = join(home, FILE);
  }

  /**
   * Those written last, up to where the file is damaged or too large.
   * @throws StorageError `read-failed` where there is a file that cannot be read
   */
  async read(): Promise<readonly Uint8Array[]> {
    try {
      const file = await open(this.#path, 'r');
      try {
        const bytes = new Uint8Array(Math.min((await file.stat()).size, MAX_JOURNAL_BYTES));
        const { bytesRead } = await file.read(bytes, 0, bytes.byteLength, 0);
        return transactionsIn(bytes.subarray(0, bytesRead));
      } finally {
        await file.close();
      }
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw new StorageError('read-failed', `${this.#path} cannot be read: ${reasonOf(error)}`, error);
    }
  }

  /**
   * Takes the place of what was written before; durable when it resolves.
   * @returns how many were written: all, or the first ones within MAX_JOURNAL_BYTES
   * @throws StorageError `write-failed`
   */
  async write(transactions: readonly Uint8Array[]): Promise<number> {
    let sizeBytes = 0;
    let count = 0;
    for (const { byteLength } of transactions) {
      if (sizeBytes + LENGTH_BYTES + byteLength > MAX_JOURNAL_BYTES) break;
      sizeBytes += LENGTH_BYTES + byteLength;
      count += 1;
    }
    try {
      if (count === 0) {
        await rm(this.#path, { force: true });
        return 0;
      }
      const writer = new ByteWriter(sizeBytes);
      for (const bytes of transactions.slice(0, count)) writer.prefixed('transaction', bytes);
      await replaceFile(this.#path, writer.finish());
      return count;
    } catch (error) {
      throw new StorageError('write-failed', `${this.#path} cannot be written: ${reasonOf(error)}`, error);
    }
  }
}

function transactionsIn(bytes: Uint8Array): readonly Uint8Array[] {
  const reader = new ByteReader(bytes);
  const found: Uint8Array[] = [];
  try {
    while (reader.remaining > 0) found.push(new Uint8Array(reader.prefixed('transaction', bytes.byteLength)));
  } catch (error) {
    if (!(error instanceof CodecError)) throw error;
  }
  return found;
}
