import { join } from 'node:path';
import { messageOf } from '../../src/cli/cli-error.js';
import { ATTACKS } from '../../test/flood/catalogue.js';
import { keptText, playIn } from '../chaos/left-behind.js';
import { timeline } from '../chaos/timeline.js';
import type { Conclusion } from '../command/conclusion.js';
import { conclude } from '../command/conclusion.js';
import type { InterruptibleTerminal } from '../command/process.js';
import type { FloodOptions } from './options.js';
import { parseFloodOptions } from './options.js';
import { playKind } from './round.js';
import type { KindResult } from './round.js';
import type { PhaseFigures } from './verdict.js';

/** `npm run flood`. All processes have ended when it returns. @returns the exit code */
export function flood(args: readonly string[], host: InterruptibleTerminal): Promise<number> {
  return conclude(host, async () => {
    const options = parseFloodOptions(args, host);
    return typeof options === 'number' ? options : playIn(options.dir, 'fb-pbft-flood-', host, (dir) => play(options, dir, host));
  });
}

async function play(options: FloodOptions, dir: string, { out, signal }: InterruptibleTerminal): Promise<Conclusion> {
  const say = timeline(out);
  const results: KindResult[] = [];
  const failed: string[] = [];
  say(`${options.kinds.length} kinds, ${options.seconds} s each beside as long a control; ${options.rate} of the limits; ${dir}`);
  for (const attack of ATTACKS.filter(({ name }) => options.kinds.includes(name))) {
    if (signal.aborted) break;
    say(`${attack.name}: ${attack.text}`);
    try {
      const result = await playKind(attack, join(dir, attack.name), options, signal);
      results.push(result);
      for (const line of linesOf(result)) say(`  ${line}`);
      if (result.failed.length > 0) failed.push(attack.name);
    } catch (error) {
      say(`  FAILED: ${messageOf(error)}`);
      failed.push(attack.name);
    }
  }
  if (failed.length > 0) out(keptText(dir));
  return {
    ok: failed.length === 0 && !signal.aborted, kinds: results.length, failed, violations: failed.length, interrupted: signal.aborted,
    seconds: options.seconds, rate: options.rate, figures: results,
  };
}

function phaseText({ submitted, final, p50Ms, maxMs, processorSeconds }: PhaseFigures): string {
  return `${final} of ${submitted} final, p50 ${p50Ms ?? '-'} ms, longest ${maxMs ?? '-'} ms, processor ${processorSeconds ?? '-'} s`;
}

function linesOf({ control, attack, sent, cutOffs, notSent, processorMsPerMegabyte, processorMsPerMessage, refused, lostLinks, unanswered, failed }: KindResult): string[] {
  return [
    `control: ${phaseText(control)}`,
    `attack:  ${phaseText(attack)}`,
    `sent ${sent.count} in ${(sent.bytes / 1e6).toFixed(2)} MB, cut off ${cutOffs} times; honest processors ${processorMsPerMegabyte ?? '-'} ms per MB, ${processorMsPerMessage ?? '-'} ms per message; `
      + `${lostLinks} honest links lost, ${unanswered} statuses not answered`,
    ...(notSent === null ? [] : [`not all was sent: ${notSent}`]),
    ...refused.map(({ platform, about, afterSeconds, reason }) => `${platform} refused ${about} after ${afterSeconds} s: ${reason}`),
    ...failed.map((what) => `FAILED: ${what}`),
  ];
}
