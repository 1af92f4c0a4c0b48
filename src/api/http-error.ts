/** Codes that the HTTP server itself gives; refusals of the mempool and the codec come with their own. */
export type HttpErrorCode =
  | 'body-too-large'
  | 'block-not-found'
  | 'block-pruned'
  | 'host-not-allowed'
  | 'internal'
  | 'key-not-found'
  | 'malformed-batch'
  | 'malformed-body'
  | 'malformed-parameter'
  | 'malformed-url'
  | 'not-ready'
  | 'route-not-found'
  | 'too-many-answer-bytes'
  | 'too-many-body-bytes'
  | 'too-many-connections'
  | 'too-many-streams'
  | 'too-many-waiting'
  | 'transaction-not-found'
  | 'transaction-spent'
  | 'unsupported-media-type';

/** A refusal with its HTTP status. Sent as `{"error":{"code","message"}}`. */
export class HttpError extends Error {
  readonly code: string;
  readonly statusCode: number;
  readonly retryAfterSeconds: number | undefined;
  constructor(statusCode: number, code: HttpErrorCode, message: string, retryAfterSeconds?: number) {
    super(message);
    this.name = 'HttpError';
    this.statusCode = statusCode;
    this.code = code;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What goes to the client for any error. */
export interface ErrorAnswer {
  readonly statusCode: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds: number | undefined;
}

/** Our own error classes use kebab-case codes; the system's (`ENOENT`) and fastify's (`FST_ERR_…`) are upper case. */
const OWN_CODE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** The code of an error of one of this project's classes; undefined for every other error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return OWN_CODE.test(error.code) ? error.code : undefined;
}

/** Clears by itself as blocks are made: the client should come again. */
const TRY_LATER: ReadonlySet<string> = new Set(['mempool-full', 'full', 'sender-full', 'source-full', 'account-full', 'stopping', 'stopped', 'not-ready', 'busy']);
/** The transaction is known already, or its nonce is spent. */
const CONFLICT: ReadonlySet<string> = new Set(['duplicate', 'already-pending', 'already-final', 'final', 'nonce-used', 'nonce-too-old', 'nonce-conflict']);
const TOO_LARGE: ReadonlySet<string> = new Set(['too-large', 'transaction-too-large']);

const RETRY_AFTER_SECONDS = 1;

export function isTryLater(code: string): boolean {
  return TRY_LATER.has(code);
}

export function isTimeout(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'timeout' || (error instanceof Error && error.name === 'ApiTimeout');
}

/** Answer to a refusal of `PlatformView.submit`, by its `code`; undefined where the error is no refusal but a fault. */
export function refusalOf(error: unknown): ErrorAnswer | undefined {
  const code = errorCode(error);
  if (code === undefined || !(error instanceof Error)) return undefined;
  const { message } = error;
  if (isTryLater(code)) return { statusCode: 503, code, message, retryAfterSeconds: RETRY_AFTER_SECONDS };
  const statusCode = CONFLICT.has(code) ? 409 : TOO_LARGE.has(code) ? 413 : 400;
  return { statusCode, code, message, retryAfterSeconds: undefined };
}

function fastifyStatusOf(error: object): number | undefined {
  return 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}

/** Answer to any error that left a handler. What is not the client's doing is told as `internal`, without detail. */
export function answerOf(error: unknown): ErrorAnswer {
  if (error instanceof HttpError) {
    return { statusCode: error.statusCode, code: error.code, message: error.message, retryAfterSeconds: error.retryAfterSeconds };
  }
  const code = errorCode(error);
  if (error instanceof Error && code !== undefined && isTryLater(code)) {
    return { statusCode: 503, code, message: error.message, retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  if (error instanceof Error) {
    const statusCode = fastifyStatusOf(error);
    if (statusCode === 413) return { statusCode, code: 'body-too-large', message: 'the request body is larger than this route takes', retryAfterSeconds: undefined };
    if (statusCode === 415) {
      return { statusCode, code: 'unsupported-media-type', message: 'send application/octet-stream or application/json', retryAfterSeconds: undefined };
    }
    if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
      return { statusCode, code: 'malformed-body', message: error.message, retryAfterSeconds: undefined };
    }
  }
  return { statusCode: 500, code: 'internal', message: 'the platform failed to answer; its log says why', retryAfterSeconds: undefined };
}
