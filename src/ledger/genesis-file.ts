import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Genesis } from '../types/genesis.js';
import { IdentifierError, toPlatformName, toPublicKeyHex } from '../types/ids.js';
import { GenesisError } from './genesis-error.js';
import { buildGenesis } from './genesis.js';

/** A genesis of 100 members takes about 15 KB. */
const MAX_FILE_CHARACTERS = 1024 * 1024;
/** Editors of some systems begin a file with it; JSON does not know it. */
const BYTE_ORDER_MARK = /^\uFEFF/;

const genesisFile = z.strictObject({
  chainId: z.string().optional(),
  society: z.string(),
  timestampMs: z.number(),
  parameters: z.strictObject({
    fastPath: z.union([z.number(), z.literal('off'), z.literal('largest')]).optional(),
    maxBlockBytes: z.number().optional(),
    maxBlockTransactions: z.number().optional(),
    maxTransactionBytes: z.number().optional(),
    checkpointInterval: z.number().optional(),
  }).optional(),
  members: z.array(z.strictObject({ name: z.string(), publicKey: z.string() })),
});

/**
 * Reads a genesis from JSON. Its formatting does not matter: the chainId is over canonical bytes. A `chainId` in the
 * file is for people, and must be right where it stands.
 * @throws GenesisError
 */
export function parseGenesis(text: string): Genesis {
  if (text.length > MAX_FILE_CHARACTERS) throw new GenesisError('malformed', `genesis: at most ${MAX_FILE_CHARACTERS} characters, got ${text.length}`);
  const content = genesisFile.safeParse(parseJson(text.replace(BYTE_ORDER_MARK, '')));
  if (!content.success) {
    const [issue] = content.error.issues;
    const field = issue === undefined || issue.path.length === 0 ? 'genesis' : issue.path.join('.');
    throw new GenesisError('malformed', `${field}: ${issue?.message ?? 'is not a genesis'}; make a new file with "fb-pbft genesis"`, content.error);
  }
  const { chainId, society, timestampMs, parameters, members } = content.data;
  const genesis = buildGenesis({
    society, timestampMs, parameters, members: members.map((member, index) => checkedMember(member, index)),
  });
  if (chainId !== undefined && chainId !== genesis.chainId) {
    throw new GenesisError('chain-mismatch', `chainId: the file says ${chainId.slice(0, 80)}, but its content gives ${genesis.chainId}. `
      + 'The content was changed: use the file that the other platforms use, or remove chainId if this is a new society');
  }
  return genesis;
}

/** @throws GenesisError */
export async function readGenesisFile(path: string): Promise<Genesis> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new GenesisError('unreadable', `genesis file ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  try {
    return parseGenesis(text);
  } catch (error) {
    throw error instanceof GenesisError ? new GenesisError(error.code, `${path}: ${error.message}`, error) : error;
  }
}

/** The JSON text of a genesis, chainId included; `parseGenesis` gives the same genesis back. */
export function serializeGenesis(genesis: Genesis): string {
  const { chainId, society, timestampMs, parameters, membership } = genesis;
  return `${JSON.stringify({ chainId, society, timestampMs, parameters, members: membership.members }, undefined, 2)}\n`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GenesisError('malformed', `genesis: is not JSON (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

function checkedMember(member: { readonly name: string; readonly publicKey: string }, index: number): Genesis['membership']['members'][number] {
  try {
    return { name: toPlatformName(member.name), publicKey: toPublicKeyHex(member.publicKey) };
  } catch (error) {
    if (error instanceof IdentifierError) throw new GenesisError('malformed', `members.${index}: ${error.message}`, error);
    throw error;
  }
}
