/** Where this device stands in a journal, and what a session asks about its log when it needs to know. */

import { unplaced } from "../core/envelope";
import { MAX_PUSH_BYTES, MAX_PUSH_EVENTS, NOBODY } from "../core/generated/table";
import type { Standing } from "../core/steps";
import { reading } from "./database";
import type { Device } from "./device";
import { Log } from "./log";
import { Receipts } from "./receipts";

type Within = <T>(work: (log: Log) => Promise<T>) => Promise<T>;

/** Where this device stands, with at most so much to send. */
export function standing(device: Device, journal: string, maxEvents = MAX_PUSH_EVENTS, maxBytes = MAX_PUSH_BYTES): Promise<Standing> {
  return reading(device.database, async (tx) => {
    const log = new Log(tx, journal);
    const { device: name, cursor } = await log.row();
    const unsent = maxEvents > 0 ? (await log.waiting("unsent", 0, maxEvents, maxBytes)).map(([, event]) => event) : [];
    return {
      device: name,
      cursor,
      acknowledged: await log.confirmedCounter(name),
      unsent,
      moreUnsent: (await log.count("unsent")) > unsent.length,
      placedTo: await log.placedTo(),
      behind: undefined,
      receipted: await new Receipts(log).last(),
      bare: await new Receipts(log).bare(),
      ...asking((work) => reading(device.database, (inside) => work(new Log(inside, journal)))),
    };
  });
}

/** The questions of a session about a log that `within` opens. No snapshot is begun from: the log comes page by page. */
export function asking(within: Within): Pick<Standing, "chainAt" | "held" | "mayBeginFrom" | "proofs"> {
  return {
    chainAt: (seq) => within((log) => log.chainAt(seq)),
    held: (after) =>
      within(async (log) => {
        const lost = await log.waiting("lost", after, MAX_PUSH_EVENTS);
        return lost.map(([ordinal, event]) => [ordinal, unplaced(event)] as const);
      }),
    mayBeginFrom: () => false,
    proofs: (events) =>
      within(async (log) => {
        const account = (await log.setting("account")) ?? NOBODY;
        const roles = JSON.parse((await log.setting("roles")) ?? "{}") as Record<string, string>;
        const isOwner = (roles[log.journal] ?? "owner") === "owner";
        const needsProof = ({ rejected, actor }: { rejected?: string; actor?: string }) => Boolean(rejected) || actor !== account || !isOwner;
        const [taken, proofs] = await new Receipts(log).proofs(events, needsProof);
        return { events: taken, proofs };
      }),
  };
}
