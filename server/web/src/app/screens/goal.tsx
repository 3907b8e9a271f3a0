/** One goal: in what words, how it has been, its steps and practices, what was said, and what was changed. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { type Given, page } from "../page";
import { CheckIn } from "../parts/check_in";
import { WordsField } from "../parts/field";
import { later } from "../parts/later";
import { Part, Top, Written } from "../parts/page";
import { Unfold } from "../parts/unfold";
import { address } from "../router";
import { begun, dateWords, dayWords, minutesWords, relativeWords } from "../words/days";
import { type Key, numberWords, say, speakOfAll } from "../words/words";
import type { Acts } from "./acts";
import type { GoalEditsPage } from "./goal_edits";
import { History } from "./goal_history";
import { LookingBack } from "./goal_looking_back";
import { ThenAndNow } from "./goal_then_now";
import { EVERYTHING, type CheckinShown, type GoalShown, type Hint, type May, type PracticeShown, type StepShown } from "./shown";

/** Where an open goal can go. */
const PLACES = ["achieved", "later", "paused", "let_go"] as const;

const PracticeEdits = page(() => import("./goal_edits").then((part) => part.PracticeEdits));
const SaidEdits = page(() => import("./goal_edits").then((part) => part.SaidEdits));
const StepEdits = page(() => import("./goal_edits").then((part) => part.StepEdits));
/** The chart says words of those that come later. */
const Chart = later(() => Promise.all([import("../parts/chart"), speakOfAll()]).then(([part]) => part.Chart));

interface GoalProps {
  readonly shown: GoalShown;
  readonly acts: Acts;
  /** What is put right is worked out when somebody asks for that. */
  readonly edits: () => Given<GoalEditsPage>;
}

export function GoalScreen({ shown, acts, edits }: GoalProps) {
  const subject = { id: shown.id, title: shown.title, asked: shown.asked };
  const open = shown.status === "active";
  const { may = EVERYTHING } = shown;
  return (
    <>
      <Top title={shown.title} back={{ screen: "goals", words: say("goals.title") }}>
        {(shown.due || !open) && <p class="quiet">{facts(shown)}</p>}
        {shown.toSettle > 0 && <p><a href={address("conflicts")}>{say("settle.some", { n: shown.toSettle })}</a></p>}
        {shown.proposed > 0 && <p><a href={address("together")}>{say("goal.proposed", { n: shown.proposed })}</a></p>}
      </Top>
      <div class="two">
        <div>
          <section class="part stack" aria-label={say("goal.in_words")}>
            <Written title={say("field.why")} text={shown.why} />
            <Written title={say("field.looks_like")} text={shown.looksLike} />
            <Written title={say("field.helps")} text={shown.helps} />
            <Written title={say("goal.looking_back")} text={shown.reflection} />
            {!open && may.change && !shown.reflection && <LookingBack goal={shown.id} acts={acts} />}
            <div class="acts">
              {may.propose && <a class="act" href={address("goal_revise", shown.id)}>{say(may.change ? "goal.revise" : "goal.propose")}</a>}
              {!open && may.change && (
                <button type="button" class="act" onClick={() => acts.setStatus(shown.id, "active")}>{say("goal.to_active")}</button>
              )}
            </div>
            {open && may.own && <Asking shown={shown} acts={acts} />}
          </section>
          {((open && may.propose) || shown.steps.length > 0) && <Steps goal={shown} may={may} acts={acts} edits={edits} />}
          {((open && may.change) || shown.practices.length > 0) && <Practices practices={shown.practices} may={may} edits={edits} />}
        </div>
        <div>
          {shown.progress && <Part title={say("goal.how_it_has_been")}><Chart progress={shown.progress} on={shown.on} /></Part>}
          {shown.thenNow && <ThenAndNow words={shown.thenNow} on={shown.on} />}
          {open && may.own && (
            <section class="part">
              <h2>{say("goal.check_in")}</h2>
              <CheckIn subject={subject} onSay={(said) => acts.checkIn(shown.id, said)} />
            </section>
          )}
          <Folded shown={shown} may={may} acts={acts} edits={edits} />
        </div>
      </div>
    </>
  );
}

function facts({ status, due, on }: GoalShown): string {
  if (status !== "active") return begun(say(`status.${status}`));
  return due ? begun(say("goals.due", { day: relativeWords(due, on) })) : "";
}

/** The coach's one question, only when somebody asks for it. */
function Asking({ shown, acts }: { shown: GoalShown; acts: Acts }) {
  return (
    <div aria-live="polite">
      {shown.hint === undefined
        ? <button type="button" class="act bare" onClick={() => acts.askHint(shown.id)}>{say("hint.ask")}</button>
        : <HintWords hint={shown.hint} goal={shown.id} />}
    </div>
  );
}

