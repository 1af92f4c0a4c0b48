import { join } from 'node:path';
import { wireLimits } from '../../src/codec/limits.js';
import { decodeConsensusMessage } from '../../src/codec/wire/messages.js';
import type { Ed25519Verifier } from '../../src/crypto/ed25519.js';
import { selectVerifier } from '../../src/crypto/ed25519.js';
import { hexToBytes } from '../../src/crypto/hash.js';
import { genesisTip } from '../../src/storage/consensus-log.js';
import type { Block } from '../../src/types/block.js';
import type { Genesis } from '../../src/types/genesis.js';
import type { Hash } from '../../src/types/ids.js';
import { MessageValidator } from '../../src/validation/message-validator.js';
import { CAPTURE_FILE, readCapture } from '../../test/chaos/captured-messages.js';
import { Checker } from '../../test/checker/checker.js';
import type { SignedStatement } from '../../test/checker/layouts.js';
import type { Society } from '../../test/checker/society.js';
import { violationText } from '../../test/checker/violation.js';
import type { Acknowledgement } from './clients.js';
import { readStopped } from './databases.js';
import type { StoppedPlatform } from './databases.js';
import { logFaults } from './logs.js';

/** Blocks validated at a time. */
const PART = 256;
/** Of one sort of violation, told one by one. */
const MAX_TOLD = 5;

export interface ExaminationInput {
  readonly genesis: Genesis;
  readonly platforms: readonly { readonly name: string; readonly home: string }[];
  readonly byzantine: readonly string[];
  readonly acknowledged: ReadonlyMap<Hash, Acknowledgement>;
  /** Everything that honest platforms ever signed, by name, where their processes were witnessed. */
  readonly signed?: ReadonlyMap<string, readonly SignedStatement[]>;
  /** Whether all honest platforms should have the same blocks: not where the run was cut short. */
  readonly settled: boolean;
}

export interface Examination {
  readonly violations: readonly string[];
  /** Blocks in the database of every honest platform. */
  readonly blocks: number;
  readonly blockHash: Hash | null;
  readonly stateRoot: Hash | null;
  /** Messages that Byzantine platforms heard, said and were asked to say, each about once. */
  readonly captured: number;
  /** Proofs of two headers for one slot that honest platforms keep. */
  readonly evidence: number;
  /** Transactions that are in more than one block; only the first has an effect. */
  readonly repeated: number;
}

