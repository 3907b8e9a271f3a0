/** What a person asks a server about access: devices, members, invitations, calendar feeds and connections. */

import type {
  AccessEntry, Account, Checked, Connection, ConnectionChange, ConnectionDetails, ConnectionRequest, DeviceChange, DeviceCode, Invitation, InvitationRequest,
  InvitationSeen, Member, PluginEntry, Previewed, RoleRequest,
} from "../core/generated/access";
import type { DeviceEntry, DeviceRequest, Feed, FeedChange, FeedRequest, JournalEntry } from "../core/generated/messages";
import { Server } from "./server";

/** Where a server has to wait for somebody else. */
const OUTSIDE_MS = 900_000;

export type Steering = "run" | "pause" | "resume" | "retry" | "skip" | "withdraw";

/** Every method throws what the server answered, or Offline. */
export class Access {
  constructor(readonly server: Server) {}

  devices = () => this.#get<readonly DeviceEntry[]>("/v1/devices");
  addDevice = (asked: DeviceRequest) => this.#send<DeviceEntry>("POST", "/v1/devices", asked);
  changeDevice = (id: string, change: DeviceChange) => this.#send<DeviceEntry>("PATCH", `/v1/devices/${id}`, change);
  /** A code that connects one more device. */
  deviceCode = () => this.#send<DeviceCode>("POST", "/v1/devices/code");
  revokeDevice = (id: string) => this.#send<DeviceEntry>("DELETE", `/v1/devices/${id}`);

  /** What others call whoever asks. */
  rename = (name: string) => this.#send<Account>("PATCH", "/v1/account", { name });
  journals = () => this.#get<readonly JournalEntry[]>("/v1/journals");
  members = (journal: string) => this.#get<readonly Member[]>(`${at(journal)}/members`);
  changeMember = (journal: string, id: string, role: RoleRequest) => this.#send<Member>("PATCH", `${at(journal)}/members/${id}`, role);
  removeMember = (journal: string, id: string) => this.#send<Member>("DELETE", `${at(journal)}/members/${id}`);
  invitations = (journal: string) => this.#get<readonly Invitation[]>(`${at(journal)}/invitations`);
  invite = (journal: string, asked: InvitationRequest) => this.#send<Invitation>("POST", `${at(journal)}/invitations`, asked);
  consent = (journal: string, id: string) => this.#send<Invitation>("POST", `${at(journal)}/invitations/${id}/consent`);
  withdrawInvitation = (journal: string, id: string) => this.#send<Invitation>("DELETE", `${at(journal)}/invitations/${id}`);
  look = (code: string) => this.#send<InvitationSeen>("POST", "/v1/invitations/look", { code });
  join = (code: string) => this.#send<JournalEntry>("POST", "/v1/join", { code });
  accessLog = (journal = "") => this.#get<readonly AccessEntry[]>(journal ? `${at(journal)}/access-log` : "/v1/access-log");

  feeds = (journal: string) => this.#get<readonly Feed[]>(`${at(journal)}/feeds`);
  addFeed = (journal: string, asked: FeedRequest) => this.#send<Feed>("POST", `${at(journal)}/feeds`, asked);
  changeFeed = (journal: string, id: string, change: FeedChange) => this.#send<Feed>("PATCH", `${at(journal)}/feeds/${id}`, change);
  rotateFeed = (journal: string, id: string) => this.#send<Feed>("POST", `${at(journal)}/feeds/${id}/rotate`);
  revokeFeed = (journal: string, id: string) => this.#send<Feed>("DELETE", `${at(journal)}/feeds/${id}`);

  plugins = () => this.#get<readonly PluginEntry[]>("/v1/plugins");
  connections = (journal: string) => this.#get<readonly Connection[]>(`${at(journal)}/connections`);
  addConnection = (journal: string, asked: ConnectionRequest) => this.#send<Connection>("POST", `${at(journal)}/connections`, asked);
  connection = (journal: string, id: string) => this.#get<ConnectionDetails>(`${at(journal)}/connections/${id}`);
  changeConnection = (journal: string, id: string, change: ConnectionChange) => this.#send<Connection>("PATCH", `${at(journal)}/connections/${id}`, change);
  removeConnection = (journal: string, id: string) => this.#send<null>("DELETE", `${at(journal)}/connections/${id}`);
  checkConnection = (journal: string, id: string) => this.#send<Checked>("POST", `${at(journal)}/connections/${id}/check`, undefined, OUTSIDE_MS);
  preview = (journal: string, id: string) => this.#get<readonly Previewed[]>(`${at(journal)}/connections/${id}/preview`);
  steer = (journal: string, id: string, how: Steering, letter = "") =>
    this.#send<Connection>("POST", `${at(journal)}/connections/${id}/${how}${letter && `?letter=${encodeURIComponent(letter)}`}`, undefined, OUTSIDE_MS);

  #get<T>(path: string): Promise<T> {
    return this.server.ask<T>("GET", path);
  }

  #send<T>(method: string, path: string, asked?: object, timeoutMs?: number): Promise<T> {
    return this.server.ask<T>(method, path, asked && JSON.stringify(asked), timeoutMs);
  }
}

function at(journal: string): string {
  return `/v1/journals/${journal}`;
}
