import type { Socket } from 'node:net';
import type { HttpLimits } from './limits.js';

interface Place {
  readonly address: string;
  /** Came when all places were taken: it may ask how the platform is, and nothing else. */
  readonly isSpare: boolean;
}

/** All loopback addresses are one client, and so is the network of 64 bits that a host with IPv6 has for itself. */
function clientOf(address: string): string {
  if (address === '::1' || /^(::ffff:)?127\./.test(address)) return 'loopback';
  return address.includes(':') && !address.startsWith('::ffff:') ? address.split(':').slice(0, 4).join(':') : address;
}

/**
 * Who holds the connections of the HTTP server. Where there are as many as may be, or as many of one address, the one
 * that has been idle for longest makes room: a connection on which nothing is asked shuts out nobody. Where all are at
 * work a new one gets a spare place, on which only the platform's health is answered; of those the oldest makes room.
 */
export class Connections {
  readonly #limits: HttpLimits;
  readonly #isIdle: (socket: Socket) => boolean;
  /** In the order of their last requests, or of their coming. */
  readonly #places = new Map<Socket, Place>();

  /** @param isIdle whether no request is under way on it */
  constructor(limits: HttpLimits, isIdle: (socket: Socket) => boolean) {
    this.#limits = limits;
    this.#isIdle = isIdle;
  }

  opened(socket: Socket): void {
    const address = clientOf(socket.remoteAddress ?? '');
    this.#places.set(socket, { address, isSpare: !this.#makeRoom(address) });
    socket.once('close', () => { this.#places.delete(socket); });
    const spares = this.#held((place) => place.isSpare);
    const [oldest] = spares;
    if (oldest !== undefined && spares.length > this.#limits.spareConnections) this.#end(oldest);
  }

  /** A request came on it. */
  used(socket: Socket): void {
    const place = this.#places.get(socket);
    if (place === undefined) return;
    this.#places.delete(socket);
    this.#places.set(socket, place);
  }

  isSpare(socket: Socket): boolean {
    return this.#places.get(socket)?.isSpare === true;
  }

  /** False where there is no place but a spare one. */
  #makeRoom(address: string): boolean {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const isFull = (place: Place): boolean => !place.isSpare;
    const own = this.#held((place) => isFull(place) && place.address === address);
    const all = this.#held(isFull);
    const crowd = own.length >= maxConnectionsPerAddress ? own : all.length >= maxConnections ? all : undefined;
    if (crowd === undefined) return true;
    const idle = crowd.find((socket) => this.#isIdle(socket));
    if (idle !== undefined) this.#end(idle);
    return idle !== undefined;
  }

  #held(which: (place: Place) => boolean): Socket[] {
    return [...this.#places].filter(([, place]) => which(place)).map(([socket]) => socket);
  }

  #end(socket: Socket): void {
    this.#places.delete(socket);
    socket.destroy();
  }
}
