/**
 * Whose the journals are, and who is in them: small copies of what a server told last, kept on the device so that they are
 * known offline. Knows no rule and no screen.
 */

import type { Member } from "../core/generated/access";
import type { JournalEntry } from "../core/generated/messages";
import type { Device } from "./device";
import type { Server } from "./server";

/** The role in a journal that the account is in no more: what is here stays, and is synced no further. */
export const LEFT = "none";

export type Role = Member["role"];

/** Somebody who is or was in a journal of this device's; `roles` has those journals that they are in. */
export interface Person {
  readonly name: string;
  readonly roles: Readonly<Record<string, Role>>;
}

export type People = Readonly<Record<string, Person>>;

/** What a journal of the account's that nobody began yet is begun with. */
export interface Beginning {
  readonly title: string;
  readonly timeZone: string;
  readonly locale: string;
}

/** Asks which journals the account has and who is in them, and keeps that. A private one that nobody began is begun. */
export async function learn(device: Device, server: Server, { title, timeZone, locale }: Beginning): Promise<void> {
  const here = new Map((await device.rows()).map((row) => [row.journal, row]));
  const told = (await server.ask<readonly JournalEntry[]>("GET", "/v1/journals")).filter(({ id }) => here.has(id));
  for (const { id, private: isPrivate, empty } of told) {
    if (here.get(id)?.private !== isPrivate) await device.setPrivate(id, isPrivate);
    if (isPrivate && empty && (await device.state(id)).devices.size === 0) {
      await device.append(id, [{ type: "journal.opened", fields: { title, time_zone: timeZone, locale } }]);
    }
  }
  const asked: [string, readonly Member[]][] = [];
  for (const { id } of told) asked.push([id, await server.ask<readonly Member[]>("GET", `/v1/journals/${id}/members`)]);
  await noteMembers(device, asked);
}

/** Keeps who is in these journals. Who is in none of them any more keeps the name that others know them by. */
export async function noteMembers(device: Device, asked: readonly (readonly [journal: string, members: readonly Member[]])[]): Promise<void> {
  const found = new Map(Object.entries(await peopleOn(device)));
  for (const [journal, members] of asked) {
    for (const [id, { name, roles }] of found) {
      const { [journal]: _, ...others } = roles;
      found.set(id, { name, roles: others });
    }
    for (const { id, name, role } of members) found.set(id, { name, roles: { ...found.get(id)?.roles, [journal]: role } });
  }
  await device.note("people", JSON.stringify(Object.fromEntries(found)));
}

export async function peopleOn(device: Device): Promise<People> {
  return JSON.parse((await device.setting("people")) ?? "{}") as People;
}

/** Journal → the account's role in it, where that is not `owner`. */
export async function rolesOn(device: Device): Promise<Readonly<Record<string, string>>> {
  return JSON.parse((await device.setting("roles")) ?? "{}") as Record<string, string>;
}

/** The account is in a journal no more. */
export async function noteLeft(device: Device, journal: string): Promise<void> {
  await device.note("roles", JSON.stringify({ ...(await rolesOn(device)), [journal]: LEFT }));
}
