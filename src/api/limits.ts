/** Bounds of the HTTP server. Every one of them exists so that a client cannot grow a platform's memory or hold its sockets. */
export interface HttpLimits {
  /** Bytes of one request body; larger ones are answered 413. */
  readonly maxBodyBytes: number;
  /** Bytes of the body of `POST /transactions/batch`. */
  readonly maxBatchBytes: number;
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
  /** Unsent bytes after which a slow event stream is dropped. */
  readonly maxEventBufferBytes: number;
  /** Milliseconds between keep-alive comments on an event stream. */
  readonly eventHeartbeatMs: number;
  readonly maxConnections: number;
}

export const DEFAULT_HTTP_LIMITS: HttpLimits = {
  maxBodyBytes: 1 << 20,
  maxBatchBytes: 4 << 20,
  requestTimeoutMs: 30_000,
  maxWaitMs: 120_000,
  defaultWaitMs: 30_000,
  maxWaiting: 1024,
  maxEventStreams: 64,
  maxEventBufferBytes: 4 << 20,
  eventHeartbeatMs: 15_000,
  maxConnections: 512,
};
