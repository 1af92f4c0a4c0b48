#!/usr/bin/env node
import { runCli } from './program.js';
import { PROCESS_TERMINAL, outliveReaders } from './terminal.js';

/** A handle that something left open must not keep a command that is done from ending. */
const LINGER_MS = 2000;

outliveReaders();
process.exitCode = await runCli(process.argv.slice(2), PROCESS_TERMINAL);
if (process.connected) process.disconnect();
setTimeout(() => process.exit(), LINGER_MS).unref();
