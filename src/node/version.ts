import { readFileSync } from 'node:fs';

/** From the package.json nearest above this file (it runs from src/ and from dist/src/). */
function readVersion(): string {
  for (const path of ['../../package.json', '../../../package.json']) {
    try {
      const content: unknown = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
      if (typeof content === 'object' && content !== null && 'version' in content) return String(content.version);
    } catch {
      // Not there: look further up.
    }
  }
  return 'unknown';
}

/** The project's version, such as `0.1.0`. */
export const VERSION = readVersion();
