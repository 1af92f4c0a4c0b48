import { isIP } from 'node:net';

/** True for `localhost`, 127.0.0.0/8 and ::1. */
export function isLoopbackHost(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
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
 */
export function hostAllowed(header: string | undefined, boundHost: string): boolean {
  if (!isLoopbackHost(boundHost)) return true;
  const host = hostOfHeader(header);
  return host !== undefined && isLoopbackHost(host);
}
