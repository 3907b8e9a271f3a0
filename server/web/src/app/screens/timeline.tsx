/** Everything with a date in one line: what is coming, today in its place, and what was, the latest first. */

import { useState } from "preact/hooks";
import { Field } from "../parts/field";
import { Empty, Part, Top } from "../parts/page";
import { address } from "../router";
import { begun, dayWords, monthWords } from "../words/days";
import { isKey, say } from "../words/words";
import type { Page } from "../page";
import type { Day } from "./shown";

const KINDS = ["goal", "milestone", "session", "checkin", "assessment", "reflection"] as const;
type Kind = (typeof KINDS)[number];

/** One thing on a day. `title` is somebody's own words, or of a session the place. */
export interface TimelineEntry {
  readonly key: string;
  readonly on: Day;
  readonly kind: Kind;
  readonly id: string;
  readonly title: string;
  readonly became: string;
  readonly count: number;
  readonly at?: string;
  /** The time zone, where it is not the journal's. */
  readonly zone?: string;
  readonly goals?: readonly { readonly id: string; readonly title: string }[];
}

export interface TimelineShown {
  readonly on: Day;
  /** The latest first. */
  readonly entries: readonly TimelineEntry[];
  readonly hasEarlier: boolean;
}

export interface TimelineActs {
  earlier(): void;
}

export type TimelinePage = Page<TimelineShown, TimelineActs>;

export function Timeline({ shown, acts }: TimelinePage) {
  const [kind, setKind] = useState<Kind | "">("");
  const { on, entries, hasEarlier } = shown;
  const wanted = entries.filter((one) => !kind || one.kind === kind);
  const [coming, now, before] = [wanted.filter((one) => one.on > on), wanted.filter((one) => one.on === on), wanted.filter((one) => one.on < on)];
  return (
    <div class="narrow">
      <Top title={say("place.timeline")} back={{ screen: "more", words: say("nav.more") }} />
      {entries.length === 0 && !hasEarlier ? <Empty drawing="way" words="timeline.empty" /> : (
        <>
          <div class="part-gap"><Which kinds={KINDS.filter((one) => entries.some((entry) => entry.kind === one))} kind={kind} onChoose={setKind} /></div>
          {coming.length > 0 && <Part title={say("timeline.coming")}><Months entries={coming} /></Part>}
          <section class="part today-mark">
            <h2>{begun(say("timeline.today", { day: dayWords(on) }))}</h2>
            {now.length > 0 && <Lines entries={now} />}
          </section>
          <Part title={say("timeline.before")}>
            <Months entries={before} />
            {before.length === 0 && <p class="quiet">{say(kind ? "timeline.none_of_these" : "timeline.none_before")}</p>}
            {hasEarlier && <p class="acts below"><button type="button" class="act" onClick={acts.earlier}>{say("timeline.earlier")}</button></p>}
          </Part>
        </>
      )}
    </div>
  );
}

function Which({ kinds, kind, onChoose }: { kinds: readonly Kind[]; kind: Kind | ""; onChoose: (kind: Kind | "") => void }) {
  return (
    <Field label={say("timeline.which")}>
      {(ids) => (
        <select {...ids} value={kind} onChange={(event) => onChoose(event.currentTarget.value as Kind | "")}>
          <option value="">{say("timeline.all")}</option>
          {kinds.map((one) => <option key={one} value={one}>{say(`timeline.only_${one}`)}</option>)}
        </select>
      )}
    </Field>
  );
}

function Months({ entries }: { entries: readonly TimelineEntry[] }) {
  const months = [...new Set(entries.map((one) => one.on.slice(0, 7)))];
  return (
    <>
      {months.map((month) => (
        <div key={month} class="month">
          <h3 class="quiet">{begun(monthWords(`${month}-01`))}</h3>
          <Lines entries={entries.filter((one) => one.on.startsWith(month))} />
        </div>
      ))}
    </>
  );
}

function Lines({ entries }: { entries: readonly TimelineEntry[] }) {
  return <ol class="line">{entries.map((one) => <li key={one.key} class={`of-${one.kind}`}><Line entry={one} /></li>)}</ol>;
}

function Line({ entry }: { entry: TimelineEntry }) {
  return (
    <>
      <small>{[dayWords(entry.on), entry.at, entry.zone?.replaceAll("_", " ")].filter(Boolean).join(" · ")}</small>
      <What entry={entry} />
      <small>{becameWords(entry)}</small>
    </>
  );
}

/** What it is about, as a way to go there. */
function What({ entry: { kind, id, title, goals } }: { entry: TimelineEntry }) {
  if (goals?.length) return <p>{goals.map((goal, at) => <span key={goal.id}>{at > 0 && " · "}<a class="own" href={address("goal", goal.id)}>{goal.title}</a></span>)}</p>;
  if (kind === "session") return <p><a class="way-in" href={address("session", id)}>{title ? say("timeline.session_at", { place: title }) : say("timeline.session")}</a></p>;
  if (kind === "reflection") return <p><a class="own" href={address("reflections")}>{title}</a></p>;
  return title ? <p class="own">{title}</p> : null;
}

function becameWords({ kind, became, count }: TimelineEntry): string {
  const said = `${kind}_${became}`;
  const key = `timeline.${said}`;
  return isKey(key) ? say(key, { n: count }) : became.replaceAll("_", " ");
}
