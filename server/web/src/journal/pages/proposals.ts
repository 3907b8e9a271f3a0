/** What is proposed in a journal, in words, and the answers to it. Which answers somebody may give is the policy's. */

import type { AnsweredShown, ProposalActs, ProposalShown, ProposedShown } from "../../app/screens/proposals";
import { done } from "../../app/toasts";
import { say } from "../../app/words/words";
import type { Json } from "../../core/generated/payloads";
import { COMPOSITES } from "../../core/generated/table";
import type { State } from "../../core/journal";
import { isSame } from "../../core/json";
import type { Fields } from "../../core/reading";
import { UNTITLED } from "../../core/generated/views";
import { newId } from "../../device/ids";
import { given, text } from "../../views/fields";
import { localDay } from "../../views/moments";
import { changeIn, proposals, type Proposal, type ProposedField } from "../../views/proposals";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import { putBack } from "../putting_back";
import { Refusal, type Draft } from "../refusing";
import { fieldWords, formOf, mayBeEmpty, wordsFor } from "../value_words";

const GOALS: ReadonlySet<string> = new Set(["goal", "measure", "milestone", "practice"]);
const NAMED: ReadonlySet<string> = new Set(["goal", "milestone", "practice", "measure", "session", "topic"]);

/** The proposals that wait, the newest first. */
export function proposalsShown(journal: Journal): ProposalShown[] {
  const { state } = journal.seen.value;
  return proposals(state).filter(({ decision }) => decision === null).map((one) => shown(journal, state, one)).reverse();
}

export function answeredShown(journal: Journal): AnsweredShown[] {
  const decided = proposals(journal.seen.value.state).filter(({ decision }) => decision !== null);
  return decided.reverse().map((one) =>
    given<AnsweredShown>({
      id: one.id,
      by: whoOf(journal, one.by),
      title: titleThen(one),
      decision: one.decision as AnsweredShown["decision"],
      on: one.on ?? "",
      decidedBy: whoOf(journal, one.decided_by ?? ""),
    }),
  );
}

/** What it was to be called, if it was about that; what it is called now may be other words since. */
function titleThen({ title, fields }: Proposal): string {
  const proposed = fields.find(({ field }) => field === "title" || field === "text")?.proposed;
  if (typeof proposed === "string") return proposed;
  return title === UNTITLED ? "" : title;
}

function whoOf(journal: Journal, account: string): string | undefined {
  return journal.isOwn(account) ? undefined : (journal.nameOf(account) ?? say("together.somebody"));
}

function shown(journal: Journal, state: State, one: Proposal): ProposalShown {
  const { id, kind, entity, fields, why, counters, stale } = one;
  const isNew = !state.entities.get(kind)?.has(entity);
  const goal = kind === "goal" ? entity : text(state.fields(kind, entity), "goal") || String(fields.find(({ field }) => field === "goal")?.proposed ?? "");
  return given<ProposalShown>({
    id,
    by: whoOf(journal, one.by),
    on: localDay(new Date(one.at)),
    title: one.title === UNTITLED ? "" : one.title,
    about: (NAMED.has(kind) ? kind : "other") as ProposalShown["about"],
    isNew,
    goal: state.entities.get("goal")?.has(goal) ? goal : undefined,
    goalTitle: (kind !== "goal" && text(state.fields("goal", goal), "title")) || undefined,
    fields: inOrder(fields.filter(({ field }) => field !== "goal")).map((field) => fieldShown(state, one, field)),
    reason: why || undefined,
    counters: counters !== null,
    stale,
    can: whatCan(journal, one),
  });
}

/** As a form has them: what a thing is called comes first. */
const ORDER = ["title", "text", "why", "looks_like", "helps", "due"];

function inOrder(fields: readonly ProposedField[]): ProposedField[] {
  const place = ({ field }: ProposedField) => (ORDER.includes(field) ? ORDER.indexOf(field) : ORDER.length);
  return [...fields].sort((one, other) => place(one) - place(other));
}

function fieldShown(state: State, { kind, entity: id }: Proposal, { field, now, proposed, stale }: ProposedField): ProposedShown {
  const words = (value: Json) => (value === null ? "" : (wordsFor(state, { kind, id, field }, value) ?? String(value)));
  return given<ProposedShown>({ field, about: fieldWords(kind, field), now: words(now), proposed: words(proposed), stale, answer: answerTo(kind, field, proposed) });
}

