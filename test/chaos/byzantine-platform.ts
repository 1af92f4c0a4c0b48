import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { addStartCommand } from '../../src/cli/commands/start.js';
import { messageOf } from '../../src/cli/cli-error.js';
import { outliveReaders, PROCESS_TERMINAL } from '../../src/cli/terminal.js';
import { wireLimits } from '../../src/codec/limits.js';
import { quorumParameters } from '../../src/consensus/quorum.js';
import { createSigner } from '../../src/crypto/ed25519.js';
import { loadPlatformKey } from '../../src/crypto/key-store.js';
import type { PlatformKey } from '../../src/crypto/key-store.js';
import { readGenesisFile } from '../../src/ledger/genesis-file.js';
import { describeOperation } from '../../src/ledger/key-value.js';
import { parseBootstrap } from '../../src/network/bootstrap.js';
import { parsePeerAddress } from '../../src/network/multiaddrs.js';
import { createLibp2pNetwork } from '../../src/network/libp2p-network.js';
import { startPlatform } from '../../src/node/platform.js';
import type { PlatformOptions, RunningPlatform } from '../../src/node/running-platform.js';
import type { Genesis } from '../../src/types/genesis.js';
import type { MemberIndex } from '../../src/types/ids.js';
import { toMemberIndex } from '../../src/types/ids.js';
import type { Adversary, Port } from '../byzantine/port.js';
import { PORTABLE_ADVERSARIES } from '../byzantine/portable.js';
import { Random } from '../simulation/random.js';
import { ByzantineNetwork } from './byzantine-network.js';
import { CAPTURE_FILE, MessageCapture } from './captured-messages.js';

/**
 * `fb-pbft start` of a Byzantine platform: the production platform, but for an adversary between it and its network,
 * and everything it hears and says written to a file. It is honest until it is told otherwise over the IPC channel.
 */

const orderSchema = z.object({
  type: z.literal('behave'),
  /** Name of an adversary; null for honest. */
  adversary: z.string().nullable(),
  seed: z.int(),
  /** Homes of other platforms whose keys it holds. */
  accomplices: z.array(z.string()),
});
/** What this process may be told. */
export type BehaveOrder = z.infer<typeof orderSchema>;

const DEFAULT_SLOT_TIMEOUT_MS = 1000;
/** What is captured is written at least this often. */
const FLUSH_MS = 200;

function memberOf(genesis: Genesis, { publicKey }: PlatformKey): MemberIndex {
  return toMemberIndex(genesis.membership.members.findIndex((member) => member.publicKey === publicKey));
}

function portOf(genesis: Genesis, own: PlatformKey, accomplices: readonly PlatformKey[], slotTimeoutMs: number, seed: number): Port {
  const self = memberOf(genesis, own);
  const signers = new Map([own, ...accomplices].map((key) => [memberOf(genesis, key), createSigner(key.seed)]));
  return {
    self, slotTimeoutMs, keys: [...signers.keys()], chainId: genesis.chainId, random: new Random(seed),
    quorum: quorumParameters(genesis.membership.members.length, genesis.parameters.fastPath),
    signature: (bytes, as) => {
      const signer = signers.get(as);
      if (signer === undefined) throw new Error(`the key of member ${as} is not held`);
      return signer.sign(bytes);
    },
  };
}

function adversaryNamed(name: string): Adversary {
  const adversary = PORTABLE_ADVERSARIES.find((candidate) => candidate.name === name);
  if (adversary === undefined) throw new Error(`there is no adversary "${name}"`);
  return adversary;
}

async function startByzantine(options: PlatformOptions): Promise<RunningPlatform> {
  const genesis = typeof options.genesis === 'string' ? await readGenesisFile(options.genesis) : options.genesis;
  const key = await loadPlatformKey(options.home);
  const capture = new MessageCapture(join(options.home, CAPTURE_FILE));
  setInterval(() => { capture.flush(); }, FLUSH_MS).unref();
  const made: { network?: ByzantineNetwork } = {};
  const platform = await startPlatform(options, (networkOptions) => {
    made.network = new ByzantineNetwork({
      inner: createLibp2pNetwork(networkOptions), genesis, self: memberOf(genesis, key), capture,
      limits: wireLimits(genesis.parameters, genesis.membership.members.length),
    });
    return made.network;
  });
  const obey = async (order: BehaveOrder): Promise<void> => {
    const accomplices = await Promise.all(order.accomplices.map((home) => loadPlatformKey(home)));
    const port = portOf(genesis, key, accomplices, options.slotTimeoutMs ?? DEFAULT_SLOT_TIMEOUT_MS, order.seed);
    made.network?.behave(order.adversary === null ? {} : adversaryNamed(order.adversary).create(port));
    options.logger.info({ adversary: order.adversary ?? 'honest' }, 'behaves as told');
  };
  process.on('message', (message) => {
    const order = orderSchema.safeParse(message);
    if (order.success) obey(order.data).catch((error: unknown) => { options.logger.error({ err: error }, messageOf(error)); });
  });
  return platform;
}

outliveReaders();
const program = new Command('byzantine-platform');
addStartCommand(program, PROCESS_TERMINAL, () => Promise.resolve({
  startPlatform: startByzantine, parseBootstrap, checkAddress: parsePeerAddress, describePayload: describeOperation,
}));
try {
  await program.parseAsync(process.argv.slice(2), { from: 'user' });
} catch (error) {
  PROCESS_TERMINAL.err(`error: ${messageOf(error)}`);
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
