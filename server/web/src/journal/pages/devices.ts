/** The account's devices and scripts as the server knows them, and the log of what was done to access. */

import { signal } from "@preact/signals";
import type { DevicesActs, DeviceShown, DevicesPage, Scope } from "../../app/screens/devices";
import { SCOPES } from "../../app/screens/devices";
import { isKey, say } from "../../app/words/words";
import type { AccessEntry } from "../../core/generated/access";
import type { DeviceEntry } from "../../core/generated/messages";
import { given } from "../../views/fields";
import { localDay } from "../../views/moments";
import { carried } from "../acting";
import { asked, Fetched } from "../fetched";
import type { Journal } from "../journal";

interface Told {
  readonly devices: readonly DeviceEntry[];
  readonly log: readonly (AccessEntry & { readonly journal?: string })[];
}

const TOLD = new WeakMap<Journal, Fetched<Told>>();
const made = signal<{ readonly name: string; readonly token: string } | undefined>(undefined);

export function devices(journal: Journal): DevicesPage {
  let told = TOLD.get(journal);
  if (!told) TOLD.set(journal, (told = new Fetched(journal, (access) => ask(journal, access))));
  const paired = journal.link.paired.value;
  const { value, trouble } = paired ? told.get() : { value: undefined, trouble: "" };
  const here = new Set(journal.rows.value.map(({ device }) => device));
  const names = new Map(value?.devices.map((one) => [one.id, one.name]));
  const shown = {
    on: journal.today.value,
    paired,
    ...(value && { devices: value.devices.map((one) => deviceShown(one, here)) }),
    log: [...(value?.log ?? [])].sort((one, other) => other.at - one.at).map((one) => ({ id: `${one.journal ?? ""}${one.seq}`, at: localMoment(one.at), words: entryWords(journal, names, one) })),
    ...(made.value && { made: made.value }),
    trouble,
  };
  return { shown, acts: devicesActs(journal, told) };
}

async function ask(journal: Journal, access: Parameters<ConstructorParameters<typeof Fetched<Told>>[1]>[0]): Promise<Told> {
  const id = journal.id.peek();
  const found = await access.devices();
  const log: Told["log"][number][] = [...(await access.accessLog())];
  if (id && journal.roleIn(id) === "owner") log.push(...(await access.accessLog(id)).map((one) => ({ ...one, journal: id })));
  return { devices: found, log };
}

function deviceShown({ id, name, kind, created_at, revoked_at, scopes = [], writes_as = [] }: DeviceEntry, here: ReadonlySet<string>): DeviceShown {
  return given<DeviceShown>({
    id,
    name,
    kind: kind === "api" ? "script" : kind === "connection" ? "connection" : "device",
    since: localDay(new Date(created_at)),
    ended: revoked_at ? localDay(new Date(revoked_at)) : undefined,
    here: !revoked_at && writes_as.some((one) => here.has(one)),
    scopes: scopes.length ? (scopes as Scope[]) : SCOPES,
  });
}

function localMoment(at: number): string {
  const moment = new Date(at);
  return new Date(at - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** One line of a log: who did what to whom. */
function entryWords(journal: Journal, devices: ReadonlyMap<string, string>, { what, by = "", subject = "", role = "" }: AccessEntry): string {
  const who = by === "" ? say("log.server") : journal.isOwn(by) ? say("log.you") : (journal.nameOf(by) ?? say("together.somebody"));
  const whom = (journal.isOwn(subject) ? say("you") : journal.nameOf(subject)) ?? devices.get(subject) ?? "";
  const did = what.replaceAll(" ", "_");
  const key = `log.${did}`;
  // A role, or what a connection connects with.
  const roleWords = [`role.${role}`, `connects.${role}`].filter(isKey).map((found) => say(found))[0] ?? role;
  if (isKey(key)) return say(key, { who, whom, role: roleWords });
  return say("log.other", { who, what });
}

function devicesActs(journal: Journal, told: Fetched<Told>): DevicesActs {
  return carried<DevicesActs>({
    rename: async (id, name) => {
      await asked(journal, (access) => access.changeDevice(id, { name }), "done.renamed");
      await told.again();
    },
    revoke: async (id) => {
      await asked(journal, (access) => access.revokeDevice(id), "done.revoked");
      await told.again();
      await journal.link.now(); // if it was this one, that is seen at once
    },
    makeToken: async (name, scopes) => {
      const answer = await asked(journal, (access) => access.addDevice({ name, scopes: [...scopes] }));
      if (answer?.token) made.value = { name, token: answer.token };
      await told.again();
      return answer !== undefined;
    },
    toldToken: () => {
      made.value = undefined;
    },
  });
}
