import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import { join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const GENERATED = 'src/codec/wire/generated.ts';
const MAX_LINES = 450;

/** What the files of one folder of src may import: `imports` at run time and as types, `typesOf` as types only. */
interface Layer {
  /** Files or, with a slash at the end, folders of src. */
  readonly imports: readonly string[];
  readonly typesOf?: readonly string[];
  /** Packages and Node's own modules. */
  readonly packages?: readonly string[];
}

/**
 * The whole dependency direction, lowest first. A layer imports only what stands above it in this list, so there are
 * no cycles. Ledger, storage, network, sync, mempool and api meet as types of ports only; node/ and cli/ wire them.
 */
const LAYERS: Readonly<Record<string, Layer>> = {
  types: { imports: [] },
  crypto: {
    imports: ['types/'],
    packages: [
      '@libp2p/crypto', '@libp2p/interface', '@libp2p/peer-id', '@noble/ed25519', '@noble/hashes', 'lru-cache', 'zod',
      'node:crypto', 'node:fs/promises', 'node:module', 'node:path',
    ],
  },
  codec: {
    imports: ['types/', 'crypto/hash', 'crypto/merkle'],
    packages: ['protons-runtime', 'uint8arraylist', 'uint8arrays'],
  },
  consensus: { imports: ['types/', 'codec/basis', 'crypto/hash'] },
  validation: {
    imports: ['types/', 'codec/', 'crypto/hash', 'crypto/merkle', 'consensus/quorum'],
    packages: ['lru-cache'],
  },
  storage: {
    imports: ['types/', 'codec/', 'crypto/hash', 'crypto/make-directory'],
    typesOf: ['consensus/records'],
    packages: ['level', 'node:crypto', 'node:fs/promises', 'node:path', 'node:zlib'],
  },
  ledger: {
    imports: ['types/', 'codec/', 'crypto/hash', 'crypto/ed25519-encoding', 'consensus/quorum'],
    typesOf: ['storage/stores'],
    packages: ['lru-cache', 'zod', 'node:fs/promises'],
  },
  mempool: { imports: ['types/'], packages: [] },
  network: {
    imports: ['types/', 'crypto/identity'],
    packages: [
      '@chainsafe/libp2p-gossipsub', '@chainsafe/libp2p-noise', '@chainsafe/libp2p-yamux', '@libp2p/identify', '@libp2p/interface',
      '@libp2p/tcp', '@multiformats/multiaddr', 'libp2p', 'node:crypto', 'node:dns', 'node:fs', 'node:net', 'node:path', 'node:url', 'uint8arraylist',
    ],
  },
  sync: {
    imports: ['types/', 'crypto/hash', 'codec/codec-error', 'codec/limits', 'codec/wire/sync', 'network/rate-limit'],
    typesOf: ['consensus/events', 'network/network', 'storage/stores'],
  },
  api: {
    imports: ['types/', 'crypto/hash'],
    packages: ['fastify', 'pino', 'node:crypto', 'node:dns/promises', 'node:events', 'node:http', 'node:net', 'node:stream'],
  },
  node: {
    imports: ['types/', 'crypto/', 'codec/', 'consensus/', 'validation/', 'storage/', 'ledger/', 'mempool/', 'network/', 'sync/'],
    typesOf: ['api/platform-view'],
    packages: ['lru-cache', 'pino', 'zod', 'node:fs', 'node:fs/promises', 'node:path', 'node:v8'],
  },
  cli: {
    imports: [
      'types/', 'crypto/', 'codec/transaction', 'consensus/quorum', 'ledger/genesis', 'ledger/genesis-error', 'ledger/genesis-file', 'ledger/key-value',
      'network/bootstrap', 'network/multiaddrs', 'api/identity', 'api/server', 'node/memory-limits', 'node/slot-timeout', 'node/platform', 'node/version',
    ],
    typesOf: ['api/block-json', 'node/running-platform'],
    packages: ['commander', 'pino', 'zod', 'node:fs', 'node:fs/promises', 'node:path', 'node:stream'],
  },
};

/** Globals by which time, chance, I/O or another turn of the event loop would come into the consensus core. */
const IMPURE_GLOBALS = new Set([
  'Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'crypto', 'Promise', 'process', 'globalThis',
  'console', 'fetch', 'require', 'Worker', 'WeakRef', 'FinalizationRegistry', 'Intl',
]);

interface Import {
  readonly specifier: string;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

function nodesOf(source: ts.SourceFile): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(source, visit);
  return nodes;
}

/** Every import of a file, whatever its form. */
function importsOf(source: ts.SourceFile): Import[] {
  return nodesOf(source).flatMap((node): Import[] => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      return [{ specifier: node.moduleSpecifier.text, typeOnly: node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword }];
    }
    if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
      return [{ specifier: node.moduleSpecifier.text, typeOnly: node.isTypeOnly }];
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
      return [{ specifier: node.argument.literal.text, typeOnly: true }];
    }
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [specifier] = node.arguments;
      return [{ specifier: specifier !== undefined && ts.isStringLiteral(specifier) ? specifier.text : 'computed at run time', typeOnly: false }];
    }
    return [];
  });
}

