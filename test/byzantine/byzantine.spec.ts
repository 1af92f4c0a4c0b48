import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { ADVERSARIES } from './adversaries.js';
import { Play } from './play.js';
import { PORTABLE_ADVERSARIES } from './portable.js';

const HERE = new URL('.', import.meta.url);

describe('the adversaries', () => {
  it('have names of their own, by which plans and processes call them', () => {
    const names = ADVERSARIES.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
    for (const { name } of PORTABLE_ADVERSARIES) assert.ok(names.includes(name), name);
  });

  it('are all in the list, and each has a scenario of its own', async () => {
    const files = (await readdir(HERE)).filter((file) => file.endsWith('.ts'));
    const texts = new Map(await Promise.all(files.map(async (file) => [file, await readFile(new URL(file, HERE), 'utf8')] as const)));
    const exported = [...texts.values()].flatMap((text) => [...text.matchAll(/^export const ([A-Z_]+): (?:Sim)?Adversary =/gm)].map(([, name]) => name ?? ''));
    assert.equal(exported.length, ADVERSARIES.length, exported.join());
    const scenarios = [...texts].filter(([file]) => file.endsWith('.spec.ts')).map(([, text]) => text).join('\n');
    assert.deepEqual(exported.filter((name) => !new RegExp(`cast[^\\n]*\\b${name}\\b`).test(scenarios)), []);
  });

  for (const adversary of ADVERSARIES) {
    it(`${adversary.name}: in a network that loses, reorders and repeats, and through a restart of its own, nothing breaks`, async () => {
      const play = await Play.through({
        cast: { 2: adversary }, transactions: 12, everyMs: 250, seed: 5, jitterMs: 40, lossRate: 0.1, duplicationRate: 0.1, syncMs: 1,
        script: ({ world }) => {
          const [, , liar] = world.platforms;
          assert.ok(liar !== undefined);
          world.clock.after(1000, () => {
            if (adversary.losesDisk === true) liar.loseDisk();
            else liar.crash();
          });
          world.clock.after(1400, () => { liar.start(); });
        },
      });
      assert.equal(play.world.violations.length, 0);
      assert.ok((play.honest[0]?.chain.length ?? 0) >= 1);
    });
  }
});
