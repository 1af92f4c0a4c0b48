import assert from 'node:assert/strict';
import { SPACES } from '../../../src/storage/key-spaces.js';
import type { CommittedBlock, SyncResponse } from '../../../src/types/sync.js';
import type { ConsensusMessage } from '../../../src/types/messages.js';
import type { SimPlatform } from '../../simulation/world.js';
import { World } from '../../simulation/world.js';

type Space = 'BLOCK' | 'SEQUENCE' | 'FINALITY';

/** Flips a bit of the newest final block's record. */
function damageNewest({ disk, chain }: SimPlatform, space: Space): void {
  const last = chain.at(-1)?.block ?? assert.fail('no final block');
  const wanted = space === 'BLOCK' ? last.hash : last.header.sequence.toString(16).padStart(16, '0');
  const key = [...disk.memory.entries.keys()].find((each) => each.charCodeAt(0) === SPACES[space] && Buffer.from(each, 'latin1').toString('hex').endsWith(wanted)) ?? assert.fail('no entry');
  const value = disk.memory.entries.get(key) ?? assert.fail();
  disk.memory.damage(key, value.with(0, (value[0] ?? 0) ^ 1));
}

function statementOf(message: ConsensusMessage): string | undefined {
  switch (message.type) {
    case 'PREPARE': case 'VIEW-CHANGE': return `${message.type} ${message.slot} ${message.first} ${message.blockHash} ${message.basisHash}`;
    case 'COMMIT': return `COMMIT ${message.slot} ${message.blockHash}`;
    case 'PRE-PREPARE': return `PRE-PREPARE ${message.slot} ${message.block.hash}`;
    default: return undefined;
  }
}

/** What a platform said in slots up to this one. */
function saidUpTo({ sent, index }: SimPlatform, slot: number): Set<string> {
  return new Set(sent.flatMap((message) => {
    if (message.type === 'CERTIFICATE' || message.type === 'EQUIVOCATION' || message.type === 'CHECKPOINT' || message.signer !== index || message.slot > slot) return [];
    return statementOf(message) ?? [];
  }));
}

async function federation(members: number): Promise<{ readonly world: World; readonly at: (index: number) => SimPlatform }> {
  const world = new World({ members, delayMs: 10 });
  await world.startAll();
  for (const label of ['a', 'b', 'c']) {
    const transaction = world.submit(label);
    await world.until(() => world.everywhere(transaction), 5_000, label);
  }
  await world.runFor(2_000);
  return { world, at: (index) => world.platforms[index] ?? assert.fail() };
}

function assertSameChain(world: World): void {
  const [first] = world.platforms;
  for (const { chain } of world.platforms) assert.deepEqual(chain.map(({ block }) => block.hash), first?.chain.map(({ block }) => block.hash));
}

