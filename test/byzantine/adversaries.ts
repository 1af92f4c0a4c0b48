import type { SimAdversary } from './in-world.js';
import { inWorld } from './in-world.js';
import { PORTABLE_ADVERSARIES } from './portable.js';
import { TWINS } from './twins.js';

/** Every adversary of the simulated world. A random plan draws from these by name. */
export const ADVERSARIES: readonly SimAdversary[] = [...PORTABLE_ADVERSARIES.map(inWorld), TWINS];
