import type { Notice } from '../../src/consensus/events.js';
import { leaderOf } from '../../src/consensus/quorum.js';
import type { Block } from '../../src/types/block.js';
import type { Certificate } from '../../src/types/certificates.js';
import type { Hash } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { WorldEvent } from './world-events.js';
import type { World } from './world.js';

const shortHash = (hash: Hash): string => hash.slice(0, 6);
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const named = (indices: readonly number[]): string => indices.map((index) => `P${index}`).join(' ');

/** What one or several platforms do at one moment. */
interface Line {
  readonly actors: number[];
  /** After the names of the actors: what one of them does, and what several do. */
  readonly one: string;
  readonly many: string;
  /** What the network does stands further in than what platforms do. */
  readonly indent: string;
}

const BY_PLATFORMS = '';
const BY_NETWORK = '    ';

/**
 * Tells a simulated run line by line, each with its virtual time in ms. Platforms that do the same at one moment share a
 * line, and of copies of one message that reach a platform only the first is told. The same run gives the same lines.
 */
export class Story {
  readonly #world: World;
  readonly #tell: (line: string) => void;
  readonly #known = new Set<string>();
  readonly #lines = new Map<string, Line>();
  #atMs = 0;

  constructor(world: World, tell: (line: string) => void) {
    this.#world = world;
    this.#tell = tell;
  }

  /** To be called when the run is over: tells what is left. */
  end(): void {
    for (const { actors, one, many, indent } of this.#lines.values()) {
      const text = actors.length === 0 ? one : `${named(actors.sort((a, b) => a - b))} ${actors.length === 1 ? one : many}`;
      this.#tell(`${this.#atMs.toFixed(2).padStart(10)}  ${indent}${text}`);
    }
    this.#lines.clear();
  }

  observe(event: WorldEvent): void {
    switch (event.type) {
      case 'started':
        if (this.#isKnown(`start ${event.platform}`)) this.#say(event.platform, 'restarts from its disk', 'restart from their disks');
        else this.#say(event.platform, 'starts', 'start');
        break;
      case 'crashed': this.#say(event.platform, 'crashes', 'crash'); break;
      case 'disk-lost': this.#say(event.platform, 'loses its disk', 'lose their disks'); break;
      case 'disk-restored': this.#say(event.platform, 'finds its disk put back to what it was', 'find their disks put back to what they were'); break;
      case 'refused': {
        const what = `what P${event.from} sent: ${event.detail}`;
        if (event.verdict === 'reject') this.#say(event.platform, `refuses ${what}`, `refuse ${what}`, BY_NETWORK);
        else this.#say(event.platform, `ignores ${what}`, `ignore ${what}`, BY_NETWORK);
        break;
      }
      case 'penalized': this.#say(event.platform, `hangs up on P${event.peer}: ${event.reason}`, `hang up on P${event.peer}: ${event.reason}`); break;
      case 'submitted': {
        const what = `transaction ${shortHash(event.transaction.id)} pending`;
        this.#say(event.platform, `has ${what}`, `have ${what}`);
        break;
      }
      case 'sent': {
        const text = messageText(event.message);
        const again = this.#isKnown(`${event.platform} sends ${text}`) ? ', again' : '';
        // Its own statements may come back to it from others.
        this.#isKnown(`${event.platform} has ${signerOf(event.message)} ${text}`);
        const [one, many] = verbsOf(event.message);
        this.#say(event.platform, `${one} ${text}${again}`, `${many} ${text}${again}`);
        break;
      }
      case 'arrived': {
        const text = messageText(event.message);
        if (this.#isKnown(`${event.to} has ${signerOf(event.message)} ${text}`)) break;
        const what = `from P${event.from} ${relayed(event.message, event.from)}${text}${event.altered ? ', which is not what it told others' : ''}`;
        this.#say(event.to, `gets ${what}`, `get ${what}`, BY_NETWORK);
        break;
      }
      case 'lost': this.#say(undefined, `lost on its way from P${event.from} to P${event.to}: ${messageText(event.message)}`, '', BY_NETWORK); break;
      case 'withheld': this.#say(undefined, `P${event.from} keeps from P${event.to}: ${messageText(event.message)}`, '', BY_NETWORK); break;
      case 'synced': {
        const what = `shown by P${event.from} ${counted(event.blocks.length, 'final block')} not seen before`;
        this.#say(event.platform, `is ${what}`, `are ${what}`, BY_NETWORK);
        break;
      }
      case 'final': for (const { block, certificate } of event.blocks) this.#say(event.platform, `FINAL ${blockText(block)}: ${proofText(certificate)}`); break;
      case 'notice': {
        const texts = noticeTexts(event.notice);
        if (texts !== undefined) this.#say(event.platform, ...texts);
        break;
      }
      case 'snapshot-made': {
        const what = `a certified snapshot of the state after sequence ${event.sequence}`;
        this.#say(event.platform, `has ${what}`, `have ${what}`);
        break;
      }
      case 'snapshot-restored': {
        const what = `a snapshot of the state after sequence ${event.sequence} in place of the blocks before`;
        this.#say(event.platform, `takes ${what}`, `take ${what}`);
        break;
      }
      case 'snapshot-failed': this.#say(event.platform, `gets no snapshot: ${event.detail}`, `get no snapshot: ${event.detail}`); break;
      case 'answered': break;
      case 'partitioned': this.#say(undefined, `CUT OFF from each other: ${event.groups.map(named).join(' | ')}`); break;
      case 'stopped': this.#say(event.platform, `STOPPED ITSELF: ${event.error.message}`); break;
      case 'executed': {
        const what = `state ${shortHash(event.stateRoot)} after sequence ${event.sequence}`;
        this.#say(event.platform, `has ${what}`, `have ${what}`);
        break;
      }
      case 'equivocation': {
        const what = `PROOF that P${leaderOf(event.evidence.slot, this.#world.quorum.memberCount)}, the leader of slot ${event.evidence.slot}, signed two blocks`;
        this.#say(event.platform, `has ${what}`, `have ${what}`);
        break;
      }
      case 'persisted': break;
      case 'healed': this.#say(undefined, 'HEALED: all links work again'); break;
    }
  }

  /** Whether it was known before; it is from now on. */
  #isKnown(text: string): boolean {
    return this.#known.size === this.#known.add(text).size;
  }

  #say(actor: number | undefined, one: string, many = one, indent = BY_PLATFORMS): void {
    const { nowMs } = this.#world.clock;
    if (nowMs !== this.#atMs) this.end();
    this.#atMs = nowMs;
    const key = `${indent}${one}`;
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, { actors: actor === undefined ? [] : [actor], one, many, indent });
    else if (actor !== undefined) line.actors.push(actor);
  }
}

