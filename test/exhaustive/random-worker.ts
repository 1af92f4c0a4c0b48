import type { Share } from './random-campaign.js';
import { playShare } from './random-campaign.js';

// Ctrl-C reaches the whole group of processes: the parent decides when to end.
process.on('SIGINT', () => undefined);
process.on('message', (share: Share) => { process.send?.(playShare(share)); });
