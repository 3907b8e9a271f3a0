/** Calendar feeds: what one is, making one, its secret address, how to subscribe to it, and what can be changed about it. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { Choice, Several } from "../parts/choice";
import { Field, WordsField } from "../parts/field";
import { Once } from "../parts/once";
import { Part } from "../parts/page";
import { Sure } from "../parts/sure";
import { More, Unfold } from "../parts/unfold";
import { begun } from "../words/days";
import { say } from "../words/words";
import { COLOURS, FEED_LANGUAGES, type FeedShown, type FeedWords, KINDS, MOST_PAST_DAYS, NO_FEED, type ToldOf } from "./connections_shown";

export interface FeedActs {
  /** Both give back what is wrong, in words; nothing where it was done. */
  makeFeed(words: FeedWords): Promise<string>;
  changeFeed(id: string, words: FeedWords): Promise<string>;
  rotateFeed(id: string): Promise<boolean>;
  endFeed(id: string): Promise<boolean>;
  /** What was told once is taken along. */
  noted(): void;
}

interface FeedsProps {
  readonly feeds: readonly FeedShown[];
  readonly goals: FormProps["goals"];
  readonly told: ToldOf | undefined;
  readonly acts: FeedActs;
}

export function Feeds({ feeds, goals, told, acts }: FeedsProps) {
  return (
    <Part title={say("feeds.title")}>
      <div class="stack">
        <p class="quiet">{say("feeds.what")}</p>
        {told && <Address told={told} acts={acts} />}
        {feeds.length > 0 && (
          <ul class="rows">{feeds.map((one) => <li key={one.id}><Feed feed={one} goals={goals} acts={acts} /></li>)}</ul>
        )}
        <Unfold title={say("feeds.new")} open={!feeds.length && !told}>
          <FeedForm place="feed:new" words={NO_FEED} goals={goals} act={say("feeds.make")} main keep={acts.makeFeed} />
        </Unfold>
      </div>
      <Subscribing />
    </Part>
  );
}

function Address({ told, acts }: { told: ToldOf; acts: FeedActs }) {
  const [address] = told.told;
  return (
    <Once title={say("once.title")} words={say("feeds.address_words")} told={told.told} onNoted={acts.noted}>
      {address && <p><a class="act" href={address.text.replace(/^https?/, "webcal")}>{say("feeds.subscribe_here")}</a></p>}
    </Once>
  );
}

function Feed({ feed: { id, words, isCalendar, format }, goals, acts }: { feed: FeedShown; goals: FormProps["goals"]; acts: FeedActs }) {
  return (
    <div class="grow tight">
      <h3 class="own">{words.name || say("feeds.unnamed")}</h3>
      <p class="quiet">{isCalendar ? summary(words, goals) : say("feeds.other_format", { format })}</p>
      {isCalendar && (
        <More title={say("feeds.change")}>
          <FeedForm key={JSON.stringify(words)} place={`feed:${id}`} words={words} goals={goals} act={say("keep")} keep={(changed) => acts.changeFeed(id, changed)} />
        </More>
      )}
      <div class="acts below">
        <Sure act={say("feeds.rotate")} words={say("feeds.rotate_words")} onSure={() => acts.rotateFeed(id)} />
        <Sure act={say("feeds.end")} words={say("feeds.end_words")} onSure={() => acts.endFeed(id)} />
      </div>
    </div>
  );
}

/** What a feed shows, in a line. */
function summary({ plain, kinds, goals }: FeedWords, known: FormProps["goals"]): string {
  const shown = kinds.length === KINDS.length ? [] : kinds.map(kindWords);
  const about = known.filter(({ id }) => goals.includes(id)).map(({ title }) => `“${title}”`);
  return begun([say(plain ? "words_in.plain" : "words_in.discreet"), ...shown, ...about].join(" · "));
}

function kindWords(kind: string): string {
  const known = kind as (typeof KINDS)[number];
  return say(`feed_kind.${known}`);
}

interface FormProps {
  /** Where what was begun is kept. */
  readonly place: string;
  readonly words: FeedWords;
  readonly goals: readonly { readonly id: string; readonly title: string }[];
  readonly act: string;
  readonly main?: boolean;
  readonly keep: (words: FeedWords) => Promise<string>;
}

type Told = { readonly [name in "kinds" | "pastDays" | "other"]?: string };

