import assert from 'node:assert/strict';
import { DUPLICATE_SIGNERS } from './duplicate-signers.js';
import { FLIPPED_FIRST } from './flipped-first.js';
import { FORGED_JUSTIFICATION } from './forged-justification.js';
import { Play } from './play.js';
import { SECOND_VOTES_IN_FAST } from './second-votes-in-fast.js';
import { SKIPPING_PROPOSER } from './skipping-proposer.js';
import { SWAPPED_STATEMENT } from './swapped-statement.js';

function assertRefused(play: Play, ...codes: readonly string[]): void {
  const refusals = play.refusals();
  for (const code of codes) assert.ok(refusals.includes(code), `${code} is not among ${refusals.join()}`);
}

describe('what validation turns away', () => {
  it('a proposal whose justification is made up: it counts as if never sent, and the real one, late, is still taken (J)', async () => {
    const play = await Play.through({ cast: { 1: FORGED_JUSTIFICATION }, transactions: 30, everyMs: 300 });
    assertRefused(play, 'certificate-signature', 'parent-certificate', 'skip-certificates');
    const late = play.honest[0]?.chain.filter(({ block }) => block.header.proposer === 1) ?? [];
    assert.ok(late.length >= 2, 'its blocks become final once they are justified');
  });

  it('one statement\'s signature under another type, epoch, slot or society (section 2)', async () => {
    const play = await Play.through({ cast: { 2: SWAPPED_STATEMENT }, transactions: 20 });
    assertRefused(play, 'bad-signature', 'other-epoch');
    assert.ok(play.arrived('COMMIT').length > play.arrived('PREPARE').length / 4);
  });

  it('`first` flipped without a new signature; with one, the vote counts as what it says (section 2)', async () => {
    const play = await Play.through({ cast: { 3: FLIPPED_FIRST }, transactions: 20 });
    assertRefused(play, 'bad-signature');
    const [leader] = play.honest;
    const flipped = play.arrived('PREPARE').filter(({ to, message }) => message.signer === 3 && !message.first && to % 2 === 1);
    assert.ok(flipped.length >= 5, 'second votes of one that never had a first');
    assert.ok(leader?.chain.every(({ certificate }) => certificate?.kind !== 'FAST' || certificate.signatures.every(({ signer }) => signer !== 3)));
  });

  it('certificates that one member fills alone, signing as often as it takes (section 2)', async () => {
    const play = await Play.through({ cast: { 1: DUPLICATE_SIGNERS }, transactions: 20 });
    assertRefused(play, 'certificate-signer');
    const kinds = new Set(play.arrived('CERTIFICATE').filter(({ message }) => new Set(message.certificate.signatures.map(({ signer }) => signer)).size === 1)
      .map(({ message }) => message.certificate.kind));
    for (const kind of ['PREPARE', 'FAST', 'SLOW'] as const) assert.ok(kinds.has(kind), kind);
  });

  it('a FAST certificate with second votes in it, and one with their `first` set (invariant 5)', async () => {
    const play = await Play.through({ cast: { 0: SECOND_VOTES_IN_FAST }, transactions: 20, everyMs: 400 });
    assertRefused(play, 'certificate-vote', 'certificate-signature');
    assert.ok(play.said('PREPARE').some(({ message }) => !message.first), 'there were second votes');
  });
});

describe('what is well-formed and signed, and still gets no vote', () => {
  it('a proposal that leaves a certified block out without skip certificates, or builds on nothing: nobody votes for it, and two headers convict its leader (J, R9)', async () => {
    const play = await Play.through({ cast: { 1: SKIPPING_PROPOSER }, transactions: 40, everyMs: 150 });
    const proposals = play.arrived('PRE-PREPARE').filter(({ message }) => message.signer === 1);
    const unjustified = proposals.filter(({ message: { block: { header }, slot } }) => header.parentSlot < slot - 1 && play.chainHas(slot - 1)).map(({ message }) => message.block.hash);
    const unfounded = proposals.filter(({ message: { block: { header } } }) => header.parentSlot >= 0 && !play.isKnown(header.parentHash)).map(({ message }) => message.block.hash);
    assert.ok(new Set(unfounded).size + new Set(unjustified).size >= 2, 'such proposals arrived');
    const never = new Set([...unjustified, ...unfounded]);
    for (const { platform, message } of play.said('PREPARE')) assert.ok(!never.has(message.blockHash), `platform ${platform} voted for it in slot ${message.slot}`);
    for (const convicts of play.convicts()) assert.deepEqual(convicts, [1]);
  });
});
