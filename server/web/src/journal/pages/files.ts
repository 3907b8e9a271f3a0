/** Files: a copy of the journal, made in the browser, and one that is brought in. */

import { signal } from "@preact/signals";

import type { FilesActs, FilesPage, FilesShown, LookedShown } from "../../app/screens/files";
import { say } from "../../app/words/words";
import type { State } from "../../core/journal";
import { copyOf, type Kind } from "../../views/copying";
import { given } from "../../views/fields";
import { act, carried } from "../acting";
import { MAX_BYTES, NoCopy, planned, readCopy, takenBack, type Copy, type Found, type Plan } from "../bringing";
import type { Journal } from "../journal";
import type { Draft } from "../refusing";

/** The file that is looked at. */
const looked = signal<{ readonly name: string; readonly copy: Copy } | undefined>(undefined);
/** Files that a terminal reads, by how their names end. */
const ELSEWHERE: Readonly<Record<string, string>> = { csv: "milepost import csv", ics: "milepost import ics", toml: "milepost instrument add" };

export function files(journal: Journal): FilesPage {
  const { state } = journal.seen.value;
  const isEmpty = [...state.entities.keys()].every((kind) => kind === "journal" || state.visible(kind).length === 0);
  const shown = given<FilesShown>({ isEmpty, readOnly: !journal.rights.value.own || undefined, looked: looked.value && lookedShown(looked.value.name, planFor(state, looked.value.copy, journal.today.value)) });
  const { copy, look, putAside, ...writing } = filesActs(journal);
  return { shown, acts: { copy, look, putAside, ...carried<Pick<FilesActs, "bringIn" | "takeOut">>(writing) } };
}

let worked: { readonly copy: Copy; readonly state: State; readonly changes: number; readonly on: string; readonly plan: Plan } | undefined;

/** What a copy comes to; a long one is not worked out again before something changed. */
function planFor(state: State, copy: Copy, on: string): Plan {
  const { changes } = state;
  if (worked?.copy !== copy || worked.state !== state || worked.changes !== changes || worked.on !== on) {
    worked = { copy, state, changes, on, plan: planned(state, copy, on) };
  }
  return worked.plan;
}

function filesActs(journal: Journal): FilesActs {
  return {
    copy: () => ({ name: `milepost-${journal.today.value}.json`, body: `${JSON.stringify(copyOf(journal.seen.value.state), null, 2)}\n` }),
    look,
    bringIn: async (again) => {
      const copy = looked.value?.copy;
      if (!copy) return false;
      let made: readonly Found[] = [];
      const isKept = await act(
        journal,
        (state) => {
          const plan = planned(state, copy, journal.today.value);
          made = again ? [...plan.coming, ...plan.gone] : plan.coming;
          return again ? [...plan.gone.map((one) => one.again), ...plan.drafts] : plan.drafts;
        },
        "done.brought_in",
        (): Draft[] => takenBack(made),
      );
      if (isKept) looked.value = undefined;
      return isKept;
    },
    takeOut: async () => {
      const copy = looked.value?.copy;
      if (!copy) return false;
      const isDone = await act(journal, (state) => takenBack(planned(state, copy, journal.today.value).brought), "done.taken_out");
      if (isDone) looked.value = undefined;
      return isDone;
    },
    putAside: () => {
      [looked.value, worked] = [undefined, undefined];
    },
  };
}

async function look(file: File): Promise<string> {
  const command = ELSEWHERE[/\.([a-z]+)$/i.exec(file.name)?.[1]?.toLowerCase() ?? ""];
  if (command) return say("files.elsewhere", { command });
  if (file.size > MAX_BYTES) return say("files.too_large");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    looked.value = { name: file.name, copy: readCopy(text) };
  } catch (error) {
    return say(error instanceof NoCopy && error.why === "much" ? "files.too_many" : "files.none");
  }
  return "";
}

const COUNTED = {
  goal: "files.goals", measure: "files.measures", milestone: "files.milestones", practice: "files.practices", series: "files.series",
  session: "files.sessions", checkin: "files.checkins", topic: "files.topics", reflection: "files.reflections", assessment: "files.assessments",
} as const satisfies Record<Kind, string>;

function lookedShown(file: string, { coming, here, brought, gone, refused, named }: Plan): LookedShown {
  const kinds = Object.keys(COUNTED) as Kind[];
  const counts = kinds.map((kind) => [kind, coming.filter((one) => one.kind === kind).length] as const);
  const lines = counts.filter(([, n]) => n > 0).map(([kind, n]) => say(COUNTED[kind], { n }));
  return { file, coming: lines, here: here.length, brought: brought.length, gone: gone.length, refused, named };
}
