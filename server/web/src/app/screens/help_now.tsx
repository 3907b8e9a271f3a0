/** Help now: the person's own safety plan first, then who listens, in the region that they choose. It asks no network. */

import { Field } from "../parts/field";
import { Part, Top, Written } from "../parts/page";
import { address } from "../router";
import { dateWords } from "../words/days";
import { locale, say } from "../words/words";
import type { Acts } from "./acts";
import { type HelpLine, type HelpShown, PLAN_PARTS } from "./shown";

export function HelpNow({ shown, acts }: { shown: HelpShown; acts: Acts }) {
  const written = PLAN_PARTS.filter((part) => shown.plan[part]);
  return (
    <div class="narrow">
      <Top title={say("help.title")} />
      <p class="sheet lead">{say("help.danger")}{shown.emergency && <> <a href={`tel:${shown.emergency}`}>{shown.emergency}</a></>}</p>
      {written.length > 0
        ? (
          <section class="part stack" aria-label={say("help.plan")}>
            {written.map((part) => <Written key={part} title={say(`plan.${part}`)} text={shown.plan[part]} calls={part === "people"} />)}
            {shown.also?.map((words) => <Written key={words} title={say("plan.twice")} text={words} calls />)}
            <p><a href={address("plan")}>{say("help.to_plan")}</a></p>
          </section>
        )
        : <p class="part-gap">{say("help.no_plan")} <a href={address("plan_write")}>{say("plan.write")}</a></p>}
      <Lines shown={shown} acts={acts} />
    </div>
  );
}

const HOW = { call: "help.by_call", call_or_text: "help.by_call_or_text", text: "help.by_text" } as const;

/** Lines that listen. A region is asked for and never guessed. */
function Lines({ shown, acts }: { shown: HelpShown; acts: Acts }) {
  const { region } = shown;
  const regions = [...new Set(shown.lines.map((line) => line.region))].sort();
  const names = new Intl.DisplayNames(locale.value, { type: "region" });
  return (
    <Part title={say("help.lines")}>
      <div class="stack">
        <Field label={say("help.region")}>
          {(ids) => (
            <select {...ids} value={region} onChange={(event) => acts.chooseRegion(event.currentTarget.value)}>
              <option value="">{say("help.choose")}</option>
              {regions.map((one) => <option key={one} value={one}>{names.of(one)}</option>)}
            </select>
          )}
        </Field>
        <div aria-live="polite">
          <ul class="rows">{shown.lines.filter((line) => line.region === region).map((line) => <Line key={line.name} line={line} asOf={shown.asOf} />)}</ul>
        </div>
        <p class="quiet">{say("help.elsewhere")} <a href="https://findahelpline.com" target="_blank" rel="noopener noreferrer">findahelpline.com</a></p>
      </div>
    </Part>
  );
}

function Line({ line, asOf }: { line: HelpLine; asOf: string }) {
  return (
    <li>
      <div class="grow">
        <h3>{line.name}</h3>
        <p class="reach">
          {line.by === "other" ? line.word : say(HOW[line.by], { word: line.word })}
          {line.numbers.map((number) => <a key={number} href={`${line.by === "text" ? "sms" : "tel"}:${number.replaceAll(" ", "")}`}>{number}</a>)}
        </p>
        <small>{line.hours === "day and night" ? say("help.day_and_night") : line.hours}. {say("help.source", { source: line.source, day: dateWords(asOf) })}</small>
      </div>
    </li>
  );
}
