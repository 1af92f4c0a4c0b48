import { statementBytes } from '../../src/codec/statement.js';
import type { QuorumParameters } from '../../src/consensus/quorum.js';
import type { Hash, MemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage, SignedMessage, Statement } from '../../src/types/messages.js';
import type { SyncRequest, SyncResponse } from '../../src/types/sync.js';
import type { Random } from '../simulation/random.js';

/**
 * What an adversary has to work with, wherever it runs: in the simulated world or inside a real process. It has keys,
 * and it stands between its platform's own core, which is honest, and everybody else.
 */
export interface Port {
  readonly self: MemberIndex;
  /** The members whose keys it holds: itself, and its accomplices. It can speak for each of them. */
  readonly keys: readonly MemberIndex[];
  readonly chainId: Hash;
  /** n, f, Q, F of the society. */
  readonly quorum: QuorumParameters;
  /** T₀ in ms. */
  readonly slotTimeoutMs: number;
  /** Chance; seeded, so that a seed determines what the adversary does. */
  readonly random: Random;
  /** Signature (64 bytes) over any bytes with the key of one of `keys`; the same bytes give the same signature. */
  signature(bytes: Uint8Array, as: MemberIndex): Uint8Array;
}

/** A message on its way to some members. */
export interface Delivery {
  readonly to: readonly MemberIndex[];
  readonly message: ConsensusMessage;
  /** How long it is held back before it is sent; 0 by default. */
  readonly delayMs?: number;
}

/**
 * What one adversary does. Whatever it leaves out stays as the honest core has it. The host calls it for gossip with
 * all other members as receivers, or for each alone; for exchange with the one peer. It answers the same to the same
 * message for the same receiver where it can, since messages are sent again.
 */
export interface Behaviour {
  /** What goes out in place of a message of the platform's core, its own or one that it passes on. */
  outgoing?(message: ConsensusMessage, receivers: readonly MemberIndex[]): readonly Delivery[];
  /** Sees what reaches its platform; what goes out on that account, beside what the core says. */
  incoming?(message: ConsensusMessage, from: MemberIndex): readonly Delivery[];
  /** What it asks of a peer in place of what its core asks. */
  request?(request: SyncRequest, to: MemberIndex): SyncRequest;
  /** What it answers in place of what its core answers; undefined: nothing. */
  response?(request: SyncRequest, response: SyncResponse, to: MemberIndex): SyncResponse | undefined;
}

/** A named way to be Byzantine that needs nothing but a port. */
export interface Adversary {
  readonly name: string;
  /** The rules of the specification that stand against it. */
  readonly against: string;
  /** At every crash its platform loses its disk, and whoever restarts it does not tell it so. */
  readonly losesDisk?: true;
  create(port: Port): Behaviour;
}

/** A statement of any member whose key is held, correctly signed. */
export function signed<S extends Statement>(port: Port, statement: S): S & Pick<SignedMessage, 'signature'> {
  return { ...statement, signature: port.signature(statementBytes(port.chainId, statement), statement.signer) };
}

/** Whether the adversary's own platform signed it; what it passes on of others is not. */
export function isOwn(port: Port, message: ConsensusMessage): message is SignedMessage {
  return message.type !== 'CERTIFICATE' && message.type !== 'EQUIVOCATION' && message.signer === port.self;
}

/** The message as it is. */
export function unchanged(message: ConsensusMessage, to: readonly MemberIndex[]): readonly Delivery[] {
  return [{ to, message }];
}

/** All members but the adversary itself. */
export function others({ self, quorum }: Port): readonly MemberIndex[] {
  return Array.from({ length: quorum.memberCount }, (_, index) => index as MemberIndex).filter((member) => member !== self);
}

/** A behaviour that acts on what the platform itself signs, for each receiver alone, and passes the rest on. */
export function onOwn(port: Port, act: (message: SignedMessage, to: MemberIndex) => readonly Omit<Delivery, 'to'>[]): Behaviour {
  return {
    outgoing: (message, receivers) => (isOwn(port, message)
      ? receivers.flatMap((to) => act(message, to).map((delivery) => ({ ...delivery, to: [to] })))
      : unchanged(message, receivers)),
  };
}
