import { genesisChainId, membersHash } from '../codec/genesis.js';
import { HEADER_BYTES } from '../codec/header.js';
import { BLOCK_BYTES_PER_TRANSACTION } from '../codec/block.js';
import { TRANSACTION_OVERHEAD_BYTES } from '../codec/transaction.js';
import { QuorumError, quorumParameters } from '../consensus/quorum.js';
import { assertMemberKey } from '../crypto/ed25519-encoding.js';
import type { Genesis, ProtocolParameters } from '../types/genesis.js';
import { toEpoch } from '../types/ids.js';
import type { Member } from '../types/membership.js';
import { GenesisError } from './genesis-error.js';

export const MAX_MEMBERS = 100;
export const DEFAULT_PARAMETERS = {
  /** The largest p that is safe for the number of members. */
  fastPath: 'largest',
  maxBlockBytes: 4 * 1024 * 1024,
  /**
   * Receivers check the signatures that gossip has not brought them yet, at about 0.1 ms each, before they can vote:
   * larger blocks ran into slot timeouts on busy hosts, and were no faster.
   */
  maxBlockTransactions: 1_000,
  maxTransactionBytes: 64 * 1024,
  checkpointInterval: 100,
} as const;

const MAX_BLOCK_BYTES = { least: 4 * 1024, most: 64 * 1024 * 1024 };
/** About a second of signature checks: no slot timeout leaves time for more. */
const MOST_BLOCK_TRANSACTIONS = 10_000;
const LEAST_MAX_TRANSACTION_BYTES = TRANSACTION_OVERHEAD_BYTES + 64;
const MOST_CHECKPOINT_INTERVAL = 1_000_000;
const SOCIETY_LCT = /^lct:web4:society:[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Parameters as a person gives them; what is left out takes its default. */
export interface RequestedParameters {
  readonly fastPath?: number | 'off' | 'largest' | undefined;
  readonly maxBlockBytes?: number | undefined;
  readonly maxBlockTransactions?: number | undefined;
  readonly maxTransactionBytes?: number | undefined;
  readonly checkpointInterval?: number | undefined;
}

export interface GenesisRequest {
  /** The society's LCT, such as `lct:web4:society:demo`. */
  readonly society: string;
  /** Milliseconds since 1970-01-01 UTC; the first block's timestamp must be later. */
  readonly timestampMs: number;
  readonly parameters?: RequestedParameters | undefined;
  readonly members: readonly Member[];
}

/**
 * Checks what a genesis consists of and works out its chainId (SPEC sections 1, 2 and 12).
 * @throws GenesisError naming the field, its limit, and what to do
 */
export function buildGenesis(request: GenesisRequest): Genesis {
  const { society, timestampMs, members } = request;
  if (!SOCIETY_LCT.test(society)) {
    throw new GenesisError('bad-society', `society: must be an LCT such as lct:web4:society:demo, got ${JSON.stringify(society.slice(0, 80))}`);
  }
  if (!Number.isSafeInteger(timestampMs) || timestampMs < 0) {
    throw new GenesisError('bad-parameter', `timestampMs: must be a whole number of milliseconds since 1970, got ${timestampMs}`);
  }
  checkMembers(members);
  const parameters = checkParameters(request.parameters ?? {}, members.length);
  return {
    chainId: genesisChainId({ society, timestampMs, parameters, members }),
    society, timestampMs, parameters,
    membership: { epoch: toEpoch(0), members, membersHash: membersHash(members) },
  };
}

function checkMembers(members: readonly Member[]): void {
  if (members.length === 0) throw new GenesisError('no-members', 'members: there must be at least one; give --member NAME=PUBLICKEY for each platform');
  if (members.length > MAX_MEMBERS) throw new GenesisError('too-many-members', `members: at most ${MAX_MEMBERS}, got ${members.length}`);
  const names = new Set<string>();
  const keys = new Map<string, string>();
  for (const { name, publicKey } of members) {
    if (names.has(name)) throw new GenesisError('duplicate-name', `members: the name ${name} is given twice; each platform needs its own`);
    const namesake = keys.get(publicKey);
    if (namesake !== undefined) {
      throw new GenesisError('duplicate-key', `members: ${namesake} and ${name} have the same key ${publicKey}; make one for each with "fb-pbft init"`);
    }
    names.add(name);
    keys.set(publicKey, name);
    try {
      assertMemberKey(publicKey);
    } catch (error) {
      throw new GenesisError('weak-key', `members: ${name}: ${error instanceof Error ? error.message : String(error)}`, error);
    }
  }
}

function checkParameters(requested: RequestedParameters, memberCount: number): ProtocolParameters {
  const {
    maxBlockBytes = DEFAULT_PARAMETERS.maxBlockBytes, maxBlockTransactions = DEFAULT_PARAMETERS.maxBlockTransactions,
    checkpointInterval = DEFAULT_PARAMETERS.checkpointInterval,
  } = requested;
  requireBetween('maxBlockBytes', maxBlockBytes, MAX_BLOCK_BYTES.least, MAX_BLOCK_BYTES.most);
  requireBetween('maxBlockTransactions', maxBlockTransactions, 1, MOST_BLOCK_TRANSACTIONS);
  const mostTransactionBytes = maxBlockBytes - HEADER_BYTES - BLOCK_BYTES_PER_TRANSACTION;
  const maxTransactionBytes = requested.maxTransactionBytes ?? Math.min(DEFAULT_PARAMETERS.maxTransactionBytes, mostTransactionBytes);
  requireBetween('maxTransactionBytes', maxTransactionBytes, LEAST_MAX_TRANSACTION_BYTES, mostTransactionBytes);
  requireBetween('checkpointInterval', checkpointInterval, 1, MOST_CHECKPOINT_INTERVAL);
  const { fastPath = DEFAULT_PARAMETERS.fastPath } = requested;
  return { fastPath: checkFastPath(fastPath, memberCount), maxBlockBytes, maxBlockTransactions, maxTransactionBytes, checkpointInterval };
}

function checkFastPath(fastPath: number | 'off' | 'largest', memberCount: number): number | 'off' {
  try {
    return quorumParameters(memberCount, fastPath === 'largest' ? undefined : fastPath).fastPath;
  } catch (error) {
    if (error instanceof QuorumError) throw new GenesisError('bad-parameter', `parameters.${error.message}`, error);
    throw error;
  }
}

function requireBetween(field: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new GenesisError('bad-parameter', `parameters.${field}: must be a whole number from ${least} to ${most}, got ${value}`);
  }
}
