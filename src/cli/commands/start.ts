import { readFile } from 'node:fs/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import type { Level } from 'pino';
import type { DescribePayload } from '../../api/block-json.js';
import { createHttpServer } from '../../api/server.js';
import type { HttpServer, HttpServerOptions } from '../../api/server.js';
import { keepHeapSmall } from '../../node/memory-limits.js';
import { MAX_SLOT_TIMEOUT_MS, MIN_SLOT_TIMEOUT_MS } from '../../node/slot-timeout.js';
import type { RunningPlatform, StartPlatform } from '../../node/running-platform.js';
import { removeApiFile, writeApiFile } from '../api-file.js';
import { CliError, messageOf } from '../cli-error.js';
import { LOG_LEVELS, createLogger } from '../log-lines.js';
import type { LogFormat } from '../log-lines.js';
import { npmLauncher } from '../npm-launcher.js';
import { addExamples } from '../platform-target.js';
import { shutdownRequest } from '../shutdown.js';
import type { ShutdownReason } from '../shutdown.js';
import type { Terminal } from '../terminal.js';

/** Where the HTTP API listens. */
interface ApiAddress {
  readonly host: string;
  readonly port: number;
}

export interface StartFlags {
  readonly home: string;
  readonly genesis: string;
  readonly bootstrap?: readonly string[];
  readonly listen: readonly string[];
  readonly announce?: readonly string[];
  readonly api: ApiAddress;
  readonly slotTimeoutMs?: number;
  readonly snapshotInterval?: number;
  readonly snapshotAbove?: number;
  readonly keepBlocks?: number;
  readonly logLevel: Level;
  readonly log?: LogFormat;
  readonly json?: boolean;
  readonly exitWithParent?: boolean;
}

/** @throws Error naming `what` unless `address` is a TCP multiaddr */
type CheckAddress = (address: string, what: string) => unknown;
type ParseBootstrap = (text: string, source: string) => readonly string[];

/** What a platform in the foreground is made of. */
export interface PlatformParts {
  readonly startPlatform: StartPlatform;
  /** The addresses in a bootstrap list's text. @throws Error naming `source` where it does not parse */
  readonly parseBootstrap: ParseBootstrap;
  readonly checkAddress: CheckAddress;
  readonly describePayload: DescribePayload;
}

/** What `start` is made of; tests put their own platform in. */
export interface StartParts extends PlatformParts {
  readonly shutdown: Promise<ShutdownReason>;
}

/** Told over the IPC channel to the process that started this one, if there is one. */
export interface ReadyMessage {
  readonly type: 'ready';
  readonly url: string;
  readonly listenAddresses: readonly string[];
}

/** HOST:PORT, or [IPv6]:PORT. @throws InvalidArgumentError */
export function parseApiAddress(text: string): ApiAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65535) throw new InvalidArgumentError('Give HOST:PORT, such as 127.0.0.1:8080; port 0 takes any free one.');
  return { host, port };
}

function parseSlotTimeout(text: string): number {
  const ms = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (ms < MIN_SLOT_TIMEOUT_MS || ms > MAX_SLOT_TIMEOUT_MS) throw new InvalidArgumentError(`Give milliseconds, from ${MIN_SLOT_TIMEOUT_MS} to ${MAX_SLOT_TIMEOUT_MS}.`);
  return ms;
}

function parseBlocks(text: string): number {
  const blocks = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(blocks)) throw new InvalidArgumentError('Give a number of blocks, from 0.');
  return blocks;
}

/** @throws CliError `usage` where `read` throws: it reads what was given on the command line */
function calledRightly<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CliError('usage', messageOf(error));
  }
}

/**
 * The bootstrap addresses named on the command line, files read.
 * @throws CliError `usage` where an entry is neither an address nor a file that can be read; of a file what `parseBootstrap` throws
 */
