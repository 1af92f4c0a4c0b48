import type { Logger } from 'pino';
import type { OnMigration } from '../storage/migrations.js';

/** Progress is told no more often. */
const PROGRESS_INTERVAL_MS = 5_000;

/** Says what a migration of the database does, so that nobody takes a long start for a dead one and ends it. */
export function migrationLog(logger: Logger, nowMs: () => number = () => performance.now()): OnMigration {
  let startMs = nowMs();
  let toldMs = startMs;
  return (notice) => {
    switch (notice.type) {
      case 'started':
      case 'resumed': {
        const { from, to, description } = notice;
        startMs = toldMs = nowMs();
        const how = notice.type === 'started' ? 'is migrated' : 'goes on being migrated where an earlier start was cut off';
        logger.info({ from, to, description }, `the database ${how} to schema version ${to}; it may be stopped at any time and goes on with the next start`);
        return;
      }
      case 'progress':
        if (nowMs() - toldMs < PROGRESS_INTERVAL_MS) return;
        toldMs = nowMs();
        logger.info({ to: notice.to, entries: notice.entries, seconds: Math.round((toldMs - startMs) / 1000) }, 'migrating the database');
        return;
      case 'finished':
        logger.info({ to: notice.to, entries: notice.entries, seconds: Math.round((nowMs() - startMs) / 1000) }, `the database has schema version ${notice.to} now`);
    }
  };
}
