interface Clearable {
  clear(): void;
}

/** By the names of gossipsub's fields. */
const FIELDS = ['seenCache', 'publishedMessageIds', 'backoff'] as const;

/**
 * What gossipsub forgets by the host's date: which messages it saw and sent, and which peers it keeps out of its mesh.
 * With the date set back it keeps all of it for as long as the date was set back by, at any length. They may be
 * emptied at any time: a message is then judged once more, and ignored since it is known. Those that the installed
 * version does not have are left out.
 */
export function datedCachesOf(pubsub: object): readonly Clearable[] {
  return FIELDS.map((field): unknown => Reflect.get(pubsub, field)).filter(isClearable);
}

function isClearable(value: unknown): value is Clearable {
  return typeof value === 'object' && value !== null && 'clear' in value && typeof value.clear === 'function';
}
