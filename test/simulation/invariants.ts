import { Checker } from '../checker/checker.js';
import type { BufferSizes } from '../checker/observation.js';
import { violationText } from '../checker/violation.js';
import type { Replica } from '../../src/consensus/replica.js';
import { hexToBytes } from '../../src/crypto/hash.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import { simVerifier } from './signatures.js';
import type { Holdings } from './sim-platform.js';
import type { WorldEvent } from './world-events.js';
import type { SimPlatform, World } from './world.js';

/** How often buffers are looked at, in virtual time. */
const BUFFERS_EVERY_MS = 2500;

/** A checker for the society of a simulated world. @param byzantine members of which nothing is demanded */
function checkerFor({ society }: World, byzantine: ReadonlySet<number>): Checker {
  const { chainId, parameters, membership, timestampMs } = society.genesis;
  const keys = membership.members.map(({ publicKey }) => hexToBytes(publicKey));
  return new Checker({
    chainId, membersHash: membership.membersHash, genesisTimestampMs: timestampMs, memberCount: keys.length, fastPath: parameters.fastPath, byzantine,
    verify: (signer, statement, signature) => {
      const key = keys[signer];
      return key !== undefined && simVerifier.verify(key, statement, signature);
    },
  });
}

/** Tells an independent checker everything that happens in a world. */
export class WorldChecker {
  readonly #world: World;
  readonly #checker: Checker;
  readonly #byzantine: ReadonlySet<number>;
  readonly #restored = new Set<number>();

  constructor(world: World, byzantine: ReadonlySet<number>) {
    this.#world = world;
    this.#byzantine = byzantine;
    this.#checker = checkerFor(world, byzantine);
    const lookAtBuffers = (): void => {
      this.#lookAtBuffers();
      world.clock.after(BUFFERS_EVERY_MS, lookAtBuffers);
    };
    world.clock.after(BUFFERS_EVERY_MS, lookAtBuffers);
  }

  /** Sentences, each beginning with the invariant that is broken. */
  violations(): string[] {
    return this.#checker.violations.map(violationText);
  }

  /** The same, after what can only be judged when the run is over. */
  conclude(): string[] {
    return this.#checker.conclude().map(violationText);
  }

  /** From now on nothing goes wrong, and work is pending everywhere. */
  calmBegins(): void {
    this.#checker.observe({ type: 'calm-begins', slot: Math.max(...this.#currentSlots()) });
  }

  calmEnds(): void {
    this.#checker.observe({ type: 'calm-ends', slot: Math.min(...this.#currentSlots()) });
  }

  /** All that a platform has, when the run is over and it has executed what is final. */
  holds(platform: number, { firstSequence, finalSequence, blocks, executedSequence, stateRoot }: Holdings): void {
    this.#checker.observe({ type: 'holds', platform, firstSequence, finalSequence, blocks });
    this.#checker.observe({ type: 'executed', platform, sequence: executedSequence, stateRoot });
  }

  observe(event: WorldEvent): void {
    switch (event.type) {
      case 'sent': this.#checker.observe(event); break;
      case 'persisted': this.#checker.observe({ type: 'durable', platform: event.platform, records: event.records }); break;
      case 'final': this.#checker.observe(event); break;
      case 'executed': this.#checker.observe(event); break;
      case 'answered': this.#answered(event); break;
      case 'equivocation': this.#checker.observe({ type: 'evidence', platform: event.platform, evidence: event.evidence }); break;
      case 'disk-lost': this.#checker.observe({ type: 'store-replaced', platform: event.platform, records: [] }); break;
      // What it is put back to is known when it starts from it.
      case 'disk-restored': this.#restored.add(event.platform); break;
      case 'started':
        if (this.#restored.delete(event.platform)) {
          const records = this.#world.platforms[event.platform]?.disk.records ?? [];
          this.#checker.observe({ type: 'store-replaced', platform: event.platform, records });
        }
        break;
      default: break;
    }
  }

  #answered({ platform, request, response }: Extract<WorldEvent, { readonly type: 'answered' }>): void {
    if (request.type === 'BLOCKS-REQUEST' && response.type === 'BLOCKS-RESPONSE') {
      this.#checker.observe({ ...response, type: 'served', platform, fromSequence: request.fromSequence });
    }
    if (response.type === 'SNAPSHOT-RESPONSE' && response.offer !== undefined) {
      const { manifest: { sequence, stateRoot }, blocks } = response.offer;
      this.#checker.observe({ type: 'offered', platform, sequence, stateRoot, blocks });
    }
  }

  #honest(): readonly SimPlatform[] {
    return this.#world.platforms.filter(({ index }) => !this.#byzantine.has(index));
  }

  #currentSlots(): number[] {
    return this.#honest().map(({ replica }) => replica.snapshot().currentSlot);
  }

  #lookAtBuffers(): void {
    for (const { index, participant } of this.#honest()) {
      if (participant !== undefined) this.#checker.observe({ type: 'buffers', platform: index, sizes: sizesOf(participant.replica) });
    }
  }
}

/** Counted from what the platform would show a peer that asks: all that it holds above its final block. */
function sizesOf(replica: Replica): BufferSizes {
  const finalSlot = replica.finalTip.slot;
  const slots = new Map<number, { readonly votes: Map<string, number>; bodies: number }>();
  for (const message of replica.slotStateAbove(finalSlot)) {
    if (message.type === 'CHECKPOINT' || message.type === 'EQUIVOCATION' || message.type === 'CERTIFICATE') continue;
    const held = slots.get(message.slot) ?? { votes: new Map<string, number>(), bodies: 0 };
    slots.set(message.slot, held);
    if (message.type === 'PRE-PREPARE') held.bodies += 1;
    else held.votes.set(`${message.type} ${message.signer}`, (held.votes.get(`${message.type} ${message.signer}`) ?? 0) + 1);
  }
  const mostOf = (votes: ReadonlyMap<string, number>, type: ConsensusMessage['type']): number => (
    Math.max(0, ...[...votes].filter(([key]) => key.startsWith(`${type} `)).map(([, count]) => count)));
  return {
    finalSlot, currentSlot: replica.snapshot().currentSlot,
    slots: [...slots].map(([slot, { votes, bodies }]) => ({
      slot, bodies, preparesOfOne: mostOf(votes, 'PREPARE'), viewChangesOfOne: mostOf(votes, 'VIEW-CHANGE'), commitsOfOne: mostOf(votes, 'COMMIT'),
    })),
  };
}
