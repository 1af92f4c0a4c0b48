import { messageOf } from '../../src/cli/cli-error.js';
import { Attacker } from './attacker.js';
import { ATTACKS } from './catalogue.js';
import { orderSchema, type Told } from './orders.js';

/**
 * A member that attacks as it is told over the IPC channel, in a process of its own:
 *
 *     node --import tsx attacking-member.ts HOME GENESIS RATE ADDRESS...
 */
const [home = '', genesisFile = '', rate = '', ...addresses] = process.argv.slice(2);
process.on('disconnect', () => process.exit(0));

function tell(told: Told): void {
  process.send?.(told);
}

const attacker = await Attacker.start(home, genesisFile, addresses, Number(rate));
// Whatever others do to it, it goes on.
process.on('unhandledRejection', () => undefined);
process.on('uncaughtException', (error) => { process.stderr.write(`${messageOf(error)}\n`); });

async function obey(message: unknown): Promise<void> {
  const order = orderSchema.parse(message);
  const attack = ATTACKS.find(({ name }) => name === order.kind);
  if (attack === undefined) throw new Error(`there is no attack ${order.kind}`);
  if (order.type === 'prepare') {
    await attack.prepare?.(attacker);
    await attacker.connect();
    tell({ type: 'prepared' });
    return;
  }
  const before = { ...attacker.sent, cutOffs: attacker.cutOffs };
  await attack.run(attacker, performance.now() + order.durationMs);
  const { count, bytes } = attacker.sent;
  const { lastFailure } = attacker;
  tell({
    type: 'over', count: count - before.count, bytes: bytes - before.bytes, cutOffs: attacker.cutOffs - before.cutOffs,
    ...(lastFailure === undefined ? {} : { failure: lastFailure }),
  });
}

process.on('message', (message) => {
  obey(message).catch((error: unknown) => { tell({ type: 'failed', reason: messageOf(error) }); });
});
tell({ type: 'ready' });