/** Looks into everything that a federation has left behind: databases, logs and captures. All its processes have ended. */
export async function examine(input: ExaminationInput): Promise<Examination> {
  const { genesis, platforms, byzantine, acknowledged } = input;
  const violations: string[] = [];
  const honest: StoppedPlatform[] = [];
  for (const { name, home } of platforms) {
    if (byzantine.includes(name)) continue;
    violations.push(...await logFaults(name, home));
    try {
      honest.push(await readStopped(name, home, genesis, [...acknowledged.keys()]));
    } catch (error) {
      violations.push(`${name}'s database cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const captured = (await Promise.all(platforms.map(({ home }) => readCapture(join(home, CAPTURE_FILE))))).flat();
  const verifier = selectVerifier();
  violations.push(
    ...honest.flatMap((platform) => chainFaults(genesis, verifier, platform)),
    ...input.settled ? lengthFaults(honest) : [],
    ...invariantFaults(input, verifier, honest, captured),
  );
  const [longest] = [...honest].sort((a, b) => b.blocks.length - a.blocks.length);
  const places = placesOf(longest?.blocks.map(({ block }) => block) ?? []);
  violations.push(...transactionFaults(acknowledged, places, honest));
  return {
    violations, captured: captured.length,
    evidence: new Set(honest.flatMap(({ evidence }) => evidence.map(({ slot }) => slot))).size,
    blocks: Math.min(...honest.map(({ blocks }) => blocks.length)),
    blockHash: longest?.blocks.at(-1)?.block.hash ?? null,
    stateRoot: longest?.stateRoot ?? null,
    repeated: [...places.values()].filter(({ length }) => length > 1).length,
  };
}

/** A platform's own chain, as a platform that fetches it would judge it: hash links, bodies and certificates. */
function chainFaults(genesis: Genesis, verifier: Ed25519Verifier, { name, blocks }: StoppedPlatform): string[] {
  const { chainId, parameters, membership, timestampMs } = genesis;
  const validator = new MessageValidator({ chainId, parameters, membership, verifier });
  let tip: Parameters<typeof validator.validateCommittedChain>[1] = genesisTip(chainId, timestampMs);
  for (let at = 0; at < blocks.length;) {
    // What has no certificate of its own is proven by the next that has one.
    const end = blocks.findIndex(({ certificate }, index) => index >= Math.min(at + PART, blocks.length) - 1 && certificate !== undefined) + 1;
    const part = blocks.slice(at, end === 0 ? blocks.length : end);
    const { verified, error } = validator.validateCommittedChain(part, tip);
    if (error !== undefined) return [`${name}'s own chain is not valid: ${error.detail}`];
    const last = part.at(-1);
    if (verified.length < part.length || last === undefined) return [`${name}'s chain ends in blocks that no finality certificate proves`];
    tip = { hash: last.block.hash, ...last.block.header };
    at += part.length;
  }
  return [];
}

function lengthFaults(honest: readonly StoppedPlatform[]): string[] {
  const [first] = honest;
  if (first === undefined) return [];
  return honest.filter(({ blocks }) => blocks.length !== first.blocks.length)
    .map(({ name, blocks }) => `${name} has ${blocks.length} blocks in its database, ${first.name} has ${first.blocks.length}`);
}

/** Everything left behind against the invariants, by the checker that shares no code with the platforms. */
function invariantFaults({ genesis, platforms, byzantine, signed }: ExaminationInput, verifier: Ed25519Verifier, honest: readonly StoppedPlatform[], captured: readonly Uint8Array[]): string[] {
  const { members } = genesis.membership;
  const indexOf = (name: string): number => members.findIndex((member) => member.name === name);
  const publicKeys = members.map(({ publicKey }) => hexToBytes(publicKey));
  const known = new Map<string, boolean>();
  const society: Society = {
    chainId: genesis.chainId, membersHash: genesis.membership.membersHash, genesisTimestampMs: genesis.timestampMs,
    memberCount: platforms.length, fastPath: genesis.parameters.fastPath, byzantine: new Set(byzantine.map(indexOf)),
    verify: (signer, statement, signature) => {
      const publicKey = publicKeys[signer];
      if (publicKey === undefined) return false;
      const text = `${signer} ${Buffer.from(signature).toString('latin1')}${Buffer.from(statement).toString('latin1')}`;
      const found = known.get(text) ?? verifier.verify(publicKey, statement, signature);
      known.set(text, found);
      return found;
    },
  };
  const checker = new Checker(society);
  for (const { name, blocks, votes, evidence, stateRoot } of honest) {
    const platform = indexOf(name);
    checker.observe({
      type: 'durable', platform,
      records: [
        ...blocks.map(({ block, certificate }) => ({ type: 'final' as const, epoch: block.header.epoch, slot: block.header.slot, sequence: block.header.sequence, block, certificate })),
        ...votes,
      ],
    });
    for (const statement of signed?.get(name) ?? []) checker.observe({ type: 'signed', platform, statement });
    for (const one of evidence) checker.observe({ type: 'evidence', platform, evidence: one });
    checker.observe({ type: 'executed', platform, sequence: blocks.length - 1, stateRoot });
  }
  const limits = wireLimits(genesis.parameters, members.length);
  for (const bytes of captured) checker.observe({ type: 'seen', message: decodeConsensusMessage(bytes, limits) });
  return checker.conclude().map(violationText);
}

interface Place {
  readonly sequence: number;
  readonly blockHash: Hash;
}

/** Where in the chain each transaction is, in order. */
function placesOf(blocks: readonly Block[]): ReadonlyMap<Hash, readonly Place[]> {
  const places = new Map<Hash, Place[]>();
  for (const { header, hash, transactions } of blocks) {
    for (const { id } of transactions) {
      const known = places.get(id);
      const place = { sequence: header.sequence, blockHash: hash };
      if (known === undefined) places.set(id, [place]);
      else known.push(place);
    }
  }
  return places;
}

/** What clients were told against what is in the chain, and against every honest platform's receipts. */
function transactionFaults(acknowledged: ReadonlyMap<Hash, Acknowledgement>, places: ReadonlyMap<Hash, readonly Place[]>, honest: readonly StoppedPlatform[]): string[] {
  const faults = [...acknowledged].flatMap(([id, { platform, sequence, blockHash, ok, error }]): string[] => {
    const told = `transaction ${id}, which ${platform} called final in block ${sequence} (${blockHash}),`;
    const found = places.get(id) ?? [];
    const [first] = found;
    if (first === undefined) return [`${told} is in no block`];
    if (found.length > 1) return [`${told} is in ${found.length} blocks: ${found.map((place) => place.sequence).join(', ')}`];
    if (first.sequence !== sequence || first.blockHash !== blockHash) return [`${told} is in block ${first.sequence} (${first.blockHash})`];
    if (!ok) return [`${told} failed there: ${error ?? 'without a reason'}`];
    const other = honest.find(({ blocks, receipts }) => blocks.length > sequence && (receipts.get(id)?.ok !== true || receipts.get(id)?.sequence !== sequence));
    return other === undefined ? [] : [`${told} has another receipt at ${other.name}`];
  });
  return faults.length > MAX_TOLD ? [...faults.slice(0, MAX_TOLD), `… and ${faults.length - MAX_TOLD} more transactions`] : faults;
}
