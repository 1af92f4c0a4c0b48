import { conclude } from './command/conclusion.js';
import { runAsProcess } from './command/process.js';
import { databaseBytes } from './disk-use/measure.js';

const BLOCKS = 1_000;
const MEMBERS = 4;
const VALUE_BYTES = 100;

/** `npm run disk-use`: bytes on disk per block and per transaction, from databases that are filled and executed as a platform does. */
await runAsProcess((_args, terminal) => conclude(terminal, async () => {
  const empty = await databaseBytes({ blocks: BLOCKS, transactionsPerBlock: 0, valueBytes: VALUE_BYTES, members: MEMBERS });
  const single = await databaseBytes({ blocks: BLOCKS, transactionsPerBlock: 1, valueBytes: VALUE_BYTES, members: MEMBERS });
  const many = await databaseBytes({ blocks: BLOCKS / 10, transactionsPerBlock: 100, valueBytes: VALUE_BYTES, members: MEMBERS });
  const bytesPerBlock = empty / BLOCKS;
  const bytesPerBlockWithOne = Math.round(single / BLOCKS);
  const bytesPerTransaction = Math.round((many - bytesPerBlock * (BLOCKS / 10)) / (BLOCKS * 10));
  terminal.out(
    `${BLOCKS} blocks of ${MEMBERS} members: ${Math.round(bytesPerBlock)} bytes a block without transactions, ${bytesPerBlockWithOne} with one\n`
    + `${BLOCKS * 10} transactions with values of ${VALUE_BYTES} bytes, 100 to a block: ${bytesPerTransaction} bytes a transaction beside its block`,
  );
  return { ok: true, members: MEMBERS, bytesPerBlock: Math.round(bytesPerBlock), bytesPerBlockWithOne, bytesPerTransaction };
}));
