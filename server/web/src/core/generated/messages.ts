// Read off the classes in Python; `python -m tests.web.generated` writes it anew.
import type { Json } from "./payloads";

export type Seen = Record<string, number>;
export type Scope = "read" | "write" | "manage";

/** One entry of a journal's log. */
export interface Event {
  seq?: number;
  device: string;
  n: number;
  seen?: Record<string, number>;
  hlc?: string;
  actor?: string;
  type?: string;
  v?: number;
  salt?: string;
  received_at?: number;
  merge_hlc?: string;
  rejected?: string;
  digest?: string;
  data_digest?: string;
  receipt?: string;
  data?: string;
}

/** What became of one pushed event. */
export interface PushResult {
  n: number;
  outcome: "stored" | "duplicate" | "gap" | "missing" | "forked" | "rejected" | "unproven";
  seq?: number;
  received_at?: number;
  merge_hlc?: string;
  last?: number;
  needs?: [string, number];
  reason?: string;
}

/** What one event adds to a chain: its digest, its `received_at`, its merge clock, and why it was rejected if it was. */
export type Link = [digest: string, received_at: number, merge_hlc: string, rejected?: string];

/** A way along a log, from the chain value before its first link to the place `seq`, for which there is a `receipt`. */
export interface Proof {
  chain: string;
  links: Link[];
  seq: number;
  receipt: string;
}

/** How far a log is known: its `seq` and the chain value there (hexadecimal). Both must lie on the server's log. */
export interface Cursor {
  seq: number;
  chain: string;
}

/** One journal's part of a `sync`: where the device stands, and what it has to send. */
export interface JournalSync {
  cursor: Cursor;
  device: string;
  acknowledged?: number;
  events?: Event[];
}

/** `POST /v1/sync`. */
export interface SyncRequest {
  journals: Record<string, JournalSync>;
}

/** What a server answers for one journal. */
export interface JournalAnswer {
  problem?: string;
  detail?: string;
  results?: PushResult[];
  events?: Event[];
  cursor?: Cursor;
  last?: number;
  more?: boolean;
  receipts?: Record<number, string>;
}

/** The answer to a `sync`: an entry for each journal asked about, the ids of all that the account has, and its role in those of which it is no owner. */
export interface SyncAnswer {
  journals: Record<string, JournalAnswer>;
  all_journals: string[];
  roles?: Record<string, string>;
}

/** `POST /v1/journals/{journal}/events`. */
export interface PushRequest {
  events: Event[];
}

/** One result for each event, in order. */
export interface PushAnswer {
  results: PushResult[];
}

/** `POST /v1/journals/{journal}/repair`: events with the `received_at` and `merge_hlc` they once had, and what shows that this server once had them. */
export interface RepairRequest {
  events: Event[];
  proofs?: Proof[];
}

/** `GET /v1/journals/{journal}/chain`: chain values at the places asked for, the end, and each device's counter. */
export interface ChainAnswer {
  head: Cursor;
  chains: Record<number, string>;
  counters: Record<string, number>;
}

/** `GET /v1/journals/{journal}/snapshot`: what the log adds up to at `cursor`, to begin from before the log is here. */
export interface Snapshot {
  fold: number;
  cursor: Cursor;
  state_hash: string;
  clock: string;
  received_at: number;
  types: [string, number][];
  state: string;
}

/** `POST /v1/pair`: a one-time code, and what the device is called. */
export interface PairRequest {
  code: string;
  name: string;
  journal?: string;
  keep?: boolean;
  account_name?: string;
}

/** A journal of an account, and the account's role in it. */
export interface JournalEntry {
  id: string;
  role: string;
  private: boolean;
  empty: boolean;
}

/** The device's token (shown once), whom it belongs to, and the journals that account has. */
export interface PairAnswer {
  token: string;
  account: string;
  account_name: string;
  claimed: boolean;
  journals: JournalEntry[];
}

/** `POST /v1/journals`: makes a journal that began on a device the account's. Asking again changes nothing. */
export interface ClaimRequest {
  id: string;
  private?: boolean;
}

/** `POST /v1/journals/{journal}/feeds`. */
export interface FeedRequest {
  format?: string;
  plain?: boolean;
  name?: string;
  settings?: Record<string, Json>;
}

/** `PATCH /v1/journals/{journal}/feeds/{feed}`. What is left out stays; a setting that is null goes back to its default. */
export interface FeedChange {
  plain?: boolean;
  name?: string;
  settings?: Record<string, Json>;
}

/** A calendar subscription; its secret `url` is told once, when it is made. `settings` are those of its format that were set, `changed_at` is when they, the words or the name last changed. */
export interface Feed {
  id: string;
  journal: string;
  format: string;
  plain: boolean;
  name: string;
  created_at: number;
  revoked_at?: number;
  settings?: Record<string, Json>;
  changed_at?: number;
  url?: string;
}

/** `POST /v1/devices`: a token for a script, what it is called, and what it may. */
export interface DeviceRequest {
  name: string;
  scopes?: ("read" | "write" | "manage")[];
}

/** A device of an account. `log`: it keeps a log of its own; `api`: a script, whose events the server counts. */
export interface DeviceEntry {
  id: string;
  name: string;
  kind: string;
  created_at: number;
  revoked_at?: number;
  token?: string;
  scopes?: ("read" | "write" | "manage")[];
  writes_as?: string[];
}

/** An error as `application/problem+json` (RFC 9457); `type` leads to its description. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
}
