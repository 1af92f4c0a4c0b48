import type { JsonContext } from './block-json.js';
import type { ApiIdentity } from './identity.js';
import type { HttpLimits } from './limits.js';
import type { PlatformView } from './platform-view.js';

/** What every route answers from. */
export interface RouteContext {
  readonly view: PlatformView;
  readonly limits: HttpLimits;
  readonly json: JsonContext;
  readonly identity: ApiIdentity;
}
