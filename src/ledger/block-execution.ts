import { mapKeyOf } from '../codec/bytes.js';
import type { StateChange, StateStore } from '../storage/stores.js';
import type { Block, Transaction } from '../types/block.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { Accounts } from './accounts.js';
import type { Application, ApplicationReader, ApplicationState, BlockContext, Verdict } from './application.js';
import { NonceWindow } from './nonce-window.js';
import type { Receipt } from './receipt.js';
import { accountKey, applicationKey } from './state-keys.js';

/** What executing blocks comes to. Nothing is written yet. */
export interface ExecutionOutcome {
  /** Of each block one per transaction, in order. */
  readonly receipts: readonly (readonly Receipt[])[];
  /** Changes of authenticated keys, each key once. */
  readonly changes: readonly StateChange[];
  /** The accounts among them. */
  readonly accounts: ReadonlyMap<PublicKeyHex, NonceWindow>;
}

interface Write extends StateChange {
  /** `mapKeyOf` of the key. */
  readonly text: string;
}

/** The last write of each key. */
type Writes = Map<string, Write>;

/** Up to so many writes of one transaction are looked through one by one: most have one, for which a Map is much garbage. */
const MAX_SCANNED_WRITES = 8;

/** One transaction's view: its own writes, over those of the blocks so far, over the store. */
class TransactionState implements ApplicationState {
  /** In the order in which they were made. */
  readonly writes: Write[] = [];
  #byText: Writes | undefined;
  readonly #earlier: Writes;
  readonly #store: StateStore;

  constructor(earlier: Writes, store: StateStore) {
    this.#earlier = earlier;
    this.#store = store;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const full = applicationKey(key);
    const text = mapKeyOf(full);
    const written = this.#own(text) ?? this.#earlier.get(text);
    return written === undefined ? this.#store.get(full) : Promise.resolve(written.value);
  }

  #own(text: string): Write | undefined {
    return this.#byText === undefined ? this.writes.findLast((write) => write.text === text) : this.#byText.get(text);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#write(key, value);
  }

  delete(key: Uint8Array): void {
    this.#write(key, undefined);
  }

  #write(key: Uint8Array, value: Uint8Array | undefined): void {
    const full = applicationKey(key);
    const write = { text: mapKeyOf(full), key: full, value };
    this.writes.push(write);
    if (this.#byText !== undefined) this.#byText.set(write.text, write);
    else if (this.writes.length > MAX_SCANNED_WRITES) this.#byText = new Map(this.writes.map((each) => [each.text, each]));
  }
}

/**
 * Runs the transactions of consecutive blocks in order, as one change of the state: what lies between two of them is
 * never written. A transaction that fails leaves its receipt and its used nonce, no other state: blocks with failing
 * transactions are valid (SPEC section 6).
 * @throws LedgerError `damaged`; StorageError
 */
export async function executeBlocks(
  blocks: readonly Block[], application: Application, store: StateStore, accounts: Accounts,
): Promise<ExecutionOutcome> {
  const windows = await accounts.load(sendersOf(blocks));
  const used = new Map<PublicKeyHex, NonceWindow>();
  const writes: Writes = new Map();
  const receipts: Receipt[][] = [];
  for (const { header: { sequence, timestampMs }, transactions } of blocks) {
    const context = { sequence, timestampMs };
    const ofBlock: Receipt[] = [];
    receipts.push(ofBlock);
    for (const [index, transaction] of transactions.entries()) {
      const account = windows.get(transaction.sender) ?? NonceWindow.unused();
      const state = new TransactionState(writes, store);
      const running = run(transaction, account, application, context, state);
      const verdict = running instanceof Promise ? await running : running;
      ofBlock.push({ transactionId: transaction.id, sequence, index, ok: verdict.ok, error: verdict.ok ? undefined : verdict.code });
      if (verdict.ok) for (const write of state.writes) writes.set(write.text, write);
      else if (!(await usesNonce(transaction, account, application, new TransactionState(writes, store)))) continue;
      account.use(transaction.nonce);
      used.set(transaction.sender, account);
    }
  }
  const accountChanges = [...used].map(([sender, window]) => ({ key: accountKey(sender), value: window.encode() }));
  return { receipts, changes: [...writes.values(), ...accountChanges], accounts: used };
}

/** `execute` is called only for a well-formed payload and a free nonce. */
function run(
  transaction: Transaction, account: NonceWindow, application: Application, context: BlockContext, state: ApplicationState,
): Verdict | Promise<Verdict> {
  const nonce = account.check(transaction.nonce);
  if (nonce !== 'free') return { ok: false, code: nonce, message: `nonce: ${transaction.nonce} cannot be used; the next free one is ${account.nextNonce}` };
  const wellFormed = application.validateTransaction(transaction.payload);
  return wellFormed.ok ? application.execute(transaction, context, state) : wellFormed;
}

/** Whether a failed transaction uses its nonce: where that was free, and its sender is known. */
async function usesNonce(
  { nonce, sender }: Transaction, account: NonceWindow, application: Application, state: ApplicationReader,
): Promise<boolean> {
  return account.check(nonce) === 'free' && await application.knows(sender, state);
}

function sendersOf(blocks: readonly Block[]): ReadonlySet<PublicKeyHex> {
  const found = new Set<PublicKeyHex>();
  for (const { transactions } of blocks) for (const { sender } of transactions) found.add(sender);
  return found;
}
