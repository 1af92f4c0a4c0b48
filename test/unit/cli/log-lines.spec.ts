import assert from 'node:assert/strict';
import { createLogger, logLine } from '../../../src/cli/log-lines.js';

describe('CLI: log lines', () => {
  it('C16: a record becomes date and time with their zone, level, message and fields', () => {
    const record = JSON.stringify({ level: 40, time: 1_700_000_000_123, pid: 7, hostname: 'h', slot: 4, leader: 'Thor', why: 'no answer', msg: 'slot skipped' });
    assert.equal(logLine(record), '2023-11-14T22:13:20.123Z warn  slot skipped slot=4 leader=Thor why="no answer"');
  });

  it('an error is told by its message, without a stack', () => {
    const lines: string[] = [];
    createLogger('text', 'info', (line) => lines.push(line)).error({ err: new Error('disk full') }, 'persist failed');
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z error persist failed err="disk full"$/);
  });

  it('json is one record a line, and levels below the one asked for are left out', () => {
    const lines: string[] = [];
    const logger = createLogger('json', 'warn', (line) => lines.push(line));
    logger.info('quiet');
    logger.warn({ slot: 3 }, 'loud');
    assert.equal(lines.length, 1);
    const record = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
    assert.equal(record['msg'], 'loud');
    assert.equal(record['slot'], 3);
  });

  it('a record whose time is none, as where a field is named so, is told without it', () => {
    assert.equal(logLine('{"level":30,"time":9e15,"msg":"up"}'), 'info  up');
  });

  it('what is no record is passed as it is', () => {
    for (const text of ['plain', '"text"', '17', 'null']) assert.equal(logLine(text), text);
  });
});
