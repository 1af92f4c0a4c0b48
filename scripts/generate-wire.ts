/**
 * Generates src/codec/wire/generated.ts from src/codec/wire/wire.proto. Run after every change of the latter:
 * `npx tsx scripts/generate-wire.ts`
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'protons';

const WIRE_FOLDER = fileURLToPath(new URL('../src/codec/wire/', import.meta.url));

// The generator writes TypeScript enums and namespaces, which this project's erasableSyntaxOnly refuses.
const PREAMBLE = '// @ts-nocheck\n// Generated from wire.proto by scripts/generate-wire.ts. Do not edit.\n';

/**
 * protons-runtime 7.1 writes a bigint from 2³¹ to 2³²−1 as one byte and four of uninitialised memory, since it holds the
 * lower half as a negative number. Its writer of numbers is right up to 2⁵³−1, which all integers here are below.
 */
function withNumbersWritten(code: string): string {
  return code.replaceAll(/\bw\.uint64\((obj\.\w+)\)/g, 'w.uint64Number(Number($1))');
}

/** The text that generated.ts must have. */
export async function generateWire(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fb-pbft-wire-'));
  try {
    await generate(join(WIRE_FOLDER, 'wire.proto'), { output: folder });
    return PREAMBLE + withNumbersWritten(await readFile(join(folder, 'wire.ts'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--help')) {
    console.log('Usage: npx tsx scripts/generate-wire.ts\nWrites src/codec/wire/generated.ts from src/codec/wire/wire.proto.');
  } else {
    await writeFile(join(WIRE_FOLDER, 'generated.ts'), await generateWire());
  }
}
