/** Connects this browser to an account on a server, and finds the place of what was written here before. */

import { HLC_MIN } from "../core/clock";
import type { PairAnswer } from "../core/generated/messages";
import type { Device } from "./device";
import type { Server } from "./server";

/** Pairs by a one-time code; returns the journal that is in use from now on. Throws what the server answered. */
export async function pair(device: Device, server: Server, code: string, name: string): Promise<string> {
  const own = (await device.rows()).find((row) => !row.claimed)?.journal ?? "";
  const answer = await server.pair({ code, name, journal: own });
  await device.set("token", answer.token);
  await device.set("name", name);
  await device.set("roles", undefined);
  await device.adoptAccount(answer.account);
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
    await device.moveInto(own, target);
    return target;
  }
  return own || target || (journals[0]?.id ?? "");
}

/** Whether anything was ever written here. */
export async function isFresh(device: Device): Promise<boolean> {
  return (await device.rows()).length === 0 && ((await device.setting("clock")) ?? HLC_MIN) === HLC_MIN;
}
