import type { Launcher } from './npm-launcher.js';

/** How often it is looked whether npm still runs. */
const LAUNCHER_CHECK_MS = 1_000;

/** Why a platform in the foreground was asked to stop. */
export type ShutdownReason = 'SIGINT' | 'SIGTERM' | 'parent-gone';

/**
 * Resolves at SIGINT, SIGTERM or, with `withParent`, when the process that started this one has gone (its IPC channel
 * closes, however it ended); and when npm or npx has gone, where that started it. A second signal ends the process at
 * once.
 */
export function shutdownRequest(withParent: boolean, launcher: Launcher | undefined): Promise<ShutdownReason> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    const onParentGone = (): void => { resolve('parent-gone'); };
    if (launcher !== undefined) {
      const check = setInterval(() => {
        if (!launcher.isGone()) return;
        clearInterval(check);
        onParentGone();
      }, LAUNCHER_CHECK_MS);
      check.unref();
    }
    if (!withParent) return;
    process.once('disconnect', onParentGone);
    // The channel may have closed before this process came to listen, or never have been there.
    if (!process.connected) onParentGone();
  });
}
