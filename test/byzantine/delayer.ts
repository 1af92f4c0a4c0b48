import type { Adversary } from './port.js';
import { onOwn } from './port.js';

/** Around the moment of expiry, in ms: some receivers get it before, some in the same instant, some after. */
const OFFSETS_MS = [-30, -10, -5, -1, 0, 1, 5, 20];
/** Timers grow by half with each expiry (section 4). */
const GROWTH = [1, 1, 1.5, 2.25];

/**
 * Sends what it signs so late that it arrives around the expiry of the slot's timer, before it at some and after it at
 * others. Block and timeout exclude one another at each platform (R2, R3), whichever comes first; and timers that grow
 * outlast any delay that does not (section 4).
 */
export const DELAYER: Adversary = {
  name: 'delayer to around the timer',
  against: 'R2, R3, R4a, section 4',
  create: (port) => onOwn(port, (message) => [{
    message, delayMs: Math.max(0, port.slotTimeoutMs * port.random.pick(GROWTH) + port.random.pick(OFFSETS_MS)),
  }]),
};
