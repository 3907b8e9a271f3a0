/**
 * What a device does about one answer of a server, step by step, within one transaction. It decides nothing: the steps
 * come from the session, and what does not add up is thrown, so that nothing of the answer is taken.
 */

import { writeAgain } from "../core/branch";
import { HLC_MIN, HybridClock } from "../core/clock";
import { asStub, identityDigest, nextChain, rankedAt, type Event } from "../core/envelope";
import { SyncFailed } from "../core/errors";
import type { PushResult } from "../core/generated/messages";
import { isSame, parsePayload } from "../core/json";
import type { Step } from "../core/steps";
import type { Surroundings } from "./device";
import type { Log } from "./log";
import { Receipts } from "./receipts";
import { redactionsAmong } from "./redactions";

type Take = Step & { do: "take" };

/** Carries steps out. Returns whether something was written again under another name, and so has to be sent or given back. */
export async function carryOut(log: Log, steps: readonly Step[], around: Surroundings): Promise<boolean> {
  let again = false;
  for (const step of steps) {
    switch (step.do) {
      case "acknowledge":
        for (const { device, result } of step.settled) await acknowledge(log, device, result, around);
        break;
      case "fork":
        again = (await part(log, step.event, around)) || again;
        break;
      case "take":
        again = (await take(log, step, around)) || again;
        break;
      case "keep receipts":
        if ((await log.chainAt(step.end.seq)) === step.end.chain) await new Receipts(log).keep(step.given, step.end.seq);
        break;
      case "attest":
        await attest(log, step.event);
        break;
      case "rewind":
        await forget(log, step.seq);
        await log.changeRow({ cursor: { seq: step.seq, chain: await log.chainAt(step.seq) } });
        break;
      case "leap":
      case "take history":
      case "history anew":
        throw new SyncFailed("A browser begins no journal from a snapshot.");
      default: // what is said to the person, or asked of the server
    }
  }
  return again;
}

/** Forgets the places of events, once what shows that they were there is written down. Returns how many. */
async function forget(log: Log, after: number, to?: number): Promise<number> {
  await new Receipts(log).setAside(after);
  return log.unplace(after, to);
}

async function bump(log: Log, { states }: Surroundings): Promise<void> {
  await log.bump();
  states.forget(log.journal);
}

async function acknowledge(log: Log, device: string, result: PushResult, around: Surroundings): Promise<void> {
  const event = await log.find(device, result.n);
  if (event === undefined || event.received_at) return; // another tab heard it first
  const { outcome, seq = 0, received_at = 0, merge_hlc = "", reason = "" } = result;
  if (outcome === "rejected") {
    await log.setApart(event, reason);
    await log.place(placed(asStub(log.journal, event, reason), seq, received_at, ""), undefined);
    await bump(log, around);
    return;
  }
  await stamp(log, event, placed(event, seq, received_at, merge_hlc), undefined, around);
}

function placed(event: Event, seq: number, received_at: number, merge_hlc: string): Event {
  const { merge_hlc: _, ...rest } = event;
  const lowered = merge_hlc && merge_hlc !== event.hlc ? { merge_hlc } : {};
  return { ...rest, seq, received_at, ...lowered };
}

/** An event held here got its place and, if this device's clock ran ahead, another rank. Words that were taken out stay out. */
async function stamp(log: Log, mine: Event, as: Event, chain: string | undefined, around: Surroundings): Promise<void> {
  if (mine.data_digest && !as.data_digest) {
    const { salt: _, ...rest } = as;
    as = { ...rest, data_digest: mine.data_digest, ...(mine.data === undefined ? {} : { data: mine.data }) };
  }
  await log.place(as, chain);
  if (rankedAt(as) === rankedAt(mine)) return;
  await bump(log, around);
  if (rankedAt(as) < (as.hlc ?? "")) {
    // The wall clock has its say when the next event is written: it may have been set right by then.
    const seen = (await log.setting("clock_seen")) ?? HLC_MIN;
    await log.set("clock", rankedAt(as) > seen ? rankedAt(as) : seen);
  }
}

async function take(log: Log, step: Take, around: Surroundings): Promise<boolean> {
  const { cursor } = await log.row();
  if (cursor.seq !== step.after.seq || cursor.chain !== step.after.chain) return false; // another tab took it first
  const run = await runOf(log, step);
  const chains = walked(log.journal, step, run);
  // What was confirmed here and does not stand in this run was lost meanwhile, and others came in its place.
  const moved = await forget(log, step.after.seq, step.cursor.seq);
  let again = await makeWay(log, run, around);
  await around.states.current(log);
  const fresh = await meet(log, run, chains, around);
  again ||= moved > 0 && (await log.count("lost")) > 0;
  await around.states.current(log);
  await log.add(fresh.map(([event]) => event), { confirmed: true, chains: fresh.map(([, chain]) => chain) });
  await log.changeRow({ cursor: step.cursor });
  await log.noteWordless(run);
  await around.states.applied(log, fresh.map(([event]) => event));
  await log.purge(redactionsAmong(run), around.account);
  await observe(log, run, around);
  if ((await log.count("lost")) === 0) await new Receipts(log).settle();
  return again;
}

