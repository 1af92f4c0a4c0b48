import type { Catcher, Mutant } from '../mutant.js';

const STATEMENT = 'src/codec/statement.ts';
const CERTIFICATE_RULES = 'src/validation/certificate-rules.ts';
const SLOT_RECORD = 'src/consensus/slot-record.ts';
const GOLDEN: Catcher = { kind: 'specs', files: ['test/unit/codec/golden.spec.ts'] };
const SLOT: Catcher = { kind: 'specs', files: ['test/unit/consensus/slot-record.spec.ts', 'test/unit/consensus/voting-in-slots.spec.ts'] };
const CERTIFICATES: Catcher = { kind: 'specs', files: ['test/unit/validation/certificates.spec.ts'] };
const VOTES: Catcher = { kind: 'specs', files: ['test/unit/validation/votes.spec.ts'] };
const PROPOSALS: Catcher = { kind: 'specs', files: ['test/unit/validation/proposals.spec.ts'] };

/** What is signed, what counts, and what makes a certificate (section 2). */
export const CERTIFICATE_MUTANTS: readonly Mutant[] = [
  {
    name: 'chain-id-not-signed',
    rule: 'section 2, what is signed',
    why: 'votes of one society are valid in another with the same members',
    patches: [{ file: STATEMENT, find: '    .hex32(chainId)\n', replace: "    .hex32(chainId.replaceAll(/./g, '0') as Hash)\n" }],
    catchers: [GOLDEN],
  },
  {
    name: 'epoch-not-signed',
    rule: 'section 2, what is signed',
    why: 'votes of removed members are valid in the next epoch',
    patches: [{ file: STATEMENT, find: "    .u64('epoch', epoch)\n", replace: "    .u64('epoch', epoch * 0)\n" }],
    catchers: [GOLDEN],
  },
  {
    name: 'slot-not-signed',
    rule: 'section 2, what is signed',
    why: 'a vote serves in every slot',
    patches: [{ file: STATEMENT, find: ".u64(type === 'CHECKPOINT' ? 'sequence' : 'slot', position);", replace: ".u64(type === 'CHECKPOINT' ? 'sequence' : 'slot', position * 0);" }],
    catchers: [GOLDEN],
  },
  {
    name: 'type-not-signed',
    rule: 'section 2, what is signed',
    why: 'a leader\'s PRE-PREPARE serves as its COMMIT',
    patches: [{ file: STATEMENT, find: 'const tag = STATEMENT_TAGS[type];', replace: "const tag = type === 'COMMIT' ? STATEMENT_TAGS['PRE-PREPARE'] : STATEMENT_TAGS[type];" }],
    catchers: [GOLDEN],
  },
  {
    name: 'first-not-signed',
    rule: 'section 2, what is signed',
    why: 'anyone turns a PREPARE(first=0) into a first vote, and so a PREPARE certificate into a FAST one',
    patches: [{ file: STATEMENT, find: ".hex32(blockHash).u8('first', Number(vote.first)).hex32(vote.basisHash).finish();", replace: ".hex32(blockHash).u8('first', 1).hex32(vote.basisHash).finish();" }],
    catchers: [GOLDEN],
  },
  {
    name: 'signature-not-verified',
    rule: 'section 2; A4',
    why: 'anyone speaks for anyone',
    patches: [{ file: 'src/validation/member-signatures.ts', find: '    if (!this.#verifier.verify(publicKey, statement, signature)) return false;\n', replace: '' }],
    catchers: [VOTES],
  },
  {
    name: 'member-not-checked',
    rule: 'section 2; D7',
    why: 'an identity outside the federation votes as often as it likes (Sybil)',
    patches: [
      { file: 'src/validation/vote-rules.ts', find: 'if (signer < quorums.memberCount) return undefined;', replace: 'if (signer >= 0 || quorums.memberCount < 0) return undefined;' },
      { file: 'src/validation/member-signatures.ts', find: 'if (publicKey === undefined) return false;', replace: 'if (publicKey === undefined) return true;' },
    ],
    catchers: [VOTES],
  },
  {
    name: 'vote-signature-not-checked',
    rule: 'section 2; A4',
    why: 'votes are taken for what they say; only certificates are verified',
    patches: [{ file: 'src/validation/vote-rules.ts', find: '    () => checkVoteShape(context, vote),\n    () => checkSignature(context, vote),\n', replace: '    () => checkVoteShape(context, vote),\n' }],
    catchers: [VOTES],
  },
  {
    name: 'certificate-signatures-not-checked',
    rule: 'section 2, certificates',
    why: 'one platform makes up a certificate: a forged skip or forged finality',
    patches: [{ file: CERTIFICATE_RULES, find: '    () => checkVotes(context, certificate),\n    () => checkSignatures(context, certificate),\n', replace: '    () => checkVotes(context, certificate),\n' }],
    catchers: [CERTIFICATES],
  },
  {
    name: 'certificate-size-not-checked',
    rule: 'section 2, certificates',
    why: 'one signature is a certificate',
    patches: [{ file: CERTIFICATE_RULES, find: 'if (signatures.length >= needed && signatures.length <= quorums.memberCount) return undefined;', replace: 'if (signatures.length <= quorums.memberCount) return undefined;' }],
    catchers: [CERTIFICATES],
  },
  {
    name: 'duplicate-signers-in-certificate',
    rule: 'section 2, certificates',
    why: 'one member\'s signature three times is a quorum',
    patches: [{ file: CERTIFICATE_RULES, find: '    if (seen.has(signer)) return', replace: '    if (seen.size < 0) return' }],
    catchers: [CERTIFICATES],
  },
  {
    name: 'duplicate-signers-counted',
    rule: 'section 2, counting',
    why: 'a member\'s PREPAREs of both kinds count twice towards a quorum',
    patches: [{ file: SLOT_RECORD, find: 'if (bySignerOnce.size >= quorum) {', replace: 'if (bySignerOnce.size > 0) {' }],
    catchers: [SLOT],
  },
  {
    name: 'duplicate-signers-in-skip',
    rule: 'section 2, counting',
    why: 'a member\'s VIEW-CHANGEs of both kinds count twice: too few platforms skip a slot',
    patches: [{
      file: SLOT_RECORD,
      find: '      const vote = held.viewChange ?? held.viewChangeFallback;\n      if (vote === undefined) continue;\n      const { signer, first, blockHash, basisHash, signature } = vote;\n      signatures.push({ signer, first, blockHash, basisHash, signature });\n',
      replace: '      for (const vote of [held.viewChange, held.viewChangeFallback]) {\n        if (vote === undefined) continue;\n        const { signer, first, blockHash, basisHash, signature } = vote;\n        signatures.push({ signer, first, blockHash, basisHash, signature });\n      }\n',
    }],
    catchers: [SLOT],
  },
  {
    name: 'fast-certificate-of-any-prepares',
    rule: 'section 2, FAST; R6',
    why: 'second thoughts count towards the fast path: a block is fast-final where another one is, too',
    patches: [{
      file: SLOT_RECORD,
      find: "first.size >= fastQuorum ? { kind: 'FAST', ...place, signatures: prepareSignatures(first, fastQuorum) }",
      replace: "new Map([...fallback, ...first]).size >= fastQuorum ? { kind: 'FAST', ...place, signatures: prepareSignatures(new Map([...fallback, ...first]), fastQuorum) }",
    }],
    catchers: [SLOT],
  },
  {
    name: 'fast-certificate-first-not-checked',
    rule: 'section 2, FAST',
    why: 'a PREPARE certificate of F signers, recast, proves finality',
    patches: [{ file: CERTIFICATE_RULES, find: "if (certificate.kind === 'FAST' && certificate.signatures.some(({ first }) => !first)) {", replace: "if (certificate.kind === 'FAST' && certificate.signatures.length === 0) {" }],
    catchers: [CERTIFICATES],
  },
  {
    name: 'fast-certificate-with-fast-path-off',
    rule: 'section 1, fastPath off',
    why: 'n first votes prove finality in a society whose members may vote elsewhere without proof',
    patches: [{ file: CERTIFICATE_RULES, find: "if (kind === 'FAST' && quorums.fastPath === 'off') {", replace: "if (kind === 'FAST' && signatures.length === 0) {" },
      { file: CERTIFICATE_RULES, find: "const needed = kind === 'FAST' ? quorums.fastQuorum : quorums.quorum;", replace: "const needed = kind === 'FAST' ? Math.min(quorums.fastQuorum, quorums.memberCount) : quorums.quorum;" }],
    catchers: [CERTIFICATES],
  },
  {
    name: 'leader-signature-not-checked',
    rule: 'section 2, PRE-PREPARE',
    why: 'anyone proposes in anyone\'s slot, and frames leaders as equivocators',
    patches: [{ file: 'src/validation/proposal-rules.ts', find: 'if (signatures.verify(leader, statement, signed.signature)) return undefined;', replace: 'if (signatures.isMember(leader) || statement.length === 0) return undefined;' }],
    catchers: [PROPOSALS],
  },
  {
    name: 'justification-not-verified',
    rule: 'section 2, justification; J',
    why: 'a forged VIEW-CHANGE certificate inside a proposal skips a final block',
    patches: [{ file: 'src/validation/proposal-rules.ts', find: 'for (const certificate of parent === undefined ? skips : [parent, ...skips]) {', replace: 'for (const certificate of parent === undefined ? [] : [parent]) {' }],
    catchers: [PROPOSALS],
  },
  {
    name: 'parent-certificate-not-verified',
    rule: 'section 2, justification; J',
    why: 'a proposal brings its own made-up certificate for its parent',
    patches: [{ file: 'src/validation/proposal-rules.ts', find: 'for (const certificate of parent === undefined ? skips : [parent, ...skips]) {', replace: 'for (const certificate of skips) {' }],
    catchers: [PROPOSALS],
  },
  {
    name: 'same-header-twice-is-evidence',
    rule: 'R9, section 10; invariant 7',
    why: 'an honest leader is convicted by its own single header',
    patches: [{ file: 'src/validation/proposal-rules.ts', find: "(one.blockHash === other.blockHash ? reject('not-evidence', 'EQUIVOCATION: both headers are the same') : undefined)", replace: "(one.blockHash === '' + other.blockHash ? undefined : undefined)" }],
    catchers: [PROPOSALS],
  },
  {
    name: 'evidence-names-the-written-proposer',
    rule: 'section 10; invariant 7',
    why: 'a Byzantine leader that writes another name into its headers convicts an honest platform',
    patches: [{ file: 'src/consensus/intake.ts', find: '    const leader = this.#leaderOf(evidence.slot);\n    if (!this.#equivocators', replace: '    const leader = evidence.headers[0].header.proposer;\n    if (!this.#equivocators' }],
    catchers: [{ kind: 'specs', files: ['test/unit/consensus/hostile.spec.ts'], title: 'convicts the slot\'s leader' }],
  },
  {
    name: 'empty-basis-is-no-basis',
    rule: 'section 2, bases; invariant 7',
    why: 'at n = 3 an honest second PREPARE states that its sender had given up first, which its first vote contradicts',
    patches: [{ file: 'src/consensus/ballot.ts', find: 'if (basis === undefined) return', replace: 'if (basis === undefined || basis.votes.length === 0) return' }],
    catchers: [SLOT],
  },
];
