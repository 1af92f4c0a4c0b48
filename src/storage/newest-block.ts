import type { FinalTip } from '../consensus/records.js';
import type { Sequence } from '../types/ids.js';
import { toSequence } from '../types/ids.js';
import type { FinalChain } from './final-chain.js';
import type { FinalEntry } from './record-codec.js';
import type { StorageError } from './storage-error.js';
import { corruption, unlessDamaged } from './storage-error.js';

/** Final blocks passed over in search of one that is whole; where more are damaged, the disk is not to be relied upon. */
const MAX_DAMAGED_BLOCKS = 256;

/** The newest final blocks cannot be read: they have to come from members again. */
export interface NewestDamage {
  /** Of the newest final block. Its slot, which META tells, is still the one up to which nothing is signed. */
  readonly sequence: Sequence;
  /** Of the newest one that is whole, with its own certificate; −1 for genesis. */
  readonly wholeSequence: Sequence;
  readonly detail: string;
}

/**
 * What a start builds on: the newest final block of which everything is readable, its own certificate included. That
 * is nearly always the newest one there is.
 * @param chain readable up to the newest final block
 * @throws StorageError `corrupt` where none is found, or where what is stored contradicts itself
 */
export async function newestWholeBlock(chain: FinalChain, newest: FinalEntry, genesis: FinalTip): Promise<{ readonly tip: FinalTip; readonly damage: NewestDamage | undefined }> {
  let damage: StorageError | undefined;
  const note = (error: StorageError): void => { damage ??= error; };
  const lowest = Math.max(chain.firstSequence(), newest.sequence - MAX_DAMAGED_BLOCKS);
  for (let at: number = newest.sequence; at >= lowest; at -= 1) {
    const sequence = toSequence(at);
    const tip = await wholeTip(chain, sequence, newest, note);
    if (tip !== undefined) return { tip, damage: damageOf(newest, sequence, damage) };
  }
  // Nothing stored is missing of genesis.
  if (lowest === 0) return { tip: genesis, damage: damageOf(newest, genesis.sequence, damage) };
  throw damage ?? missingCertificate(newest.sequence);
}

async function wholeTip(chain: FinalChain, sequence: Sequence, newest: FinalEntry, note: (error: StorageError) => void): Promise<FinalTip | undefined> {
  const found = await unlessDamaged(chain.bySequence(sequence), note);
  if (found === undefined) return undefined;
  const { block: { hash, header }, certificate } = found;
  if (header.sequence !== sequence || (sequence === newest.sequence && hash !== newest.hash)) {
    throw corruption('the final tip and its block disagree about what is final');
  }
  if (certificate === undefined) {
    note(missingCertificate(sequence));
    return undefined;
  }
  return { hash, slot: header.slot, sequence, view: header.view, timestampMs: header.timestampMs, certificate };
}

function damageOf(newest: FinalEntry, wholeSequence: Sequence, damage: StorageError | undefined): NewestDamage | undefined {
  if (wholeSequence === newest.sequence) return undefined;
  return { sequence: newest.sequence, wholeSequence, detail: (damage ?? missingCertificate(newest.sequence)).what };
}

function missingCertificate(sequence: Sequence): StorageError {
  return corruption(`key space FINALITY lacks the certificate of final block ${sequence}`);
}
