import { z } from 'zod';
import { IDENTITY_HEADERS } from '../api/identity.js';
import type { ApiIdentity } from '../api/identity.js';
import { readApiFile } from './api-file.js';
import { CliError, messageOf } from './cli-error.js';

/** How the commands that talk to a running platform find it. */
export interface PlatformTarget {
  readonly home?: string;
  /** URL, or HOST:PORT. */
  readonly api?: string;
}

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export interface ApiAnswer {
  readonly statusCode: number;
  readonly body: unknown;
}

/** An answer with an error of the platform: `code` is the API's. */
export class ApiRefusal extends CliError {
  readonly statusCode: number;
  readonly apiCode: string;
  constructor(statusCode: number, apiCode: string, message: string) {
    super('api-refused', message);
    this.name = 'ApiRefusal';
    this.statusCode = statusCode;
    this.apiCode = apiCode;
  }
}

function apiUrl(api: string): string {
  const text = /^https?:\/\//.test(api) ? api : `http://${api}`;
  if (!URL.canParse(text)) throw new CliError('usage', `--api: ${JSON.stringify(api)} is no URL; give one such as http://127.0.0.1:8080`);
  return text.replace(/\/+$/, '');
}

/** Who answered, in words; undefined where it is the one expected. */
function strangerText(expected: ApiIdentity, headers: Headers): string | undefined {
  const chainId = headers.get(IDENTITY_HEADERS.chainId);
  const publicKey = headers.get(IDENTITY_HEADERS.publicKey);
  if (chainId === null || publicKey === null) return 'something that is no platform of this version';
  if (chainId !== expected.chainId) return `a platform of another society (chain ${chainId})`;
  if (publicKey !== expected.publicKey) return `another platform of the society (public key ${publicKey})`;
  return headers.get(IDENTITY_HEADERS.instance) === expected.instance ? undefined : 'a later start of the same platform, which is just coming up';
}

/** Why nobody answers at an address that process `pid` left in `home`, and what to do. */
function silenceText(pid: number, home: string): string {
  if (!isAlive(pid)) return `process ${pid} has ended without cleaning up; start the platform again with "fb-pbft start --home ${home} …"`;
  return `process ${pid} lives: it is stopped or busy, or its number is another program's by now; see what it is, and its log`;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It is somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Talks HTTP to one running platform. */
export class ApiClient {
  readonly url: string;
  /** What to tell the user where nobody answers, or another. */
  readonly #unreachableHint: () => string;
  /** Who must answer; undefined where only an address was given. */
  readonly #expected: ApiIdentity | undefined;

  constructor(url: string, unreachableHint: () => string, expected?: ApiIdentity) {
    this.url = url;
    this.#unreachableHint = unreachableHint;
    this.#expected = expected;
  }

  /**
   * @throws CliError `usage` where neither home nor api is given, `not-running` where no platform runs on the home
   */
  static async find(target: PlatformTarget): Promise<ApiClient> {
    if (target.api !== undefined) return new ApiClient(apiUrl(target.api), () => 'is the platform running, and is --api its address?');
    const { home } = target;
    if (home === undefined) throw new CliError('usage', 'say which platform: --home DIR, or --api URL');
    const file = await readApiFile(home);
    if (file === undefined) {
      throw new CliError('not-running', `no platform runs on ${home}: start it with "fb-pbft start --home ${home} …", or give --api URL`);
    }
    return new ApiClient(file.url, () => silenceText(file.pid, home), file);
  }

  /** @throws ApiRefusal where the platform answers with an error, CliError `api-unreachable` where it does not answer, `api-other-platform` */
  async get(path: string, timeoutMs = 10_000): Promise<ApiAnswer> {
    return this.#request(path, { method: 'GET' }, timeoutMs);
  }

  /** @throws ApiRefusal where the platform answers with an error, CliError `api-unreachable` where it does not answer, `api-other-platform` */
  async post(path: string, body: Uint8Array<ArrayBuffer>, timeoutMs = 10_000): Promise<ApiAnswer> {
    return this.#request(path, { method: 'POST', body, headers: { 'content-type': 'application/octet-stream' } }, timeoutMs);
  }

  /** Of every answer before anything of it is used: the port may have changed hands since the last. */
  #requireExpected(headers: Headers): void {
    const stranger = this.#expected === undefined ? undefined : strangerText(this.#expected, headers);
    if (stranger === undefined) return;
    throw new CliError('api-other-platform', `${this.url} is answered by ${stranger}, and not by the platform asked for: ${this.#unreachableHint()}`);
  }

  async #request(path: string, init: RequestInit, timeoutMs: number): Promise<ApiAnswer> {
    let statusCode: number;
    let body: unknown;
    try {
      const response = await fetch(this.url + path, { ...init, signal: AbortSignal.timeout(timeoutMs) });
      statusCode = response.status;
      this.#requireExpected(response.headers);
      body = await response.json();
    } catch (error) {
      if (error instanceof CliError) throw error;
      const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : messageOf(error);
      throw new CliError('api-unreachable', `no answer from ${this.url} (${why}): ${this.#unreachableHint()}`);
    }
    if (statusCode < 400) return { statusCode, body };
    const refusal = errorSchema.safeParse(body);
    if (!refusal.success) throw new CliError('api-unreachable', `${this.url} answered ${statusCode}, but not as a platform does: is --api its address?`);
    throw new ApiRefusal(statusCode, refusal.data.error.code, refusal.data.error.message);
  }
}

/** An answer of the shape expected. @throws CliError where the answer is not that of a platform */
export function parseAnswer<T>(schema: z.ZodType<T>, answer: ApiAnswer): T {
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw new CliError('failed', `the platform's answer is not of the shape expected (${z.prettifyError(parsed.error)}): do both run the same version?`);
}
