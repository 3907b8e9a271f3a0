/**
 * What tests in Python ask of the browser's core, in an engine that has nothing but the language: everything goes over
 * as JSON, and events as the text that they are.
 */

import { writeAgain, type Again, type Held } from "../../server/web/src/core/branch";
import { HybridClock } from "../../server/web/src/core/clock";
import {
  asStub,
  authored,
  encodeEvent,
  genesisChain,
  identityDigest,
  nextChain,
  saltedDigest,
  type Event,
  type Seen,
} from "../../server/web/src/core/envelope";
import { FORMS } from "../../server/web/src/core/forms";
import type { Proof } from "../../server/web/src/core/generated/messages";
import { fold, redactionsIn, stateHash, type State } from "../../server/web/src/core/journal";
import { parseMessage } from "../../server/web/src/core/json";
import { dumpState, loadState } from "../../server/web/src/core/kept";
import { encodeRepair, encodeSync, parseSnapshot } from "../../server/web/src/core/messages";
import { KNOWN, readFields, UPCASTERS } from "../../server/web/src/core/reading";
import { redacted, redactionOf } from "../../server/web/src/core/redaction";
import { bytesOf, linkOf } from "../../server/web/src/core/receipts";
import { isHidden, setAside } from "../../server/web/src/core/register";
import type { Answer, Request, Standing, Step } from "../../server/web/src/core/steps";
import { Session } from "../../server/web/src/core/sync";
import { rankBetween } from "../../server/web/src/core/rank";
import { writeDrafts, writtenOver, type Draft } from "../../server/web/src/core/writing";

import { leaveAlone } from "../../server/web/src/journal/alone";
import { checkins, checkinsAbout } from "../../server/web/src/views/checkins";
import { conflicts } from "../../server/web/src/views/conflicts";
import { dayNumber, numberOf, textOf } from "../../server/web/src/views/days";
import { practices } from "../../server/web/src/views/entities";
import { goal, goalPage, goals } from "../../server/web/src/views/goals";
import { history } from "../../server/web/src/views/history";
import { nameIn } from "../../server/web/src/views/names";
import { reads } from "../../server/web/src/views/preview";
import { proposals } from "../../server/web/src/views/proposals";
import { seriesOf } from "../../server/web/src/views/progress";
import { occurrences } from "../../server/web/src/views/recurrence";
import { rightsOf } from "../../server/web/src/views/rights";
import { settled } from "../../server/web/src/views/settling";
import { today } from "../../server/web/src/views/today";
import { files } from "./bridge_files";
import { questionnaires } from "./bridge_questionnaires";

export { fold, loadState, parseMessage };

const events = (text: string) => parseMessage(text) as Event[];
const one = (text: string) => parseMessage(text) as Event;

/** All that anybody can see of a state. */
function told(state: State): object {
  const entities = [...state.entities].map(([kind, ofKind]) => [
    kind,
    [...ofKind.keys()].map((id) => [id, state.fields(kind, id), aside(state, kind, id)]),
  ]);
  return {
    hash: stateHash(state),
    visible: [...state.entities.keys()].map((kind) => [kind, state.visible(kind)]),
    contexts: ["", ...state.devices.keys()].map((device) => [device, state.context(device), state.counter(device)]),
    unfolded: state.unfolded.map(encodeEvent),
    newest: state.newest,
    entities,
    redactions: redactionsIn(state),
  };
}

/** The registers of an entity, without changing how the state keeps it. */
function aside(state: State, kind: string, id: string): object {
  const found = state.entities.get(kind)?.get(id);
  if (!(found instanceof Map)) return {};
  const registers = [...found].map(([name, register]) => {
    const set = setAside(register).map(({ stamp, value }) => [stamp.device, stamp.n, value]);
    return [name, register.map(({ stamp, value }) => [stamp.device, stamp.n, value]), set];
  });
  return { registers, hidden: isHidden(found) };
}

interface Asked extends Omit<Standing, "unsent" | "chainAt" | "held" | "proofs" | "mayBeginFrom"> {
  unsent: string;
  chains: Record<number, string>;
  helds: Record<number, [number, string][]>;
  given: Record<string, { events: number; proofs: Proof[] }>;
  begins: Record<string, boolean>;
}

