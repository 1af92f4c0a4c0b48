import { BlockList, isIP } from 'node:net';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/** True for 127.0.0.0/8 and ::1, in whatever notation. */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LOOPBACK.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** The host of a Host header, without port and brackets, in lower case; undefined where it does not parse. */
export function hostOfHeader(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/\s]+))(?::\d{1,5})?$/.exec(header);
  return (match?.[1] ?? match?.[2])?.toLowerCase();
}

/**
 * Whether a request's Host header names this server. A server bound to loopback takes loopback names only, so that a
 * web page whose name was rebound to 127.0.0.1 cannot read or write through a visitor's browser.
 * @param boundAddress the IP address that is listened on, and not a name or a flag's text; undefined (nothing yet) is
 *   taken for a loopback address
 */
export function hostAllowed(header: string | undefined, boundAddress: string | undefined): boolean {
  if (boundAddress !== undefined && !isLoopbackAddress(boundAddress)) return true;
  const host = hostOfHeader(header);
  return host === 'localhost' || (host !== undefined && isLoopbackAddress(host));
}
