/** Too much work for one input: told by counting, so that it does not depend on the machine. */
export class StepsExceeded extends Error {
  constructor(budget: number) {
    super(`more than ${budget} look-ups for one input: its numbers drive a loop`);
    this.name = 'StepsExceeded';
  }
}

type Lookup = (this: ReadonlyMap<unknown, unknown>, key: unknown) => unknown;

/**
 * Runs synchronous code with its look-ups in maps counted, and stops it beyond `budget` of them. State machines look
 * something up in every turn of every loop over slots.
 * @throws StepsExceeded
 */
export function withinSteps<T>(budget: number, run: () => T): T {
  const original = Reflect.get(Map.prototype, 'get') as Lookup;
  let steps = 0;
  const counted: Lookup = function counted(key) {
    steps += 1;
    if (steps > budget) throw new StepsExceeded(budget);
    return original.call(this, key);
  };
  Reflect.set(Map.prototype, 'get', counted);
  try {
    return run();
  } finally {
    Reflect.set(Map.prototype, 'get', original);
  }
}