/** The events of the run in order, own ones that were confirmed in the same answer put in their places. */
async function runOf(log: Log, step: Take): Promise<Event[]> {
  const bySeq = new Map(step.events.map((event) => [event.seq ?? 0, event]));
  for (const { device, result } of step.settled) {
    const mine = result.seq && !bySeq.has(result.seq) ? await log.find(device, result.n) : undefined;
    if (mine?.seq && mine.seq === result.seq) bySeq.set(mine.seq, mine);
  }
  const run: Event[] = [];
  for (let seq = step.after.seq + 1; seq <= step.cursor.seq; seq++) {
    const event = bySeq.get(seq);
    if (event === undefined) throw new SyncFailed(`The server left out event ${seq}; nothing was taken. Sync again.`);
    run.push(event);
  }
  return run;
}

/** The chain value at each place of the run. */
function walked(journal: string, { after, cursor }: Take, run: readonly Event[]): string[] {
  let chain = after.chain;
  const chains = run.map((event) => (chain = nextChain(chain, identityDigest(journal, event), event)));
  if (chain !== cursor.chain) {
    throw new SyncFailed("What the server sent does not match its own chain; nothing was taken. Sync again.");
  }
  return chains;
}

/** What is held here under the name of another event of the run is written again; returns whether any was. */
async function makeWay(log: Log, run: readonly Event[], around: Surroundings): Promise<boolean> {
  let again = false;
  for (const event of run) {
    const held = await log.find(event.device, event.n);
    if (held === undefined || identityDigest(log.journal, held) === identityDigest(log.journal, event)) continue;
    again = (await writeAnew(log, event.device, event.n, around)) || again;
  }
  return again;
}

/** Places events that are held here already; returns those that are new. */
async function meet(log: Log, run: readonly Event[], chains: readonly string[], around: Surroundings): Promise<[Event, string][]> {
  const fresh: [Event, string][] = [];
  for (const [at, event] of run.entries()) {
    const chain = chains[at] as string;
    const held = await log.find(event.device, event.n);
    if (held === undefined) {
      fresh.push([event, chain]);
    } else if (event.rejected && !held.rejected) {
      await log.setApart(held, event.rejected);
      await log.place(event, chain);
      await bump(log, around);
    } else {
      await stamp(log, held, event, chain, around);
    }
  }
  return fresh;
}

async function observe(log: Log, run: readonly Event[], { wall }: Surroundings): Promise<void> {
  const newest = run.map(rankedAt).reduce((one, other) => (one > other ? one : other), "");
  if (newest > ((await log.setting("clock_seen")) ?? "")) await log.set("clock_seen", newest);
  const clock = new HybridClock((await log.setting("clock")) ?? HLC_MIN, wall);
  if (newest > clock.last) await log.set("clock", newest);
}

async function part(log: Log, event: Event, around: Surroundings): Promise<boolean> {
  const held = await log.find(event.device, event.n);
  if (held === undefined || identityDigest(log.journal, held) !== identityDigest(log.journal, event)) return false;
  return writeAnew(log, event.device, event.n, around);
}

/**
 * The server's log has other events under these counters: what is here goes in anew, under another name. Returns whether there
 * was anything. Whose words they are, how they rank and what they had seen stays.
 */
async function writeAnew(log: Log, device: string, first: number, around: Surroundings): Promise<boolean> {
  const row = await log.row();
  const branch = await writeAgain(log.journal, await log.held(), new Map(), device, first, (d, n) => log.find(d, n));
  for (const [parted, n] of branch.parted) await log.remove(parted, n);
  for (const { event, confirmed } of branch.again) await log.add([event], { confirmed });
  const name = branch.names.get(row.device);
  if (name !== undefined) {
    await log.changeRow({ device: name });
    await log.set("device", name);
  }
  await bump(log, around);
  return branch.parted.size > 0;
}

/** Keeps the receipt that an event bears for what is left of its words, if the same is left of them here. */
async function attest(log: Log, event: Event): Promise<void> {
  const held = await log.find(event.device, event.n);
  if (!held || !event.receipt || !held.data_digest || held.data_digest !== event.data_digest) return;
  if (event.data === undefined || !isSame(parsePayload(held.data ?? ""), parsePayload(event.data))) return;
  await new Receipts(log).dressed({ ...held, data: event.data, receipt: event.receipt });
}
