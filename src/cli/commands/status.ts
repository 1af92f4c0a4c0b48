import type { Command } from 'commander';
import { z } from 'zod';
import { ApiClient, parseAnswer } from '../api-client.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import { alignedLines } from '../terminal.js';
import type { Terminal } from '../terminal.js';

/** Members' blocks may be so far ahead of this host's clock. */
const NOTABLE_OFFSET_MS = 500;

/** The part of `PlatformStatus` that people are shown; `--json` gives all of it. */
const statusSchema = z.object({
  version: z.string(),
  platform: z.string(),
  society: z.string(),
  chain_id: z.string(),
  epoch: z.int(),
  view: z.int(),
  sequence: z.int(),
  executed_blocks: z.int(),
  first_block: z.int(),
  snapshot_block: z.int().nullable(),
  block_check: z.object({ checked: z.int(), unreadable: z.int(), passes: z.int() }),
  slot: z.int(),
  phase: z.string(),
  n: z.int(),
  f: z.int(),
  quorum_size: z.int(),
  fast_quorum_size: z.int().nullable(),
  proposer: z.string(),
  prepare_votes: z.int(),
  commit_votes: z.int(),
  view_change_votes: z.int(),
  peers: z.array(z.string()),
  wrong_chain: z.array(z.string()),
  clock_offset_ms: z.number().nullable(),
  in_touch: z.boolean(),
  catching_up: z.boolean(),
  blocks_behind: z.int(),
  catch_up: z.object({
    from: z.int(), at: z.int(), fetched: z.int(), to: z.int(), remaining: z.int(), blocks_per_second: z.number(), remaining_seconds: z.number().nullable(), fetched_bytes: z.number(),
  }).nullable(),
  snapshot_fetch: z.object({ block: z.int(), chunks_done: z.int(), chunks: z.int() }).nullable(),
  voting: z.string(),
  last_block_hash: z.string(),
  last_block_timestamp_ms: z.number().nullable(),
  chain_ahead_ms: z.number(),
  mempool_transactions: z.int(),
  mempool_bytes: z.int(),
  transactions_committed: z.int(),
  finality_ms: z.object({ last: z.number(), p50: z.number(), p99: z.number() }).nullable(),
  equivocations: z.int(),
  rejections: z.record(z.string(), z.int()),
  presumed_dead: z.array(z.string()),
  memory_bytes: z.number(),
  uptime_ms: z.number(),
});
type ShownStatus = z.infer<typeof statusSchema>;

