/**
 * How a device and a server come to hold the same log; sans I/O: requests come out, answers go in, steps come out.
 *
 * Theory of operation
 * -------------------
 * A `Session` is the conversation about one journal. It is told where the device stands (`Standing`), gives the next
 * request, takes the answer and gives back steps for the device to carry out, all of one answer in one transaction.
 * It keeps nothing that matters: after a crash a new session begins at the same place, since every request may be
 * sent again. It waits for nothing but what it asks the standing for, so a transaction on the device's store may stay
 * open meanwhile.
 *
 *     converge  sends what is unsent, takes what is new, until there is neither.
 *               The server does not know the cursor, or less of this device than it once confirmed -> search
 *               Something that a server confirmed once has no place in its log -> takes what is new, sends nothing; repair
 *     search    finds the last place where both logs agree, by asking for chain values at up to 64 places at a time.
 *               Found -> rewind, converge
 *     repair    gives the server every event it lacks, whoever wrote it, in causal order, with its original clocks and what
 *               shows that the server had it. Given -> converge, which takes the server's new order of things. What is
 *               `unproven` stays here, and what depends on it waits: it comes with its author's devices
 *     leap      asks for a snapshot, where the first page of a log says that there are more. A good one is begun from: the
 *               journal can be used and written to at once. Any other is passed over -> converge, page by page
 *     attest    asks for what is left of somebody else's event that lost its words here, with the server's receipt for it
 *     history   fetches, once all else is done, the log that the snapshot stands for. It must come before repair, and before
 *               anything else where this version can't read the snapshot it once began from
 *
 * Where a device was put back as well, or two share a copy, a counter can stand for one event here and for another
 * one there (`forked`, or met in a page): what is here is written again under another name. That has to be known
 * before anything is given back, or what had seen the one event would be taken to have seen the other. So a device
 * first takes all that the server has; and so it does where it hears of a fork, which may begin earlier than that.
 */

import type { Event } from "./envelope";
import { InvalidEvent, SyncFailed } from "./errors";
import type { ChainAnswer, Cursor, JournalAnswer, PushAnswer, PushResult, Snapshot } from "./generated/messages";
import { FOLD_VERSION, MAX_CHAIN_POINTS } from "./generated/table";
import { stateHash, type State } from "./journal";
import { loadState } from "./kept";
import { isKnown, isPluginType } from "./reading";
import { REDACTION } from "./redaction";
import type { Answer, Behind, Request, Settled, Standing, Step } from "./steps";

/** Outcomes after which an event needs not be sent again. */
const SETTLED: ReadonlySet<string> = new Set(["stored", "duplicate", "rejected"]);
/** Outcomes by which something that was given back has come to the server. */
const GIVEN: ReadonlySet<string> = new Set(["stored", "rejected", "forked"]);
/** How often one session searches or repairs; a server that loses things faster than that needs a person. */
const MAX_REPAIRS = 3;
const NOT_WHOLE = "The server's answer is not whole; nothing was taken from it. Sync again.";
const WAITS =
  "The server lost what others wrote in this journal, and this device can't show that it once had it. Everything is kept " +
  "here. It comes back with the devices of those who wrote it; until then, what you wrote after it waits.";
const BEFORE_SNAPSHOT =
  "The server was put back to before the snapshot that this device began from. Everything is kept here; sync again when " +
  "another device has brought back what the server lost.";

export type Phase = "converge" | "search" | "repair" | "leap" | "history" | "attest" | "done";

/** The conversation about one journal, from wherever it stands until both sides hold the same. */
export class Session {
  phase: Phase = "converge";
  /** How many events of others' were not taken, when they were last given back. */
  unproven = 0;

  readonly #history: boolean;
  readonly #wait: boolean;
  #afterHistory: "converge" | "repair" | "done" = "done";
  #anew = false;
  #leapt = false;
  #lost = false;
  #least = 0;
  #agreed = 0;
  #parted = 0;
  #asked: readonly number[] = [];
  #sent: readonly Event[] = [];
  #held: readonly (readonly [ordinal: number, event: Event])[] = [];
  #givenTo = 0;
  #look = true;
  #taking = false;
  #searches = 0;
  #repairs = 0;
  #stuck = false;
  #claimed = false;
  #gave = false;
  readonly #attested = new Set<number>();

