import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AddressBook } from '../network/options.js';
import { replaceFile } from '../storage/durable-file.js';

const FILE = 'addresses.json';

/** Members' addresses in `<home>/addresses.json`. They are hints: a file that is missing or damaged is as good as none. */
export function fileAddressBook(home: string): AddressBook {
  const path = join(home, FILE);
  return {
    load: async () => {
      try {
        const book: unknown = JSON.parse(await readFile(path, 'utf8'));
        return isBook(book) ? book : {};
      } catch {
        return {};
      }
    },
    save: (addresses) => replaceFile(path, `${JSON.stringify(addresses, null, 2)}\n`),
  };
}

function isBook(value: unknown): value is Record<string, readonly string[]> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    && Object.values(value).every((list) => Array.isArray(list) && list.every((address) => typeof address === 'string'));
}
