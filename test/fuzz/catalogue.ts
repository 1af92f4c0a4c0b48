import type { Target } from './target.js';
import { API_TARGETS } from './targets/api.js';
import { CODEC_TARGETS } from './targets/codec.js';
import { FILE_TARGETS } from './targets/files.js';
import { LEDGER_TARGETS } from './targets/ledger.js';
import { NETWORK_TARGETS } from './targets/network.js';
import { PARTICIPANT_TARGETS } from './targets/participant.js';
import { REPLICA_TARGETS } from './targets/replica.js';
import { SNAPSHOT_TARGETS } from './targets/snapshots.js';
import { STORAGE_TARGETS } from './targets/storage.js';
import { VALIDATION_TARGETS } from './targets/validation.js';

/** Everything that takes input from outside. */
export const TARGETS: readonly Target[] = [
  ...CODEC_TARGETS, ...VALIDATION_TARGETS, ...NETWORK_TARGETS, ...LEDGER_TARGETS, ...FILE_TARGETS, ...API_TARGETS, ...REPLICA_TARGETS,
  ...PARTICIPANT_TARGETS, ...SNAPSHOT_TARGETS, ...STORAGE_TARGETS,
];

/** @throws Error where there is none of that name */
export function targetNamed(name: string): Target {
  const found = TARGETS.find((target) => target.name === name);
  if (found === undefined) throw new Error(`there is no target ${name}`);
  return found;
}
