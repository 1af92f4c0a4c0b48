import type { Probe } from './probes.js';
import type { Witnessed } from './witness.js';

/** One half of a kind's measurement: honest traffic for a while, without or with the attack. */
export interface Phase {
  readonly durationMs: number;
  readonly probes: readonly Probe[];
  readonly witnessed: Witnessed;
  /** Of the honest platforms together; undefined where the host does not tell. */
  readonly processorMs: number | undefined;
}

/** What a phase comes to. */
export interface PhaseFigures {
  readonly submitted: number;
  readonly final: number;
  /** Milliseconds from submission to finality; null where nothing became final. */
  readonly p50Ms: number | null;
  readonly maxMs: number | null;
  readonly processorSeconds: number | null;
}

export function figuresOf({ probes, processorMs }: Phase): PhaseFigures {
  const latencies = probes.flatMap(({ submittedMs, finalMs }) => (finalMs === undefined ? [] : [finalMs - submittedMs])).sort((a, b) => a - b);
  const rounded = (ms: number | undefined): number | null => (ms === undefined ? null : Math.round(ms));
  return {
    submitted: probes.length, final: latencies.length, p50Ms: rounded(latencies[Math.floor((latencies.length - 1) / 2)]), maxMs: rounded(latencies.at(-1)),
    processorSeconds: processorMs === undefined ? null : Math.round(processorMs / 10) / 100,
  };
}

export interface Judged {
  readonly control: Phase;
  readonly attack: Phase;
  /** What is sent can come from no honest member. */
  readonly invalid: boolean;
  readonly attackerName: string;
  readonly honestNames: readonly string[];
  /** Turns of the attacker to lead between two times of performance.now(). */
  readonly attackerTurns: (fromMs: number, toMs: number) => number;
  readonly slotTimeoutMs: number;
  /** Medians of the control that a transaction may take. */
  readonly patience: number;
}

/** What is not as it must be (SPEC section 14, row D8), in words; nothing where all is. */
export function judge(judged: Judged): readonly string[] {
  const { control, attack, invalid, attackerName, honestNames } = judged;
  const failures: string[] = [];
  const calm = figuresOf(control);
  if (calm.p50Ms === null || calm.final < calm.submitted) failures.push(`without an attack ${calm.submitted - calm.final} of ${calm.submitted} transactions were not final`);
  const late = lateProbes(judged, calm.p50Ms ?? 0);
  const pending = attack.probes.filter(({ finalMs }) => finalMs === undefined).length;
  if (pending > 0) failures.push(`${pending} of ${attack.probes.length} transactions were never final`);
  if (late > 0) failures.push(`${late} of ${attack.probes.length} transactions took longer than ${judged.patience} medians of the control and the attacker's turns`);
  for (const { platform, about } of [...control.witnessed.lostLinks, ...attack.witnessed.lostLinks]) failures.push(`${platform} lost its link to ${about}`);
  const refusals = [...control.witnessed.refusals, ...attack.witnessed.refusals];
  for (const { platform, about, reason } of refusals) if (about !== attackerName) failures.push(`${platform} refused ${about}: ${reason}`);
  if (invalid) {
    const refusing = new Set(attack.witnessed.refusals.filter(({ about }) => about === attackerName).map(({ platform }) => platform));
    for (const name of honestNames) if (!refusing.has(name)) failures.push(`${name} did not refuse ${attackerName}, though what it sent was invalid`);
  }
  return [...new Set(failures)];
}

function lateProbes({ attack, attackerTurns, slotTimeoutMs, patience }: Judged, calmMs: number): number {
  return attack.probes.filter(({ submittedMs, finalMs }) => (
    finalMs !== undefined && finalMs - submittedMs > patience * calmMs + slotTimeoutMs * attackerTurns(submittedMs, finalMs))).length;
}
