/** @throws whatever `run` throws first, once what was under way has ended */
export async function inParallel<Item>(items: readonly Item[], workers: number, run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const failures: unknown[] = [];
  await Promise.all(Array.from({ length: workers }, async () => {
    for (let item = waiting.shift(); item !== undefined && failures.length === 0; item = waiting.shift()) {
      await run(item).catch((error: unknown) => { failures.push(error); });
    }
  }));
  if (failures.length > 0) throw failures[0];
}
