/** Minutes, seconds and tenths. */
function timeText(ms: number): string {
  const tenths = Math.floor(ms / 100);
  return `${String(Math.floor(tenths / 600)).padStart(2, '0')}:${String(Math.floor(tenths / 10) % 60).padStart(2, '0')}.${tenths % 10}`;
}

/** Lines with the time since now. */
export function timeline(out: (line: string) => void): (line: string) => void {
  const startMs = performance.now();
  return (line) => { out(`${timeText(performance.now() - startMs)}  ${line}`); };
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
