/** `npm run disk-use`: bytes on disk per block and per transaction, from databases that are filled and executed as a platform does. */
import { databaseBytes } from './disk-use/measure.js';

const BLOCKS = 1_000;
const MEMBERS = 4;
const VALUE_BYTES = 100;

const empty = await databaseBytes({ blocks: BLOCKS, transactionsPerBlock: 0, valueBytes: VALUE_BYTES, members: MEMBERS });
const single = await databaseBytes({ blocks: BLOCKS, transactionsPerBlock: 1, valueBytes: VALUE_BYTES, members: MEMBERS });
const many = await databaseBytes({ blocks: BLOCKS / 10, transactionsPerBlock: 100, valueBytes: VALUE_BYTES, members: MEMBERS });
const perBlock = empty / BLOCKS;
process.stdout.write(
  `${BLOCKS} blocks of ${MEMBERS} members: ${Math.round(perBlock)} bytes a block without transactions, ${Math.round(single / BLOCKS)} with one\n`
  + `${BLOCKS * 10} transactions with values of ${VALUE_BYTES} bytes, 100 to a block: ${Math.round((many - perBlock * (BLOCKS / 10)) / (BLOCKS * 10))} bytes a transaction beside its block\n`,
);
