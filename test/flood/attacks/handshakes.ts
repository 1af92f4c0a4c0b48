import { generateKeyPairSync } from 'node:crypto';
import { connect } from 'node:net';
import { parsePeerAddress } from '../../../src/network/multiaddrs.js';
import { DEFAULT_LIMITS } from '../../../src/network/options.js';
import type { Attack } from '../attack.js';

/** Addresses of loopback, each another host to its victims. */
const HOSTS = 32;
/** What is left half done is left alone for so long. */
const HELD_MS = 500;
/** From a host, a little below what it may make. */
const PER_HOST_AND_SECOND = DEFAULT_LIMITS.maxInboundPerHostPerSecond / 2;

function line(text: string): Buffer {
  const bytes = Buffer.from(`${text}\n`);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

/** Noise's first message: an ephemeral key, for which the victim makes its own, agrees on a secret and signs. */
function firstMessage(): Buffer {
  const { publicKey } = generateKeyPairSync('x25519');
  const key = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  return Buffer.concat([Buffer.from([0, key.length]), key]);
}

/** Half a handshake of a stranger: it goes once it has made its victim work. */
function halfHandshake(address: string, host: number): Promise<void> {
  const [, , ip = '127.0.0.1', , port = '0'] = parsePeerAddress(address, 'victim').address.split('/');
  return new Promise((resolve) => {
    const socket = connect({ host: ip, port: Number(port), localAddress: `127.0.1.${host + 1}` });
    const end = setTimeout(() => { socket.destroy(); }, HELD_MS);
    socket.on('error', () => undefined).on('close', () => {
      clearTimeout(end);
      resolve();
    }).resume();
    socket.write(Buffer.concat([line('/multistream/1.0.0'), line('/noise'), firstMessage()]));
  });
}

export function halfHandshakes(): Attack {
  let turn = 0;
  return {
    name: 'handshakes', text: 'half handshakes of strangers at many addresses', invalid: false,
    run: (attacker, untilMs) => attacker.paced(attacker.rate * HOSTS * PER_HOST_AND_SECOND, untilMs, async () => {
      const address = attacker.addresses[turn % attacker.addresses.length] ?? '';
      turn += 1;
      attacker.note(1, 60);
      await halfHandshake(address, turn % HOSTS);
    }),
  };
}
