import { HttpError } from './http-error.js';

const LENGTH_BYTES = 4;

/**
 * The transactions of a batch body: each as its length (u32, big endian) and its canonical bytes.
 * Copies: a pending transaction must not keep the memory of the whole batch.
 * @throws HttpError `malformed-batch` where a length runs over the end or is zero
 */
export function splitBatch(body: Uint8Array): Uint8Array[] {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const transactions: Uint8Array[] = [];
  let offset = 0;
  while (offset < body.byteLength) {
    const start = offset + LENGTH_BYTES;
    const sizeBytes = start <= body.byteLength ? view.getUint32(offset) : 0;
    if (sizeBytes === 0 || start + sizeBytes > body.byteLength) {
      throw new HttpError(400, 'malformed-batch', `transaction ${transactions.length}: the length at byte ${offset} does not fit the body of ${body.byteLength} bytes`);
    }
    transactions.push(new Uint8Array(body.subarray(start, start + sizeBytes)));
    offset = start + sizeBytes;
  }
  return transactions;
}

/** The body that `splitBatch` takes apart. */
export function joinBatch(transactions: readonly Uint8Array[]): Uint8Array {
  const body = new Uint8Array(transactions.reduce((sizeBytes, { byteLength }) => sizeBytes + LENGTH_BYTES + byteLength, 0));
  const view = new DataView(body.buffer);
  let offset = 0;
  for (const transaction of transactions) {
    view.setUint32(offset, transaction.byteLength);
    body.set(transaction, offset + LENGTH_BYTES);
    offset += LENGTH_BYTES + transaction.byteLength;
  }
  return body;
}
