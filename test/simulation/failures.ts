/**
 * Something that must never happen did: an invariant of SPEC section 13 other than liveness is broken, or a platform
 * stopped itself. The message starts with the invariant's number where there is one.
 */
export class SafetyViolation extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SafetyViolation';
  }
}

/** Something that must happen did not in time (SPEC section 13, invariant 9). */
export class Stall extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Stall';
  }
}
