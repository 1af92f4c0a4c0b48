/**
 * How long a platform waits for a proposer before it votes to skip its slot. It is to be at least five times the one-way
 * delay between platforms: a proposal, votes and, where the fast path fails, three delays more.
 */
export const DEFAULT_SLOT_TIMEOUT_MS = 1_000;
export const MIN_SLOT_TIMEOUT_MS = 10;
export const MAX_SLOT_TIMEOUT_MS = 600_000;
