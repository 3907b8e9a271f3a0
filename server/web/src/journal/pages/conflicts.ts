/** What was written twice at once, in words to choose between. What no words are found for here waits for the terminal. */

import type { ConflictsActs, ConflictsPage } from "../../app/screens/conflicts";
import type { ConflictShown } from "../../app/screens/shown";
import { dateWords } from "../../app/words/days";
import { done } from "../../app/toasts";
import { say, type Key } from "../../app/words/words";
import { hlcMs } from "../../core/clock";
import { UNTITLED } from "../../core/generated/views";
import { isSame } from "../../core/json";
import { conflicts as conflictsIn, type Conflict, type Version } from "../../views/conflicts";
import { localDay } from "../../views/moments";
import { settled } from "../../views/settling";
import { act, carried } from "../acting";
import type { Journal } from "../journal";
import { Refusal, type Draft } from "../refusing";
import { fieldWords, formOf, isText, wordsFor } from "../value_words";

const TITLES: Readonly<Record<string, Key>> = { plan: "place.plan", rest: "settings.rest", journal: "nav.label" };
const GOALS: ReadonlySet<string> = new Set(["goal", "measure", "milestone", "practice"]);
const TALK: ReadonlySet<string> = new Set(["session", "series"]);

export function conflicts(journal: Journal): ConflictsPage {
  const worded = journal.conflicts.value.flatMap((one) => shown(journal, one) ?? []);
  const elsewhere = journal.conflicts.value.length - worded.length;
  return { shown: { on: journal.today.value, conflicts: worded, elsewhere }, acts: conflictsActs(journal) };
}

function conflictsActs(journal: Journal): ConflictsActs {
  return carried<ConflictsActs>({
    settle: (conflict, keep) => {
      let shownAgain: readonly Draft[] = [];
      return act(journal, (state) => {
        const one = conflictsIn(state).find((waiting) => nameOf(waiting) === conflict.id);
        const versions = one ? [one.a, one.b, ...one.others] : [];
        const version = versions.find(({ write }) => "write" in keep && write === keep.write);
        const isSeen = versions.every(({ write }) => conflict.versions.some((seen) => seen.write === write));
        const value = "words" in keep ? keep.words : version?.value;
        if (!one || !isSeen || value === undefined) throw new Refusal(say("refused.settled"));
        if (!isSame(value, one.a.value)) shownAgain = settled(state, one.kind, one.id, one.field, one.a.value) ?? [];
        return settled(state, one.kind, one.id, one.field, value) ?? [];
      }, "done.settled", () => shownAgain, "open", () => done(say("undone.settled")));
    },
  });
}

/** The name by which a screen speaks of a conflict. */
function nameOf({ kind, id, field }: Conflict): string {
  return `${kind}/${id}/${field}`;
}

function shown(journal: Journal, one: Conflict): ConflictShown | undefined {
  const { state } = journal.seen.value;
  const { kind, id, field, a, b, others } = one;
  const versions: ConflictShown["versions"][number][] = [];
  for (const version of [a, b, ...others]) {
    const words = wordsFor(state, one, version.value);
    if (words === undefined || settled(state, kind, id, field, version.value) === undefined) return undefined;
    versions.push({ write: version.write, words, ...madeBy(journal, version) });
  }
  return {
    id: nameOf(one),
    title: titleOf(one),
    about: fieldWords(kind, field),
    ...(!maySettle(journal, kind) && { readOnly: true }),
    inWords: isText(formOf(kind, field)) || field === "reflection",
    versions: versions as unknown as ConflictShown["versions"],
  };
}

/** Whether the person may write what settles it. */
function maySettle({ rights: { value: rights } }: Journal, kind: string): boolean {
  if (GOALS.has(kind)) return rights.change;
  return TALK.has(kind) ? rights.talk : rights.own;
}

function madeBy(journal: Journal, { actor, device, at }: Version): { by: string; device: string; on: string } {
  return {
    by: journal.nameOf(actor) ?? say("you"),
    device: journal.devices.value.get(device) ?? say("device.unknown"),
    on: localDay(new Date(hlcMs(at))),
  };
}

function titleOf({ kind, title }: Conflict): string {
  const key = TITLES[kind];
  if (key) return say(key);
  if (kind === "checkin") return dateWords(title);
  return title === UNTITLED ? "" : title;
}
