import type { Transaction } from '../types/block.js';
import type { PublicKeyHex } from '../types/ids.js';
import { AccountQueue } from './account-queue.js';

/** Where a transaction came from first: a client of this platform, by its address, or another member, by its key. */
export interface TransactionSource {
  readonly kind: 'client' | 'member';
  readonly key: string;
}

export function clientAt(address: string): TransactionSource {
  return { kind: 'client', key: address };
}

export function memberSource(key: PublicKeyHex): TransactionSource {
  return { kind: 'member', key };
}

export function nameOfSource({ kind, key }: TransactionSource): string {
  return `${kind} ${key}`;
}

/** What one source has pending. */
export class SourceShare {
  readonly name: string;
  /** Of senders whose oldest pending transaction came from here; one of whom something became final moves to the end. */
  readonly accounts = new Map<PublicKeyHex, AccountQueue>();
  #count = 0;
  #sizeBytes = 0;

  constructor(name: string) {
    this.name = name;
  }

  get count(): number {
    return this.#count;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get isEmpty(): boolean {
    return this.#count === 0 && this.accounts.size === 0;
  }

  open(sender: PublicKeyHex): AccountQueue {
    const opened = new AccountQueue();
    this.accounts.set(sender, opened);
    return opened;
  }

  added({ bytes }: Transaction): void {
    this.#count += 1;
    this.#sizeBytes += bytes.byteLength;
  }

  removed({ bytes }: Transaction): void {
    this.#count -= 1;
    this.#sizeBytes -= bytes.byteLength;
  }
}
