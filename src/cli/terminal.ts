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

/** Labels and values in two aligned columns. */
export function alignedLines(rows: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, value]) => `${label.padEnd(width)}  ${value}`.trimEnd()).join('\n');
}
