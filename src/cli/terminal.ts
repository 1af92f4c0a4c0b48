/** Where a command writes. Commands take it as a parameter so that tests can read what they say. */
export interface Terminal {
  /** One line, or several, to standard output. */
  readonly out: (text: string) => void;
  /** One line, or several, to standard error. */
  readonly err: (text: string) => void;
}

export const PROCESS_TERMINAL: Terminal = {
  out: (text) => { process.stdout.write(`${text}\n`); },
  err: (text) => { process.stderr.write(`${text}\n`); },
};

/**
 * Keeps this process alive when nobody reads what it writes any more, as when Ctrl-C ends the `tee` of a pipe first: a
 * platform must still stop cleanly, and what cannot be written is lost.
 */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

/** Labels and values in two aligned columns. */
export function alignedLines(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`.trimEnd()).join('\n');
}
