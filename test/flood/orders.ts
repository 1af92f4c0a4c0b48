import { z } from 'zod';

/** What the attacking member is told. */
export const orderSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('prepare'), kind: z.string() }),
  z.object({ type: z.literal('run'), kind: z.string(), durationMs: z.number() }),
]);
export type Order = z.infer<typeof orderSchema>;

/** What it tells. `count` and `bytes` are what it sent, to all victims together; `failure` why something was not sent. */
export const toldSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready') }),
  z.object({ type: z.literal('prepared') }),
  z.object({ type: z.literal('over'), count: z.number(), bytes: z.number(), cutOffs: z.number(), failure: z.string().optional() }),
  z.object({ type: z.literal('failed'), reason: z.string() }),
]);
export type Told = z.infer<typeof toldSchema>;
