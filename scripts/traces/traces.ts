import { simulate } from '../simulate/run.js';

/** A block of a Markdown file that begins with `$ npm run simulate -- …`; what follows is what that prints. */
const TRACE = /```text\n\$ npm run simulate -- (.+)\n[^]*?```/g;

/** The text with every trace in it played anew. @throws Error where a command fails */
export async function withTraces(markdown: string): Promise<string> {
  let result = '';
  let end = 0;
  for (const match of markdown.matchAll(TRACE)) {
    const [block, args = ''] = match;
    result += `${markdown.slice(end, match.index)}\`\`\`text\n$ npm run simulate -- ${args}\n${await printed(args)}\n\`\`\``;
    end = match.index + block.length;
  }
  return result + markdown.slice(end);
}

async function printed(args: string): Promise<string> {
  const lines: string[] = [];
  const code = await simulate(args.split(' '), {
    out: (line) => lines.push(line), err: (line) => lines.push(line), progress: { write: () => true }, signal: new AbortController().signal,
  });
  if (code !== 0) throw new Error(`npm run simulate -- ${args} ended with ${code}:\n${lines.join('\n')}`);
  return lines.join('\n');
}
