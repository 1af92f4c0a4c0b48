import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import type { RequestProtocol } from '../../../src/network/network.js';
import { toSequence } from '../../../src/types/ids.js';
import type { SyncRequest } from '../../../src/types/sync.js';
import type { Attack } from '../attack.js';
import type { Attacker } from '../attacker.js';

const MIB = 1024 * 1024;
/** A little below how many of one protocol are answered at once. */
const AT_ONCE = 4;

function requests(name: string, text: string, protocol: RequestProtocol, requestOf: (attacker: Attacker) => SyncRequest): Attack {
  return {
    name, text, invalid: false,
    run: async (attacker, untilMs) => {
      const request = requestOf(attacker);
      // Of the streams that it may open, shared by those that run at once; what is refused takes no longer than that.
      const pauseMs = (AT_ONCE * 1000) / (attacker.rate * DEFAULT_LIMITS.streamsPerSecond);
      await Promise.all(Array.from({ length: AT_ONCE }, () => attacker.eachVictim(untilMs, async (address) => {
        const startMs = performance.now();
        await attacker.request(address, protocol, request).catch(() => undefined);
        const leftMs = pauseMs - (performance.now() - startMs);
        if (leftMs > 0) await new Promise((resolve) => { setTimeout(resolve, leftMs); });
      })));
    },
  };
}

export function statusRequests(): Attack {
  return requests('status', 'STATUS requests', 'status', (attacker) => ({ type: 'STATUS-REQUEST', status: attacker.genesisStatus() }));
}

/** The first blocks again and again, as many bytes as are served. */
export function blockRequests(): Attack {
  return requests('blocks', 'BLOCKS requests for the same blocks', 'blocks', () => ({
    type: 'BLOCKS-REQUEST', fromSequence: toSequence(0), maxCount: 1024, maxBytes: 4 * MIB,
  }));
}

export function chunkRequests(): Attack {
  return requests('chunks', 'CHUNK requests', 'snapshots', () => ({ type: 'CHUNK-REQUEST', sequence: toSequence(0), index: 0 }));
}

export function snapshotRequests(): Attack {
  return requests('snapshots', 'requests for an offer of a snapshot', 'snapshots', () => ({ type: 'SNAPSHOT-REQUEST' }));
}

/** Streams for protocols that nobody serves. */
export function strayStreams(): Attack {
  return {
    name: 'streams', text: 'streams for protocols that nobody serves', invalid: false,
    run: (attacker, untilMs) => attacker.paced(attacker.rate * DEFAULT_LIMITS.streamsPerSecond, untilMs, async () => {
      await Promise.all(attacker.addresses.map(async (address) => {
        const connection = await attacker.connection(address);
        attacker.note(1, 64);
        await connection.newStream('/nobody/serves/this/1').catch(() => undefined);
      }));
    }),
  };
}
