import type { Catcher, Mutant } from '../mutant.js';

const CLIENT = 'src/cli/api-client.ts';
const CONNECTIONS = 'src/api/connections.ts';
const EVENTS = 'src/api/event-stream.ts';
const ASKING: Catcher = { kind: 'specs', files: ['test/unit/cli/queries.spec.ts', 'test/unit/cli/put.spec.ts'] };
const BOUNDS: Catcher = { kind: 'specs', files: ['test/unit/api/bounds.spec.ts'] };
const STREAM: Catcher = { kind: 'specs', files: ['test/unit/api/events.spec.ts'] };
const ROUTES: Catcher = { kind: 'specs', files: ['test/unit/api/routes.spec.ts'] };
const SHARE: Catcher = { kind: 'specs', files: ['test/unit/api/work-share.spec.ts'] };

/** What clients over HTTP may take of a platform, and what they may believe. */
export const HTTP_MUTANTS: readonly Mutant[] = [
  {
    name: 'answers-of-anybody',
    rule: 'issue 10, B9',
    why: 'after a crash another society\'s platform takes the port, and a command writes into its ledger',
    patches: [{ file: CLIENT, find: '      this.#requireExpected(response.headers);\n', replace: '      if (statusCode < 0) this.#requireExpected(response.headers);\n' }],
    catchers: [ASKING],
  },
  {
    name: 'guard-by-the-text',
    rule: 'issue 10, B10',
    why: 'a web page whose name was rebound writes through a visitor\'s browser',
    patches: [{ file: 'src/api/host-guard.ts', find: 'boundAddress !== undefined && !isLoopbackAddress(boundAddress)', replace: "boundAddress !== '127.0.0.1'" }],
    catchers: [ROUTES],
  },
  {
    name: 'slices-without-end',
    rule: 'issue 10, B10',
    why: 'clients\' batches hold the event loop for as long as they take, and consensus waits',
    patches: [{ file: 'src/api/work-share.ts', find: 'this.#lanes.size > 0 && this.#nowMs() < endMs', replace: 'this.#lanes.size > 0 && endMs > 0' }],
    catchers: [SHARE],
  },
  {
    name: 'one-client-first',
    rule: 'issue 10, B10',
    why: 'one client with many requests keeps all others waiting',
    patches: [{ file: 'src/api/work-share.ts', find: '    this.#lanes.delete(client);\n    if (jobs.length > 0) this.#lanes.set(client, jobs);', replace: '    if (jobs.length === 0) this.#lanes.delete(client);' }],
    catchers: [SHARE],
  },
  {
    name: 'idle-connections-stay',
    rule: 'issue 10, B10',
    why: 'connections on which nothing is asked shut out everybody',
    patches: [{ file: CONNECTIONS, find: 'crowd.find((socket) => this.#isIdle(socket))', replace: 'crowd.find((socket) => socket.destroyed && this.#isIdle(socket))' }],
    catchers: [BOUNDS],
  },
  {
    name: 'no-place-for-health',
    rule: 'issue 10, B10',
    why: 'a platform whose connections are all at work cannot be asked how it is',
    patches: [{ file: 'src/api/request-guards.ts', find: '!isSpare || (!is404 &&', replace: '!isSpare || (is404 &&' }],
    catchers: [BOUNDS],
  },
  {
    name: 'precedence-for-ever',
    rule: 'issue 10, A1',
    why: 'a member whose proposals are verified without a pause keeps clients and their transactions waiting for ever',
    patches: [{ file: 'src/node/precedence.ts', find: 'passed >= MAX_PASSED_TURNS || ', replace: '' }],
    catchers: [{ kind: 'specs', files: ['test/unit/node/precedence.spec.ts'] }],
  },
  {
    name: 'events-only-live',
    rule: 'issue 10, C18',
    why: 'a client that connects again misses what came meanwhile',
    patches: [{ file: EVENTS, find: 'client.next ??= sequence;', replace: 'client.next = sequence;' }],
    catchers: [STREAM],
  },
  {
    name: 'events-pruned-in-silence',
    rule: 'issue 10, C18',
    why: 'a client that asks for pruned blocks is given later ones as if there had been none',
    patches: [{ file: EVENTS, find: 'next !== undefined && next < first', replace: 'next !== undefined && next < 0 && next < first' }],
    catchers: [STREAM],
  },
];
