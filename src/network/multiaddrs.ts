import { multiaddr } from '@multiformats/multiaddr';
import { publicKeyOfPeerId } from '../crypto/identity.js';
import type { PublicKeyHex } from '../types/ids.js';
import { NetworkError } from './errors.js';

/** Longer ones are not addresses of anything; a DNS name has at most 253 characters. */
const MAX_ADDRESS_LENGTH = 400;
const HOST_PROTOCOLS = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6']);

/** A checked TCP address: `/ip4|ip6|dns|dns4|dns6/HOST/tcp/PORT`, the peer id apart. */
export interface PeerAddress {
  /** The address without `/p2p/…`, in canonical form. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** Whose address it is, where it said so. */
  readonly publicKey: PublicKeyHex | undefined;
}

/**
 * @param what names the value in the error, such as `bootstrap[2]`
 * @throws NetworkError `bad-address` unless `text` is a TCP multiaddr, with or without `/p2p/PEERID`
 */
export function parsePeerAddress(text: string, what: string): PeerAddress {
  const bad = (why: string) =>
    new NetworkError(
      'bad-address',
      `${what}: ${JSON.stringify(text.slice(0, 120))} ${why}; write it as /ip4/192.0.2.7/tcp/9000 or /dns4/thor.example/tcp/9000/p2p/12D3Koo…`,
    );
  if (text.length > MAX_ADDRESS_LENGTH) throw bad(`is longer than ${MAX_ADDRESS_LENGTH} characters`);
  let components;
  try {
    components = multiaddr(text).getComponents();
  } catch (error) {
    throw bad(`is not a multiaddr (${error instanceof Error ? error.message : String(error)})`);
  }
  const [host, tcp, p2p, ...rest] = components;
  if (host?.value === undefined || !HOST_PROTOCOLS.has(host.name)) throw bad('does not start with /ip4, /ip6, /dns, /dns4 or /dns6');
  if (tcp?.value === undefined || tcp.name !== 'tcp') throw bad('has no /tcp/PORT after the host');
  if (rest.length > 0 || (p2p !== undefined && p2p.name !== 'p2p')) throw bad('has more than a host, /tcp/PORT and /p2p/PEERID');
  const publicKey = p2p?.value === undefined ? undefined : publicKeyOfPeerId(p2p.value);
  if (p2p !== undefined && publicKey === undefined) throw bad('names a peer whose id is not of an Ed25519 key');
  return { address: `/${host.name}/${host.value}/tcp/${tcp.value}`, host: host.value, port: Number(tcp.value), publicKey };
}

/** The address in canonical form where another peer could dial it, else undefined. Never throws. */
export function dialableAddress(text: unknown): PeerAddress | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const parsed = parsePeerAddress(text, 'address');
    return parsed.port === 0 || parsed.host === '0.0.0.0' || parsed.host === '::' ? undefined : parsed;
  } catch {
    return undefined;
  }
}

/** True where the address leads back to the host that dials it. */
export function isLoopback(address: PeerAddress): boolean {
  return address.host.startsWith('127.') || address.host === '::1' || address.host === 'localhost';
}
