import type { Logger } from 'pino';
import type { JsonContext } from './block-json.js';
import type { ApiIdentity } from './identity.js';
import type { LargeReads } from './large-reads.js';
import type { HttpLimits } from './limits.js';
import type { PlatformView } from './platform-view.js';
import type { WorkShare } from './work-share.js';

/** What every route answers from. */
export interface RouteContext {
  readonly view: PlatformView;
  readonly limits: HttpLimits;
  readonly json: JsonContext;
  readonly identity: ApiIdentity;
  /** For all work that is more than looking something up. */
  readonly share: WorkShare;
  readonly largeReads: LargeReads;
  readonly logger: Pick<Logger, 'error'>;
}
