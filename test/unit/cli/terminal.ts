import type { Terminal } from '../../../src/cli/terminal.js';

/** Keeps what a command says. */
export class RecordingTerminal implements Terminal {
  readonly outLines: string[] = [];
  readonly errLines: string[] = [];
  readonly out = (text: string): void => { this.outLines.push(text); };
  readonly err = (text: string): void => { this.errLines.push(text); };

  get stdout(): string {
    return this.outLines.join('\n');
  }

  get stderr(): string {
    return this.errLines.join('\n');
  }
}
