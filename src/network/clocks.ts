declare const monotonic: unique symbol;
declare const wall: unique symbol;

/** A reading of the monotonic clock in milliseconds; only the difference of two readings means something. */
export type MonotonicMs = number & { readonly [monotonic]: true };
/** Goes forward evenly whatever is done to the host's date. Every duration, age, pause and penalty is measured by it. */
export type MonotonicClock = () => MonotonicMs;

/** A date: milliseconds since 1970. It may jump in either direction at any time. */
export type WallMs = number & { readonly [wall]: true };
export type WallClock = () => WallMs;

export function toMonotonicMs(milliseconds: number): MonotonicMs {
  return milliseconds as MonotonicMs;
}

export function toWallMs(milliseconds: number): WallMs {
  return milliseconds as WallMs;
}

/** This host's. */
export const monotonicClock: MonotonicClock = () => toMonotonicMs(performance.now());
export const wallClock: WallClock = () => toWallMs(Date.now());