/** In whole seconds, minutes or hours. */
export function duration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes} min ${seconds % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function catchUpText({ from, at, fetched, to, remaining, blocks_per_second: speed, remaining_seconds: seconds, fetched_bytes: bytes }: NonNullable<ShownStatus['catch_up']>): string {
  const time = seconds === null ? 'no telling how long' : `about ${duration(Math.ceil(seconds) * 1000)} left`;
  return `${at} of ${to} blocks executed (began at ${from}), ${remaining} to go at ${speed}/s: ${time}; ${fetched} fetched, ${(bytes / 1e6).toFixed(1)} MB`;
}

function snapshotFetchText({ block, chunks_done: done, chunks }: NonNullable<ShownStatus['snapshot_fetch']>): string {
  return `the state after block ${block}, ${done} of ${chunks} chunks fetched${done < chunks ? '' : ', being taken in'}`;
}

/** Out of touch, nothing may read as if the platform were in sync: neither it nor its asker knows. */
function modeText({ in_touch: inTouch, catching_up: catchingUp, catch_up: catchUp, blocks_behind: blocksBehind, voting }: ShownStatus): string {
  const behind = catchUp?.remaining ?? blocksBehind;
  if (!inTouch) return behind > 0 ? `out of touch, at least ${behind} blocks behind` : 'out of touch';
  if (!catchingUp) return voting;
  return behind > 0 ? `catching up, ${behind} blocks behind` : 'catching up, no telling how far';
}

function outOfTouchText({ peers, n, quorum_size: quorum, catching_up: catchingUp }: ShownStatus): string {
  const connected = peers.length + 1;
  const missing = connected < quorum ? `${quorum} needed` : `and fewer than the ${quorum} needed have said where they stand`;
  return `${connected} of ${n} connected, ${missing}: it may be ${catchingUp ? 'further ' : ''}behind, and nothing becomes final`;
}

function lastBlockText({ last_block_timestamp_ms: timestampMs, chain_ahead_ms: aheadMs }: ShownStatus): string {
  const time = timestampMs === null ? 'none yet' : new Date(timestampMs).toISOString();
  return aheadMs < 1000 ? time : `${time}; the chain is ${(aheadMs / 1000).toFixed(1)} s ahead of this host's clock`;
}

function keptText({ first_block: first, sequence, snapshot_block: snapshot, block_check: { checked, unreadable, passes } }: ShownStatus): string {
  const blocks = sequence === 0 ? 'no block yet' : `blocks ${first} to ${sequence - 1}`;
  const check = `${checked} checked for damage in this pass${passes === 0 ? '' : `, ${passes} ended`}${unreadable === 0 ? '' : `; ${unreadable} UNREADABLE`}`;
  return `${blocks}; ${snapshot === null ? 'no snapshot' : `snapshot after block ${snapshot}`}; ${check}`;
}

/** Most often refused first. */
function refusedText(rejections: ShownStatus['rejections']): string {
  const counts = Object.entries(rejections).sort(([, a], [, b]) => b - a);
  return counts.length === 0 ? 'nothing since start' : counts.map(([reason, count]) => `${count} ${reason}`).join(', ');
}

function statusText(status: ShownStatus): string {
  const { finality_ms: finality } = status;
  return alignedLines([
    ['platform', `${status.platform} (${modeText(status)})`],
    ...(status.in_touch ? [] : [['out of touch', outOfTouchText(status)] as const]),
    ['society', `${status.society}, epoch ${status.epoch}`],
    ['chain', status.chain_id],
    ['committed', `${status.sequence} blocks (${status.executed_blocks} executed), last ${status.last_block_hash}`],
    ...(status.catch_up === null ? [] : [['catching up', catchUpText(status.catch_up)] as const]),
    ...(status.snapshot_fetch === null ? [] : [['snapshot', snapshotFetchText(status.snapshot_fetch)] as const]),
    ['last block', lastBlockText(status)],
    ['kept', keptText(status)],
    ['slot', `${status.slot} (view ${status.view}, sequence ${status.sequence}), ${status.phase}, proposer ${status.proposer}`],
    ['votes', `${status.prepare_votes} PREPARE, ${status.commit_votes} COMMIT, ${status.view_change_votes} VIEW-CHANGE`],
    ['members', `n=${status.n} f=${status.f} quorum=${status.quorum_size} fast=${status.fast_quorum_size ?? 'off'}`],
    ...(Math.abs(status.clock_offset_ms ?? 0) <= NOTABLE_OFFSET_MS ? [] : [['clock', `${status.clock_offset_ms} ms from the members': see that NTP runs here`] as const]),
    ...(status.wrong_chain.length === 0 ? [] : [['wrong chain', `${status.wrong_chain.join(', ')}: compare the genesis files; see "fb-pbft peers"`] as const]),
    ['peers', status.peers.length === 0 ? 'none connected' : `${status.peers.length} of ${status.n - 1}: ${status.peers.join(', ')}`],
    ...(status.presumed_dead.length === 0 ? [] : [['presumed dead', status.presumed_dead.join(', ')] as const]),
    ['finality', finality === null ? 'no block finalised live yet' : `last ${finality.last.toFixed(1)} ms, p50 ${finality.p50.toFixed(1)} ms, p99 ${finality.p99.toFixed(1)} ms`],
    ['transactions', `${status.transactions_committed} committed since start, ${status.mempool_transactions} pending (${status.mempool_bytes} bytes)`],
    ['evidence', status.equivocations === 0 ? 'none' : `${status.equivocations} equivocations: see "fb-pbft evidence"`],
    ['refused', refusedText(status.rejections)],
    ['process', `version ${status.version}, up ${duration(status.uptime_ms)}, ${(status.memory_bytes / 1e6).toFixed(0)} MB`],
  ]);
}

/** `fb-pbft status`: where a running platform stands. */
export async function showStatus(options: TargetFlags, terminal: Terminal): Promise<void> {
  const answer = await (await ApiClient.find(options)).get('/consensus/status');
  terminal.out(options.json === true ? JSON.stringify(answer.body) : statusText(parseAnswer(statusSchema, answer)));
}

export function addStatusCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('status').description('show where a running platform stands'))
    .action((flags: TargetFlags) => showStatus(flags, terminal));
  addExamples(command, 'fb-pbft status --home thor', 'fb-pbft status --api http://127.0.0.1:8080 --json');
}