export async function bootstrapAddresses(sources: readonly string[], parseBootstrap: ParseBootstrap): Promise<string[]> {
  const lists = await Promise.all(sources.map(async (source) => {
    if (/^\/(ip4|ip6|dns|dns4|dns6)\//.test(source)) return calledRightly(() => parseBootstrap(source, '--bootstrap'));
    let text: string;
    try {
      text = await readFile(source, 'utf8');
    } catch (error) {
      throw new CliError('usage', `--bootstrap: ${source} is neither a multiaddr (/ip4/HOST/tcp/PORT) nor a file that can be read (${messageOf(error)})`);
    }
    return parseBootstrap(text, source);
  }));
  return [...new Set(lists.flat())];
}

async function serveApi(platform: RunningPlatform, options: HttpServerOptions): Promise<HttpServer> {
  try {
    return await createHttpServer(platform.view, options);
  } catch (error) {
    await platform.stop();
    const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const why = inUse ? 'another process uses this port; choose another, or 0 for any free one' : messageOf(error);
    throw new CliError('failed', `--api ${options.host}:${options.port}: ${why}`);
  }
}

/**
 * Runs a platform in the foreground until it is asked to stop, or stops itself.
 * @throws CliError where it cannot start, or stopped by an error of its own
 */
export async function runPlatform(flags: StartFlags, parts: StartParts, terminal: Terminal): Promise<void> {
  const logger = createLogger(flags.log ?? (flags.json === true ? 'json' : 'text'), flags.logLevel, terminal.out);
  for (const address of flags.listen) calledRightly(() => parts.checkAddress(address, '--listen'));
  for (const address of flags.announce ?? []) calledRightly(() => parts.checkAddress(address, '--announce'));
  const bootstrap = await bootstrapAddresses(flags.bootstrap ?? [], parts.parseBootstrap);
  const platform = await parts.startPlatform({
    home: flags.home,
    genesis: flags.genesis,
    bootstrap,
    listen: flags.listen,
    ...(flags.announce === undefined ? {} : { announce: flags.announce }),
    ...(flags.slotTimeoutMs === undefined ? {} : { slotTimeoutMs: flags.slotTimeoutMs }),
    ...(flags.snapshotInterval === undefined ? {} : { snapshotIntervalBlocks: flags.snapshotInterval }),
    ...(flags.snapshotAbove === undefined ? {} : { snapshotAboveBlocks: flags.snapshotAbove }),
    ...(flags.keepBlocks === undefined ? {} : { keepBlocks: flags.keepBlocks }),
    logger,
  });
  const http = await serveApi(platform, { ...flags.api, logger, describePayload: parts.describePayload });
  // A mistake in one task must not end a platform that others count on.
  const onRejection = (reason: unknown): void => { logger.error({ err: reason }, 'a task failed without anybody awaiting it'); };
  process.on('unhandledRejection', onRejection);
  try {
    await writeApiFile(flags.home, { url: http.url, pid: process.pid, ...http.identity });
    const { platform: name, version } = platform.view.status();
    logger.info({ version, api: http.url, listen: platform.listenAddresses }, `${name} is up; Ctrl-C stops it`);
    if (!http.isLoopback) logger.warn({ api: http.url }, 'the API is open to other hosts, and asks nobody who they are');
    process.send?.({ type: 'ready', url: http.url, listenAddresses: platform.listenAddresses } satisfies ReadyMessage);

    const end = await Promise.race([parts.shutdown, platform.stopped]);
    if (end instanceof Error) throw new CliError('failed', `${name} stopped itself: ${end.message}`);
    logger.info({ reason: end ?? 'stopped' }, `${name} is stopping`);
  } finally {
    await http.close();
    await platform.stop();
    await removeApiFile(flags.home, process.pid);
    process.off('unhandledRejection', onRejection);
  }
  logger.info('stopped cleanly');
}

/** Loaded when needed, so that the commands that only ask a platform start at once. */
async function productionParts(): Promise<PlatformParts> {
  const [{ startPlatform }, { parseBootstrap }, { parsePeerAddress }, { describeOperation }] = await Promise.all([
    import('../../node/platform.js'), import('../../network/bootstrap.js'), import('../../network/multiaddrs.js'), import('../../ledger/key-value.js'),
  ]);
  return { startPlatform, parseBootstrap, checkAddress: parsePeerAddress, describePayload: describeOperation };
}

/** Adds `fb-pbft start`. @param loadParts what the platform is made of, where it is not the production one */
export function addStartCommand(program: Command, terminal: Terminal, loadParts = productionParts): void {
  const command = program.command('start')
    .description('run a platform in the foreground; Ctrl-C stops it cleanly')
    .requiredOption('--home <dir>', 'home of the platform, made by "fb-pbft init"')
    .requiredOption('--genesis <file>', 'the society\'s genesis, made by "fb-pbft genesis"; the same file on every platform')
    .option('--bootstrap <file|multiaddr...>', 'members to connect to first; any one that can be reached is enough')
    .requiredOption('--listen <multiaddr...>', 'where to listen for other platforms, such as /ip4/0.0.0.0/tcp/4001')
    .option('--announce <multiaddr...>', 'addresses to tell others instead, where this host is behind a port forward')
    .addOption(new Option('--api <host:port>', 'where to serve the HTTP API; others find it through the home').argParser(parseApiAddress)
      .default({ host: '127.0.0.1', port: 0 }, '127.0.0.1:0, any free port'))
    .addOption(new Option('--slot-timeout-ms <n>', 'how long to wait for a proposer before its slot is skipped: at least five times the one-way delay between platforms, and the same on all (default 1000)').argParser(parseSlotTimeout))
    .addOption(new Option('--snapshot-interval <blocks>', 'make a snapshot of the state every so many blocks; 0 for never (default 10000)').argParser(parseBlocks))
    .addOption(new Option('--snapshot-above <blocks>', 'further behind than this, fetch a snapshot rather than blocks (default 20000)').argParser(parseBlocks))
    .addOption(new Option('--keep-blocks <n>', 'keep only so many of the newest blocks, once a snapshot replaces older ones (default: all)').argParser(parseBlocks))
    .addOption(new Option('--log-level <level>', 'least severe level to log').choices(LOG_LEVELS).default('info'))
    .addOption(new Option('--log <format>', 'log lines for people, or newline-delimited JSON').choices(['text', 'json']))
    .option('--json', 'the same as --log json')
    .addOption(new Option('--exit-with-parent').hideHelp())
    .action(async (flags: StartFlags) => {
      keepHeapSmall();
      const shutdown = shutdownRequest(flags.exitWithParent === true, npmLauncher(process.env));
      await runPlatform(flags, { ...await loadParts(), shutdown }, terminal);
    });
  addExamples(
    command,
    'fb-pbft start --home thor --genesis genesis.json --listen /ip4/127.0.0.1/tcp/4001',
    'fb-pbft start --home sprout --genesis genesis.json --listen /ip4/127.0.0.1/tcp/4002 --bootstrap /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW…',
  );
}
