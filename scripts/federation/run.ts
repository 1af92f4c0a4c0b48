import { encodePut } from '../../src/ledger/key-value.js';
import type { Conclusion } from '../command/conclusion.js';
import { plainLine, Screen, tableLines } from './display.js';
import type { FederationPicture } from './display.js';
import { platformsOf, readDescription } from './description.js';
import { prepareDirectory } from './directory.js';
import { FederationError } from './federation-error.js';
import { LoadGenerator } from './load.js';
import { LocalFederation } from './local-federation.js';
import { FederationObserver } from './observer.js';
import type { FederationOptions } from './options.js';
import { pause } from './pause.js';
import { verdictOf } from './verdict.js';

/** How often the platforms are asked where they stand. */
const OBSERVE_MS = 200;
/** How often a line is written where there is no terminal to draw on. */
const PLAIN_LINE_MS = 1000;
/** The light load writes this many keys over and over, so that the ledger's state stays small. */
const LOAD_KEYS = 1000;

/** Where a run shows itself. */
export interface RunOutput {
  readonly stream: NodeJS.WriteStream;
  readonly say: (line: string) => void;
}

/** How a run is shown while it goes on; `say` is for what happens meanwhile. */
interface Display {
  readonly show: (picture: FederationPicture) => void;
  readonly say: (line: string) => void;
  /** What is drawn stands, whatever size the terminal takes. */
  readonly end: () => void;
}

/** Draws a table on a terminal, and lines now and then elsewhere. */
function display({ stream, say }: RunOutput): Display {
  if (stream.isTTY) {
    const screen = new Screen(stream);
    const onResize = (): void => { screen.resized(); };
    stream.on('resize', onResize);
    return {
      show: (picture) => { screen.draw((columns) => tableLines(picture, columns)); },
      say: (line) => { screen.say(line); },
      end: () => { stream.off('resize', onResize); },
    };
  }
  let nextMs = 0;
  return {
    say, end: () => undefined,
    show: (picture) => {
      if (picture.elapsedMs < nextMs) return;
      nextMs = picture.elapsedMs + PLAIN_LINE_MS;
      say(plainLine(picture));
    },
  };
}

async function watch(
  federation: LocalFederation, observer: FederationObserver, options: FederationOptions, { show, say }: Display, signal: AbortSignal,
): Promise<void> {
  const startMs = performance.now();
  // With nothing to do an idle society makes no block, and that is no failure.
  const expectsProgress = options.load > 0 || options.untilSequence !== undefined;
  const told = new Set<string>();
  while (!signal.aborted) {
    for (const ended of federation.ended) {
      if (!options.keepGoing) throw await ended.endedError();
      if (!told.has(ended.name)) {
        told.add(ended.name);
        say(`${(await ended.endedError()).message}\nstart it again with: ${ended.restartCommand}`);
      }
    }
    await federation.observe(observer);
    show({
      platforms: federation.picture(observer),
      rates: observer.recentRates,
      finality: observer.finality,
      load: options.load,
      elapsedMs: performance.now() - startMs,
      untilSequence: options.untilSequence,
    });
    if (options.untilSequence !== undefined && observer.slowestSequence >= options.untilSequence) return;
    if (expectsProgress && !options.keepGoing) observer.checkProgress(performance.now(), options.timeout * 1000);
    await pause(OBSERVE_MS, signal);
  }
}

/**
 * Runs a federation until it has the blocks asked for, or until `signal`. All processes have ended when it returns,
 * and when it throws.
 * @returns its last line: the verdict on the blocks asked for; else where the chain stands
 * @throws FederationError, and the errors of keys, genesis and databases, each with what to do
 */
export async function runFederation(
  options: FederationOptions, command: string, descriptionFile: string, output: RunOutput, signal: AbortSignal,
): Promise<Conclusion> {
  const description = await readDescription(descriptionFile);
  const directory = await prepareDirectory(options.dir, description, platformsOf(description, options.platforms), options.fresh);
  const federation = new LocalFederation({ directory, command, bootstrap: description.bootstrap, timeoutMs: options.timeout * 1000 });
  const observer = new FederationObserver(directory.platforms.map(({ name }) => name), performance.now());
  output.say(`${directory.platforms.length} platform${directory.platforms.length === 1 ? '' : 's'} of ${directory.genesis.society} in ${directory.path}`);
  const shown = display(output);
  let load: LoadGenerator | undefined;
  let unclean: readonly string[];
  try {
    await federation.start(options.keepGoing);
    observer.restartClock(performance.now());
    const run = Date.now().toString(36);
    load = new LoadGenerator({
      clients: federation.loadClients((client, nonce) => encodePut(`load/${client}/${nonce % LOAD_KEYS}`, `${run}/${nonce}`)),
      transactionsPerSecond: options.load,
    });
    await watch(federation, observer, options, shown, signal);
  } finally {
    shown.end();
    await load?.stop();
    unclean = await federation.stop();
  }
  if (unclean.length > 0) throw new FederationError('platform-ended', `${unclean.join(', ')} did not stop cleanly; see platform.log in ${directory.path}`);
  const { untilSequence } = options;
  if (untilSequence === undefined) {
    output.say(`stopped cleanly; "npm start" goes on from block ${observer.fastestSequence}`);
    return { ok: true, platforms: directory.platforms.length, sequence: observer.fastestSequence };
  }
  if (observer.slowestSequence < untilSequence) {
    throw new FederationError('interrupted', `stopped when every platform had ${observer.slowestSequence} blocks, before ${untilSequence}`);
  }
  return { ok: true, ...await verdictOf(directory, observer, untilSequence) };
}
