/** Bounds of the HTTP server. Every one of them exists so that a client cannot grow a platform's memory or hold its sockets. */
export interface HttpLimits {
  /** Bytes of one request body; larger ones are answered 413. */
  readonly maxBodyBytes: number;
  /** Bytes of the body of `POST /transactions/batch`. */
  readonly maxBatchBytes: number;
  /** Bytes of request bodies, over all connections, that are being received or worked on; beyond them 503 before a body is read. */
  readonly maxBodyBytesInFlight: number;
  /** Bytes of answers, over all connections, that clients have not read yet; beyond them 503 in place of a large answer. */
  readonly maxAnswerBytesInFlight: number;
  /** Milliseconds without any progress in sending an answer after which its connection is ended; looked at as often. */
  readonly answerStallMs: number;
  /** Milliseconds a client may take to send its whole request. */
  readonly requestTimeoutMs: number;
  /** Longest `timeoutMs` of a waiting submission. */
  readonly maxWaitMs: number;
  /** `timeoutMs` of a waiting submission that names none. */
  readonly defaultWaitMs: number;
  /** Submissions waiting for finality at one time. */
  readonly maxWaiting: number;
  /** Event streams open at one time. */
  readonly maxEventStreams: number;
  /** Milliseconds between keep-alive comments on an event stream; one that takes in nothing from one to the next, though something waits, is dropped. */
  readonly eventHeartbeatMs: number;
  /** Milliseconds a client may take to send a request's headers. */
  readonly headersTimeoutMs: number;
  /** Milliseconds that a connection may be idle after a request. */
  readonly idleTimeoutMs: number;
  readonly maxConnections: number;
  /** Of one address; all of loopback is one, and so is a network of 64 bits of IPv6. */
  readonly maxConnectionsPerAddress: number;
  /** Beyond `maxConnections`, for questions about the platform's health only. */
  readonly spareConnections: number;
  /** Milliseconds of work for all requests together between two turns of the event loop. */
  readonly workSliceMs: number;
  /** Requests that read a block, a page of state or the evidence at one time; the others wait. */
  readonly maxLargeReads: number;
  /** Entries of the state in one answer of `GET /state`. */
  readonly maxStateEntries: number;
  /** The same where the request names no `limit`. */
  readonly defaultStateEntries: number;
  /** Bytes of keys and values in one answer of `GET /state`; a single entry may have more. */
  readonly maxStateBytes: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxBodyBytes: 1 << 20,
  maxBatchBytes: 4 << 20,
  maxBodyBytesInFlight: 64 << 20,
  maxAnswerBytesInFlight: 64 << 20,
  answerStallMs: 30_000,
  requestTimeoutMs: 30_000,
  maxWaitMs: 120_000,
  defaultWaitMs: 30_000,
  maxWaiting: 1024,
  maxEventStreams: 32,
  eventHeartbeatMs: 15_000,
  headersTimeoutMs: 8_000,
  idleTimeoutMs: 10_000,
  maxConnections: 128,
  maxConnectionsPerAddress: 96,
  spareConnections: 8,
  workSliceMs: 2,
  maxLargeReads: 4,
  maxStateEntries: 1000,
  defaultStateEntries: 100,
  maxStateBytes: 256 << 10,
};
