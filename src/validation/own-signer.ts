import { statementBytes } from '../codec/statement.js';
import type { Hash, MemberIndex } from '../types/ids.js';
import type { SignedMessage, Statement, Verified } from '../types/messages.js';
import type { MemberSignatures } from './member-signatures.js';
import { verified } from './verified.js';

/** Signs what the core decided to say. */
export interface StatementSigner {
  sign(statement: Statement): Verified<SignedMessage>;
}

export interface OwnSignerOptions {
  readonly chainId: Hash;
  /** The platform's own index in the epoch. */
  readonly member: MemberIndex;
  /** Signature over a statement's bytes with the platform's key; deterministic. */
  readonly sign: (statement: Uint8Array) => Uint8Array;
  /** The validator's, so that own votes in certificates are known to be valid. */
  readonly signatures?: MemberSignatures;
}

/** Signs with the platform's own key; what it signed is verified by that. */
export class OwnSigner implements StatementSigner {
  readonly #options: OwnSignerOptions;

  constructor(options: OwnSignerOptions) {
    this.#options = options;
  }

  /** @throws Error for a statement in another member's name, which is a defect of the caller */
  sign(statement: Statement): Verified<SignedMessage> {
    const { chainId, member, sign, signatures } = this.#options;
    if (statement.signer !== member) throw new Error(`statement: signer is ${statement.signer}, but this platform is member ${member}`);
    const bytes = statementBytes(chainId, statement);
    const signature = sign(bytes);
    signatures?.remember(member, bytes, signature);
    return verified({ ...statement, signature });
  }
}
