/**
 * The browser's device in a process of its own, for tests in Python: a command in a line of JSON, and its answer in another.
 * Its database is in memory; it can be written down and put back, as a browser's profile can.
 */

import "../../server/web/node_modules/fake-indexeddb/auto/index.mjs";
import { createInterface } from "node:readline";

import { fold, stateHash } from "../../server/web/src/core/journal";
import { parseMessage } from "../../server/web/src/core/json";
import { instant } from "../../server/web/src/views/moments";
import { sessionsBetween } from "../../server/web/src/views/sessions";
import { firstWrites, thenNow } from "../../server/web/src/views/then_now";
import { dated } from "../../server/web/src/views/timeline";
import { setAside } from "../../server/web/src/core/register";
import { formatHlc } from "../../server/web/src/core/clock";
import { openDatabase, writing } from "../../server/web/src/device/database";
import { Log } from "../../server/web/src/device/log";
import { Device } from "../../server/web/src/device/device";
import { pair } from "../../server/web/src/device/pairing";
import { Server } from "../../server/web/src/device/server";
import { sync } from "../../server/web/src/device/syncing";

type Given = Record<string, any>;

let device: Device;
let skewMs = 0;
let backup: Record<string, { keys: IDBValidKey[]; values: unknown[] }> = {};
const open = async (name: string) => new Device(await openDatabase(name), () => Date.now() + skewMs);

const COMMANDS: Record<string, (given: Given) => Promise<unknown>> = {
  open: async ({ name }) => void (device = await open(name)),
  begin: ({ title }) => device.openJournal(title, "Europe/Berlin", "en"),
  pair: ({ url, code, name }) => pair(device, new Server(url), code, name),
  skew: async ({ ms }) => void (skewMs = ms),
  append: async ({ journal, drafts }) => (await device.append(journal, drafts)).map(({ device: by, n }) => [by, n]),
  /** Writes what no server will take: its own core would refuse it. */
  break_a_rule: async ({ journal, id, title }) => {
    await writing(device.database, async (tx) => {
      const log = new Log(tx, journal);
      const { device: by, last } = await log.row();
      const n = Math.max(...(await log.rows()).filter((row) => row.device === by).map((row) => row.n)) + 1;
      const data = JSON.stringify({ id, title, importance: 1000 });
      const hlc = formatHlc(Date.now(), last);
      await log.add([{ device: by, n, hlc, actor: await actorIn(log), type: "goal.revised", salt: "AAAAAAAAAAAAAAAA", data }], { confirmed: false });
      await log.bump();
    });
  },
  sync: async ({ url }) => {
    const { problems, ...report } = await sync(device, new Server(url, await device.setting("token")));
    return { ...report, problems: Object.fromEntries(problems) };
  },
  token: async ({ token }) => device.set("token", token),
  rows: () => device.rows(),
  unsent: async () => [...(await device.known()).unsent.values()].reduce((sum, n) => sum + n, 0),
  state: async ({ journal }) => {
    const state = await device.state(journal);
    const kinds = [...state.entities.keys()];
    return {
      hash: stateHash(state),
      fields: Object.fromEntries(kinds.map((kind) => [kind, Object.fromEntries(state.visible(kind).map((id) => [id, state.fields(kind, id)]))])),
      aside: kinds.flatMap((kind) =>
        [...(state.entities.get(kind)?.keys() ?? [])].flatMap((id) =>
          [...state.registers(kind, id)].flatMap(([name, register]) => setAside(register).map(({ value }) => [kind, id, name, value])),
        ),
      ).sort(),
    };
  },
  instants: async ({ moments }) => moments.map(instant),
  sessions: async ({ journal, log, first, last }) =>
    sessionsBetween(fold(journal, parseMessage(log) as never), first, last).map(({ id, start, status, isGiven }) => [id, start, status, isGiven]),
  dated: async ({ journal, log, on, first, last }) => {
    const events = parseMessage(log) as never[];
    const state = fold(journal, events);
    const began = firstWrites(events, journal, "goal");
    return {
      began: [...began].map(([id, { at, values }]) => [id, at, Object.fromEntries(values)]),
      dated: dated(state, began, on, { first, last }),
      whole: dated(state, began, on),
      thenNow: thenNow(state, began),
    };
  },
  refused: async () => device.database.getAll("refused"),
  texts: async () => JSON.stringify(await everything()),
  reopen: async ({ name }) => {
    device.close();
    device = await open(name);
  },
  copy: async () => void (backup = await everything()),
  put_back: async ({ name }) => {
    const tx = device.database.transaction([...device.database.objectStoreNames], "readwrite");
    for (const store of device.database.objectStoreNames) {
      const { keys, values } = backup[store] as { keys: IDBValidKey[]; values: unknown[] };
      await tx.objectStore(store).clear();
      for (const [at, value] of values.entries()) {
        const inline = tx.objectStore(store).keyPath !== null;
        await (tx.objectStore(store) as any).put(value, inline ? undefined : keys[at]);
      }
    }
    await tx.done;
    await COMMANDS["reopen"]?.({ name });
  },
};

async function actorIn(log: Log): Promise<string> {
  return (await log.setting("account")) ?? "";
}

async function everything(): Promise<typeof backup> {
  const stores = [...device.database.objectStoreNames];
  return Object.fromEntries(
    await Promise.all(
      stores.map(async (store) => [
        store,
        { keys: await device.database.getAllKeys(store), values: await device.database.getAll(store) },
      ]),
    ),
  );
}

for await (const line of createInterface({ input: process.stdin })) {
  const { do: command, ...given } = JSON.parse(line) as Given;
  try {
    const value = await COMMANDS[command as string]?.(given);
    process.stdout.write(`${JSON.stringify({ value: value ?? null })}\n`);
  } catch (error) {
    const { name, message, stack } = error as Error;
    process.stdout.write(`${JSON.stringify({ error: name, words: message, at: stack })}\n`);
  }
}
process.exit(0);