function FeedForm({ place, words: first, goals, act, main, keep }: FormProps) {
  const draft = useDraft(place, first);
  const [wrong, setWrong] = useState<Told>({});
  const words = draft.value;
  const set = (changed: Partial<FeedWords>): void => {
    draft.set({ ...words, ...changed });
    setWrong({});
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = wrongWith(words);
    setWrong(found);
    if (Object.keys(found).length) return;
    void draft.keepBy(async () => {
      const other = await keep(words);
      if (other) setWrong({ other });
      return !other;
    });
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <WordsField lines={1} label={say("feeds.name")} hint={say("feeds.name_hint")} value={words.name} onInput={(name) => set({ name })} />
      <WordsIn plain={words.plain} what="feed" set={(plain) => set({ plain })} />
      <Several legend={say("feeds.kinds")} of={KINDS} words={(kind) => begun(kindWords(kind))} value={words.kinds} wrong={wrong.kinds} onTyped={(kinds) => set({ kinds })} />
      <More title={say("feeds.more")}>
        {goals.length > 0 && <Goals words={words} goals={goals} set={set} />}
        <Field label={say("feeds.past")} wrong={wrong.pastDays}>
          {(ids) => <input {...ids} class="short" inputMode="numeric" value={words.pastDays} onInput={(event) => set({ pastDays: event.currentTarget.value })} />}
        </Field>
        <label class="choice">
          <input type="checkbox" checked={words.alarms} onChange={(event) => set({ alarms: event.currentTarget.checked })} />
          <span>{say("feeds.alarms")}</span>
        </label>
        <Field label={say("feeds.colour")}>
          {(ids) => (
            <select {...ids} value={words.colour} onChange={(event) => set({ colour: event.currentTarget.value })}>
              {COLOURS.map((one) => <option key={one} value={one}>{say(`colour.${one}`)}</option>)}
            </select>
          )}
        </Field>
        {!words.plain && (
          <Field label={say("feeds.language")}>
            {(ids) => (
              <select {...ids} value={words.language} onChange={(event) => set({ language: event.currentTarget.value })}>
                <option value="">{say("feeds.language_journal")}</option>
                {Object.entries(FEED_LANGUAGES).map(([one, name]) => <option key={one} value={one}>{name}</option>)}
              </select>
            )}
          </Field>
        )}
      </More>
      {wrong.other && <p class="quiet" role="alert">{say("calendar.not_done", { words: wrong.other })}</p>}
      <div class="acts"><button class={main ? "act main" : "act"}>{act}</button></div>
    </form>
  );
}

/** Goals that are chosen and not here any more stay chosen: they may be on another device alone. */
function Goals({ words, goals, set }: { words: FeedWords; goals: FormProps["goals"]; set: (changed: Partial<FeedWords>) => void }) {
  const elsewhere = words.goals.filter((id) => goals.every((one) => one.id !== id));
  return (
    <Several
      legend={say("feeds.goals")}
      hint={say("feeds.goals_hint")}
      of={goals.map(({ id }) => id)}
      words={(id) => goals.find((one) => one.id === id)?.title ?? id}
      value={words.goals}
      onTyped={(chosen) => set({ goals: [...chosen, ...elsewhere] })}
    />
  );
}

function wrongWith({ kinds, pastDays }: FeedWords): Told {
  const days = Number(pastDays);
  const isDays = pastDays.trim() !== "" && Number.isInteger(days) && days >= 0 && days <= MOST_PAST_DAYS;
  return { ...(!kinds.length && { kinds: say("feeds.no_kinds") }), ...(!isDays && { pastDays: say("feeds.past_wrong", { most: MOST_PAST_DAYS }) }) };
}

interface WordsInProps {
  readonly plain: boolean;
  readonly what: "feed" | "connection";
  readonly set: (plain: boolean) => void;
}

/** In neutral words or in the person's own: what each means. */
export function WordsIn({ plain, what, set }: WordsInProps) {
  return (
    <Choice
      legend={say("words_in.question")}
      options={[
        ["discreet", begun(say("words_in.discreet")), say(what === "feed" ? "feeds.discreet_means" : "connection.discreet_means")],
        ["plain", begun(say("words_in.plain")), say(what === "feed" ? "feeds.plain_means" : "connection.plain_means")],
      ]}
      value={plain ? "plain" : "discreet"}
      onChoose={(one) => set(one === "plain")}
    />
  );
}

const PROGRAMS = ["apple", "google", "outlook", "thunderbird"] as const;

function Subscribing() {
  return (
    <Unfold title={say("subscribe.title")}>
      <p class="quiet">{say("subscribe.one_way")}</p>
      <dl class="stack">
        {PROGRAMS.map((one) => (
          <div key={one}>
            <dt><b>{say(`subscribe.${one}`)}</b></dt>
            <dd>{say(`subscribe_how.${one}`)}</dd>
            <dd class="quiet">{say(`subscribe_but.${one}`)}</dd>
          </div>
        ))}
      </dl>
    </Unfold>
  );
}
