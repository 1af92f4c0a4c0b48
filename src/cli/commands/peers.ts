import type { Command } from 'commander';
import { z } from 'zod';
import { ApiClient, parseAnswer } from '../api-client.js';
import { addExamples, addTargetOptions } from '../platform-target.js';
import type { TargetFlags } from '../platform-target.js';
import type { Terminal } from '../terminal.js';
import { duration } from './status.js';

const failureSchema = z.object({ address: z.string(), cause: z.string(), ago_ms: z.number() });
/** The part of `PeersStatus` that people are shown; `--json` gives all of it. */
const peersSchema = z.object({
  platform: z.string(),
  chain_id: z.string(),
  in_touch: z.boolean(),
  clock_offset_ms: z.number().nullable(),
  peers: z.array(z.object({
    platform: z.string(),
    peer_id: z.string(),
    linked: z.boolean(),
    for_ms: z.number(),
    addresses: z.array(z.string()),
    last_error: failureSchema.nullable(),
    round_trip_ms: z.number().nullable(),
    version: z.string().nullable(),
    clock_offset_ms: z.number().nullable(),
    other_chain: z.string().nullable(),
  })),
  unreachable: z.array(failureSchema),
});
type ShownPeers = z.infer<typeof peersSchema>;
type ShownPeer = ShownPeers['peers'][number];

function failureText({ address, cause, ago_ms: agoMs }: z.infer<typeof failureSchema>): string {
  return `${address}: ${cause}, ${duration(agoMs)} ago`;
}

function rowOf(peer: ShownPeer): readonly string[] {
  const { platform, linked, for_ms: forMs, round_trip_ms: roundTripMs, clock_offset_ms: offsetMs, version } = peer;
  return [
    platform, linked ? 'linked' : 'not linked', duration(forMs), roundTripMs === null ? '-' : `${roundTripMs} ms`,
    offsetMs === null ? '-' : signed(offsetMs), version ?? '-', peer.addresses[0] ?? 'no address known',
  ];
}

function signed(offsetMs: number): string {
  return `${offsetMs >= 0 ? '+' : ''}${offsetMs} ms`;
}

/** Cells in aligned columns. */
function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd());
}

function peersText({ platform, chain_id: chainId, in_touch: inTouch, clock_offset_ms: offsetMs, peers, unreachable }: ShownPeers): string {
  const linked = peers.filter((peer) => peer.linked).length;
  const clock = offsetMs === null ? '' : `; this host's clock is ${signed(offsetMs)} from the members'`;
  return [
    `${platform} is linked to ${linked} of ${peers.length} members, ${inTouch ? 'in touch with a quorum' : 'out of touch: nothing becomes final'}${clock}`,
    ...table([['member', 'link', 'for', 'round trip', 'clock', 'version', 'address'], ...peers.map(rowOf)]),
    ...peers.flatMap((peer) => (peer.other_chain === null ? []
      : [`${peer.platform} is on another chain, ${peer.other_chain}, not ${chainId}: compare the genesis files of both`])),
    ...peers.flatMap((peer) => (peer.linked || peer.last_error === null ? [] : [`${peer.platform} at ${failureText(peer.last_error)}`])),
    ...unreachable.map((failure) => `bootstrap address ${failureText(failure)}`),
  ].join('\n');
}

/** `fb-pbft peers`: each member, linked or not, where it is looked for, and what that came to. */
export async function showPeers(options: TargetFlags, terminal: Terminal): Promise<void> {
  const answer = await (await ApiClient.find(options)).get('/peers');
  terminal.out(options.json === true ? JSON.stringify(answer.body) : peersText(parseAnswer(peersSchema, answer)));
}

/** Adds `fb-pbft peers`. */
export function addPeersCommand(program: Command, terminal: Terminal): void {
  const command = addTargetOptions(program.command('peers').description('show each member: linked or not, addresses, the last error, round trip, clock, version'))
    .action((flags: TargetFlags) => showPeers(flags, terminal));
  addExamples(command, 'fb-pbft peers --home thor', 'fb-pbft peers --api http://127.0.0.1:8080 --json');
}
