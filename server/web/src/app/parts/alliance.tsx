/** How it was together: three numbers in somebody's own time, each as they like. Never averaged, never ranked, told to nobody. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { OwnWords } from "../markdown/words";
import type { Day } from "../screens/shown";
import { begun, dateWords, dayWords } from "../words/days";
import { numberWords, say } from "../words/words";
import { WordsField } from "./field";
import { Part } from "./page";
import { Scale } from "./scale";
import { More } from "./unfold";

export const FEELINGS = ["bond", "goals", "tasks"] as const;
export type Feeling = (typeof FEELINGS)[number];
/** So low is worth raising. */
const LOW = 4;

export interface Felt extends Readonly<Record<Feeling, number | null>> {
  readonly note: string;
  /** Those in this journal may see it. */
  readonly shared: boolean;
}

/** What was said of one session. */
export interface FeltShown extends Felt {
  readonly id: string;
  readonly on: Day;
}

export interface AllianceShown {
  readonly said: readonly FeltShown[];
  /** Others are in this journal: `private` says whether there is another one that is one's own alone. */
  readonly others: boolean;
  readonly private: boolean;
}

export interface AllianceActs {
  recordAlliance(session: string, felt: Felt): Promise<boolean>;
  takeBackAlliance(felt: FeltShown): void;
}

const NOTHING: Felt = { bond: null, goals: null, tasks: null, note: "", shared: false };

interface AllianceProps {
  readonly shown: AllianceShown;
  readonly on: Day;
  readonly session: string;
  readonly acts: AllianceActs;
}

export function Alliance({ shown, on, session, acts }: AllianceProps) {
  return (
    <Part title={say("alliance.title")}>
      <div class="stack">
        {shown.said.map((one) => <Said key={one.id} felt={one} on={on} others={shown.others} acts={acts} />)}
        <More title={say(shown.said.length ? "alliance.again" : "alliance.begin")}><Saying shown={shown} session={session} acts={acts} /></More>
      </div>
    </Part>
  );
}

function Said({ felt, on, others, acts }: { felt: FeltShown; on: Day; others: boolean; acts: AllianceActs }) {
  const said = FEELINGS.filter((one) => felt[one] !== null);
  const isLow = said.some((one) => (felt[one] as number) <= LOW);
  return (
    <div class="tight">
      <h3>{begun(dayWords(felt.on, on))}</h3>
      <dl class="felt">{said.map((one) => <div key={one}><dt>{say(`alliance.${one}`)}</dt> <dd>{say("alliance.of_ten", { value: numberWords(felt[one] as number) })}</dd></div>)}</dl>
      {felt.note && <OwnWords text={felt.note} />}
      {isLow && <p>{say(felt.shared ? "alliance.low_shared" : "alliance.low")}</p>}
      {others && <p class="quiet">{say(felt.shared ? "alliance.is_shared" : "alliance.is_private")}</p>}
      <p><button type="button" class="act slim bare" aria-label={say("alliance.take_back_this", { day: dateWords(felt.on, on) })} onClick={() => acts.takeBackAlliance(felt)}>{say("take_back")}</button></p>
    </div>
  );
}

function Saying({ shown, session, acts }: Omit<AllianceProps, "on">) {
  const draft = useDraft<Felt>(`alliance:${session}`, NOTHING);
  const [wrong, setWrong] = useState("");
  const felt = draft.value;
  const mustShare = shown.others && !shown.private;
  const set = (changed: Partial<Felt>): void => {
    draft.set({ ...felt, ...changed });
    setWrong("");
  };
  const keep = (event: Event): void => {
    event.preventDefault();
    if (FEELINGS.every((one) => felt[one] === null)) return setWrong(say("alliance.nothing"));
    if (mustShare && !felt.shared) return setWrong(say("alliance.say_share"));
    void draft.keepBy(() => acts.recordAlliance(session, felt));
  };
  const ends = { low: 0, high: 10, lowWords: say("alliance.low_end"), highWords: say("alliance.high_end") };
  return (
    <form class="stack wide-gaps" onSubmit={keep} noValidate>
      <p class="quiet">{say("alliance.each")} {say(mustShare ? "alliance.no_private" : felt.shared ? "alliance.is_shared" : "alliance.private")}</p>
      {FEELINGS.map((one) => <Scale key={one} legend={say(`alliance.ask_${one}`)} asked={ends} value={felt[one]} onChoose={(value) => set({ [one]: value })} />)}
      <WordsField lines={2} label={say("checkin.words")} value={felt.note} onInput={(note) => set({ note })} />
      {shown.others && (
        <label class="choice">
          <input type="checkbox" checked={felt.shared} onChange={(event) => set({ shared: event.currentTarget.checked })} />
          <span>{say("alliance.share")}</span>
        </label>
      )}
      {wrong && <p class="field" role="alert"><span class="wrong">{wrong}</span></p>}
      <div class="acts">
        <button class="act main">{say("keep")}</button>
        <button type="button" class="act bare" onClick={draft.end}>{say("form.afresh")}</button>
      </div>
    </form>
  );
}
