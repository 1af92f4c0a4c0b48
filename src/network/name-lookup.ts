import { lookup as hostLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

type Options = Parameters<LookupFunction>[1];
type Callback = Parameters<LookupFunction>[2];

/**
 * Resolves host names for dialling: by the host's own resolver, so that its hosts file and search domains count, and
 * afresh for each dial, since nothing is kept. One name at a time: the resolver blocks a thread of the few that Node.js
 * has for all of its file access and LevelDB's, for many seconds where no name server answers. Whoever asks for a name
 * that is being looked up gets that answer.
 */
export class NameLookup {
  readonly #resolve: LookupFunction;
  readonly #waiting = new Map<string, { readonly name: string; readonly options: Options; readonly callbacks: Callback[] }>();
  #isResolving = false;

  constructor(resolve: LookupFunction = hostLookup) {
    this.#resolve = resolve;
  }

  /** For `net.connect`. */
  readonly lookup: LookupFunction = (name, options, callback) => {
    const key = JSON.stringify([name, options.family, options.all, options.hints, options.order]);
    const asked = this.#waiting.get(key);
    if (asked === undefined) this.#waiting.set(key, { name, options, callbacks: [callback] });
    else asked.callbacks.push(callback);
    this.#next();
  };

  #next(): void {
    const [first] = this.#waiting;
    if (this.#isResolving || first === undefined) return;
    this.#isResolving = true;
    const [key, { name, options, callbacks }] = first;
    this.#resolve(name, options, (error, address, family) => {
      this.#isResolving = false;
      this.#waiting.delete(key);
      for (const callback of callbacks) callback(error, address, family);
      this.#next();
    });
  }
}
