/** Why a platform in the foreground was asked to stop. */
export type ShutdownReason = 'SIGINT' | 'SIGTERM' | 'parent-gone';

/**
 * Resolves at SIGINT, SIGTERM or, with `withParent`, when the process that started this one has gone (its IPC channel
 * closes, however it ended). A second signal ends the process at once.
 */
export function shutdownRequest(withParent: boolean): Promise<ShutdownReason> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    if (!withParent) return;
    const onParentGone = (): void => { resolve('parent-gone'); };
    process.once('disconnect', onParentGone);
    // The channel may have closed before this process came to listen, or never have been there.
    if (!process.connected) onParentGone();
  });
}
