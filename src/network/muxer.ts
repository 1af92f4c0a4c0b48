import { yamux, type YamuxMuxerInit } from '@chainsafe/libp2p-yamux';
import type { MessageStream, StreamMuxerFactory } from '@libp2p/interface';

/**
 * Yamux on which the end of a connection is an event and never an exception. It sends the first frame of a stream in a
 * microtask, and a reset or a goodbye from within event handlers, where nobody catches what a closed connection throws:
 * a member that was cut off at the right moment took the process with it.
 */
export function quietYamux(init: YamuxMuxerInit): () => StreamMuxerFactory {
  const create = yamux(init);
  return () => {
    const factory = create();
    const createStreamMuxer = factory.createStreamMuxer.bind(factory);
    return Object.assign(factory, { createStreamMuxer: (connection: MessageStream) => createStreamMuxer(withQuietSend(connection)) });
  };
}

/** What throws has closed the connection, or was told that it is: its streams learn that from its `close` event. */
function withQuietSend(connection: MessageStream): MessageStream {
  const send = connection.send.bind(connection);
  connection.send = (data) => {
    try {
      return send(data);
    } catch {
      return true;
    }
  };
  return connection;
}
