const MAX_CAUSE_LENGTH = 200;

/** What the operating system's codes mean for whoever wants to reach a member. */
const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused: nothing listens there, or a firewall says so',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'no such host name (ENOTFOUND)',
  EAI_AGAIN: 'the name server does not answer (EAI_AGAIN)',
  ETIMEDOUT: 'timed out',
  EHOSTUNREACH: 'no route to the host (EHOSTUNREACH)',
  ENETUNREACH: 'no route to the network (ENETUNREACH)',
  EMFILE: 'this process may open no more files (EMFILE)',
};

const OTHER_KEY = /^Payload identity key (\w{1,80}) does not match/;

/** Why an address could not be reached, in a few words for people. */
export function dialFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error).slice(0, MAX_CAUSE_LENGTH);
  const code: unknown = Reflect.get(error, 'code');
  const known = typeof code === 'string' ? CODES[code] : undefined;
  if (known !== undefined) return known;
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'timed out';
  const answered = OTHER_KEY.exec(error.message)?.[1];
  if (answered !== undefined) return `another key answered: ${answered}`;
  if (error.name === 'InvalidPeerIdError') return 'it is this platform itself';
  const causes: unknown = Reflect.get(error, 'errors');
  if (Array.isArray(causes) && causes.length > 0) return dialFailure(causes[0]);
  return (error.message === '' ? error.name : error.message).slice(0, MAX_CAUSE_LENGTH);
}
