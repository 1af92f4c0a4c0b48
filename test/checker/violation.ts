/** Numbers of SPEC section 13. */
export type Invariant = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9;

export interface Violation {
  readonly invariant: Invariant;
  /** One sentence: where and what. */
  readonly text: string;
}

/** Called once for each thing found wrong. */
export type Report = (invariant: Invariant, text: string) => void;

/** As failures are told: `invariant 3: platform 1 slot 7: …`. */
export function violationText({ invariant, text }: Violation): string {
  return `invariant ${invariant}: ${text}`;
}
