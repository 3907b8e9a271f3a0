/** Reflections: one can be written at any time, and all are here to be read again, the newest first. */

import { useState } from "preact/hooks";
import { Field } from "../parts/field";
import { Empty, Part, Top } from "../parts/page";
import { type Abouts, type ReflectionActs, ReflectionForm, ReflectionRows, type ReflectionShown } from "../parts/reflections";
import { say } from "../words/words";
import type { Page } from "../page";
import { EVERYTHING, type Day, type May } from "./shown";

export interface ReflectionsShown {
  readonly on: Day;
  readonly may?: May;
  /** The newest first. */
  readonly reflections: readonly ReflectionShown[];
  readonly abouts: Abouts;
}

export type ReflectionsPage = Page<ReflectionsShown, ReflectionActs>;

const NO_WORDS = { text: "", takeaway: "", about: "" };
/** More than this are searched by words, and shown so many at a time. */
const FEW = 8;
const AT_A_TIME = 30;

export function Reflections({ shown: { on, may = EVERYTHING, reflections, abouts }, acts }: ReflectionsPage) {
  return (
    <>
      <Top title={say("place.reflections")} back={{ screen: "more", words: say("nav.more") }} />
      <div class="two">
        <div>
          {may.talk && <section class="sheet stack">
            <h2>{say("reflection.write")}</h2>
            <ReflectionForm place="reflection:new" words={NO_WORDS} label={say("reflection.label")} abouts={abouts} onKeep={acts.writeReflection} />
          </section>}
        </div>
        <div>
          {reflections.length > 0
            ? <Part title={say("reflection.earlier")}><Earlier reflections={reflections} on={on} acts={acts} abouts={abouts} /></Part>
            : <Empty drawing="morning" words="reflection.empty" />}
        </div>
      </div>
    </>
  );
}

function Earlier({ reflections, on, acts, abouts }: ReflectionsShown & { acts: ReflectionActs }) {
  const [asked, setAsked] = useState("");
  const [most, setMost] = useState(AT_A_TIME);
  const found = reflections.filter((one) => hasAll(one, asked));
  return (
    <>
      {reflections.length > FEW && (
        <Field label={say("reflection.search")}>
          {(ids) => <input {...ids} type="search" value={asked} onInput={(event) => setAsked(event.currentTarget.value)} />}
        </Field>
      )}
      <p class="quiet" role="status">{asked.trim() && say("reflection.found", { n: found.length })}</p>
      <ReflectionRows reflections={found.slice(0, most)} on={on} acts={acts} abouts={abouts} />
      {found.length > most && <p class="acts below"><button type="button" class="act" onClick={() => setMost(most + AT_A_TIME)}>{say("timeline.earlier")}</button></p>}
    </>
  );
}

/** Whether every word that is asked for is somewhere in a reflection, or in what it is about. */
function hasAll({ words, goal }: ReflectionShown, asked: string): boolean {
  const all = `${words.text} ${words.takeaway} ${goal?.title ?? ""}`.toLocaleLowerCase();
  return asked.toLocaleLowerCase().split(/\s+/).every((word) => all.includes(word));
}
