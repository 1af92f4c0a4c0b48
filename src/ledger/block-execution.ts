import { mapKeyOf } from '../codec/bytes.js';
import type { StateChange, StateStore } from '../storage/stores.js';
import type { Block, Transaction } from '../types/block.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { Accounts } from './accounts.js';
import type { Application, ApplicationState, BlockContext, Verdict } from './application.js';
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

type Writes = Map<string, { readonly key: Uint8Array; readonly value: Uint8Array | undefined }>;

/** One transaction's view: its own writes, over those of the blocks so far, over the store. */
class TransactionState implements ApplicationState {
  readonly writes: Writes = new Map();
  readonly #earlier: Writes;
  readonly #store: StateStore;

  constructor(earlier: Writes, store: StateStore) {
    this.#earlier = earlier;
    this.#store = store;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const full = applicationKey(key);
    const text = mapKeyOf(full);
    const written = this.writes.get(text) ?? this.#earlier.get(text);
    return written === undefined ? this.#store.get(full) : Promise.resolve(written.value);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#write(key, value);
  }

  delete(key: Uint8Array): void {
    this.#write(key, undefined);
  }

  #write(key: Uint8Array, value: Uint8Array | undefined): void {
    const full = applicationKey(key);
    this.writes.set(mapKeyOf(full), { key: full, value });
  }
}

/**
 * Runs the transactions of consecutive blocks in order, as one change of the state: what lies between two of them is
 * never written. A transaction that fails leaves nothing but its receipt: neither state nor its nonce, as blocks with
 * failing transactions are valid (SPEC section 6).
 * @throws LedgerError `damaged`; StorageError
 */
export async function executeBlocks(blocks: readonly Block[], application: Application, store: StateStore, accounts: Accounts): Promise<ExecutionOutcome> {
  const before = await accounts.load(sendersOf(blocks));
  const used = new Map<PublicKeyHex, NonceWindow>();
  const writes: Writes = new Map();
  const receipts: Receipt[][] = [];
  for (const { header: { sequence, timestampMs }, transactions } of blocks) {
    const ofBlock: Receipt[] = [];
    receipts.push(ofBlock);
    for (const [index, transaction] of transactions.entries()) {
      const account = used.get(transaction.sender) ?? before.get(transaction.sender) ?? NonceWindow.UNUSED;
      const state = new TransactionState(writes, store);
      const running = run(transaction, account, application, { sequence, timestampMs }, state);
      const verdict = running instanceof Promise ? await running : running;
      ofBlock.push({ transactionId: transaction.id, sequence, index, ok: verdict.ok, error: verdict.ok ? undefined : verdict.code });
      if (!verdict.ok) continue;
      for (const [text, write] of state.writes) writes.set(text, write);
      used.set(transaction.sender, account.with(transaction.nonce));
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

function sendersOf(blocks: readonly Block[]): ReadonlySet<PublicKeyHex> {
  const found = new Set<PublicKeyHex>();
  for (const { transactions } of blocks) for (const { sender } of transactions) found.add(sender);
  return found;
}