/** `@scope/name/deeper` and `name/deeper` without what is deeper; Node's own modules as they are. */
function packageOf(specifier: string): string {
  if (isBuiltin(specifier)) return specifier;
  return specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/');
}

function covers(list: readonly string[] | undefined, target: string): boolean {
  return list?.some((entry) => (entry.endsWith('/') ? target.startsWith(entry) : target === entry)) === true;
}

/** The file of src that a relative specifier names, as `folder/file`. */
function targetOf(path: string, specifier: string): string {
  return posix.relative('src', posix.join(posix.dirname(path), specifier)).replace(/\.js$/, '');
}

/** What a file imports against the direction of dependencies. */
function forbiddenImports(path: string, source: ts.SourceFile): string[] {
  const folder = path.split('/')[1] ?? '';
  const layer = LAYERS[folder];
  if (layer === undefined) return [`${path}: the folder is not among the layers`];
  return importsOf(source).flatMap(({ specifier, typeOnly }) => {
    if (!specifier.startsWith('.')) return covers(layer.packages, packageOf(specifier)) ? [] : [`${path}: ${specifier}`];
    const target = targetOf(path, specifier);
    const allowed = target.startsWith(`${folder}/`) || covers(layer.imports, target) || (typeOnly && covers(layer.typesOf, target));
    return allowed ? [] : [`${path}: ${typeOnly ? 'type of ' : ''}${target}`];
  });
}

