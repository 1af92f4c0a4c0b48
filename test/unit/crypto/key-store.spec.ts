import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CryptoError } from '../../../src/crypto/crypto-error.js';
import type { CryptoErrorCode } from '../../../src/crypto/crypto-error.js';
import { createSigner } from '../../../src/crypto/ed25519.js';
import { libp2pPrivateKey, peerIdOf, publicKeyOfPeerId } from '../../../src/crypto/identity.js';
import { createPlatformKey, loadPlatformKey, platformKeyOf, platformKeyPath } from '../../../src/crypto/key-store.js';
import { toPlatformName } from '../../../src/types/ids.js';

const THOR = toPlatformName('Thor');

describe('key store', () => {
  let root: string;
  let home: string;
  before(async () => { root = await mkdtemp(join(tmpdir(), 'fb-pbft-key-')); });
  after(async () => { await rm(root, { recursive: true }); });
  let homes = 0;
  beforeEach(() => { home = join(root, `home ${homes += 1}`, 'deep'); });

  const fails = (code: CryptoErrorCode, message: RegExp, action: () => Promise<unknown>) => assert.rejects(action, (error) => {
    assert.ok(error instanceof CryptoError, String(error));
    assert.equal(error.code, code);
    assert.match(error.message, message);
    return true;
  });

  it('creates a key that only its owner can read, and loads it again', async () => {
    const key = await createPlatformKey(home, THOR);
    assert.equal((await stat(platformKeyPath(home))).mode & 0o777, 0o600);
    assert.deepEqual(await loadPlatformKey(home), key);
    assert.equal(createSigner(key.seed).publicKey, key.publicKey);
    assert.equal(key.name, 'Thor');
  });

  it('never overwrites', async () => {
    await createPlatformKey(home, THOR);
    const before = await readFile(platformKeyPath(home));
    await fails('key-exists', /never overwritten/, () => createPlatformKey(home, toPlatformName('Loki')));
    assert.deepEqual(await readFile(platformKeyPath(home)), before);
  });

  it('makes another key every time', async () => {
    const one = await createPlatformKey(home, THOR);
    const other = await createPlatformKey(join(home, 'other'), THOR);
    assert.notEqual(one.publicKey, other.publicKey);
  });

  it('says what to do when there is none', async () => {
    await fails('key-missing', /fb-pbft init --home/, () => loadPlatformKey(home));
  });

  it('refuses a key that others may read, and says chmod 600', async () => {
    await createPlatformKey(home, THOR);
    for (const mode of [0o640, 0o604, 0o620]) {
      await chmod(platformKeyPath(home), mode);
      await fails('key-too-open', /chmod 600 /, () => loadPlatformKey(home));
    }
  });

  it('refuses a damaged file, without showing the secret', async () => {
    const { seed, publicKey } = await createPlatformKey(home, THOR);
    const secret = Buffer.from(seed).toString('hex');
    const good = { platform: 'Thor', publicKey, seed: secret };
    const path = platformKeyPath(home);
    for (const text of [
      '', `{"seed":"${secret}"`, JSON.stringify({ ...good, seed: secret.slice(2) }), JSON.stringify({ ...good, platform: '../x' }),
      JSON.stringify({ ...good, publicKey: platformKeyOf(THOR, new Uint8Array(32)).publicKey }), JSON.stringify([good]), JSON.stringify({ seed: secret }),
    ]) {
      await writeFile(path, text);
      await assert.rejects(loadPlatformKey(home), (error) => {
        assert.ok(error instanceof CryptoError && error.code === 'key-malformed', String(error));
        assert.ok(!error.message.includes(secret.slice(0, 16)) && error.cause === undefined);
        return true;
      });
    }
  });

  it('reports what the file system says otherwise', async () => {
    await writeFile(join(root, 'file'), '');
    await fails('key-unreadable', /cannot be read/, () => loadPlatformKey(join(root, 'file')));
    await fails('key-unreadable', /cannot be written/, () => createPlatformKey(join(root, 'file', 'home'), THOR));
  });
});

describe('platform identity and PeerId (row B1)', () => {
  it('the PeerId gives the public key back, and is that of the libp2p key', async () => {
    const { publicKey, seed } = platformKeyOf(THOR, new Uint8Array(32).fill(7));
    const peerId = peerIdOf(publicKey);
    assert.match(peerId, /^12D3KooW/);
    assert.equal(publicKeyOfPeerId(peerId), publicKey);
    const key = await libp2pPrivateKey(seed);
    assert.equal(Buffer.from(key.publicKey.raw).toString('hex'), publicKey);
  });

  it('what is no Ed25519 PeerId gives nothing', () => {
    for (const bad of ['', 'x', 'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N']) assert.equal(publicKeyOfPeerId(bad), undefined);
  });
});
