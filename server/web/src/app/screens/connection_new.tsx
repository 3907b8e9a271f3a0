/**
 * A connection begins: what it is to, what a plugin asks for, what it may see, and in whose words. It is held at first, so that
 * what would leave can be looked at before anything does.
 */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { Several } from "../parts/choice";
import { WordsField } from "../parts/field";
import { NeedsServer } from "../parts/needs_server";
import { Top } from "../parts/page";
import { type AllTyped, asked, begun, type Setting, type Unusable, type Values, type Wrong } from "../parts/settings";
import { SettingsFields } from "../parts/settings_form";
import { More } from "../parts/unfold";
import { address } from "../router";
import { begun as begunWords } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import { WordsIn } from "./calendar_feeds";
import { nameOf, offerWords, scopeMeans, scopeWords } from "./connection_words";
import { type Granted, type Offer, SCOPES } from "./connections_shown";

export interface ConnectionNewShown {
  readonly paired: boolean;
  readonly trouble: string;
  /** Undefined until the server has answered. */
  readonly offer?: Offer;
}

export interface NewConnection extends Granted {
  readonly name: string;
  readonly settings: Values;
}

export interface ConnectionNewActs {
  /** Gives back what is wrong, and with which setting; nothing where it is connected. */
  connect(to: string, wanted: NewConnection): Promise<Wrong | null>;
}

export type ConnectionNewPage = Page<ConnectionNewShown, ConnectionNewActs>;

export function ConnectionNew({ shown, acts }: ConnectionNewPage) {
  const { paired, trouble, offer } = shown;
  return (
    <div class="narrow stack">
      <Top title={say("connection.new", { name: offer ? nameOf(offer.to) : "…" })} back={{ screen: "calendar", words: say("place.calendar") }} />
      {!paired && <NeedsServer drawing="way" words="calendar.alone" />}
      {paired && trouble && <p role="status">{say("calendar.away", { words: trouble })}</p>}
      {offer && <Form key={offer.to} offer={offer} acts={acts} />}
    </div>
  );
}

interface Begun extends Granted {
  readonly name: string;
  readonly typed: AllTyped;
}

function Form({ offer, acts }: { offer: Offer; acts: ConnectionNewActs }) {
  const { to, settings } = offer;
  const draft = useDraft<Begun>(`connection:${to}`, { name: "", typed: {}, scopes: offer.scopes, plain: false });
  const fields = useSettings(settings, draft.value.typed, (typed) => set({ typed }));
  const [busy, setBusy] = useState(false);
  const { name, scopes, plain } = draft.value;
  const set = (changed: Partial<Begun>): void => draft.set({ ...draft.value, ...changed });
  const connect = (event: Event): void => {
    event.preventDefault();
    const values = fields.read(event.currentTarget as HTMLFormElement);
    if (!values || busy) return;
    setBusy(true);
    void draft.keepBy(async () => {
      const wrong = await acts.connect(to, { name, settings: values, scopes, plain });
      setBusy(false);
      if (wrong) fields.refuse(wrong);
      return !wrong;
    });
  };
  return (
    <form class="stack wide-gaps" onSubmit={connect} noValidate>
      <p>{offerWords(to, offer.title)}</p>
      <SettingsFields of={to} settings={settings} typed={fields.typed} set={fields.set} wrong={fields.wrong} />
      <Scopes scopes={scopes} offered={offer.scopes} set={(next) => set({ scopes: next })} />
      <WordsIn what="connection" plain={plain} set={(next) => set({ plain: next })} />
      <More title={say("connection.name_it")} open={name !== ""}>
        <WordsField lines={1} label={say("connection.name")} hint={say("connection.name_hint")} value={name} onInput={(next) => set({ name: next })} />
      </More>
      {fields.other && <p role="alert">{say("calendar.not_done", { words: fields.other })}</p>}
      <p class="quiet">{say(offer.kind === "inbox" ? "connection.nothing_comes" : "connection.nothing_leaves")}</p>
      <div class="acts">
        <button class="act main" disabled={busy}>{say(offer.kind === "inbox" ? "connection.make" : "connection.look_first")}</button>
        <a class="act bare" href={address("calendar")}>{say("form.not_now")}</a>
      </div>
    </form>
  );
}

interface ScopesProps {
  readonly scopes: readonly string[];
  /** What the plugin offers first. */
  readonly offered: readonly string[];
  readonly set: (scopes: readonly string[]) => void;
}

/** What a connection may see, and what each lets out. */
export function Scopes({ scopes, offered, set }: ScopesProps) {
  return (
    <Several
      legend={say("scopes.question")}
      hint={say("scopes.hint")}
      of={SCOPES}
      words={(one) => begunWords(offered.includes(one) ? say("scopes.offered", { words: scopeWords(one) }) : scopeWords(one))}
      meaning={scopeMeans}
      value={scopes}
      onTyped={set}
    />
  );
}

export interface SettingsTyped {
  readonly typed: AllTyped;
  readonly wrong: Readonly<Record<string, string>>;
  /** What is wrong and with none of them. */
  readonly other: string;
  set(typed: AllTyped): void;
  /** Those that are to be asked for; undefined where one can't be used, which then says so and has the focus. */
  read(form: HTMLFormElement): Values | undefined;
  refuse(wrong: Wrong): void;
}

/** The fields of a form, with what was begun in them (`kept`, which never has a secret in it) and what is wrong. */
export function useSettings(settings: readonly Setting[], kept: AllTyped, keep: (typed: AllTyped) => void, now?: Values): SettingsTyped {
  const [secrets, setSecrets] = useState<AllTyped>({});
  const [wrong, setWrong] = useState<Readonly<Record<string, string>>>({});
  const [other, setOther] = useState("");
  const typed = { ...begun(settings, now), ...kept, ...secrets };
  return {
    typed,
    wrong,
    other,
    set: (next) => {
      const isSecret = (name: string): boolean => settings.some((one) => one.secret && one.name === name);
      setSecrets(Object.fromEntries(Object.entries(next).filter(([name]) => isSecret(name))));
      keep(Object.fromEntries(Object.entries(next).filter(([name]) => !isSecret(name))));
      setWrong({});
      setOther("");
    },
    read: (form) => {
      const found = asked(settings, typed, now);
      setWrong(Object.fromEntries([...found.wrong].map(([name, why]) => [name, wrongWords(why)])));
      if (!found.wrong.size) return found.values;
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return undefined;
    },
    refuse: ({ name, words }) => {
      setWrong(name ? { [name]: words } : {});
      setOther(name ? "" : words);
    },
  };
}

function wrongWords({ key, given }: Unusable): string {
  return say(key, given);
}
