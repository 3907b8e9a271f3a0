/** Connects this browser to an account on a server, and finds the place of what was written here before. */

import type { PairAnswer } from "../core/generated/messages";
import { writtenOver } from "../core/writing";
import type { Device } from "./device";
import { Log } from "./log";
import { Server } from "./server";

export { Server };

/**
 * Pairs by a one-time code; returns the journal that is in use from now on. With an `accountName` the code is an invitation's, and
 * somebody new begins an account by it. Throws what the server answered.
 */
export async function pair(device: Device, server: Server, code: string, name: string, accountName = ""): Promise<string> {
  const own = (await device.rows()).find((row) => !row.claimed)?.journal ?? "";
  const answer = await server.pair({ code, name, journal: own, ...(accountName && { account_name: accountName }) });
  await device.set("token", answer.token);
  await device.set("name", name);
  await device.set("roles", undefined);
  await adoptAccount(device, answer.account);
  const journal = await settleIn(device, answer, own);
  await device.set("journal", journal);
  return journal;
}

/** Makes the account's journals this device's. What was begun here goes into the account's own, unless it became that. */
async function settleIn(device: Device, { journals, claimed }: PairAnswer, own: string): Promise<string> {
  for (const { id, private: isPrivate } of journals) {
    if (id === own) await device.setClaimed(own);
    else await device.welcome(id, { isPrivate });
  }
  const target = journals.find((entry) => entry.private && entry.id !== own)?.id;
  if (own && !claimed && target) {
    await moveInto(device, own, target);
    return target;
  }
  return own || target || (journals[0]?.id ?? "");
}

/** From now on the device writes as `account`; what was never sent is rewritten as written by them. */
async function adoptAccount(device: Device, account: string): Promise<void> {
  for (const { journal } of await device.rows()) {
    await device.change(journal, async (log) => {
      for (const [, event] of await log.waiting("unsent", 0, Infinity, Infinity)) {
        if (event.actor !== account && !event.rejected) await log.rewrite({ ...event, actor: account });
      }
      await log.bump();
    });
  }
  await device.set("account", account);
}

/** Moves what was written in a journal that was never sent into another; the ids of what it is about stay. */
async function moveInto(device: Device, source: string, target: string): Promise<void> {
  await device.change(target, async (log, { states, account }) => {
    const from = new Log(log.tx, source);
    if ((await from.row()).claimed) throw new RangeError("That journal is on a server already and can't be moved into another.");
    const events = (await from.held()).map(({ event }) => event).filter(({ type = "" }) => !type.startsWith("journal."));
    const { device: name } = await log.row();
    await log.add(writtenOver(await states.current(log), { device: name, actor: account }, events), { confirmed: false });
    await from.removeJournal();
  });
  device.states.forget(source);
  device.tell(source);
}
