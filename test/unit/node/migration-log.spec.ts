import assert from 'node:assert/strict';
import { pino } from 'pino';
import { logLine } from '../../../src/cli/log-lines.js';
import { migrationLog } from '../../../src/node/migration-log.js';

describe('node: the log of a migration', () => {
  it('says from which schema to which, how far it is now and then, and when it is done', () => {
    const lines: string[] = [];
    let nowMs = 0;
    const told = migrationLog(pino({ base: null, timestamp: false }, { write: (record: string) => { lines.push(logLine(record).replaceAll(/ +/g, ' ')); } }), () => nowMs);
    told({ type: 'started', from: 1, to: 2, description: 'drops the index by hash' });
    for (let batches = 1; batches <= 12; batches += 1) {
      nowMs += 1_000;
      told({ type: 'progress', to: 2, batches, entries: 100 * batches });
    }
    told({ type: 'finished', to: 2, batches: 13, entries: 1250 });
    told({ type: 'resumed', from: 2, to: 3, description: 'x' });
    told({ type: 'finished', to: 3, batches: 1, entries: 1 });
    assert.deepEqual(lines, [
      'info the database is migrated to schema version 2; it may be stopped at any time and goes on with the next start from=1 to=2 description="drops the index by hash"',
      'info migrating the database to=2 entries=500 seconds=5',
      'info migrating the database to=2 entries=1000 seconds=10',
      'info the database has schema version 2 now to=2 entries=1250 seconds=12',
      'info the database goes on being migrated where an earlier start was cut off to schema version 3; it may be stopped at any time and goes on with the next start from=2 to=3 description=x',
      'info the database has schema version 3 now to=3 entries=1 seconds=0',
    ]);
  });
});
