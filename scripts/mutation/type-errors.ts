import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import type { Mutant } from '../../test/mutation/mutant.js';
import { applied, MutationError } from '../../test/mutation/mutant.js';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Mutants whose patches do not apply or do not compile, with what is wrong. A name that is not defined would fail any
 * test, and so look like a weakening that was noticed.
 */
export function typeErrors(mutants: readonly Mutant[]): ReadonlyMap<Mutant, string> {
  const overlays = new Map<string, { readonly text: string; readonly version: number }>();
  const service = serviceOver(overlays, [...new Set(mutants.flatMap(({ patches }) => patches.map(({ file }) => join(PROJECT, file))))]);
  const errors = new Map<Mutant, string>();
  let version = 0;
  for (const mutant of mutants) {
    version += 1;
    try {
      for (const patch of mutant.patches) {
        const path = join(PROJECT, patch.file);
        overlays.set(path, { text: applied(mutant.name, patch, overlays.get(path)?.text ?? readFileSync(path, 'utf8')), version });
      }
      const error = [...overlays.keys()].map((path) => firstErrorOf(service, path)).find((each) => each !== undefined);
      if (error !== undefined) errors.set(mutant, error);
    } catch (error) {
      if (!(error instanceof MutationError)) throw error;
      errors.set(mutant, error.message);
    }
    overlays.clear();
  }
  return errors;
}

function firstErrorOf(service: ts.LanguageService, path: string): string | undefined {
  const [first] = [...service.getSyntacticDiagnostics(path), ...service.getSemanticDiagnostics(path)];
  return first === undefined ? undefined : `does not compile: ${ts.flattenDiagnosticMessageText(first.messageText, ' ')}`;
}

function serviceOver(overlays: ReadonlyMap<string, { readonly text: string; readonly version: number }>, files: readonly string[]): ts.LanguageService {
  const config = ts.readConfigFile(join(PROJECT, 'tsconfig.json'), ts.sys.readFile.bind(ts.sys));
  const { options } = ts.parseJsonConfigFileContent(config.config, ts.sys, PROJECT);
  return ts.createLanguageService({
    getCompilationSettings: () => options,
    getScriptFileNames: () => [...files],
    getScriptVersion: (path) => String(overlays.get(path)?.version ?? 0),
    getScriptSnapshot: (path) => {
      const text = overlays.get(path)?.text ?? ts.sys.readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => PROJECT,
    getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
    fileExists: ts.sys.fileExists.bind(ts.sys),
    readFile: ts.sys.readFile.bind(ts.sys),
    readDirectory: ts.sys.readDirectory.bind(ts.sys),
    directoryExists: ts.sys.directoryExists.bind(ts.sys),
    getDirectories: ts.sys.getDirectories.bind(ts.sys),
  });
}
