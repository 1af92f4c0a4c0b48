import type { Block } from '../types/block.js';
import type { FinalityCertificate } from '../types/certificates.js';
import type { Hash, Sequence, Slot } from '../types/ids.js';
import type { Verified } from '../types/messages.js';
import type { CommittedBlock } from '../types/sync.js';
import { checkBody, checkHeader } from './block-rules.js';
import { checkCertificate } from './certificate-rules.js';
import type { ValidationContext } from './validation-context.js';
import type { Rejection } from './verdict.js';
import { firstFailure, reject } from './verdict.js';
import { verified } from './verified.js';

/** The final block that a served chain must continue. */
export interface ChainTip {
  readonly hash: Hash;
  readonly slot: Slot;
  readonly sequence: Sequence;
  readonly timestampMs: number;
}

export interface ChainValidation {
  /** The longest prefix that ends in a block with a valid finality certificate of its own. */
  readonly verified: readonly Verified<CommittedBlock>[];
  /** What follows `verified`, linked but without proof yet. Empty where there is an error. */
  readonly unproven: readonly CommittedBlock[];
  /** What is wrong with the block after the last good one; the server is not to be asked again. */
  readonly error: Rejection | undefined;
}

/**
 * Final blocks served by a peer (section 7): consecutive from the tip, linked by hash, bodies as the headers name them,
 * and final because a descendant's certificate, or the own, proves it. The signatures of transactions are not verified
 * again: a quorum did before it certified the block.
 */
export function validateChain(context: ValidationContext, blocks: readonly CommittedBlock[], tip: ChainTip): ChainValidation {
  let parent = tip;
  let provenCount = 0;
  let error: Rejection | undefined;
  for (const [index, committed] of blocks.entries()) {
    error = checkCommitted(context, committed, parent);
    if (error !== undefined) break;
    if (committed.certificate !== undefined) provenCount = index + 1;
    parent = { hash: committed.block.hash, ...committed.block.header };
  }
  return {
    verified: blocks.slice(0, provenCount).map((block) => verified(block)),
    unproven: error === undefined ? blocks.slice(provenCount) : [],
    error,
  };
}

function checkCommitted(context: ValidationContext, { block, certificate }: CommittedBlock, parent: ChainTip): Rejection | undefined {
  return firstFailure(
    () => checkHeader(context, block.header, block.hash),
    () => checkLink(block, parent),
    () => checkBody(context, block),
    () => (certificate === undefined ? undefined : checkFinality(context, block, certificate)),
  );
}

function checkLink({ header, hash }: Block, parent: ChainTip): Rejection | undefined {
  if (header.sequence !== parent.sequence + 1 || header.parentHash !== parent.hash || header.parentSlot !== parent.slot) {
    return reject('chain-link', `block ${hash}: sequence ${header.sequence} on parent ${header.parentHash} does not continue sequence ${parent.sequence}, block ${parent.hash}`);
  }
  if (header.timestampMs <= parent.timestampMs) {
    return reject('chain-timestamp', `block ${hash}: timestampMs ${header.timestampMs} is not above its parent's ${parent.timestampMs}`);
  }
  return undefined;
}

function checkFinality(context: ValidationContext, block: Block, certificate: FinalityCertificate): Rejection | undefined {
  if (certificate.slot !== block.header.slot || certificate.blockHash !== block.hash) {
    return reject('chain-link', `block ${block.hash}: its certificate names block ${certificate.blockHash} in slot ${certificate.slot}`);
  }
  return checkCertificate(context, certificate);
}
