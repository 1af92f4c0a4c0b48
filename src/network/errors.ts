/**
 * Why the network could not do what was asked.
 *
 * - `not-started`, `stopped`: called outside of start() and stop()
 * - `not-connected`: the peer has no open connection now (the supervisor keeps dialling it)
 * - `timeout`: no whole answer in time
 * - `too-large`: a request or an answer above its limit
 * - `refused`: the peer reset the stream: it is overloaded, or its handler failed
 * - `malformed`: bytes that are not what the protocol prescribes
 * - `port-in-use`, `listen-failed`: start() cannot listen
 * - `bad-address`: a multiaddr that cannot be used
 * - `bad-bootstrap`: a bootstrap list that cannot be read
 * - `unsupported-library`: a package in which flood control cannot see what it has to see
 */
export type NetworkErrorCode =
  | 'not-started'
  | 'stopped'
  | 'not-connected'
  | 'timeout'
  | 'too-large'
  | 'refused'
  | 'malformed'
  | 'port-in-use'
  | 'listen-failed'
  | 'bad-address'
  | 'bad-bootstrap'
  | 'unsupported-library';

export class NetworkError extends Error {
  readonly code: NetworkErrorCode;
  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NetworkError';
    this.code = code;
  }
}
