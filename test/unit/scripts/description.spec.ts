import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parseDescription, platformsOf, readDescription } from '../../../scripts/federation/description.js';
import { parseBootstrap } from '../../../src/network/bootstrap.js';

const BOOTSTRAP = new URL('../../../bootstrap/', import.meta.url);

describe('federation script: bootstrap/', () => {
  it('federation.json describes the four platforms of the local federation', async () => {
    const description = await readDescription(new URL('federation.json', BOOTSTRAP).pathname);
    assert.equal(description.society, 'lct:web4:society:demo');
    assert.deepEqual(platformsOf(description, 4).map(({ name }) => name), ['Thor', 'Sprout', 'Legion', 'Platform2']);
  });

  it('smaller federations take the first, larger ones get Platform3, Platform4, …', async () => {
    const description = await readDescription(new URL('federation.json', BOOTSTRAP).pathname);
    assert.deepEqual(platformsOf(description, 2).map(({ name }) => name), ['Thor', 'Sprout']);
    assert.deepEqual(platformsOf(description, 7).slice(4).map(({ name }) => name), ['Platform3', 'Platform4', 'Platform5']);
  });

  it('the templates for LAN and WAN are descriptions, and bootstrap lists as they are', async () => {
    for (const name of ['lan.example.json', 'wan.example.json']) {
      const text = await readFile(new URL(name, BOOTSTRAP), 'utf8');
      const { bootstrap } = parseDescription(text, name);
      assert.deepEqual(parseBootstrap(text, name), bootstrap);
    }
    assert.equal(parseBootstrap(await readFile(new URL('peers.example.txt', BOOTSTRAP), 'utf8')).length, 3);
  });

  it('no private key is in bootstrap/', async () => {
    for (const name of ['federation.json', 'lan.example.json', 'wan.example.json', 'peers.example.txt']) {
      assert.doesNotMatch(await readFile(new URL(name, BOOTSTRAP), 'utf8'), /seed|private|[0-9a-f]{64}/i);
    }
  });

  it('a description that is none is refused by file and field', () => {
    const whole = { society: 's', fastPath: 'largest', platforms: [{ name: 'Thor', listen: ['/ip4/127.0.0.1/tcp/0'], api: '127.0.0.1:0' }], bootstrap: ['Thor'] };
    parseDescription(JSON.stringify(whole), 'x.json');
    assert.throws(() => parseDescription('{', 'x.json'), { code: 'bad-description', message: /^x\.json is not JSON/ });
    assert.throws(() => parseDescription(JSON.stringify({ ...whole, platforms: [] }), 'x.json'), /x\.json: .*platforms/s);
    assert.throws(() => parseDescription(JSON.stringify({ ...whole, society: undefined }), 'x.json'), /society/);
    assert.throws(() => parseDescription(JSON.stringify({ ...whole, platforms: [whole.platforms[0], whole.platforms[0]] }), 'x.json'), /two have the same name/);
  });
});
