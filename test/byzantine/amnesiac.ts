import type { Adversary } from './port.js';

/**
 * Loses its disk at every crash and does not notice: it votes again in slots in which it has voted (Tendermint's
 * ADR-056 calls it amnesia). To the others it is a platform that signed two first votes, of which f are harmless;
 * honest platforms are kept from it by section 5 and R10.
 */
export const AMNESIAC: Adversary = {
  name: 'amnesiac',
  against: 'sections 1 and 5, R10',
  losesDisk: true,
  create: () => ({}),
};