function verbsOf({ type }: ConsensusMessage): readonly [string, string] {
  switch (type) {
    case 'PRE-PREPARE': return ['proposes', 'propose'];
    case 'PREPARE':
    case 'COMMIT':
    case 'VIEW-CHANGE': return ['votes', 'vote'];
    case 'CHECKPOINT': return ['signs', 'sign'];
    case 'CERTIFICATE':
    case 'EQUIVOCATION': return ['passes on', 'pass on'];
  }
}

function signerOf(message: ConsensusMessage): string {
  return message.type === 'CERTIFICATE' || message.type === 'EQUIVOCATION' ? 'anyone' : String(message.signer);
}

/** Whose statement it is, where another platform hands it on. */
function relayed(message: ConsensusMessage, from: number): string {
  const signer = signerOf(message);
  return signer === 'anyone' || signer === String(from) ? '' : `P${signer}'s `;
}

function blockText({ hash, header, transactions }: Block): string {
  return `block ${shortHash(hash)}, slot ${header.slot}, view ${header.view}, sequence ${header.sequence}, ${counted(transactions.length, 'transaction')}`;
}

function messageText(message: ConsensusMessage): string {
  switch (message.type) {
    case 'PRE-PREPARE': return `PRE-PREPARE of ${blockText(message.block)} on ${shortHash(message.block.header.parentHash)}`;
    case 'PREPARE': return `PREPARE slot ${message.slot} block ${shortHash(message.blockHash)} (${message.first ? 'first vote' : 'fallback'})`;
    case 'COMMIT': return `COMMIT slot ${message.slot} block ${shortHash(message.blockHash)}`;
    case 'VIEW-CHANGE': return `VIEW-CHANGE to skip slot ${message.slot} (${message.first ? 'first vote' : `fallback from block ${shortHash(message.blockHash)}`})`;
    case 'CHECKPOINT': return `CHECKPOINT sequence ${message.sequence} state ${shortHash(message.stateRoot)}`;
    case 'CERTIFICATE': return certificateText(message.certificate);
    case 'EQUIVOCATION': return `EQUIVOCATION slot ${message.slot}: its leader signed ${message.headers.map(({ blockHash }) => shortHash(blockHash)).join(' and ')}`;
  }
}

function certificateText(certificate: Certificate): string {
  const signers = named(certificate.signatures.map(({ signer }) => signer));
  return certificate.kind === 'VIEW-CHANGE'
    ? `NEW-VIEW, slot ${certificate.slot} is skipped by ${signers}`
    : `${certificate.kind} certificate slot ${certificate.slot} block ${shortHash(certificate.blockHash)} by ${signers}`;
}

function proofText(certificate: Certificate | undefined): string {
  return certificate === undefined ? 'through a descendant' : `${certificate.kind} by ${named(certificate.signatures.map(({ signer }) => signer))}`;
}

function noticeTexts(notice: Notice): readonly [string, string?] | undefined {
  switch (notice.type) {
    case 'slot-entered': return [`enters slot ${notice.slot}, led by P${notice.leader}`, `enter slot ${notice.slot}, led by P${notice.leader}`];
    case 'timer-expired': return [`TIMED OUT in slot ${notice.slot} after ${Math.round(notice.timeoutMs)} ms of waiting for P${notice.leader}`];
    case 'presumed-dead': return [
      `presumes P${notice.leader} dead, and does not wait for it in slot ${notice.slot}`, `presume P${notice.leader} dead, and do not wait for it in slot ${notice.slot}`];
    case 'slot-skipped': return [`skips slot ${notice.slot} of P${notice.leader}`, `skip slot ${notice.slot} of P${notice.leader}`];
    case 'proposal-early': {
      const what = `${Math.round(notice.aheadMs)} ms for the time of the proposal in slot ${notice.slot}`;
      return [`waits ${what}`, `wait ${what}`];
    }
    case 'observing': return [`only observes: ${notice.reason}`, `only observe: ${notice.reason}`];
    case 'voting': return [`votes again from slot ${notice.fromSlot}`, `vote again from slot ${notice.fromSlot}`];
  }
}
