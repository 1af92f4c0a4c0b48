import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { LabError } from './lab-error.js';

const execute = promisify(execFile);

/**
 * Runs a command of the system.
 * @throws LabError `command-failed` with what it wrote
 */
export async function run(command: string, ...args: readonly string[]): Promise<string> {
  try {
    return (await execute(command, [...args])).stdout;
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new LabError('command-failed', `${command} ${args.join(' ')}: ${said || (error instanceof Error ? error.message : String(error))}`);
  }
}

/** The network of a host: 198.18.0.0/15 is set aside for measuring networks (RFC 2544). */
function subnet(host: number): string {
  return `198.18.${host}`;
}

/** @param host from 1 */
export function addressOf(host: number, last = 1): string {
  return `${subnet(host)}.${last}`;
}

function routerAddress(host: number): string {
  return `${subnet(host)}.254`;
}

/** The interface of the router that leads to a host. */
export function routerInterface(host: number): string {
  return `host${host}`;
}

/** The only interface of a host besides loopback. */
export const HOST_INTERFACE = 'lan';

/**
 * Hosts made of network namespaces, each in a subnet of its own, joined by a router that is a namespace, too. Whoever
 * runs commands in the router's namespace reaches every host, whatever links between hosts are cut.
 */
export class Namespaces {
  readonly name: string;
  readonly hosts: number;

  /** @param name in the names of all its namespaces; at most 8 letters and digits */
  constructor(name: string, hosts: number) {
    this.name = name;
    this.hosts = hosts;
  }

  get router(): string {
    return `${this.name}-router`;
  }

  host(host: number): string {
    return `${this.name}-host${host}`;
  }

  /** What to put before a command that shall run in a namespace. `ip` becomes that command, so its process id stays. */
  static launcher(namespace: string): readonly string[] {
    return ['ip', 'netns', 'exec', namespace];
  }

  /** @throws LabError where this user or kernel cannot; what was made is removed again */
  async create(): Promise<void> {
    if (process.platform !== 'linux') throw new LabError('no-namespaces', `network namespaces are a thing of Linux, and this is ${process.platform}`);
    if (process.getuid?.() !== 0) throw new LabError('not-root', 'making network namespaces needs root: run it with sudo, or as root');
    try {
      await run('ip', 'netns', 'add', this.router);
      await run('ip', '-n', this.router, 'link', 'set', 'lo', 'up');
      await run(...Namespaces.#inside(this.router, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'));
      for (let host = 1; host <= this.hosts; host += 1) await this.#addHost(host);
    } catch (error) {
      await this.remove();
      throw error;
    }
  }

  /** Removes every namespace that is there, with the interfaces in it. */
  async remove(): Promise<void> {
    const present = new Set((await run('ip', 'netns', 'list')).split('\n').map((line) => line.split(' ')[0]));
    const own = [this.router, ...Array.from({ length: this.hosts }, (_, index) => this.host(index + 1))];
    await Promise.all(own.filter((name) => present.has(name)).map((name) => run('ip', 'netns', 'del', name)));
  }

  async #addHost(host: number): Promise<void> {
    const namespace = this.host(host);
    await run('ip', 'netns', 'add', namespace);
    await run('ip', 'link', 'add', HOST_INTERFACE, 'netns', namespace, 'type', 'veth', 'peer', 'name', routerInterface(host), 'netns', this.router);
    await run('ip', '-n', namespace, 'addr', 'add', `${addressOf(host)}/24`, 'dev', HOST_INTERFACE);
    await run('ip', '-n', this.router, 'addr', 'add', `${routerAddress(host)}/24`, 'dev', routerInterface(host));
    await run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
    await run('ip', '-n', namespace, 'link', 'set', HOST_INTERFACE, 'up');
    await run('ip', '-n', this.router, 'link', 'set', routerInterface(host), 'up');
    await run('ip', '-n', namespace, 'route', 'add', 'default', 'via', routerAddress(host));
  }

  static #inside(namespace: string, ...command: readonly string[]): [string, ...string[]] {
    return ['ip', 'netns', 'exec', namespace, ...command];
  }
}
