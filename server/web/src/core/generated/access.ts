// Read off the classes in Python; `python -m tests.web.generated` writes it anew.
import type { Json } from "./payloads";

/** An account that is in a journal; `id` is what its events bear as `actor`. `you` marks the asker's own. */
export interface Member {
  id: string;
  name: string;
  role: "owner" | "therapist" | "reader";
  joined_at: number;
  you?: boolean;
}

/** `PATCH /v1/journals/{journal}/members/{id}`: another role. */
export interface RoleRequest {
  role: "owner" | "therapist" | "reader";
}

/** `POST /v1/journals/{journal}/invitations`. */
export interface InvitationRequest {
  role?: "owner" | "therapist" | "reader";
  days?: number;
}

/** An invitation to a journal. Its `code` is told once, when it is made. It opens nothing before each owner whose id is in `waits_for` has consented, nor once it is `used_at`, `withdrawn_at` or past `expires_at` (milliseconds). */
export interface Invitation {
  id: string;
  journal: string;
  role: "owner" | "therapist" | "reader";
  invited_by: string;
  created_at: number;
  expires_at: number;
  waits_for?: string[];
  used_at?: number;
  withdrawn_at?: number;
  code?: string;
}

/** `POST /v1/invitations/look` and `POST /v1/join`: an invitation's code. */
export interface CodeRequest {
  code: string;
}

/** What a code opens, told before it is used: the journal and its title, the role, who invites (their name), until when, and the names and roles of who is in it. */
export interface InvitationSeen {
  journal: string;
  title: string;
  role: "owner" | "therapist" | "reader";
  invited_by: string;
  expires_at: number;
  members: Member[];
  waits: boolean;
}

/** A code that pairs one more device with the account, once and before `expires_at` (milliseconds). It is told this once. */
export interface DeviceCode {
  code: string;
  expires_at: number;
}

/** `PATCH /v1/devices/{id}`: another name, or fewer or more scopes. */
export interface DeviceChange {
  name?: string;
  scopes?: ("read" | "write" | "manage")[];
}

/** An account: its id, and what others call it. */
export interface Account {
  id: string;
  name: string;
}

/** `PATCH /v1/account`: another name. */
export interface AccountChange {
  name: string;
}

/** One line of the access log: who (`by`, an account's id, and the device) did what to whose access. */
export interface AccessEntry {
  seq: number;
  at: number;
  what: string;
  chain: string;
  by?: string;
  device?: string;
  subject?: string;
  role?: string;
}

/** What a connection can be to: a plugin's connector, inbox or notifier. `settings` is a JSON Schema. */
export interface Brought {
  name: string;
  kind: "connector" | "inbox" | "notifier";
  title: string;
  defaults: ("titles" | "dates" | "numbers" | "free-text" | "assessments" | "sensitive")[];
  settings: Record<string, Json>;
}

/** A plugin of a server. `problem` says why it does not run. `private_hosts`: it may reach private addresses. */
export interface PluginEntry {
  name: string;
  package: string;
  version: string;
  enabled: boolean;
  problem?: string;
  private_hosts?: boolean;
  formats?: string[];
  connects?: Brought[];
}

/** A connection is to begin: `to` is what a plugin brings, or a plugin that brings one such thing. Without an `id` that is its name. Without `scopes`, those that the plugin offers first. One that begins `paused` sends nothing before it is resumed, so that what would leave can be looked at first. */
export interface ConnectionRequest {
  to: string;
  id?: string;
  settings?: Record<string, Json>;
  scopes?: ("titles" | "dates" | "numbers" | "free-text" | "assessments" | "sensitive")[];
  plain?: boolean;
  paused?: boolean;
}

/** What is different from now on: settings that are named (null brings a default back), all scopes, the wording. */
export interface ConnectionChange {
  settings?: Record<string, Json>;
  scopes?: ("titles" | "dates" | "numbers" | "free-text" | "assessments" | "sensitive")[];
  plain?: boolean;
}

/** A connection and how it goes. Times are in milliseconds since 1970, 0 for never. */
export interface Connection {
  id: string;
  journal: string;
  to: string;
  plugin: string;
  by: string;
  status: "active" | "paused" | "asks";
  reason?: string;
  scopes?: ("titles" | "dates" | "numbers" | "free-text" | "assessments" | "sensitive")[];
  plain?: boolean;
  settings?: Record<string, Json>;
  hosts?: string[];
  made_at?: number;
  generation?: number;
  behind?: number;
  letters?: number;
  failures?: number;
  success_at?: number;
  error_at?: number;
  error?: string;
  next_at?: number;
  address?: string;
  made_up?: Record<string, string>;
}

/** What the other side would not take: `id` names it to `retry` and `skip`. */
export interface Letter {
  id: string;
  kind: string;
  reason: string;
  tries: number;
  at: number;
}

/** A line of a connection's log. `sent`: so many things left to `hosts`, `words` names the kinds and their fields. */
export interface Line {
  at: number;
  what: string;
  words?: string;
  hosts?: string;
  things?: number;
}

/** What would leave for one thing: `text` as the plugin says, else `view` as the plugin is given it. */
export interface Previewed {
  kind: string;
  id: string;
  what: "changed" | "removed" | "withdrawn";
  view?: Record<string, Json>;
  text?: string;
}

/** A connection, what waits to be decided on, and the newest lines of its log. */
export interface ConnectionDetails {
  connection: Connection;
  letters: Letter[];
  log: Line[];
}

/** What trying a connection's settings out came to. */
export interface Checked {
  ok: boolean;
  words: string;
}
