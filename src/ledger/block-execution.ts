import type { StateChange, StateStore } from '../storage/stores.js';
import type { Block, Transaction } from '../types/block.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { Application, ApplicationState, BlockContext, Verdict } from './application.js';
import { LedgerError } from './ledger-error.js';
import { NonceWindow } from './nonce-window.js';
import type { Receipt } from './receipt.js';
import { accountKey, applicationKey } from './state-keys.js';

/** What executing blocks comes to. Nothing is written yet. */
export interface ExecutionOutcome {
  /** Of each block one per transaction, in order. */
  readonly receipts: readonly (readonly Receipt[])[];
  /** Changes of authenticated keys, each key once. */
  readonly changes: readonly StateChange[];
}

type Writes = Map<string, { readonly key: Uint8Array; readonly value: Uint8Array | undefined }>;

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

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
    const text = textOf(full);
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
    this.writes.set(textOf(full), { key: full, value });
  }
}

/**
 * Runs the transactions of consecutive blocks in order, as one change of the state: what lies between two of them is
 * never written. A transaction that fails leaves nothing but its receipt: neither state nor its nonce, as blocks with
 * failing transactions are valid (SPEC section 6).
 * @throws LedgerError `damaged`; StorageError
 */
export async function executeBlocks(blocks: readonly Block[], application: Application, store: StateStore): Promise<ExecutionOutcome> {
  const accounts = await loadAccounts(blocks, store);
  const used = new Set<PublicKeyHex>();
  const writes: Writes = new Map();
  const receipts: Receipt[][] = [];
  for (const { header: { sequence, timestampMs }, transactions } of blocks) {
    const ofBlock: Receipt[] = [];
    receipts.push(ofBlock);
    for (const [index, transaction] of transactions.entries()) {
      const account = accounts.get(transaction.sender) ?? NonceWindow.UNUSED;
      const state = new TransactionState(writes, store);
      const running = run(transaction, account, application, { sequence, timestampMs }, state);
      const verdict = running instanceof Promise ? await running : running;
      ofBlock.push({ transactionId: transaction.id, sequence, index, ok: verdict.ok, error: verdict.ok ? undefined : verdict.code });
      if (!verdict.ok) continue;
      for (const [text, write] of state.writes) writes.set(text, write);
      accounts.set(transaction.sender, account.with(transaction.nonce));
      used.add(transaction.sender);
    }
  }
  const accountChanges = [...used].map((sender) => ({ key: accountKey(sender), value: accounts.get(sender)?.encode() }));
  return { receipts, changes: [...writes.values(), ...accountChanges] };
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

async function loadAccounts(blocks: readonly Block[], store: StateStore): Promise<Map<PublicKeyHex, NonceWindow>> {
  const found = new Set<PublicKeyHex>();
  for (const { transactions } of blocks) for (const { sender } of transactions) found.add(sender);
  const senders = [...found];
  const values = senders.length === 0 ? [] : await store.getMany(senders.map(accountKey));
  return new Map(senders.map((sender, index) => [sender, decodeAccount(sender, values[index])]));
}

/** @throws LedgerError `damaged` */
export function decodeAccount(publicKey: PublicKeyHex, value: Uint8Array | undefined): NonceWindow {
  try {
    return value === undefined ? NonceWindow.UNUSED : NonceWindow.decode(value);
  } catch (error) {
    throw new LedgerError('damaged', `account ${publicKey}: its record cannot be decoded`, error);
  }
}