function HintWords({ hint, goal }: { hint: Hint | null; goal: string }) {
  if (!hint) return <p class="quiet">{say("hint.none")}</p>;
  return (
    <div class="side tight">
      <p>{hint.question}</p>
      <p class="quiet">{hint.whyItMayHelp}</p>
      <p><a href={address("goal_revise", goal)}>{say("hint.answer")}</a></p>
    </div>
  );
}

/** A part that comes when it is asked for. */
function Asked({ words, children }: { words: Key; children: () => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="act slim bare" aria-expanded={open} onClick={() => setOpen(!open)}>{say(words)}</button>
      {open && children()}
    </>
  );
}

function Steps({ goal, may, acts, edits }: { goal: GoalShown; may: May; acts: Acts; edits: GoalProps["edits"] }) {
  const draft = useDraft(`step:${goal.id}`, "");
  const add = (event: Event): void => {
    event.preventDefault();
    const title = draft.value.trim();
    if (title) void draft.keepBy(() => acts.addStep(goal.id, title));
  };
  const shown = goal.steps.filter((step) => step.status !== "dropped");
  return (
    <Part title={say("goal.steps")}>
      {shown.length > 0 && (
        <ol class="path" aria-label={say("goal.steps_reached")}>{shown.map((step) => <Step key={step.id} step={step} on={goal.on} may={may} acts={acts} />)}</ol>
      )}
      {goal.status === "active" && may.propose && (
        <form class="bring" onSubmit={add}>
          <WordsField label={say(shown.length ? "step.next" : "step.first")} value={draft.value} onInput={draft.set} lines={1} />
          <button class="act">{say(may.change ? "add" : "propose")}</button>
        </form>
      )}
      {may.change && goal.steps.length > 0 && <Asked words="goal.change_steps">{() => <StepEdits of={edits()} />}</Asked>}
    </Part>
  );
}

function Step({ step, on, may, acts }: { step: StepShown; on: string; may: May; acts: Acts }) {
  const reached = step.status === "reached";
  const when = reached ? step.on && say("step.reached_on", { day: dateWords(step.on, on) }) : step.due && begun(relativeWords(step.due, on));
  return (
    <li>
      <label>
        <input type="checkbox" checked={reached} disabled={!may.change} onChange={(event) => acts.reachStep(step.id, event.currentTarget.checked)} />
        <span class="own">{step.title}</span>
        {when && <small>{when}</small>}
      </label>
    </li>
  );
}

function Practices({ practices, may, edits }: { practices: readonly PracticeShown[]; may: May; edits: GoalProps["edits"] }) {
  return (
    <Part title={say("goal.practices")}>
      {practices.length > 0 && (
        <ul class="rows">
          {practices.map((one) => (
            <li key={one.id}>
              <span class="grow">
                <span class="own">{one.title}</span>
                <small>{[one.when && begun(one.when), one.minutes !== undefined && minutesWords(one.minutes)].filter(Boolean).join(" · ")}</small>
              </span>
            </li>
          ))}
        </ul>
      )}
      {may.change && <Asked words="goal.change_practices">{() => <PracticeEdits of={edits()} />}</Asked>}
    </Part>
  );
}

/** What was said and changed before, and other places for this goal. */
function Folded({ shown, may, acts, edits }: GoalProps & { may: May }) {
  return (
    <div>
      {shown.checkins.length > 0 && (
        <Unfold title={say("goal.checkins")} aside={numberWords(shown.checkins.length)}>
          <ul class="rows">{shown.checkins.map((one) => <Said key={one.id} said={one} on={shown.on} />)}</ul>
          {may.own && <Asked words="goal.change_said">{() => <SaidEdits of={edits()} />}</Asked>}
        </Unfold>
      )}
      {shown.history.length > 0 && (
        <Unfold title={say("goal.history")} aside={numberWords(shown.history.length)}>
          <History changes={shown.history} on={shown.on} />
        </Unfold>
      )}
      {shown.status === "active" && may.change && (
        <Unfold title={say("goal.another_place")}>
          <p>{say("goal.another_place_words")}</p>
          <div class="acts">
            {PLACES.map((status) => (
              <button key={status} type="button" class="act slim" onClick={() => acts.setStatus(shown.id, status)}>
                {say(`goal.to_${status}`)}
              </button>
            ))}
          </div>
        </Unfold>
      )}
    </div>
  );
}

function Said({ said, on }: { said: CheckinShown; on: string }) {
  return (
    <li>
      {said.number && <b class="said">{said.number}</b>}
      <span class="grow">
        {said.level && <b class="own level">{said.level}</b>}
        {said.note && <span class="own">{said.note}</span>}
        <small>{begun(dayWords(said.on, on))}{said.by && ` · ${said.by}`}</small>
      </span>
    </li>
  );
}
