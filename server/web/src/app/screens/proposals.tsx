/** What somebody would change, beside what there is; and the answers: to accept, to say something else, to leave it, to take it back. */

import { useDraft } from "../drafts";
import { diff } from "../parts/diff";
import { DayField, Field, WordsField } from "../parts/field";
import { Part } from "../parts/page";
import { Sure } from "../parts/sure";
import { More, Unfold } from "../parts/unfold";
import { address } from "../router";
import { dateWords, type Day } from "../words/days";
import { numberWords, say } from "../words/words";

/** One field of a proposal, in words. `answer` is how another value can be given; without it, it stays as proposed. */
export interface ProposedShown {
  readonly field: string;
  /** What the field is called. */
  readonly about: string;
  readonly now: string;
  readonly proposed: string;
  /** It was changed after it was proposed, by somebody whose change the proposal does not know. */
  readonly stale: boolean;
  readonly answer?: { readonly by: "words" | "line" | "day" | "number"; readonly value: string };
}

export interface ProposalShown {
  readonly id: string;
  /** Absent where it is one's own. */
  readonly by?: string;
  readonly on: Day;
  /** What it is about: as it is called now, or would be. */
  readonly title: string;
  readonly about: "goal" | "milestone" | "practice" | "measure" | "session" | "topic" | "other";
  /** There is no such thing yet. */
  readonly isNew: boolean;
  readonly goal?: string;
  /** What the goal is called that it belongs to. */
  readonly goalTitle?: string;
  readonly fields: readonly ProposedShown[];
  readonly reason?: string;
  /** It answers an earlier proposal. */
  readonly counters: boolean;
  readonly stale: boolean;
  /** Who may not accept it may still say no, or something else; whoever made it may take it back. */
  readonly can: { readonly accept: boolean; readonly answer: boolean; readonly withdraw: boolean };
}

/** One that was decided. */
export interface AnsweredShown {
  readonly id: string;
  readonly by?: string;
  readonly title: string;
  readonly decision: "accepted" | "declined" | "countered" | "withdrawn";
  readonly on: Day;
  readonly decidedBy?: string;
}

export interface ProposalActs {
  /** What was changed after somebody looked is not accepted by it. */
  accept(proposal: ProposalShown): void;
  decline(proposal: string, reason: string): Promise<boolean>;
  withdrawProposal(proposal: string): Promise<unknown>;
  /** Another proposal about the same: as it was, but for these values. */
  counter(proposal: string, values: Readonly<Record<string, string>>, reason: string): Promise<boolean>;
}

interface ProposalsProps {
  readonly shown: readonly ProposalShown[];
  readonly answered: readonly AnsweredShown[];
  readonly on: Day;
  readonly acts: ProposalActs;
}

export function Proposals({ shown, answered, on, acts }: ProposalsProps) {
  return (
    <>
      {shown.map((one) => <Proposal key={one.id} proposal={one} on={on} acts={acts} />)}
      {answered.length > 0 && (
        <Unfold title={say("proposals.answered")} aside={numberWords(answered.length)}>
          <ul class="rows">
            {answered.map((one) => (
              <li key={one.id}>
                <span class="grow own">{one.title}</span>
                <small>{say(one.decidedBy ? `decision.${one.decision}` : `decision.you_${one.decision}`, { who: one.decidedBy ?? "", day: dateWords(one.on, on) })}</small>
              </li>
            ))}
          </ul>
        </Unfold>
      )}
    </>
  );
}

interface ProposalProps {
  readonly proposal: ProposalShown;
  readonly on: Day;
  readonly acts: ProposalActs;
}

