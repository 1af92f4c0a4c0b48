import { InvalidArgumentError } from 'commander';

/** Reads an option's number, at most ten digits before the point. @throws InvalidArgumentError where it is another thing, or out of range */
export function numberOption(text: string, min: number, max: number, whole: boolean): number {
  const value = (whole ? /^\d{1,10}$/ : /^\d{1,10}(\.\d{1,6})?$/).test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max)) throw new InvalidArgumentError(`Give a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`);
  return value;
}
