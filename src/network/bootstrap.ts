import { NetworkError } from './errors.js';
import { parsePeerAddress } from './multiaddrs.js';

const MAX_ENTRIES = 1_000;

/**
 * Reads a bootstrap list: a JSON array of multiaddrs, a JSON object `{"bootstrap": [multiaddr, …]}`, or text with one
 * multiaddr a line, where blank lines and what follows `#` do not count.
 * @param source names the list in errors, such as the file's path
 * @returns the multiaddrs as written, each checked, none twice
 * @throws NetworkError `bad-bootstrap` naming the source, the line or entry, and what is wrong with it
 */
export function parseBootstrap(text: string, source = 'bootstrap list'): readonly string[] {
  const trimmed = text.trim();
  if (trimmed === '') throw new NetworkError('bad-bootstrap', `${source}: is empty; write one multiaddr a line`);
  const entries = /^[[{"]/.test(trimmed) ? jsonEntries(text.replace(/^\uFEFF/, ''), source) : lineEntries(text);
  if (entries.length === 0) throw new NetworkError('bad-bootstrap', `${source}: names no address; write one multiaddr a line`);
  if (entries.length > MAX_ENTRIES) throw new NetworkError('bad-bootstrap', `${source}: has ${entries.length} entries, above the limit of ${MAX_ENTRIES}`);
  for (const { where, value } of entries) {
    if (typeof value !== 'string') throw new NetworkError('bad-bootstrap', `${source}, ${where}: must be a multiaddr in quotes, got ${inShort(value)}`);
    try {
      parsePeerAddress(value, `${source}, ${where}`);
    } catch (error) {
      throw new NetworkError('bad-bootstrap', error instanceof Error ? error.message : String(error), { cause: error });
    }
  }
  return [...new Set(entries.map(({ value }) => String(value)))];
}

/** Not the whole value, which may be nested too deeply to be written. */
function inShort(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

interface Entry {
  readonly where: string;
  readonly value: unknown;
}

function lineEntries(text: string): readonly Entry[] {
  return text
    .split(/\r?\n/)
    .map((line, i) => ({ where: `line ${i + 1}`, value: line.replace(/#.*$/, '').trim() }))
    .filter(({ value }) => value !== '');
}

function jsonEntries(text: string, source: string): readonly Entry[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new NetworkError('bad-bootstrap', `${source}${lineOf(text)}: starts like JSON but does not parse as such (${why})`, { cause: error });
  }
  const list: unknown = typeof value === 'object' && value !== null && 'bootstrap' in value ? value.bootstrap : value;
  if (!Array.isArray(list)) {
    throw new NetworkError('bad-bootstrap', `${source}: must be an array of multiaddrs or {"bootstrap": [multiaddr, …]}`);
  }
  return list.map((item: unknown, i) => ({ where: `entry ${i + 1}`, value: item }));
}

/**
 * `, line N` where the text stops being JSON. Engines word their errors differently and not all give a position, but
 * all tell a text that merely ends too early, which is what a good beginning is, from a wrong one.
 */
function lineOf(text: string): string {
  const lines = text.split('\n').slice(0, MAX_ENTRIES);
  const wrong = lines.findIndex((_, i) => {
    const beginning = lines.slice(0, i + 1).join('\n');
    try {
      JSON.parse(beginning);
      return false;
    } catch (error) {
      const why = error instanceof Error ? error.message : '';
      const position = /at position (\d+)/.exec(why)?.[1];
      return !why.includes('end of JSON input') && !(position !== undefined && Number(position) >= beginning.length);
    }
  });
  return wrong < 0 ? '' : `, line ${wrong + 1}`;
}
