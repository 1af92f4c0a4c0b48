import type { Notice } from '../../src/consensus/events.js';
import type { Block } from '../../src/types/block.js';
import type { Certificate } from '../../src/types/certificates.js';
import type { Hash } from '../../src/types/ids.js';
import type { ConsensusMessage } from '../../src/types/messages.js';
import type { WorldEvent } from './world-events.js';
import type { World } from './world.js';

const shortHash = (hash: Hash): string => hash.slice(0, 6);
const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const named = (indices: readonly number[]): string => indices.map((index) => `P${index}`).join(' ');

/**
 * Tells a simulated run line by line, each with its virtual time in ms. Of copies of one message that reach a platform
 * only the first is told. The same run gives the same lines.
 */
export function storyOf(world: World, tell: (line: string) => void): (event: WorldEvent) => void {
  const known = new Set<string>();
  const told = (text: string): boolean => known.size === known.add(text).size;
  const say = (text: string): void => { tell(`${world.clock.nowMs.toFixed(2).padStart(10)}  ${text}`); };
  return (event) => {
    switch (event.type) {
      case 'started': say(`P${event.platform} ${told(`start ${event.platform}`) ? 'restarts from its disk' : 'starts'}`); break;
      case 'crashed': say(`P${event.platform} crashes`); break;
      case 'disk-lost': say(`P${event.platform} loses its disk`); break;
      case 'disk-restored': say(`P${event.platform}'s disk is put back to what it was`); break;
      case 'refused': say(`    P${event.platform} ${event.verdict === 'reject' ? 'refuses' : 'ignores'} what P${event.from} sent: ${event.detail}`); break;
      case 'penalized': say(`P${event.platform} hangs up on P${event.peer}: ${event.reason}`); break;
      case 'submitted': say(`P${event.platform} has transaction ${shortHash(event.transaction.id)} pending`); break;
      case 'sent': {
        const text = messageText(event.message);
        say(`P${event.platform} ${verbOf(event.message)} ${text}${told(`${event.platform} sends ${text}`) ? ', again' : ''}`);
        break;
      }
      case 'arrived': {
        const text = messageText(event.message);
        if (told(`${event.to} has ${signerOf(event.message)} ${text}`)) break;
        say(`    P${event.to} gets from P${event.from} ${relayed(event.message, event.from)}${text}${event.altered ? ', which is not what it told others' : ''}`);
        break;
      }
      case 'lost': say(`    lost on its way from P${event.from} to P${event.to}: ${messageText(event.message)}`); break;
      case 'withheld': say(`    P${event.from} keeps from P${event.to}: ${messageText(event.message)}`); break;
      case 'synced': say(`    P${event.platform} is shown by P${event.from} ${counted(event.blocks.length, 'final block')} that it lacked`); break;
      case 'final': for (const { block, certificate } of event.blocks) say(`P${event.platform} FINAL ${blockText(block)}: ${proofText(certificate)}`); break;
      case 'notice': {
        const text = noticeText(event.notice);
        if (text !== undefined) say(`P${event.platform} ${text}`);
        break;
      }
      case 'partitioned': say(`CUT OFF from each other: ${event.groups.map(named).join(' | ')}`); break;
      case 'stopped': say(`P${event.platform} STOPPED ITSELF: ${event.error.message}`); break;
      case 'executed': say(`P${event.platform} has state ${shortHash(event.stateRoot)} after sequence ${event.sequence}`); break;
      case 'equivocation': say(`P${event.platform} has proof that the leader of slot ${event.evidence.slot} signed two blocks`); break;
      case 'persisted': break;
      case 'healed': say('HEALED: all links work again'); break;
    }
  };
}

function verbOf({ type }: ConsensusMessage): string {
  switch (type) {
    case 'PRE-PREPARE': return 'proposes';
    case 'PREPARE':
    case 'COMMIT':
    case 'VIEW-CHANGE': return 'votes';
    case 'CHECKPOINT':
    case 'CERTIFICATE':
    case 'EQUIVOCATION': return 'passes on';
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


function noticeText(notice: Notice): string | undefined {
  switch (notice.type) {
    case 'slot-entered': return `enters slot ${notice.slot}, led by P${notice.leader}`;
    case 'timer-expired': return `TIMED OUT in slot ${notice.slot} after ${Math.round(notice.timeoutMs)} ms of waiting for P${notice.leader}`;
    case 'presumed-dead': return `presumes P${notice.leader} dead, and does not wait for it in slot ${notice.slot}`;
    case 'slot-skipped': return `skips slot ${notice.slot} of P${notice.leader}`;
    case 'proposal-early': return `waits ${Math.round(notice.aheadMs)} ms for the time of the proposal in slot ${notice.slot}`;
    case 'observing': return `only observes: ${notice.reason}`;
    case 'voting': return `votes again from slot ${notice.fromSlot}`;
  }
}
