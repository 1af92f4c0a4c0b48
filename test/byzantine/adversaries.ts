import type { SimAdversary } from './in-world.js';
import { inWorld } from './in-world.js';
import { LYING_SNAPSHOTS } from './lying-snapshots.js';
import { PORTABLE_ADVERSARIES } from './portable.js';
import { TWINS } from './twins.js';

/** A random plan draws from these by name: another one among them changes what the seeds play. */
export const DRAWN_ADVERSARIES: readonly SimAdversary[] = [...PORTABLE_ADVERSARIES.map(inWorld), TWINS];

/** Every adversary of the simulated world. */
export const ADVERSARIES: readonly SimAdversary[] = [...DRAWN_ADVERSARIES, inWorld(LYING_SNAPSHOTS)];
