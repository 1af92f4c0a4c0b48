import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { FederationError } from './federation-error.js';

const platformSchema = z.object({
  name: z.string(),
  listen: z.array(z.string()).min(1),
  /** HOST:PORT of the HTTP API. */
  api: z.string(),
  /** Addresses to tell others in place of those listened on. */
  announce: z.array(z.string()).optional(),
});

const descriptionSchema = z.object({
  description: z.string().optional(),
  society: z.string(),
  fastPath: z.union([z.int().min(0), z.literal('off'), z.literal('largest')]),
  platforms: z.array(platformSchema).min(1),
  /** Names of the platforms that the others connect to first, or multiaddrs. */
  bootstrap: z.array(z.string()).min(1),
});

export type DescribedPlatform = z.infer<typeof platformSchema>;
/** A federation as `bootstrap/federation.json` describes it. */
export type FederationDescription = z.infer<typeof descriptionSchema>;

/** @throws FederationError `bad-description` naming the field */
export function parseDescription(text: string, path: string): FederationDescription {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new FederationError('bad-description', `${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = descriptionSchema.safeParse(content);
  if (!parsed.success) throw new FederationError('bad-description', `${path}: ${z.prettifyError(parsed.error)}`);
  const names = parsed.data.platforms.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new FederationError('bad-description', `${path}: platforms: two have the same name`);
  return parsed.data;
}

export async function readDescription(path: string): Promise<FederationDescription> {
  try {
    return parseDescription(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof FederationError) throw error;
    throw new FederationError('bad-description', `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * The first `count` platforms of a description; beyond those it names, more called Platform3, Platform4, … listening
 * on any free port of loopback.
 */
export function platformsOf(description: FederationDescription, count: number): DescribedPlatform[] {
  const platforms = description.platforms.slice(0, count);
  const taken = new Set(platforms.map(({ name }) => name));
  for (let number = 2; platforms.length < count; number += 1) {
    const name = `Platform${number}`;
    if (!taken.has(name)) platforms.push({ name, listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' });
  }
  return platforms;
}
