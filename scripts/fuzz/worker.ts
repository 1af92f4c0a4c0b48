import { targetNamed } from '../../test/fuzz/catalogue.js';
import type { Share } from '../../test/fuzz/campaign.js';
import { runShare } from '../../test/fuzz/campaign.js';

// Ctrl-C reaches the whole group of processes: the parent decides when to end.
process.on('SIGINT', () => undefined);
process.on('message', (share: Share) => {
  void runShare(targetNamed(share.target), share).then((result) => process.send?.(result));
});