/** What would make the consensus core depend on more than its input. */
function impurities(path: string, source: ts.SourceFile): string[] {
  return nodesOf(source).flatMap((node): string[] => {
    const at = `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
    if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) return [`${at}: async`];
    if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math' && node.name.text === 'random') return [`${at}: Math.random`];
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier) && !node.moduleSpecifier.text.startsWith('.')) {
      return [`${at}: ${node.moduleSpecifier.text}`];
    }
    const isName = ts.isIdentifier(node) && !(ts.isPropertyAccessExpression(node.parent) && node.parent.name === node)
      && !((ts.isPropertyAssignment(node.parent) || ts.isPropertySignature(node.parent)) && node.parent.name === node);
    return isName && IMPURE_GLOBALS.has(node.text) ? [`${at}: ${node.text}`] : [];
  });
}

/** Ways round the type checker and the linter. */
function evasions(path: string, source: ts.SourceFile): string[] {
  const keywords = nodesOf(source).filter(({ kind }) => kind === ts.SyntaxKind.AnyKeyword)
    .map((node) => `${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: any`);
  const comments = [...source.text.matchAll(/@ts-(ignore|nocheck|expect-error)|eslint-disable/g)].map(([text]) => `${path}: ${text}`);
  return [...keywords, ...comments];
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile())
    .map((entry) => posix.join(folder, entry.parentPath.slice(join(ROOT, folder).length).replaceAll('\\', '/'), entry.name)).sort();
}

describe('tidiness', () => {
  let sources: ReadonlyMap<string, ts.SourceFile>;
  let texts: ReadonlyMap<string, string>;

  const inSource = (check: (path: string, source: ts.SourceFile) => string[], folder = 'src/'): string[] => (
    [...sources].filter(([path]) => path.startsWith(folder)).flatMap(([path, source]) => check(path, source)));

  before(async () => {
    const paths = (await Promise.all(['src', 'scripts', 'test', 'bootstrap', '.ci'].map(filesIn))).flat();
    const atTop = ['README.md', 'CHANGELOG.md', 'package.json', 'tsconfig.json', 'tsconfig.build.json', 'eslint.config.js', '.mocharc.json'];
    texts = new Map(await Promise.all([...paths, ...atTop].map(async (path) => [path, await readFile(join(ROOT, path), 'utf8')] as const)));
    sources = new Map([...texts].filter(([path]) => path.startsWith('src/') && path.endsWith('.ts')).map(([path, text]) => [path, parse(path, text)]));
    assert.ok(sources.size > 100, 'the sources were found');
  });

  describe('dependency direction', () => {
    it('every folder of src imports only what its layer allows', () => {
      assert.deepEqual(inSource(forbiddenImports), []);
    });

    it('nothing allowed has gone out of use', () => {
      const used = new Map(Object.keys(LAYERS).map((folder) => [folder, new Set<string>()]));
      for (const [path, source] of sources) {
        const folder = path.split('/')[1] ?? '';
        for (const { specifier } of importsOf(source)) {
          used.get(folder)?.add(specifier.startsWith('.') ? targetOf(path, specifier) : packageOf(specifier));
        }
      }
      const idle = Object.entries(LAYERS).flatMap(([folder, { imports, typesOf = [], packages = [] }]) => (
        [...imports, ...typesOf, ...packages].filter((entry) => ![...used.get(folder) ?? []].some((target) => covers([entry], target)))
          .map((entry) => `${folder}: ${entry}`)));
      assert.deepEqual(idle, []);
    });

    it('no layer may import one that comes after it, so that there are no cycles', () => {
      const order = Object.keys(LAYERS);
      const backward = Object.entries(LAYERS).flatMap(([folder, { imports, typesOf = [] }]) => (
        [...imports, ...typesOf].filter((entry) => order.indexOf(entry.split('/')[0] ?? '') >= order.indexOf(folder)).map((entry) => `${folder}: ${entry}`)));
      assert.deepEqual(backward, []);
    });

    it('every package that src imports is a dependency, not one of development', () => {
      const manifest = JSON.parse(texts.get('package.json') ?? '') as Readonly<Record<'dependencies', Record<string, string>>>;
      const packages = inSource((_path, source) => importsOf(source).map(({ specifier }) => specifier))
        .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier)).map(packageOf);
      assert.deepEqual(packages.filter((name) => !Object.hasOwn(manifest.dependencies, name)), []);
    });

    it('an import against the direction is seen, in every form it can have', () => {
      const file = (text: string): string[] => forbiddenImports('src/ledger/example.ts', parse('src/ledger/example.ts', text));
      assert.deepEqual(file("import { LevelByteStore } from '../storage/level-byte-store.js';"), ['src/ledger/example.ts: storage/level-byte-store']);
      assert.deepEqual(file("import { openStore } from '../storage/stores.js';"), ['src/ledger/example.ts: storage/stores']);
      assert.deepEqual(file("export * from '../network/network.js';"), ['src/ledger/example.ts: network/network']);
      assert.deepEqual(file("const load = () => import('../node/platform.js');"), ['src/ledger/example.ts: node/platform']);
      assert.deepEqual(file("let peer: import('../sync/service.js').SyncService;"), ['src/ledger/example.ts: type of sync/service']);
      assert.deepEqual(file("import 'libp2p';"), ['src/ledger/example.ts: libp2p']);
      assert.deepEqual(file("import type { StateStore } from '../storage/stores.js';\nimport { z } from 'zod';"), []);
    });
  });

  describe('the consensus core is pure', () => {
    it('reads no clock, sets no timer, draws nothing at random, does no I/O and never waits', () => {
      assert.deepEqual(inSource(impurities, 'src/consensus/'), []);
    });

    it('each of these would be seen', () => {
      for (const [text, what] of [
        ['const at = Date.now();', 'Date'], ['const at = performance.now();', 'performance'], ['setTimeout(step, 1);', 'setTimeout'],
        ['const chance = Math.random();', 'Math.random'], ['const id = crypto.randomUUID();', 'crypto'], ["import fs from 'node:fs';", 'node:fs'],
        ['async function step() {}', 'async'], ['let done: Promise<void>;', 'Promise'], ['process.exit(1);', 'process'],
      ] as const) {
        assert.deepEqual(impurities('x.ts', parse('x.ts', text)), [`x.ts:1: ${what}`]);
      }
    });
  });

  describe('sources', () => {
    it('hold no any, and nothing that silences the compiler or the linter', () => {
      assert.deepEqual(inSource((path, source) => (path === GENERATED ? [] : evasions(path, source))), []);
      assert.deepEqual(evasions('x.ts', parse('x.ts', '// @ts-ignore\nlet x: any;')), ['x.ts:2: any', 'x.ts: @ts-ignore']);
    });

    it(`have at most ${MAX_LINES} lines a file`, () => {
      const long = [...texts].filter(([path]) => /^(src|scripts)\//.test(path) && path !== GENERATED)
        .map(([path, text]) => `${path}: ${text.split('\n').length - 1}`).filter((line) => Number(line.split(': ')[1]) > MAX_LINES);
      assert.deepEqual(long, []);
    });

    it('are named by what they are about, not util, helper, common or misc', () => {
      const vague = [...texts.keys()].filter((path) => path.split('/').some((part) => /^(util|helper|common|misc)/i.test(part)));
      assert.deepEqual(vague, []);
    });

    it('name no folder of the host that they were written on', () => {
      const HOST_FOLDER = /(?<![\w.:/~])\/(home|root|Users|work|workspace|mnt|opt)\/\w/;
      assert.deepEqual([...texts].filter(([, text]) => HOST_FOLDER.test(text)).map(([path]) => path), []);
    });
  });
});
