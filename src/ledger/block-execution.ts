import type { StateChange, StateStore } from '../storage/stores.js';
import type { Block, Transaction } from '../types/block.js';
import type { PublicKeyHex } from '../types/ids.js';
import type { Application, ApplicationState, BlockContext, Verdict } from './application.js';
import { LedgerError } from './ledger-error.js';
import { NonceWindow } from './nonce-window.js';
import type { Receipt } from './receipt.js';
import { accountKey, applicationKey } from './state-keys.js';

/** What executing a block comes to. Nothing is written yet. */
export interface BlockOutcome {
  /** One per transaction, in order. */
  readonly receipts: readonly Receipt[];
  /** Changes of authenticated keys, each key once. */
  readonly changes: readonly StateChange[];
}

type Writes = Map<string, { readonly key: Uint8Array; readonly value: Uint8Array | undefined }>;

function textOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}

/** One transaction's view: its own writes, over those of the block so far, over the store. */
class TransactionState implements ApplicationState {
  readonly writes: Writes = new Map();
  readonly #block: Writes;
  readonly #store: StateStore;

  constructor(block: Writes, store: StateStore) {
    this.#block = block;
    this.#store = store;
  }

  get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const full = applicationKey(key);
    const text = textOf(full);
    const written = this.writes.get(text) ?? this.#block.get(text);
    return written === undefined ? this.#store.get(full) : Promise.resolve(written.value);
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#write(key, new Uint8Array(value));
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
 * Runs a block's transactions in order. One that fails leaves nothing but its receipt: neither state nor its nonce, as
 * blocks with failing transactions are valid (SPEC section 6).
 * @throws LedgerError `damaged`; StorageError
 */
export async function executeBlock(block: Block, application: Application, store: StateStore): Promise<BlockOutcome> {
  const context: BlockContext = { sequence: block.header.sequence, timestampMs: block.header.timestampMs };
  const accounts = await loadAccounts(block.transactions, store);
  const used = new Set<PublicKeyHex>();
  const writes: Writes = new Map();
  const receipts: Receipt[] = [];
  for (const [index, transaction] of block.transactions.entries()) {
    const account = accounts.get(transaction.sender) ?? NonceWindow.UNUSED;
    const state = new TransactionState(writes, store);
    const running = run(transaction, account, application, context, state);
    const verdict = running instanceof Promise ? await running : running;
    receipts.push({
      transactionId: transaction.id, sequence: block.header.sequence, index, ok: verdict.ok, error: verdict.ok ? undefined : verdict.code,
    });
    if (!verdict.ok) continue;
    for (const [text, write] of state.writes) writes.set(text, write);
    accounts.set(transaction.sender, account.with(transaction.nonce));
    used.add(transaction.sender);
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

async function loadAccounts(transactions: readonly Transaction[], store: StateStore): Promise<Map<PublicKeyHex, NonceWindow>> {
  const senders = [...new Set(transactions.map(({ sender }) => sender))];
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