describe('a platform whose newest final block is damaged (section 5, restart)', () => {
  for (const space of ['BLOCK', 'SEQUENCE', 'FINALITY'] as const) {
    it(`${space}: starts, has the block again from members, votes, and says nothing new in slots up to it`, async () => {
      const { world, at } = await federation(4);
      const damaged = at(2);
      const slot = damaged.chain.at(-1)?.block.header.slot ?? assert.fail();
      const before = damaged.chain.map(({ block }) => block.hash);
      const said = saidUpTo(damaged, slot);
      damaged.crash();
      damageNewest(damaged, space);
      damaged.start();
      await world.until(() => damaged.up && damaged.chain.length === before.length, 5_000, 'the block is there again');
      assert.deepEqual(damaged.chain.map(({ block }) => block.hash), before);
      const transaction = world.submit('later');
      await world.until(() => world.everywhere(transaction), 5_000, 'all go on');
      assert.equal(damaged.replica.snapshot().mode, 'voting', 'own votes that others show it are no sign of a lost vote store');
      assert.deepEqual(saidUpTo(damaged, slot), said);
      assertSameChain(world);
      damaged.crash();
      damaged.start();
      await world.runFor(100);
      assert.ok(damaged.up && damaged.chain.length > before.length, 'it is stored again');
    });
  }

  it('R2: gives no slot up to it a first vote, though it never voted there and nobody can show it the block', async () => {
    const { world, at } = await federation(4);
    const damaged = at(2);
    damaged.crash();
    const missed = world.transaction('missed');
    at(0).submit(missed);
    await world.until(() => world.everywhere(missed, [at(0), at(1), at(3)]), 5_000, 'final without it');
    damaged.start();
    await world.until(() => damaged.up && damaged.hasFinal(missed), 20_000, 'it has the block from members');
    const slot = damaged.chain.at(-1)?.block.header.slot ?? assert.fail();
    const said = saidUpTo(damaged, slot);
    damaged.crash();
    damageNewest(damaged, 'BLOCK');
    world.partition([0, 1, 3], [2]);
    damaged.start();
    damaged.submit(world.transaction('work'));
    await world.runFor(20_000);
    assert.equal(damaged.replica.snapshot().mode, 'voting');
    assert.deepEqual(saidUpTo(damaged, slot), said);
  });

  it('R10: is no witness of how far others may have voted until it has the certificate again', async () => {
    const { world, at } = await federation(4);
    const damaged = at(2);
    const count = damaged.chain.length;
    damaged.crash();
    damageNewest(damaged, 'BLOCK');
    world.partition([0, 1, 3], [2]);
    damaged.start();
    await world.runFor(3_000);
    assert.deepEqual([damaged.replica.snapshot().mode, damaged.replica.status().observing], ['voting', true]);
    world.heal();
    await world.until(() => damaged.chain.length >= count, 20_000, 'the block is there again');
    assert.equal(damaged.replica.status().observing, false);
  });

  it('n = 2: a block that was final at the damaged platform only becomes final again by its repeated vote', async () => {
    const { world, at } = await federation(2);
    const damaged = at(0);
    const count = damaged.chain.length;
    // Platform 1 has to lead, and not to hear the other's vote.
    while (damaged.replica.snapshot().currentSlot % 2 !== 1) {
      const transaction = world.submit(`turn ${damaged.chain.length}`);
      await world.until(() => world.everywhere(transaction), 5_000, 'one more block');
      await world.runFor(2_000);
    }
    const length = damaged.chain.length;
    assert.ok(length >= count);
    world.cut.add('0>1');
    const transaction = world.transaction('last');
    at(1).submit(transaction);
    await world.until(() => damaged.chain.length > length, 5_000, 'final at platform 0');
    assert.equal(at(1).chain.length, length);
    const newest = damaged.chain.at(-1)?.block.hash;
    for (const platform of world.platforms) platform.crash();
    damageNewest(damaged, 'BLOCK');
    world.cut.clear();
    for (const platform of world.platforms) platform.start();
    await world.until(() => world.platforms.every(({ chain }) => chain.length > length), 20_000, 'final at both');
    assert.equal(at(1).chain[length]?.block.hash, newest);
    assertSameChain(world);
  });

  type Lie = (blocks: readonly CommittedBlock[], world: World) => readonly CommittedBlock[] | undefined;
  const lies: Readonly<Record<string, Lie>> = {
    'another block at that sequence': (blocks, world) => blocks.map(({ certificate }) => ({ block: world.platforms[1]!.chain[0]!.block, certificate })),
    'a forged certificate': (blocks) => blocks.map(({ block, certificate }) => ({
      block, certificate: certificate === undefined ? undefined : { ...certificate, signatures: certificate.signatures.map((each) => ({ ...each, signature: new Uint8Array(64) })) } as typeof certificate,
    })),
    'no certificates': (blocks) => blocks.map(({ block }) => ({ block, certificate: undefined })),
    'nothing at all': () => undefined,
    'an empty list': () => [],
  };
  for (const [name, lie] of Object.entries(lies)) {
    it(`two members that serve ${name} do not keep it from being repaired, nor have anything false stored`, async () => {
      const { world, at } = await federation(4);
      const damaged = at(2);
      const before = damaged.chain.map(({ block }) => block.hash);
      damaged.crash();
      damageNewest(damaged, 'BLOCK');
      world.interceptResponse = (from, to, _request, response): SyncResponse | undefined => {
        if (to !== 2 || from === 3 || response.type !== 'BLOCKS-RESPONSE') return response;
        const blocks = lie(response.blocks, world);
        return blocks === undefined ? undefined : { ...response, blocks };
      };
      damaged.start();
      await world.until(() => damaged.up && damaged.chain.length === before.length, 30_000, 'the block is there again');
      assert.deepEqual(damaged.chain.map(({ block }) => block.hash), before);
      const transaction = world.submit('later');
      await world.until(() => world.everywhere(transaction), 10_000, 'all go on');
      assertSameChain(world);
    });
  }
});
