import { Buffer } from 'node:buffer';
import { randomRun } from '../../test/simulation/random-faults.js';
import type { SeedRange } from './options.js';

// Runs make millions of small buffers: cut from larger pieces they cost half as much.
Buffer.poolSize = 2 ** 20;

// Ctrl-C reaches the whole group of processes: the parent decides when to end.
process.on('SIGINT', () => undefined);
async function play(from: number, to: number): Promise<void> {
  for (let seed = from; seed <= to; seed += 1) process.send?.(await randomRun(seed));
}

process.on('message', ({ from, to }: SeedRange) => {
  void play(from, to);
});