/** A standing in which all that was asked of the other one has its answer, and nothing else. */
function standingOf(asked: Asked): Standing {
  const there = <T>(found: T | undefined, what: string): Promise<T> => {
    if (found === undefined) throw new Error(`Nobody asked for ${what} over there.`);
    return Promise.resolve(found);
  };
  return {
    ...asked,
    unsent: events(asked.unsent),
    chainAt: (seq) => there(asked.chains[seq], `the chain at ${seq}`),
    held: (after) =>
      there(asked.helds[after], `what is held after ${after}`).then((all) => all.map(([at, text]) => [at, one(text)])),
    proofs: async (all) => {
      const { events: count, proofs } = await there(asked.given[all.map(encodeEvent).join()], "proofs of these");
      return { events: all.slice(0, count), proofs };
    },
    mayBeginFrom: (state, seq) => there(asked.begins[`${seq} ${stateHash(state)}`], "a beginning from that"),
  };
}

function requestAsText(request: Request | undefined): unknown {
  if (request?.ask === "sync") return ["sync", encodeSync({ journal: request.part })];
  if (request?.ask === "repair") return ["repair", encodeRepair(request)];
  return request === undefined ? null : [request.ask, request];
}

function stepAsText(step: Step): unknown {
  if (step.do === "leap") return [step.do, step.snapshot.cursor, stateHash(step.state), step.anew];
  const text = (all: readonly Event[]) => all.map(encodeEvent);
  return Object.values({
    ...step,
    ...("events" in step ? { events: text(step.events) } : {}),
    ...("event" in step ? { event: encodeEvent(step.event) } : {}),
  });
}

const EVERY = new Map(KNOWN);
const sessions = new Map<number, Session>();

