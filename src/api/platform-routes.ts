import type { FastifyInstance } from 'fastify';
import type { Equivocation } from '../types/messages.js';
import { equivocationJson } from './block-json.js';
import type { JsonContext } from './block-json.js';
import type { HttpErrorCode } from './http-error.js';
import { jsonPieces } from './json-pieces.js';
import { sendPieces } from './piece-stream.js';
import { notReadyReasons } from './readiness.js';
import type { RouteContext } from './route-context.js';

const RETRY_AFTER_SECONDS = 1;
/** Also on a connection that came when all places were taken. */
const ALWAYS_ANSWERED = { config: { alwaysAnswered: true } } as const;
/** What a proof takes in memory, about. */
const EQUIVOCATION_BYTES = 2_048;

function evidencePieces(equivocations: readonly Equivocation[], json: JsonContext): Generator<string, void> {
  function* items(): Generator<unknown, void> {
    for (const equivocation of equivocations) yield equivocationJson(equivocation, json);
  }
  return jsonPieces({}, 'evidence', items(), {});
}

/** `GET /livez`, `/readyz`, `/health`, `/consensus/status`, `/peers` and `/evidence`. */
export function addPlatformRoutes(app: FastifyInstance, { view, json, identity, largeReads, share }: RouteContext): void {
  app.get('/livez', ALWAYS_ANSWERED, () => ({ ok: true }));

  app.get('/readyz', ALWAYS_ANSWERED, (_request, reply) => {
    const reasons = notReadyReasons(view.status());
    if (reasons.length === 0) return { ready: true, reasons };
    const message = reasons.map((reason) => `${reason.code}: ${reason.message}`).join('; ');
    void reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    return { ready: false, reasons, error: { code: 'not-ready' satisfies HttpErrorCode, message } };
  });

  app.get('/health', ALWAYS_ANSWERED, () => {
    const status = view.status();
    const { version, platform, sequence, in_touch, catching_up, catch_up, snapshot_fetch, voting, chain_ahead_ms, uptime_ms } = status;
    const reasons = notReadyReasons(status);
    return {
      ok: true, ready: reasons.length === 0, reasons, version, platform,
      instance: identity.instance, chain_id: identity.chainId, public_key: identity.publicKey,
      sequence, in_touch, catching_up, catch_up, snapshot_fetch, voting, chain_ahead_ms, uptime_ms,
    };
  });

  app.get('/consensus/status', ALWAYS_ANSWERED, () => view.status());

  app.get('/peers', ALWAYS_ANSWERED, () => view.peers());

  app.get('/evidence', (_request, reply) => largeReads.run(async () => {
    const equivocations = await view.equivocations();
    return sendPieces(reply, { pieces: evidencePieces(equivocations, json), heldBytes: equivocations.length * EQUIVOCATION_BYTES }, share);
  }));
}
