import type { PhaseFigures } from './phases.js';

function megabytes(bytes: number | null): string {
  return bytes === null ? '-' : (bytes / 1e6).toFixed(0);
}

function fixed(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits);
}

/** One phase as a small table for people. */
export function phaseText(title: string, figures: PhaseFigures): string {
  const rows = [
    ['platform', 'CPU %', 'RSS MB', 'peak MB'],
    ...figures.platforms.map(({ name, cpuPercent, residentBytes, peakResidentBytes }) => (
      [name, fixed(cpuPercent, 0), megabytes(residentBytes), megabytes(peakResidentBytes)])),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`);
  return [
    `${title}: ${figures.seconds.toFixed(0)} s, ${figures.blocks} blocks`,
    `  ${figures.blocksPerSecond.toFixed(1)} blocks/s   ${figures.transactionsPerSecond.toFixed(1)} transactions/s   finality p50 ${fixed(figures.finalityMsP50, 1)} ms, p99 ${fixed(figures.finalityMsP99, 1)} ms`,
    ...table,
  ].join('\n');
}

/** Figures with two decimals at most: what the JSON line carries. */
export function roundedFigures(figures: PhaseFigures): PhaseFigures {
  const round = (value: number): number => Math.round(value * 100) / 100;
  const roundOr = (value: number | null): number | null => (value === null ? null : round(value));
  return {
    seconds: round(figures.seconds),
    blocks: figures.blocks,
    blocksPerSecond: round(figures.blocksPerSecond),
    transactionsPerSecond: round(figures.transactionsPerSecond),
    finalityMsP50: roundOr(figures.finalityMsP50),
    finalityMsP99: roundOr(figures.finalityMsP99),
    platforms: figures.platforms.map((platform) => ({ ...platform, cpuPercent: roundOr(platform.cpuPercent) })),
  };
}