const BRIDGE: Record<string, (...given: never[]) => unknown> = {
  fold: (journal: string, log: string) => told(fold(journal, events(log))),
  dump: (journal: string, log: string) => dumpState(fold(journal, events(log))),
  load: (text: string, whole: boolean) => {
    const state = loadState(text, { whole });
    return state ? { told: told(state), dump: dumpState(state) } : null;
  },
  goOn: (text: string, log: string) => {
    const state = loadState(text, { whole: false }) as State;
    for (const event of events(log)) state.apply(event);
    return told(state);
  },
  chain: (journal: string, log: string) => {
    let chain = genesisChain(journal);
    const walk = events(log).map((event) => {
      const digest = identityDigest(journal, event);
      chain = nextChain(chain, digest, event);
      return [digest, event.rejected ? "" : saltedDigest(event), chain, linkOf(journal, event)];
    });
    return [genesisChain(journal), ...walk];
  },
  encode: (log: string) => events(log).flatMap((event) => [encodeEvent(event), encodeEvent(authored(event))]),
  stub: (journal: string, event: string, reason: string) => encodeEvent(asStub(journal, one(event), reason)),
  read: (journal: string, event: string) => readFields(journal, one(event)) ?? null,
  redact: (event: string, redaction: string) => {
    const of = redactionOf(one(redaction));
    return of ? encodeEvent(redacted(one(event), of)) : null;
  },
  clock: (last: string, steps: { tick?: number; observe?: string; reset?: string; wall?: number }[]) => {
    let now = 0;
    const clock = new HybridClock(last, () => now);
    return steps.map(({ tick, observe, reset, wall }) => {
      now = tick ?? wall ?? now;
      if (observe !== undefined) clock.observe(observe);
      else if (reset !== undefined) clock.reset(reset);
      else clock.tick();
      return clock.last;
    });
  },
  write: (
    journal: string,
    log: string,
    device: string,
    last: string,
    wall: number,
    salts: string[],
    drafts: Draft[],
  ) => {
    const clock = new HybridClock(last, () => wall);
    const pen = { device, actor: "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa", clock, salt: () => salts.shift() as string };
    return writeDrafts(fold(journal, events(log)), pen, drafts).map(encodeEvent);
  },
  writtenOver: (journal: string, log: string, device: string, actor: string, others: string) =>
    writtenOver(fold(journal, events(log)), { device, actor }, events(others)).map(encodeEvent),
  rank: (before: string, after: string) => rankBetween(before, after),
  writeAgain: async (
    journal: string,
    log: [event: string, confirmed: boolean, placed: boolean][],
    known: [string, Seen][],
    device: string,
    first: number,
    found: Record<string, string>,
  ) => {
    const held = log.map(([event, confirmed, placed]): Held => ({ event: one(event), confirmed, placed }));
    const find = (d: string, n: number) => {
      const text = found[`${d}.${n}`];
      return text === undefined ? undefined : one(text);
    };
    const { parted, again, names } = await writeAgain(journal, held, new Map(known), device, first, find);
    const written = again.map(({ event, confirmed }: Again) => [encodeEvent(event), confirmed]);
    return { parted: [...parted], again: written, names: [...names] };
  },
  forms: (form: string, texts: string[]) => texts.map((text) => FORMS[form]?.[0](text)),
  upcasters: () => Object.keys(UPCASTERS),
  bytesOf: (proofs: Proof[]) => bytesOf(proofs),
  views: (journal: string, log: string, on: string) => {
    const state = fold(journal, events(log));
    return {
      goals: goals(state),
      each: state.visible("goal").map((id) => goal(state, id)),
      pages: state.visible("goal").map((id) => goalPage(state, id).practices.map((one) => one.id)),
      practices: practices(state),
      checkins: checkins(state),
      conflicts: conflicts(state),
      today: today(state, numberOf(on) as number),
    };
  },
  settled: (journal: string, log: string) => {
    const state = fold(journal, events(log));
    return conflicts(state).map(({ kind, id, field, a, b, others }) =>
      [a, b, ...others].map(({ value }) => settled(state, kind, id, field, value) ?? null),
    );
  },
  histories: (journal: string, log: string) => {
    const all = events(log);
    const state = fold(journal, all);
    return [...state.entities].flatMap(([kind, ofKind]) =>
      [...ofKind.keys()].map((id) => [kind, id, history(all, journal, kind, id)]),
    );
  },
  /** What was kept of check-ins is that of the state as it is, however it grows. */
  growing: (journal: string, log: string) => {
    const state = fold(journal, []);
    return events(log).map((event) => {
      state.apply(event);
      return [checkins(state).map((one) => one.id), checkinsAbout(state, null).length];
    });
  },
  progress: (journal: string, log: string) => {
    const state = fold(journal, events(log));
    return goals(state).map(({ id, checkins }) => [id, seriesOf(state, checkins)]);
  },
  ...files((journal, log) => fold(journal, events(log))),
  ...questionnaires((journal, log) => fold(journal, events(log))),
  proposals: (journal: string, log: string) => proposals(fold(journal, events(log))),
  rights: (journal: string, log: string, role: string) => rightsOf(fold(journal, events(log)), role),
  reads: (journal: string, log: string) => reads(fold(journal, events(log))),
  leaveAlone: (texts: string[]) => texts.map((text) => leaveAlone(text)),
  nameIn: (namespace: string, name: string) => nameIn(namespace, name),
  occurrences: (rule: string, start: string, first: string, last: string) => {
    const [from, begin, end] = [start, first, last].map((day) => numberOf(day) ?? dayNumber(1970, 1, 1));
    return occurrences(rule, from as number, begin as number, end as number).map(textOf);
  },
  /** From now on these versions of these types are known, and older ones become those unchanged. */
  version: (types: Record<string, number>, steps: string[]) => {
    KNOWN.clear();
    for (const [name, known] of EVERY) {
      const v = types[name];
      if (v !== undefined) KNOWN.set(name, { ...known, type: { ...known.type, v } });
    }
    for (const step of Object.keys(UPCASTERS)) delete UPCASTERS[step];
    for (const step of steps) UPCASTERS[step] = (fields) => fields;
  },
  begin: (id: number, history: boolean, wait: boolean) => void sessions.set(id, new Session({ history, wait })),
  request: async (id: number, asked: Asked) => {
    const session = sessions.get(id) as Session;
    return [requestAsText(await session.request(standingOf(asked))), session.phase];
  },
  receive: async (id: number, asked: Asked, to: Answer["to"], text: string) => {
    const session = sessions.get(id) as Session;
    const answer = to === "snapshot" ? text && parseSnapshot(text) : parseMessage(text);
    const steps = await session.receive(standingOf(asked), { to, answer: answer || undefined } as Answer);
    return [steps.map(stepAsText), session.phase, session.unproven];
  },
  look: (id: number) => void sessions.get(id)?.lookAgain(),
  end: (id: number) => void sessions.get(id)?.end(),
  isUnknown: (id: number) => sessions.get(id)?.isUnknown(),
};

let outcome = "";

/** Begins to do something; what came of it is told when nothing is waited for any more. */
export function call(name: string, given: string): void {
  outcome = "";
  const done = async (): Promise<unknown> =>
    (BRIDGE[name] as (...all: unknown[]) => unknown)(...(JSON.parse(given) as unknown[]));
  const told = (found: object) => void (outcome = JSON.stringify(found));
  done().then(
    (value) => told({ value: value ?? null }),
    (error: Error) => told({ error: error.name, words: error.message, at: error.stack }),
  );
}

export function outcomeOf(): string {
  return outcome;
}
