import assert from 'node:assert/strict';
import { connect, createServer, type AddressInfo, type LookupFunction, type Server, type Socket } from 'node:net';
import { NetworkError } from '../../src/network/errors.js';
import { LoopbackFederation, eventually, type LoopbackMember } from './loopback-members.js';

/** Forwards TCP to `port`; `freeze()` makes its connections silent without closing them. */
class FreezableProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #frozen = new WeakSet<Socket>();
  constructor(port: number) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      for (const [from, to] of [[near, far], [far, near]] as const) {
        this.#sockets.add(from);
        from.on('data', (bytes) => {
          if (!this.#frozen.has(from)) to.write(bytes);
        });
        from.on('error', () => undefined);
        from.on('close', () => {
          this.#sockets.delete(from);
          if (!this.#frozen.has(from)) to.destroy();
        });
      }
    });
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  freeze(): void {
    for (const socket of this.#sockets) this.#frozen.add(socket);
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

describe('Network links between members (DESIGN, traps: js-libp2p loses peers for good)', () => {
  let federation: LoopbackFederation;
  beforeEach(async () => {
    federation = await LoopbackFederation.create(4);
  });
  afterEach(async () => {
    await federation.stop();
  });

  it('members that know only one bootstrap address find one another', async () => {
    const b = await federation.start(1);
    const a = await federation.start(0, { bootstrap: [b.address] });
    const c = await federation.start(2, { bootstrap: [b.address] });
    await eventually('A and C are connected', () => a.isConnectedTo(b, c) && c.isConnectedTo(a, b));
    assert.ok(a.network.snapshot().addresses[c.publicKey]?.includes(c.bareAddress));
  });

  it('bootstrap addresses may be DNS names, lack the peer id, name oneself, or lead nowhere', async () => {
    const b = await federation.start(1);
    const port = b.bareAddress.split('/').at(-1) ?? '';
    const a = await federation.start(0, { bootstrap: ['/ip4/127.0.0.1/tcp/1', `/dns4/localhost/tcp/${port}`] });
    const c = await federation.start(2, { bootstrap: [b.bareAddress, `/ip4/127.0.0.1/tcp/1/p2p/${federation.peerId(3)}`] });
    await eventually('all three are connected', () => a.isConnectedTo(b, c) && b.isConnectedTo(a, c) && c.isConnectedTo(a, b));
  });

  it('a DNS name is resolved again at each try: a bootstrap entry is found once its name leads there', async () => {
    const b = await federation.start(1);
    const port = b.bareAddress.split('/').at(-1) ?? '';
    const asked: string[] = [];
    let host = '127.0.0.77';
    const lookup: LookupFunction = (name, { all }, callback) => {
      asked.push(name);
      if (all === true) callback(null, [{ address: host, family: 4 }]);
      else callback(null, host, 4);
    };
    for (const [i, entry] of [`/dns4/one.example/tcp/${port}`, `/dns/two.example/tcp/${port}/p2p/${federation.peerId(1)}`].entries()) {
      host = '127.0.0.77';
      asked.length = 0;
      const a = await federation.start([0, 2][i] ?? 0, { bootstrap: [entry], lookup });
      await eventually('the name was asked for again and again', () => asked.length >= 4 && a.count('dial-failed') >= 2);
      assert.deepEqual(a.network.connectedPeers(), []);
      host = '127.0.0.1';
      await eventually('A reached B', () => a.isConnectedTo(b));
      await federation.stopMember(a);
    }
  });

  it('a member that comes back on its old port is dialled again by the others', async () => {
    const a = await federation.start(0);
    const c = await federation.start(2, { bootstrap: [a.address] });
    await eventually('A and C are connected', () => a.isConnectedTo(c));
    await eventually('A knows where C listens', () => a.network.snapshot().addresses[c.publicKey]?.includes(c.bareAddress) ?? false);
    const listen = [c.bareAddress];
    await federation.stopMember(c);
    await eventually('A lost C', () => !a.isConnectedTo(c));
    await eventually('A tried in vain', () => a.count('dial-failed') >= 3);
    const back = await federation.start(2, { listen });
    await eventually('A reached C again', () => a.isConnectedTo(back) && back.isConnectedTo(a));
    assert.deepEqual(a.events, [`+${c.publicKey}`, `-${c.publicKey}`, `+${c.publicKey}`]);
  });

  it('a member that comes back on another port and dials one member is found by all', async () => {
    const b = await federation.start(1);
    const a = await federation.start(0, { bootstrap: [b.address] });
    const c = await federation.start(2, { bootstrap: [b.address] });
    await eventually('all are connected', () => a.isConnectedTo(b, c) && c.isConnectedTo(a, b));
    const oldAddress = c.bareAddress;
    await federation.stopMember(c);
    await eventually('A and B lost C', () => !a.isConnectedTo(c) && !b.isConnectedTo(c));
    const back = await federation.start(2, { bootstrap: [b.address] });
    assert.notEqual(back.bareAddress, oldAddress);
    await eventually('all are connected again', () => a.isConnectedTo(b, back) && b.isConnectedTo(a, back) && back.isConnectedTo(a, b));
    await eventually('A has the new address first', () => a.network.snapshot().addresses[c.publicKey]?.[0] === back.bareAddress);
  });

  it('the address book brings members together that have no bootstrap address', async () => {
    let saved: Readonly<Record<string, readonly string[]>> = {};
    const addressBook = {
      load: () => Promise.resolve({ ...saved, nonsense: ['x'], [federation.key(3)]: ['not an address'] }),
      save: (addresses: Readonly<Record<string, readonly string[]>>) => {
        saved = addresses;
        return Promise.resolve();
      },
    };
    const b = await federation.start(1);
    const a = await federation.start(0, { bootstrap: [b.address], addressBook });
    await eventually('A saved where B listens', () => saved[b.publicKey]?.includes(b.bareAddress) ?? false);
    await federation.stopMember(a);
    const back = await federation.start(0, { addressBook });
    await eventually('A found B again', () => back.isConnectedTo(b));
    assert.deepEqual(back.network.snapshot().addresses[federation.key(3)], []);
  });

  it('two that dial one another at the same moment keep one connection and do not flap', async () => {
    for (let round = 0; round < 5; round++) {
      const first = await federation.start(0);
      const second = await federation.start(1);
      const listen = [[first.bareAddress], [second.bareAddress]] as const;
      const addresses = [first.address, second.address] as const;
      await Promise.all([federation.stopMember(first), federation.stopMember(second)]);
      const a = federation.make(0, { listen: listen[0], bootstrap: [addresses[1]] });
      const b = federation.make(1, { listen: listen[1], bootstrap: [addresses[0]] });
      await Promise.all([a.network.start(a), b.network.start(b)]);
      const isSingle = (member: LoopbackMember) => {
        const [link] = member.network.snapshot().links;
        return link?.gossip === true && link.connections.length === 1;
      };
      await eventually('one connection is left and gossip flows', () => isSingle(a) && isSingle(b));
      a.publish('from A');
      b.publish('from B');
      await eventually('both heard one another', () => a.texts().includes('from B') && b.texts().includes('from A'));
      assert.deepEqual([a.events, b.events], [[`+${b.publicKey}`], [`+${a.publicKey}`]]);
      await federation.stop();
    }
  });

  it('a connection that went silent is closed, and a new one made', async () => {
    const timings = { pingIntervalMs: 100, pingTimeoutMs: 300 };
    const b = await federation.start(1, { timings });
    const proxy = new FreezableProxy(Number(b.bareAddress.split('/').at(-1)));
    try {
      const throughProxy = `/ip4/127.0.0.1/tcp/${await proxy.listen()}`;
      const a = await federation.start(0, { timings, listen: [], bootstrap: [throughProxy] });
      await eventually('A and B are connected', () => a.isConnectedTo(b) && b.isConnectedTo(a));
      proxy.freeze();
      await eventually('both noticed and are connected again', () => a.events.length >= 3 && b.events.length >= 3 && a.isConnectedTo(b) && b.isConnectedTo(a));
      assert.equal(a.events[1], `-${b.publicKey}`);
      b.publish('after the silence');
      await eventually('gossip flows again', () => a.texts().includes('after the silence'));
    } finally {
      proxy.close();
    }
  });

  it('a member that restarted takes its place back though its old connection never closed', async () => {
    const timings = { simultaneousDialMs: 50, pingIntervalMs: 60_000 };
    const b = await federation.start(1, { timings });
    const proxy = new FreezableProxy(Number(b.bareAddress.split('/').at(-1)));
    try {
      const options = { timings, listen: [], bootstrap: [`/ip4/127.0.0.1/tcp/${await proxy.listen()}`] };
      const a = await federation.start(0, options);
      await eventually('A and B are connected', () => a.isConnectedTo(b) && b.isConnectedTo(a));
      proxy.freeze();
      await federation.stopMember(a);
      assert.ok(b.isConnectedTo(a), 'B cannot know yet');
      const back = await federation.start(0, options);
      await eventually('the old connection was replaced', () => b.count('connection-replaced') === 1 && back.isConnectedTo(b));
      await eventually('gossip was set up on the new one', () => {
        const [link] = b.network.snapshot().links;
        return link?.gossip === true && link.connections.length === 1;
      });
      b.publish('welcome back');
      await eventually('gossip flows', () => back.texts().includes('welcome back'));
      assert.deepEqual(b.events, [`+${a.publicKey}`]);
    } finally {
      proxy.close();
    }
  });

  it('a penalized member is cut off, refused, and admitted again after its penalty', async () => {
    const b = await federation.start(1);
    const a = await federation.start(0, { bootstrap: [b.address], timings: { penaltyMinMs: 700, penaltyMaxMs: 2_000 } });
    await eventually('A and B are connected', () => a.isConnectedTo(b) && b.isConnectedTo(a));
    a.network.penalize(b.publicKey, 'served an invalid block');
    a.network.penalize(b.publicKey, 'what was on its way is no second offence');
    assert.ok((a.network.snapshot().penalties[b.publicKey] ?? 0) <= 700);
    await eventually('B is cut off', () => !a.isConnectedTo(b) && !b.isConnectedTo(a));
    await eventually('A refused B', () => a.count('gater-inbound-penalized') > 0);
    assert.ok((a.network.snapshot().penalties[b.publicKey] ?? 0) > 0);
    await eventually('B is admitted again', () => a.isConnectedTo(b) && b.isConnectedTo(a));
    assert.equal(a.network.snapshot().penalties[b.publicKey], undefined);
  });

  it('a member that is removed from the list is disconnected and no longer admitted', async () => {
    let members = federation.keys;
    const b = await federation.start(1);
    const a = await federation.start(0, { bootstrap: [b.address], members: () => members });
    await eventually('A and B are connected', () => a.isConnectedTo(b));
    await eventually('B knows where to dial A', () => b.network.snapshot().addresses[a.publicKey]?.includes(a.bareAddress) ?? false);
    members = [federation.key(0), federation.key(2)];
    await eventually('B is cut off', () => !a.isConnectedTo(b) && a.events.includes(`-${b.publicKey}`));
    await eventually('B is refused', () => a.count('gater-inbound-not-member') > 0);
  });

  it('a port in use is reported as such, naming the address and what to do', async () => {
    const a = await federation.start(0);
    const b = federation.make(1, { listen: ['/ip4/127.0.0.1/tcp/0', a.bareAddress] });
    await assert.rejects(b.network.start(b), (error: unknown) => {
      assert.ok(error instanceof NetworkError);
      assert.equal(error.code, 'port-in-use');
      assert.ok(error.message.includes(`cannot listen on ${a.bareAddress}: the port is in use`), error.message);
      return true;
    });
  });

  it('addresses that cannot be used are refused before anything starts, by name', () => {
    for (const [options, name] of [
      [{ listen: ['/ip4/127.0.0.1'] }, 'listen[0]'],
      [{ announce: ['thor:9000'] }, 'announce[0]'],
      [{ bootstrap: ['/ip4/127.0.0.1/tcp/9000', '/ip4/127.0.0.1/udp/9000'] }, 'bootstrap[1]'],
    ] as const) {
      assert.throws(
        () => federation.make(0, options),
        (error: unknown) => error instanceof NetworkError && error.code === 'bad-address' && error.message.startsWith(`${name}: `),
      );
    }
  });

  it('stop() ends within two seconds, with peers connected and dials under way', async () => {
    const b = await federation.start(1);
    const a = await federation.start(0, { bootstrap: [b.address, `/ip4/192.0.2.1/tcp/9000/p2p/${federation.peerId(3)}`] });
    await eventually('A and B are connected', () => a.isConnectedTo(b));
    const startedMs = performance.now();
    await federation.stopMember(a);
    assert.ok(performance.now() - startedMs < 2_000);
    assert.deepEqual(a.network.connectedPeers(), []);
    await assert.rejects(a.network.request(b.publicKey, 'status', new Uint8Array(1), { timeoutMs: 100, maxResponseBytes: 10 }), { code: 'stopped' });
  });
});
