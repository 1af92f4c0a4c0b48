import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What no platform's log may say, whatever befell it. */
const FORBIDDEN = /without anybody awaiting|state diverged|this would be a fork|this is a defect|\n\s+at .*:\d+:\d+\)?$/m;

/** Lines of a platform's logs that say that it is not in order, the first of each log. */
export async function logFaults(name: string, home: string): Promise<string[]> {
  const files = (await readdir(home)).filter((file) => file.endsWith('.log')).sort();
  const logs = await Promise.all(files.map(async (file) => ({ file, text: await readFile(join(home, file), 'utf8') })));
  return logs.flatMap(({ file, text }) => {
    const found = FORBIDDEN.exec(text);
    if (found === null) return [];
    const line = text.slice(text.lastIndexOf('\n', found.index) + 1).split('\n')[0] ?? '';
    return [`${name} says in ${file}: ${line.slice(0, 500)}`];
  });
}
