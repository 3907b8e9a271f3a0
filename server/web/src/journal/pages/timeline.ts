/** The timeline: a year of it at first, and more of the past when somebody asks for it. */

import { signal } from "@preact/signals";

import type { TimelineEntry, TimelinePage } from "../../app/screens/timeline";
import type { State } from "../../core/journal";
import { checkins } from "../../views/checkins";
import { given, text } from "../../views/fields";
import { daysAfter } from "../../views/sessions";
import { dated, type Dated } from "../../views/timeline";
import type { First } from "../../views/then_now";
import { goalsBegan } from "../began";
import type { Journal } from "../journal";
import { instruments } from "../questionnaires";

const YEAR_DAYS = 365;

/** The first day that is shown, where somebody went further back than a year. */
const since = signal("");

export function timeline(journal: Journal): TimelinePage | undefined {
  const { state } = journal.seen.value;
  const on = journal.today.value;
  const began = goalsBegan(journal);
  if (!began) return undefined;
  const all = allOf(state, began, on);
  const first = since.value || daysAfter(on, -YEAR_DAYS);
  const shown = all.filter((one) => one.on >= first);
  const earlier = all[all.length - shown.length - 1];
  return {
    shown: { on, entries: shown.map((one) => entryShown(journal, state, one)).reverse(), hasEarlier: earlier !== undefined },
    acts: {
      earlier: () => {
        if (earlier) since.value = daysAfter(earlier.on, -YEAR_DAYS);
      },
    },
  };
}

let kept: { state: State; changes: number; began: unknown; on: string; all: Dated[] } | undefined;

/** All of it, worked out once for each change. */
function allOf(state: State, began: ReadonlyMap<string, First>, on: string): readonly Dated[] {
  if (kept?.state !== state || kept.changes !== state.changes || kept.began !== began || kept.on !== on) {
    kept = { state, changes: state.changes, began, on, all: dated(state, began, on) };
  }
  return kept.all;
}

function entryShown(journal: Journal, state: State, one: Dated): TimelineEntry {
  const { on, kind, id, title, became, at, count } = one;
  const zone = text(state.fields("journal", state.journal), "time_zone");
  return given<TimelineEntry>({
    key: `${kind} ${id} ${became}`,
    on, kind, id, title: kind === "assessment" ? formTitle(journal, title) : title, became, count,
    at: at || undefined,
    zone: one.time_zone && one.time_zone !== zone ? one.time_zone : undefined,
    goals: goalsOf(state, one),
  });
}

/** What a questionnaire is called; its short name where its words are not here. */
function formTitle(journal: Journal, instrument: string): string {
  return instruments(journal.device)?.find(({ id }) => id === instrument)?.title ?? instrument;
}

/** The goals that something is about, to go to them. */
function goalsOf(state: State, { kind, id, on, title }: Dated): TimelineEntry["goals"] {
  if (kind === "goal") return [{ id, title }];
  if (kind === "milestone") return [{ id: text(state.fields("milestone", id), "goal"), title }];
  if (kind !== "checkin") return undefined;
  const subjects = new Set(daysOf(state).get(on));
  const visible = [...subjects].filter((one) => state.entities.get("goal")?.has(one));
  const found = visible.map((one) => ({ id: one, title: text(state.fields("goal", one), "title") })).filter((one) => one.title);
  return found.length ? found : undefined;
}

const DAYS = new WeakMap<State, { changes: number; days: Map<string, string[]> }>();

/** Day → what was checked in on. */
function daysOf(state: State): ReadonlyMap<string, string[]> {
  const known = DAYS.get(state);
  if (known?.changes === state.changes) return known.days;
  const days = new Map<string, string[]>();
  for (const { on, subject } of checkins(state)) {
    if (subject === null) continue;
    const ours = days.get(on);
    if (ours) ours.push(subject);
    else days.set(on, [subject]);
  }
  DAYS.set(state, { changes: state.changes, days });
  return days;
}
