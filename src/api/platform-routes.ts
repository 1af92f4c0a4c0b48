import type { FastifyInstance } from 'fastify';
import { equivocationJson } from './block-json.js';
import type { RouteContext } from './route-context.js';

/** `GET /health`, `/consensus/status` and `/evidence`. */
export function addPlatformRoutes(app: FastifyInstance, { view, json }: RouteContext): void {
  app.get('/health', () => {
    const { platform, sequence, in_touch, catching_up, catch_up, snapshot_fetch, voting, chain_ahead_ms, uptime_ms } = view.status();
    return { ok: true, platform, sequence, in_touch, catching_up, catch_up, snapshot_fetch, voting, chain_ahead_ms, uptime_ms };
  });

  app.get('/consensus/status', () => view.status());

  app.get('/evidence', async () => ({
    evidence: (await view.equivocations()).map((equivocation) => equivocationJson(equivocation, json)),
  }));
}
