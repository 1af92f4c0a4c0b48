import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** In the home of a platform that captures. */
export const CAPTURE_FILE = 'captured.messages';

/** Digests of messages lately written, so that one gossiped by all and sent again is written about once. */
const MAX_REMEMBERED = 50_000;
/** What is not written yet is lost with the process; it is no more than this. */
const MAX_HELD_BYTES = 64 * 1024;

/** Writes every consensus message that passes a platform to a file: u32be length and wire bytes, one after another. */
export class MessageCapture {
  readonly #file: number;
  #known = new Set<string>();
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** Goes on with what an earlier process of the platform wrote. */
  constructor(path: string) {
    this.#file = openSync(path, 'a', 0o600);
  }

  add(message: Uint8Array): void {
    const digest = createHash('sha256').update(message).digest('base64');
    if (this.#known.has(digest)) return;
    if (this.#known.size >= MAX_REMEMBERED) this.#known = new Set();
    this.#known.add(digest);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(message.byteLength);
    this.#held.push(length, message);
    this.#heldBytes += length.byteLength + message.byteLength;
    if (this.#heldBytes >= MAX_HELD_BYTES) this.flush();
  }

  /** In one write, so that a killed process leaves whole messages but for the last. */
  flush(): void {
    if (this.#heldBytes === 0) return;
    const bytes = Buffer.concat(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    writeSync(this.#file, bytes);
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
  }
}

/** The messages of a capture file, each in wire bytes; none where there is no file. What a killed process cut short is left out. */
export async function readCapture(path: string): Promise<Uint8Array[]> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  const messages: Uint8Array[] = [];
  for (let at = 0; at + 4 <= bytes.byteLength;) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.byteLength) break;
    messages.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return messages;
}
