import type { MemberIndex } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { Random } from '../simulation/random.js';
import type { SimPlatform, World } from '../simulation/world.js';
import { Blinkers } from './blinkers.js';
import type { Adversary, Behaviour, Delivery, Port } from './port.js';

/** How long anything takes that an adversary sends of itself, beside what it holds back. */
const TRANSIT_MS = 5;

/** An adversary as the simulated world is given it: it takes over the platform of one member. */
export interface SimAdversary {
  readonly name: string;
  /** The rules of the specification that stand against it. */
  readonly against: string;
  /** Whoever crashes its platform calls `loseDisk`, too. */
  readonly losesDisk?: true;
  /**
   * To be called before the world starts.
   * @param accomplices other Byzantine members, whose keys it holds
   */
  attach(world: World, self: MemberIndex, random: Random, accomplices?: readonly MemberIndex[]): void;
}

/** The simulated world as a host of adversaries. */
export function inWorld(adversary: Adversary): SimAdversary {
  const { name, against, losesDisk } = adversary;
  return {
    name, against, ...(losesDisk === undefined ? {} : { losesDisk }),
    attach: (world, self, random, accomplices = []) => {
      interpose(world, self, adversary.create(portIn(world, self, random, accomplices)), losesDisk);
    },
  };
}

/** What an adversary has to work with in the simulated world. */
export function portIn(world: World, self: MemberIndex, random: Random, accomplices: readonly MemberIndex[]): Port {
  const { quorum, chainId } = world.society;
  return {
    self, keys: [self, ...accomplices.filter((member) => member !== self)], chainId, quorum, random,
    slotTimeoutMs: world.timing.slotTimeoutMs,
    signature: (bytes, as) => world.society.signature(bytes, as),
  };
}

/** Puts a behaviour between a platform and all others, beside those of other platforms that stand there already. */
export function interpose(world: World, self: MemberIndex, behaviour: Behaviour, losesDisk = false): void {
  const blinkers = new Blinkers(self);
  let run = 0;
  const noteRestart = (): void => {
    const { incarnation } = platformOf(world, self);
    if (losesDisk && incarnation !== run) blinkers.forget();
    run = incarnation;
  };
  const dispatch = (deliveries: readonly Delivery[]): void => {
    for (const { to, message, delayMs = 0 } of deliveries) {
      for (const receiver of to) if (receiver !== self) world.inject(self, receiver, message, delayMs + TRANSIT_MS);
    }
  };
  const leaving = (message: ConsensusMessage, to: MemberIndex): readonly ConsensusMessage[] => {
    noteRestart();
    if (message.type !== 'CERTIFICATE' && message.type !== 'EQUIVOCATION' && message.signer === self) blinkers.said(message);
    if (behaviour.outgoing === undefined) return [message];
    const deliveries = behaviour.outgoing(message, [to]);
    const isHere = (delivery: Delivery): boolean => delivery.to.length === 1 && delivery.to[0] === to && (delivery.delayMs ?? 0) === 0;
    dispatch(deliveries.filter((delivery) => !isHere(delivery)));
    return deliveries.filter(isHere).map((delivery) => delivery.message);
  };
  const arriving = (message: ConsensusMessage, from: MemberIndex): readonly ConsensusMessage[] => {
    noteRestart();
    dispatch(behaviour.incoming?.(message, from) ?? []);
    const seen = blinkers.see(message);
    return seen === undefined ? [] : [seen];
  };
  const { intercept, interceptRequest, interceptResponse, society: { chainId } } = world;
  world.intercept = (from, to, message) => {
    const before = intercept(from, to, message);
    const messages = before === undefined ? [] : 'type' in before ? [before] : before;
    const after = from === self ? messages.flatMap((each) => leaving(each, to)) : to === self ? messages.flatMap((each) => arriving(each, from)) : messages;
    return after.length === 1 ? after[0] : after;
  };
  world.interceptRequest = (from, to, request) => {
    const before = interceptRequest?.(from, to, request) ?? request;
    if (from === self) return behaviour.request?.(before, to) ?? before;
    return to === self && 'status' in before ? { ...before, status: blinkers.seeStatus(before.status, chainId) } : before;
  };
  world.interceptResponse = (from, to, request, response) => {
    const before = interceptResponse === undefined ? response : interceptResponse(from, to, request, response);
    if (before === undefined) return undefined;
    if (from === self) return behaviour.response === undefined ? before : behaviour.response(request, before, to);
    return to === self ? blinkers.seeResponse(before, chainId) : before;
  };
}

function platformOf({ platforms }: World, member: MemberIndex): SimPlatform {
  const platform = platforms[member];
  if (platform === undefined) throw new Error(`no platform ${member}`);
  return platform;
}
