import type { Certificate } from '../../src/types/certificates.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage, PrePrepare, SignedMessage } from '../../src/types/messages.js';
import type { CommittedBlock, Status, SyncResponse } from '../../src/types/sync.js';
import { nothingKnown } from './nothing-known.js';

/** Statements of the last slots are remembered; shown older ones, the core does not mind (it is past them). */
const MAX_REMEMBERED = 4096;

/**
 * Keeps from a Byzantine platform's core, which is honest, what its adversary said in its name. Shown that, the core
 * would notice that its vote store lacks something and only observe from then on (R10): an adversary does not let it.
 */
export class Blinkers {
  readonly #self: MemberIndex;
  readonly #said = new Set<string>();

  constructor(self: MemberIndex) {
    this.#self = self;
  }

  /** What the core itself says. */
  said(message: SignedMessage): void {
    if (message.type === 'CHECKPOINT') return;
    this.#said.add(keyOf(message.type, message.slot, message));
    if (this.#said.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#said;
    if (oldest !== undefined) this.#said.delete(oldest);
  }

  /** The core's disk is lost: it knows nothing of what it said, and shall not be told. */
  forget(): void {
    this.#said.clear();
  }

  /** What the core gets to see of a message; undefined: nothing. */
  see(message: ConsensusMessage): ConsensusMessage | undefined {
    switch (message.type) {
      case 'EQUIVOCATION':
      case 'CHECKPOINT': return message;
      case 'CERTIFICATE': return this.#remembers(message.certificate) ? message : undefined;
      case 'PRE-PREPARE': {
        if (message.signer === this.#self && !this.#said.has(keyOf(message.type, message.slot, message))) return undefined;
        return this.#withoutUnknown(message);
      }
      default:
        return message.signer !== this.#self || this.#said.has(keyOf(message.type, message.slot, message)) ? message : undefined;
    }
  }

  /** What it gets to see of final blocks: those behind which it would recognise nothing lose their certificate. */
  seeBlocks(blocks: readonly CommittedBlock[]): readonly CommittedBlock[] {
    return blocks.map((committed) => (
      committed.certificate === undefined || this.#remembers(committed.certificate) ? committed : { ...committed, certificate: undefined }));
  }

  /** What it gets to see of where a peer stands: one whose proof it must not see is to it one that knows nothing. */
  seeStatus(status: Status, chainId: Hash): Status {
    const highestCertificate = this.remembers(status.highestCertificate) ? status.highestCertificate : undefined;
    if (this.remembers(status.finalityCertificate)) return { ...status, highestCertificate };
    return { ...nothingKnown(status, chainId), highestCertificate };
  }

  /** What it gets to see of an answer. */
  seeResponse(response: SyncResponse, chainId: Hash): SyncResponse {
    if (response.type === 'BLOCKS-RESPONSE') return { ...response, blocks: this.seeBlocks(response.blocks) };
    if (!('status' in response)) return response;
    const status = this.seeStatus(response.status, chainId);
    return response.type === 'STATUS-RESPONSE'
      ? { ...response, status } : { ...response, status, messages: response.messages.flatMap((message) => this.see(message) ?? []) };
  }

  /** Whether it remembers all that it is shown of itself in a certificate. */
  remembers(certificate: Certificate | undefined): boolean {
    return certificate === undefined || this.#remembers(certificate);
  }

  #withoutUnknown(message: PrePrepare): PrePrepare {
    const { parent, skips } = message.justification;
    const knownSkips = skips.filter((skip) => this.#remembers(skip));
    if (this.remembers(parent) && knownSkips.length === skips.length) return message;
    return { ...message, justification: { parent: this.remembers(parent) ? parent : undefined, skips: knownSkips } };
  }

  #remembers(certificate: Certificate): boolean {
    const { slot } = certificate;
    switch (certificate.kind) {
      case 'SLOW': {
        const isOwn = certificate.signatures.some(({ signer }) => signer === this.#self);
        return !isOwn || this.#said.has(keyOf('COMMIT', slot, { blockHash: certificate.blockHash }));
      }
      case 'PREPARE':
      case 'FAST': {
        const { blockHash } = certificate;
        return certificate.signatures.every(({ signer, first }) => signer !== this.#self || this.#said.has(keyOf('PREPARE', slot, { blockHash, first })));
      }
      case 'VIEW-CHANGE':
        return certificate.signatures.every(({ signer, first, blockHash }) => (
          signer !== this.#self || this.#said.has(keyOf('VIEW-CHANGE', slot, { blockHash, first }))));
    }
  }
}

function keyOf(type: string, slot: number, said: { readonly block?: { readonly hash: Hash }; readonly blockHash?: Hash; readonly first?: boolean }): string {
  return `${type} ${slot} ${said.block?.hash ?? said.blockHash ?? ''} ${said.first === undefined ? '' : Number(said.first)}`;
}