/** How somebody can give another value; what is made of parts, or names something else, stays as it was proposed. */
function answerTo(kind: string, field: string, proposed: Json): ProposedShown["answer"] {
  const form = formOf(kind, field);
  if (typeof proposed === "object" && proposed !== null) return undefined;
  const value = proposed === null ? "" : String(proposed);
  if (form === "Line" || form === "Word") return { by: "line", value };
  if (form === "Text") return { by: "words", value };
  if (form.startsWith("Day")) return { by: "day", value };
  return ["Ten", "Minutes", "Number", "Percent"].includes(form) ? { by: "number", value } : undefined;
}

/** What the person may do about it: an owner all, a therapist as the policy says, and nobody says yes to their own. */
function whatCan(journal: Journal, one: Proposal): ProposalShown["can"] {
  const { own, change, talk } = journal.rights.value;
  const mine = journal.isOwn(one.by);
  if (mine) return { accept: false, answer: false, withdraw: talk };
  const byOwner = journal.members.value.some(({ id, role }) => id === one.by && role === "owner");
  const touches = GOALS.has(one.kind) || ["session", "series"].includes(one.kind);
  const accepts = own || (talk && touches && (byOwner || (GOALS.has(one.kind) && change)));
  return { accept: accepts, answer: talk, withdraw: false };
}

export function proposalActs(journal: Journal): ProposalActs {
  const on = () => journal.today.value;
  return carried<ProposalActs>({
    accept: (seen) =>
      act(journal, (state) => [accepted(state, journal, seen, on())], "done.accepted", (state) => {
        const { kind, id, fields } = changeIn(state, seen.id) ?? { kind: "", id: "", fields: {} };
        return kind ? putBack(state, kind, id, Object.keys(fields)) : [];
      }, "open", () => done(say("undone.accepted"))),
    decline: (id, reason) => act(journal, (state) => [decided(state, id, "declined", on(), reason)], "done.declined"),
    withdrawProposal: (id) => act(journal, (state) => [decided(state, id, "withdrawn", on())], "done.withdrawn"),
    counter: (id, values, reason) => {
      const other = newId();
      return act(journal, (state) => countered(state, id, other, values, on(), reason), "done.proposed", () => [{ type: "proposal.retracted", fields: { id: other } }]);
    },
  });
}

/** The proposal of that id, if nobody has answered it. */
function open(state: State, id: string): Proposal {
  const found = proposals(state).find((one) => one.id === id);
  if (!found || found.decision !== null) throw new Refusal(say("refused.decided"));
  return found;
}

function decided(state: State, id: string, decision: string, on: string, reason = "", accepted?: Json): Draft {
  open(state, id);
  return { type: "proposal.decided", fields: { id, decision, on, ...(accepted === undefined ? {} : { accepted }), ...(reason && { reason }) } };
}

/** Agreeing sets what was proposed, if all that it takes the place of was looked at. */
function accepted(state: State, journal: Journal, seen: ProposalShown, on: string): Draft {
  const now = shown(journal, state, open(state, seen.id));
  const before = ({ fields }: ProposalShown) => fields.map(({ field, now, proposed }) => ({ field, now, proposed }));
  if (!isSame(before(now), before(seen))) throw new Refusal(say("refused.meanwhile"));
  return decided(state, seen.id, "accepted", on, "", changeIn(state, seen.id) as unknown as Json);
}

/** Says something else instead: another proposal about the same, as it was but for these values. */
function countered(state: State, id: string, another: string, values: Readonly<Record<string, string>>, on: string, why: string): Draft[] {
  const before = open(state, id);
  const { kind, entity, fields } = before;
  const proposed = Object.fromEntries(fields.map((one) => [one.field, one.proposed]));
  const other: Fields = { ...proposed };
  for (const [field, value] of Object.entries(values)) other[field] = valueOf(kind, field, value, proposed[field] ?? null);
  if (isSame(other, proposed)) throw new Refusal(say("refused.same_words"));
  const now = state.fields(kind, entity);
  const changed = Object.fromEntries(Object.entries(other).filter(([field, value]) => !isSame(now[field] ?? null, value) || isTogether(kind, field)));
  if (Object.keys(changed).length === 0) throw new Refusal(say("refused.as_it_is"));
  return [
    decided(state, id, "countered", on),
    { type: "proposal.made", fields: { id: another, change: { kind, id: entity, fields: changed }, counters: id, ...(why && { why }) } },
  ];
}

/** Fields that share a register are written whole. */
function isTogether(kind: string, field: string): boolean {
  return Object.values(COMPOSITES[kind] ?? {}).some((members) => members.includes(field));
}

function valueOf(kind: string, field: string, said: string, proposed: Json): Json {
  const by = answerTo(kind, field, proposed)?.by;
  if (by === undefined) return proposed;
  const nothing = mayBeEmpty(kind, field) ? null : proposed;
  if (said.trim() === "") return nothing;
  return by === "number" ? Number(said) : said.trim();
}
