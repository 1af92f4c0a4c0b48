import { z } from 'zod';
import { CliError } from './cli-error.js';
import type { Terminal } from './terminal.js';

export const pendingSchema = z.object({ id: z.string(), status: z.literal('pending') });
export const finalSchema = z.object({
  id: z.string(),
  status: z.literal('final'),
  sequence: z.int(),
  /** Null where the block was pruned. */
  hash: z.string().nullable(),
  receipt: z.object({ ok: z.boolean(), error: z.string().optional() }),
});
/** What the API says of a transaction that it knows. */
export const transactionSchema = z.union([pendingSchema, finalSchema]);

/**
 * Tells where a transaction became final.
 * @throws CliError `failed` where it had no effect
 */
export function tellFinal({ id, sequence, hash, receipt: { ok, error } }: z.infer<typeof finalSchema>, json: boolean, terminal: Terminal): void {
  if (json) terminal.out(JSON.stringify({ id, sequence, hash, ok, ...(error === undefined ? {} : { error }) }));
  if (!ok) throw new CliError('failed', `transaction ${id} is final in block ${sequence}, but had no effect: ${error ?? 'no reason given'}`);
  if (!json) terminal.out(`${id} is final in block ${sequence} (${hash ?? 'which is not kept here any more'})`);
}