function Proposal({ proposal, on, acts }: ProposalProps) {
  const { by, about, isNew, title, goal, goalTitle, fields, reason, counters, stale, can, id } = proposal;
  const what = say(isNew ? `proposes.new_${about}` : `proposes.${about}`);
  return (
    <Part title={by ? say("together.proposes", { who: by, what }) : say("together.you_propose", { what })}>
      <p>{goal && !goalTitle ? <a class="own" href={address("goal", goal)}>{title}</a> : <span class="own">{title}</span>}</p>
      {goal && goalTitle && <p>{say("together.for_goal")} <a class="own" href={address("goal", goal)}>{goalTitle}</a></p>}
      <p class="quiet part-gap">{[dateWords(proposal.on, on), counters && say("together.counters")].filter(Boolean).join(" · ")}</p>
      {fields.map((one) => <Proposed key={one.field} field={one} isNew={isNew} />)}
      {reason && <p class="quiet">{say("goal.reason", { reason })}</p>}
      {stale && <p role="note">{say("together.stale")}</p>}
      <div class="acts below">
        {can.accept && <button type="button" class="act main" onClick={() => acts.accept(proposal)}>{say(stale ? "together.accept_stale" : "together.accept")}</button>}
        {can.withdraw && <Sure act={say("together.withdraw")} words={say("together.withdraw_words")} onSure={() => acts.withdrawProposal(id)} />}
      </div>
      {can.answer && <Counter proposal={proposal} acts={acts} />}
      {can.answer && <Decline proposal={proposal} acts={acts} />}
    </Part>
  );
}

/** One field: as it is, and as it would be, side by side. */
function Proposed({ field, isNew }: { field: ProposedShown; isNew: boolean }) {
  const { about, now, proposed, stale } = field;
  const runs = diff(now, proposed).filter((run) => run.kind !== "gone");
  const changed = runs.map((run, i) => (run.kind === "new" && now ? <ins key={i}>{run.text}</ins> : run.text));
  return (
    <div class="tight">
      <h3>{about}</h3>
      <div class="sides">
        {!isNew && (
          <div class="side">
            <h4 class="quiet">{say("together.now")}</h4>
            <p class="own">{now || say("nothing_yet")}</p>
            {stale && <small>{say("together.stale_field")}</small>}
          </div>
        )}
        <div class="side">
          <h4 class="quiet">{say("together.proposed")}</h4>
          <p class="own">{proposed ? changed : say("nothing_yet")}</p>
        </div>
      </div>
    </div>
  );
}

type Values = Readonly<Record<string, string>>;

function Counter({ proposal, acts }: Omit<ProposalProps, "on">) {
  const open = proposal.fields.filter(({ answer }) => answer);
  const draft = useDraft<{ values: Values; reason: string }>(`counter:${proposal.id}`, { values: {}, reason: "" });
  if (open.length === 0) return null;
  const { values, reason } = draft.value;
  const keep = (event: Event): void => {
    event.preventDefault();
    void draft.keepBy(() => acts.counter(proposal.id, values, reason.trim()));
  };
  const typed = (field: string) => (value: string): void => draft.set({ values: { ...values, [field]: value }, reason });
  return (
    <More title={say("together.counter")}>
      <form class="stack" onSubmit={keep}>
        {open.map(({ field, about, answer }) => <Answer key={field} label={about} by={answer?.by ?? "words"} value={values[field] ?? answer?.value ?? ""} onInput={typed(field)} />)}
        <WordsField lines={2} label={say("together.why")} value={reason} onInput={(words) => draft.set({ values, reason: words })} />
        <div class="acts"><button class="act">{say("together.counter_go")}</button></div>
      </form>
    </More>
  );
}

interface AnswerProps {
  readonly label: string;
  readonly by: "words" | "line" | "day" | "number";
  readonly value: string;
  readonly onInput: (value: string) => void;
}

function Answer({ label, by, value, onInput }: AnswerProps) {
  if (by === "day") return <DayField label={label} value={value} onInput={onInput} />;
  if (by !== "number") return <WordsField lines={by === "line" ? 1 : 3} label={label} value={value} onInput={onInput} />;
  return (
    <Field label={label}>
      {(ids) => <input {...ids} type="number" inputMode="numeric" value={value} onInput={(event) => onInput(event.currentTarget.value)} />}
    </Field>
  );
}

function Decline({ proposal, acts }: Omit<ProposalProps, "on">) {
  const draft = useDraft(`decline:${proposal.id}`, "");
  const keep = (event: Event): void => {
    event.preventDefault();
    void draft.keepBy(() => acts.decline(proposal.id, draft.value.trim()));
  };
  return (
    <More title={say("together.decline")}>
      <form class="stack" onSubmit={keep}>
        <p>{say("together.decline_words")}</p>
        <WordsField lines={2} label={say("together.why")} value={draft.value} onInput={draft.set} />
        <div class="acts"><button class="act">{say("together.decline_go")}</button></div>
      </form>
    </More>
  );
}
