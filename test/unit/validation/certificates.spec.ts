import assert from 'node:assert/strict';
import type { Certificate } from '../../../src/types/certificates.js';
import { ZERO_HASH, toEpoch, toMemberIndex, toSlot } from '../../../src/types/ids.js';
import { OwnSigner } from '../../../src/validation/own-signer.js';
import { Federation, hashOf } from './federation.js';
import { accepted, refused } from './verdicts.js';

const BLOCK = hashOf('block');
const notice = (certificate: Certificate) => ({ type: 'CERTIFICATE', certificate }) as const;

describe('validation of certificates (section 2)', () => {
  const federation = new Federation(7);
  const validator = federation.validator();
  const check = (certificate: Certificate) => validator.validate(notice(certificate));

  it('takes each kind from its quorum up to all members, in any order of signers', () => {
    for (const count of [5, 6, 7]) {
      accepted(check(federation.prepareCertificate(3, BLOCK, federation.range(count))));
      accepted(check(federation.slowCertificate(3, BLOCK, federation.range(count))));
      accepted(check(federation.viewChangeCertificate(3, federation.range(count))));
    }
    accepted(check(federation.fastCertificate(3, BLOCK, federation.range(6))));
    accepted(check(federation.prepareCertificate(3, BLOCK, [6, 2, 5, 0, 3])));
  });

  it('refuses Q−1 signatures, and F−1 in a FAST certificate', () => {
    refused(check(federation.prepareCertificate(3, BLOCK, federation.range(4))), 'reject', 'certificate-size');
    refused(check(federation.slowCertificate(3, BLOCK, federation.range(4))), 'reject', 'certificate-size');
    refused(check(federation.viewChangeCertificate(3, federation.range(4))), 'reject', 'certificate-size');
    refused(check(federation.fastCertificate(3, BLOCK, federation.range(5))), 'reject', 'certificate-size');
  });

  it('refuses a signer counted twice, unknown, or more signatures than members', () => {
    refused(check(federation.prepareCertificate(3, BLOCK, [0, 1, 2, 3, 3])), 'reject', 'certificate-signer');
    refused(check(federation.viewChangeCertificate(3, [0, 1, 2, 3, 4, 5, 6, 6])), 'reject', 'certificate-size');
    const certificate = federation.slowCertificate(3, BLOCK);
    const [one, ...others] = certificate.signatures;
    refused(check({ ...certificate, signatures: [{ ...one!, signer: toMemberIndex(7) }, ...others] }), 'reject', 'certificate-signer');
  });

  it('refuses a fallback PREPARE in a FAST certificate, and takes it in a PREPARE certificate', () => {
    const certificate = federation.prepareCertificate(3, BLOCK, federation.range(6));
    const { first, basisHash, signature } = federation.prepare(0, 3, BLOCK, { first: false });
    const mixed = [{ signer: toMemberIndex(0), first, basisHash, signature }, ...certificate.signatures.slice(1)];
    accepted(check({ ...certificate, signatures: mixed }));
    refused(check({ ...certificate, kind: 'FAST', signatures: mixed }), 'reject', 'certificate-vote');
    const claimed = [{ signer: toMemberIndex(0), first: true, basisHash, signature }, ...certificate.signatures.slice(1)];
    refused(check({ ...certificate, kind: 'FAST', signatures: claimed }), 'reject', 'certificate-signature');
  });

  it('takes both kinds of VIEW-CHANGE together, and refuses one that breaks the rules of its own', () => {
    const certificate = federation.viewChangeCertificate(3);
    const vote = federation.viewChange(0, 3, { first: false, blockHash: BLOCK, basisHash: hashOf('basis') });
    const entry = { signer: vote.signer, first: vote.first, blockHash: vote.blockHash, basisHash: vote.basisHash, signature: vote.signature };
    accepted(check({ ...certificate, signatures: [entry, ...certificate.signatures.slice(1)] }));
    refused(check({ ...certificate, signatures: [{ ...entry, basisHash: ZERO_HASH }, ...certificate.signatures.slice(1)] }), 'reject', 'certificate-vote');
  });

  it('refuses a certificate whose slot or block was changed, or one of its signatures', () => {
    const certificate = federation.prepareCertificate(3, BLOCK);
    refused(check({ ...certificate, slot: toSlot(4) }), 'reject', 'certificate-signature');
    refused(check({ ...certificate, blockHash: hashOf('other') }), 'reject', 'certificate-signature');
    const [one, two, ...others] = certificate.signatures;
    refused(check({ ...certificate, signatures: [{ ...one!, signature: two!.signature }, two!, ...others] }), 'reject', 'certificate-signature');
    refused(check({ ...federation.prepareCertificate(3, ZERO_HASH) }), 'reject', 'certificate-vote');
  });

  it('refuses PREPAREs recast as a proof of finality by COMMITs', () => {
    const { epoch, slot, blockHash, signatures } = federation.prepareCertificate(3, BLOCK);
    refused(check({ kind: 'SLOW', epoch, slot, blockHash, signatures }), 'reject', 'certificate-signature');
  });

  it('ignores a certificate of another epoch', () => {
    refused(check({ ...federation.prepareCertificate(3, BLOCK), epoch: toEpoch(2) }), 'ignore', 'other-epoch');
  });

  it('refuses any FAST certificate with the fast path off', () => {
    const plain = new Federation(4, { fastPath: 'off' });
    refused(plain.validator().validate(notice(plain.fastCertificate(3, BLOCK))), 'reject', 'fast-path-off');
  });

  it('costs no verification when its votes, and the own one, were seen before', () => {
    const fresh = federation.validator();
    const { chainId } = federation;
    const own = new OwnSigner({ chainId, member: toMemberIndex(0), sign: (bytes) => federation.signers[0]!.sign(bytes), signatures: fresh.signatures });
    accepted(fresh.validate(own.sign(federation.prepare(0, 3, BLOCK))));
    for (const signer of [1, 2, 3, 4]) accepted(fresh.validate(federation.prepare(signer, 3, BLOCK)));
    const before = federation.verifications;
    accepted(fresh.validate(notice(federation.prepareCertificate(3, BLOCK))));
    assert.equal(federation.verifications - before, 0);
  });

  it('the own signer refuses to speak in another member\'s name', () => {
    const own = new OwnSigner({ chainId: federation.chainId, member: toMemberIndex(0), sign: () => new Uint8Array(64) });
    assert.throws(() => own.sign(federation.prepare(1, 3, BLOCK)), /signer is 1/);
  });
});
