import { Writable } from 'node:stream';
import { pino } from 'pino';
import type { Level, Logger } from 'pino';

export type LogFormat = 'text' | 'json';
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const satisfies readonly Level[];

const LEVEL_NAMES = new Map([[10, 'trace'], [20, 'debug'], [30, 'info'], [40, 'warn'], [50, 'error'], [60, 'fatal']]);
/** Fields that are the line's own, not part of what is logged. */
const FRAME = new Set(['time', 'level', 'msg', 'pid', 'hostname']);

function fieldText(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string') return JSON.stringify(value.message);
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/** Date and time with its zone, alike on all hosts; nothing for what no Date can hold, since a field of the same name may stand in its place. */
function timeText(time: unknown): string {
  const date = new Date(typeof time === 'number' ? time : Number.NaN);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

/** One pino record as a line for people: `2026-11-30T12:34:56.789Z info  message field=value …`. What is no record is passed as it is. */
export function logLine(record: string): string {
  let entry: unknown;
  try {
    entry = JSON.parse(record);
  } catch {
    return record;
  }
  if (typeof entry !== 'object' || entry === null) return record;
  const fields = new Map<string, unknown>(Object.entries(entry));
  const level = fields.get('level');
  const message = fields.get('msg');
  const time = timeText(fields.get('time'));
  const name = (typeof level === 'number' ? LEVEL_NAMES.get(level) : undefined) ?? 'info';
  const rest = [...fields].filter(([key]) => !FRAME.has(key)).map(([key, value]) => `${key}=${fieldText(value)}`);
  return [time, name.padEnd(5), typeof message === 'string' ? message : '', ...rest].filter((part) => part.length > 0).join(' ');
}

class LogLines extends Writable {
  readonly #out: (line: string) => void;
  constructor(out: (line: string) => void) {
    super({ decodeStrings: false });
    this.#out = out;
  }

  override _write(chunk: unknown, _encoding: BufferEncoding, done: () => void): void {
    for (const record of String(chunk).split('\n')) if (record.length > 0) this.#out(logLine(record));
    done();
  }
}

/** A logger that writes readable lines, or pino's newline-delimited JSON, through `out`. */
export function createLogger(format: LogFormat, level: Level, out: (line: string) => void): Logger {
  if (format === 'text') return pino({ level }, new LogLines(out));
  return pino({ level, base: null }, { write: (record: string) => { out(record.trimEnd()); } });
}
