import type { FastifyInstance } from 'fastify';
import { equivocationJson } from './block-json.js';
import type { HttpErrorCode } from './http-error.js';
import { notReadyReasons } from './readiness.js';
import type { RouteContext } from './route-context.js';

const RETRY_AFTER_SECONDS = 1;

/** `GET /livez`, `/readyz`, `/health`, `/consensus/status`, `/peers` and `/evidence`. */
export function addPlatformRoutes(app: FastifyInstance, { view, json, identity }: RouteContext): void {
  app.get('/livez', () => ({ ok: true }));

  app.get('/readyz', (_request, reply) => {
    const reasons = notReadyReasons(view.status());
    if (reasons.length === 0) return { ready: true, reasons };
    const message = reasons.map((reason) => `${reason.code}: ${reason.message}`).join('; ');
    void reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    return { ready: false, reasons, error: { code: 'not-ready' satisfies HttpErrorCode, message } };
  });

  app.get('/health', () => {
    const status = view.status();
    const { version, platform, sequence, in_touch, catching_up, catch_up, snapshot_fetch, voting, chain_ahead_ms, uptime_ms } = status;
    const reasons = notReadyReasons(status);
    return {
      ok: true, ready: reasons.length === 0, reasons, version, platform,
      instance: identity.instance, chain_id: identity.chainId, public_key: identity.publicKey,
      sequence, in_touch, catching_up, catch_up, snapshot_fetch, voting, chain_ahead_ms, uptime_ms,
    };
  });

  app.get('/consensus/status', () => view.status());

  app.get('/peers', () => view.peers());

  app.get('/evidence', async () => ({
    evidence: (await view.equivocations()).map((equivocation) => equivocationJson(equivocation, json)),
  }));
}