  /**
   * Without `history`, the log under a snapshot is left for another time, unless it is needed now. Without `wait`,
   * nobody is waited for who might bring back what a server lost.
   */
  constructor({ history = true, wait = true } = {}) {
    this.#history = history;
    this.#wait = wait;
  }

  /** Whether nothing is left to ask. */
  get done(): boolean {
    return this.phase === "done";
  }

  /** Asks nothing more. */
  end(): void {
    this.phase = "done";
  }

  /**
   * In the middle of it the server does not know the journal any more, or not as this account's; returns whether to
   * offer it once more. Then it is begun from the beginning.
   */
  isUnknown(): boolean {
    if (this.#claimed) return false;
    this.#claimed = this.#look = true;
    this.phase = "converge";
    return true;
  }

  /** Something was written again under another name: it has to be sent, or given back. */
  lookAgain(): void {
    this.#look = true;
    if (this.phase === "done") this.phase = "converge";
    else if (this.#afterHistory === "done") this.#afterHistory = "converge";
  }

  /** What to ask next; nothing where somebody else did what was left. */
  async request(standing: Standing): Promise<Request | undefined> {
    const { behind } = standing;
    if (behind && !behind.readable && this.phase === "converge") {
      this.phase = "history";
      this.#afterHistory = "converge";
    }
    if (this.phase === "history") {
      if (behind) return { ask: "history", after: behind.known, until: behind.place.seq };
      this.phase = this.#afterHistory;
    }
    if (this.phase === "repair") {
      this.#held = await standing.held(this.#givenTo);
      if (this.#held.length) return this.#give(standing);
      if (this.#givenTo && !this.#gave) this.#stuck = true; // another time would be the same
      this.phase = "converge";
      this.#look = true;
    }
    switch (this.phase) {
      case "done":
        return undefined;
      case "attest":
        return this.#bare(standing);
      case "leap":
        return { ask: "snapshot", least: this.#least };
      case "search":
        this.#asked = spread(this.#agreed, this.#parted);
        return { ask: "chain", seqs: this.#asked };
      default:
        return this.#part(standing);
    }
  }

  /** As much of what is held as fits one request, with what shows that the server had it. */
  async #give(standing: Standing): Promise<Request> {
    const { events, proofs } = await standing.proofs(this.#held.map(([, event]) => event));
    this.#held = this.#held.slice(0, events.length);
    return { ask: "repair", events, proofs };
  }

  async #part(standing: Standing): Promise<Request> {
    if (this.#look) {
      this.#look = false;
      this.#taking = this.#repairs < MAX_REPAIRS && !this.#stuck && (await standing.held(0)).length > 0;
    }
    this.#sent = this.#taking ? [] : standing.unsent;
    const { cursor, device } = standing;
    const acknowledged = this.#taking ? 0 : standing.acknowledged;
    return { ask: "sync", part: { cursor, device, acknowledged, events: [...this.#sent] } };
  }

  /**
   * What to do about an answer to the request that was made from this same `standing`.
   *
   * Throws SyncFailed where the answer is not one to that request, or does not add up.
   */
  async receive(standing: Standing, { to, answer }: Answer): Promise<Step[]> {
    if (to === "sync" && this.phase === "converge") return this.#converged(standing, answer);
    if (to === "chain" && this.phase === "search") return this.#searched(standing, answer);
    if (to === "repair" && this.phase === "repair") return this.#repaired(answer);
    if (to === "snapshot" && this.phase === "leap") return this.#offered(standing, answer);
    if (to === "history" && this.phase === "history") return this.#remembered(standing, answer);
    if (to === "history" && this.phase === "attest") {
      return (answer.events ?? []).map((event): Step => ({ do: "attest", event }));
    }
    throw new SyncFailed(`The server answered a ${to} in phase ${this.phase}. Sync again.`);
  }

  #converged(standing: Standing, answer: JournalAnswer): Step[] {
    if (answer.problem === "not-found" && !this.#claimed) {
      // The server lost it, or is another one: it is offered again, and given back as after any loss.
      this.#claimed = true;
      return [{ do: "claim" }];
    }
    if (answer.problem === "history" && this.#searches < MAX_REPAIRS) {
      this.#searches += 1;
      // The place of a snapshot is the first that can be compared, and so the first that is asked about.
      this.#agreed = standing.behind ? standing.behind.place.seq - 1 : 0;
      this.#parted = Math.max(standing.cursor.seq, this.#agreed + 1);
      this.phase = "search";
      return [];
    }
    if (answer.problem)
      return this.#stop(answer.problem, (answer.problem === "history" && this.unproven ? WAITS : answer.detail) ?? "");
    const { results = [], events = [], cursor, more = false, receipts = {} } = answer;
    if (cursor === undefined || results.length !== this.#sent.length) throw new SyncFailed(NOT_WHOLE);
    return this.#taken(standing, { results, events, cursor, more, receipts });
  }

  #taken(
    standing: Standing,
    answer: Required<Pick<JournalAnswer, "results" | "events" | "cursor" | "more" | "receipts">>,
  ): Step[] {
    const { results, events, cursor, more, receipts } = answer;
    const sent = this.#sent.map((event, at): [Event, PushResult] => [event, results[at] as PushResult]);
    const settled = sent
      .filter(([, result]) => SETTLED.has(result.outcome))
      .map(([{ device }, result]): Settled => ({ device, result }));
    const forks = forksIn(sent);
    const isReceipted = Object.keys(receipts).length > 0;
    const moved = cursor.seq > standing.cursor.seq;
    const steps: Step[] = [];
    if (settled.length) steps.push({ do: "acknowledge", settled });
    if (moved) steps.push({ do: "take", after: standing.cursor, events, settled, cursor });
    if (forks.length && more)
      this.#taking = true; // earlier ones may be forked as well: that shows in what is still to come
    else steps.push(...forks);
    if (isReceipted && (moved || standing.receipted < cursor.seq)) {
      steps.push({ do: "keep receipts", end: cursor, given: receipts });
    }
    const lost = !more && standing.placedTo > cursor.seq;
    if (lost) {
      steps.push({ do: "rewind", seq: cursor.seq });
      this.#look = true;
    }
    // What is `missing` or behind a `gap` waits for somebody else's events: ask again only while something moves.
    const waiting = settled.length < results.length;
    const goesOn = waiting ? settled.length > 0 || moved : standing.moreUnsent;
    const isBare = standing.bare.length > 0 || events.some((event) => event.type === REDACTION);
    this.#goOn(standing, more || lost || forks.length > 0 || goesOn, more);
    if (this.done && this.unproven && waiting) steps.push({ do: "stop", problem: "history", detail: WAITS });
    else if (this.done && isReceipted && isBare) this.phase = "attest";
    return steps;
  }

  /** What comes after a part of the server's log was taken. */
  #goOn(standing: Standing, again: boolean, more: boolean): void {
    if (this.#taking && !more) {
      this.#taking = this.#gave = false;
      this.#repairs += 1;
      this.#givenTo = this.unproven = 0;
      this.phase = "repair";
      if (standing.behind) {
        this.phase = "history";
        this.#afterHistory = "repair";
      }
    } else if (more && standing.cursor.seq === 0 && !this.#leapt && !this.#taking) {
      this.phase = "leap";
      this.#leapt = true;
    } else if (!again && !this.#taking) {
      this.phase = standing.behind && this.#history ? "history" : "done";
    }
  }

  /** Asks for an event whose receipt is missing, each once. */
  async #bare(standing: Standing): Promise<Request | undefined> {
    for (const seq of standing.bare) {
      const before = this.#attested.has(seq) ? "" : await standing.chainAt(seq - 1);
      if (!before) continue;
      this.#attested.add(seq);
      return { ask: "history", after: { seq: seq - 1, chain: before }, until: seq };
    }
    this.phase = "done";
    return undefined;
  }

  async #offered(standing: Standing, snapshot: Snapshot | undefined): Promise<Step[]> {
    this.phase = "converge";
    const state = snapshot && readSnapshot(snapshot);
    if (snapshot && state) {
      if (await standing.mayBeginFrom(state, snapshot.cursor.seq))
        return [{ do: "leap", snapshot, state, anew: false }];
      if (this.#lost && !this.#wait) return [{ do: "leap", snapshot, state, anew: true }];
    }
    return this.#lost ? this.#stop("history", BEFORE_SNAPSHOT) : [];
  }

  #remembered({ behind }: Standing, answer: JournalAnswer): Step[] {
    if (behind === undefined) return [];
    const { problem, cursor, events = [], more = false, receipts = {} } = answer;
    const isElsewhere = cursor !== undefined && leadsElsewhere(behind, cursor, more);
    if ((problem || isElsewhere) && !this.#anew && behind.known.seq) {
      this.#anew = true;
      return [{ do: "history anew" }];
    }
    if (problem) return this.#stop(problem, answer.detail ?? "");
    if (isElsewhere) return this.#leapFrom(cursor);
    if (cursor === undefined || cursor.seq <= behind.known.seq || cursor.seq > behind.place.seq)
      throw new SyncFailed(NOT_WHOLE);
    if (cursor.seq === behind.place.seq) this.phase = this.#afterHistory;
    const steps: Step[] = [{ do: "take history", after: behind.known, events, cursor }];
    if (Object.keys(receipts).length) steps.push({ do: "keep receipts", end: cursor, given: receipts });
    return steps;
  }

  async #searched(standing: Standing, answer: ChainAnswer): Promise<Step[]> {
    for (const seq of this.#asked) {
      const theirs = answer.chains[seq];
      if (theirs !== undefined && theirs === (await standing.chainAt(seq))) this.#agreed = Math.max(this.#agreed, seq);
      else this.#parted = Math.min(this.#parted, seq - 1);
    }
    const agreed = this.#agreed;
    if (agreed < this.#parted) return [];
    // All that came back since may be needed: one that is a little older would not do.
    if (standing.behind && agreed < standing.behind.place.seq) return this.#leapFrom(answer.head);
    this.phase = "converge";
    this.#look = true;
    if (agreed < standing.cursor.seq) this.#stuck = false; // the server was put back meanwhile
    return [{ do: "rewind", seq: agreed }];
  }

  #repaired({ results }: PushAnswer): Step[] {
    if (results.length !== this.#held.length) throw new SyncFailed(NOT_WHOLE);
    this.#givenTo = this.#held.at(-1)?.[0] ?? this.#givenTo;
    this.#gave ||= results.some(({ outcome }) => GIVEN.has(outcome));
    this.unproven += results.filter(({ outcome }) => outcome === "unproven").length;
    return forksIn(this.#held.map(([, event], at): [Event, PushResult] => [event, results[at] as PushResult]));
  }

  /** The snapshot that was begun from is not on the server's log any more: there must be another. */
  #leapFrom({ seq }: Cursor): Step[] {
    this.phase = "leap";
    this.#leapt = this.#lost = true;
    this.#least = seq;
    return [];
  }

  #stop(problem: string, detail: string): Step[] {
    this.phase = "done";
    return [{ do: "stop", problem, detail }];
  }
}

/** Whether the log does not lead to where the snapshot was made: it ends before, or is another one there. */
function leadsElsewhere({ place }: Behind, end: Cursor, more: boolean): boolean {
  return end.seq === place.seq ? end.chain !== place.chain : !more && end.seq < place.seq;
}

/** A step for each device that another event stands for in the server's log: its first such one. */
function forksIn(results: readonly (readonly [Event, PushResult])[]): Step[] {
  const first = new Map<string, Event>();
  for (const [event, { outcome }] of results) {
    if (outcome === "forked" && !first.has(event.device)) first.set(event.device, event);
  }
  return [...first.values()].map((event) => ({ do: "fork", event }));
}

/** The state in a snapshot, or undefined where this version can't trust it, or can't read all that went into it. */
function readSnapshot(snapshot: Snapshot): State | undefined {
  if (snapshot.fold !== FOLD_VERSION) return undefined;
  let state: State | undefined;
  try {
    state = loadState(snapshot.state);
  } catch (error) {
    if (!(error instanceof InvalidEvent)) throw error;
  }
  if (state === undefined || stateHash(state) !== snapshot.state_hash) return undefined;
  const passedOver = new Set(state.unfolded.map(({ type, v = 1 }) => `${type}/${v}`));
  const isRead = ([type, v]: [string, number]) =>
    isKnown(type, v) || isPluginType(type) || passedOver.has(`${type}/${v}`);
  return snapshot.types.every(isRead) ? state : undefined;
}

/** Up to `MAX_CHAIN_POINTS` places in (agreed, parted], the last one included; evenly, so that few rounds do. */
function spread(agreed: number, parted: number): number[] {
  const width = parted - agreed;
  if (width <= 0) return [agreed];
  const count = Math.min(width, MAX_CHAIN_POINTS);
  const places = Array.from({ length: count }, (_, at) =>
    width <= MAX_CHAIN_POINTS ? agreed + 1 + at : agreed + 1 + Math.floor(((width - 1) * at) / (MAX_CHAIN_POINTS - 1)),
  );
  return [...new Set(places)];
}
