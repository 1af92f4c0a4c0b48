import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import type { WorkShare } from './work-share.js';

/** Answers up to about this many characters are sent whole, with their length. */
const WHOLE_CHARACTERS = 64 * 1024;
const BUFFERED_BYTES = 64 * 1024;

/** A large answer that is made as its client reads it, a piece at a time, in the time that all requests share. */
export class PieceStream extends Readable {
  /** What it keeps in memory until it is sent. */
  readonly heldBytes: number;
  readonly #next: () => Promise<string | undefined>;

  constructor(next: () => Promise<string | undefined>, heldBytes: number) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.#next = next;
    this.heldBytes = heldBytes + BUFFERED_BYTES;
  }

  override _read(): void {
    this.#next().then(
      (piece) => { this.push(piece ?? null); },
      (error: unknown) => { this.destroy(error instanceof Error ? error : new Error(String(error))); },
    );
  }
}

export interface PiecedAnswer {
  readonly pieces: Iterator<string, void>;
  /** Bytes that `pieces` keeps in memory. */
  readonly heldBytes: number;
}

/** Sends JSON that is made in pieces: whole where it is small, else as fast as the client reads. */
export async function sendPieces(
  reply: FastifyReply, { pieces, heldBytes }: PiecedAnswer, share: WorkShare,
): Promise<FastifyReply> {
  const client = reply.request.ip;
  const next = (): Promise<string | undefined> => share.once(client, () => pieces.next().value ?? undefined);
  void reply.type('application/json; charset=utf-8');
  let start = '';
  for (;;) {
    const piece = await next();
    if (piece === undefined) return reply.send(start);
    start += piece;
    if (start.length > WHOLE_CHARACTERS) break;
  }
  let isStarted = false;
  return reply.send(new PieceStream(() => {
    if (isStarted) return next();
    isStarted = true;
    return Promise.resolve(start);
  }, heldBytes));
}
