/** One connection: how it stands, what would leave, what waits to be decided, what it did; and all that can be done about it. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { NeedsServer } from "../parts/needs_server";
import { Once } from "../parts/once";
import { Part, Top } from "../parts/page";
import type { AllTyped, Setting, Values, Wrong } from "../parts/settings";
import { SettingsFields } from "../parts/settings_form";
import { Sure } from "../parts/sure";
import { Unfold } from "../parts/unfold";
import { begun, momentWords } from "../words/days";
import { isKey, say } from "../words/words";
import type { Page } from "../page";
import { WordsIn } from "./calendar_feeds";
import { LeavingNow } from "./connection_leaving";
import { Scopes, useSettings } from "./connection_new";
import { kindWords, nameOf, offerWords, scopeWords, Stands } from "./connection_words";
import { type ConnectionLine, type Granted, type Kind, type Leaving, SCOPES, type ToldOf } from "./connections_shown";

export interface LetterShown {
  readonly id: string;
  readonly kind: string;
  readonly reason: string;
  readonly tries: number;
  readonly at: string;
}

export interface LogLine {
  readonly at: string;
  readonly what: string;
  readonly words: string;
  readonly hosts: string;
  readonly things: number;
}

export interface ConnectionFound extends ConnectionLine, Granted {
  readonly kind: Kind;
  /** One's own may be set up in another way. */
  readonly isOwn: boolean;
  /** An owner of the journal lets it begin. */
  readonly mayBegin: boolean;
  readonly offered: readonly string[];
  readonly hosts: readonly string[];
  readonly settings: readonly Setting[];
  readonly values: Values;
  readonly letters: readonly LetterShown[];
  readonly log: readonly LogLine[];
}

export interface ConnectionShown {
  readonly id: string;
  readonly paired: boolean;
  readonly trouble: string;
  readonly found?: ConnectionFound;
  readonly told?: ToldOf;
}

export type Steering = "run" | "pause" | "resume" | "withdraw";

export interface ConnectionActs {
  /** What would leave now, or why that can't be shown, in words. */
  leaving(id: string): Promise<readonly Leaving[] | string>;
  /** Whether its settings work, and what was found. */
  check(id: string): Promise<{ readonly ok: boolean; readonly words: string }>;
  steer(id: string, how: Steering): Promise<boolean>;
  decide(id: string, letter: string, how: "retry" | "skip"): Promise<boolean>;
  change(id: string, settings: Values, granted: Granted): Promise<Wrong | null>;
  end(id: string): Promise<boolean>;
  noted(): void;
}

export type ConnectionPage = Page<ConnectionShown, ConnectionActs>;

export function Connection({ shown, acts }: ConnectionPage) {
  const { found, paired, trouble, told } = shown;
  return (
    <>
      <Top title={shown.id} above={found && found.to !== found.id ? nameOf(found.to) : undefined} back={{ screen: "calendar", words: say("place.calendar") }} />
      {!paired && <NeedsServer drawing="way" words="calendar.alone" />}
      {paired && trouble && <p class="part-gap" role="status">{say(found ? "calendar.old" : "calendar.away", { words: trouble })}</p>}
      {told && (
        <Once
          title={say("once.title")}
          words={say(found?.kind === "inbox" ? "connection.address_words" : "connection.secret_words")}
          told={told.told}
          onNoted={acts.noted}
        />
      )}
      {found && (
        <div class="two">
          <div>
            {found.stands.state === "new" || found.stands.state === "asks" ? <First one={found} acts={acts} /> : <Now one={found} acts={acts} />}
            {found.letters.length > 0 && <Letters one={found} acts={acts} />}
            <Log log={found.log} />
          </div>
          <div>
            <About one={found} />
            <Doing one={found} acts={acts} />
          </div>
        </div>
      )}
    </>
  );
}

interface PartProps {
  readonly one: ConnectionFound;
  readonly acts: ConnectionActs;
}

/** It has not begun: what would leave, and then the choice. */
function First({ one, acts }: PartProps) {
  const isInbox = one.kind === "inbox";
  return (
    <section class="sheet stack">
      <h2>{say(isInbox ? "connection.ready" : "leaving.title")}</h2>
      {!isInbox && <LeavingNow key={one.scopes.join() + one.plain} id={one.id} load={acts.leaving} now />}
      {isInbox && <p>{say("connection.inbox_words")}</p>}
      {one.stands.state === "asks" && <p>{say(one.mayBegin ? "connection.allow_words" : "stands.asks")}</p>}
      {one.mayBegin && (
        <div class="acts">
          <button type="button" class="act main" onClick={() => void acts.steer(one.id, "resume")}>
            {say(one.stands.state === "asks" ? "connection.allow" : "connection.begin")}
          </button>
        </div>
      )}
    </section>
  );
}

function Now({ one, acts }: PartProps) {
  const { id, stands } = one;
  const [busy, setBusy] = useState(false);
  const steer = async (how: Steering): Promise<void> => {
    setBusy(true);
    await acts.steer(id, how);
    setBusy(false);
  };
  return (
    <Part title={say("connection.how")}>
      <div class="stack" role="status"><div class="tight"><Stands stands={stands} /></div></div>
      <div class="acts below">
        {stands.state === "paused"
          ? <button type="button" class="act" disabled={busy} onClick={() => void steer("resume")}>{say("connection.resume")}</button>
          : (
            <>
              {one.kind === "connector" && <button type="button" class="act" disabled={busy} onClick={() => void steer("run")}>{say(busy ? "connection.running" : "connection.run")}</button>}
              <button type="button" class="act" disabled={busy} onClick={() => void steer("pause")}>{say("connection.pause")}</button>
            </>
          )}
      </div>
    </Part>
  );
}

function Letters({ one, acts }: PartProps) {
  return (
    <Part title={say("letters.title")}>
      <p class="quiet">{say("letters.words")}</p>
      <ul class="rows">
        {one.letters.map((letter) => (
          <li key={`${letter.kind} ${letter.id}`}>
            <div class="grow tight">
              <p>{say("letters.one", { what: begun(kindWords(letter.kind)), words: letter.reason })}</p>
              <p class="quiet">{say("letters.tried", { n: letter.tries, when: momentWords(letter.at) })}</p>
              <div class="acts below">
                <button type="button" class="act slim" onClick={() => void acts.decide(one.id, letter.id, "retry")}>{say("letters.retry")}</button>
                <button type="button" class="act slim bare" onClick={() => void acts.decide(one.id, letter.id, "skip")}>{say("letters.skip")}</button>
              </div>
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Log({ log }: { log: readonly LogLine[] }) {
  return (
    <Part title={say("log.title")}>
      {log.length === 0 ? <p class="quiet">{say("log.empty")}</p> : <p class="quiet">{say("log.words")}</p>}
      <ul class="rows">
        {log.map((line, i) => (
          <li key={i}>
            <div class="grow">
              <span>{lineWords(line)}</span>
              <small>{[begun(momentWords(line.at)), line.words, line.hosts].filter(Boolean).join(" · ")}</small>
            </div>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function lineWords({ what, things }: LogLine): string {
  const named = what.replaceAll(" ", "_");
  const key = `log_line.${named}`;
  return isKey(key) ? say(key, { n: things }) : begun(what);
}

function About({ one }: { one: ConnectionFound }) {
  const seen = SCOPES.filter((scope) => one.scopes.includes(scope)).map(scopeWords);
  return (
    <Part title={say("connection.about")}>
      <div class="tight">
        <p>{offerWords(one.to, one.title)}</p>
        <p class="quiet">{say("connection.sees", { what: seen.join(", ") || say("connection.sees_nothing"), words: say(one.plain ? "words_in.plain" : "words_in.discreet") })}</p>
        {one.hosts.length > 0 && <p class="quiet">{say("connection.reaches", { hosts: one.hosts.join(", ") })}</p>}
        {one.by && <p class="quiet">{say("connection.by", { who: one.by })}</p>}
      </div>
    </Part>
  );
}

function Doing({ one, acts }: PartProps) {
  const { id, kind, stands } = one;
  const sends = kind !== "inbox";
  const hasBegun = stands.state !== "new" && stands.state !== "asks";
  return (
    <Part title={say("connection.more")}>
      {sends && hasBegun && (
        <Unfold title={say("leaving.now")}><LeavingNow key={one.scopes.join() + one.plain} id={id} load={acts.leaving} /></Unfold>
      )}
      {sends && <Unfold title={say("check.title")}><Check id={id} kind={kind} check={acts.check} /></Unfold>}
      {one.isOwn && <Unfold title={say("connection.change")}><Change key={JSON.stringify([one.values, one.scopes, one.plain])} one={one} acts={acts} /></Unfold>}
      <div class="acts below">
        {kind === "connector" && hasBegun && <Sure act={say("connection.withdraw")} words={say("connection.withdraw_words")} onSure={() => acts.steer(id, "withdraw")} />}
        <Sure act={say("connection.end")} words={say(sends ? "connection.end_words" : "connection.end_inbox_words")} onSure={() => acts.end(id)} />
      </div>
    </Part>
  );
}

function Check({ id, kind, check }: { id: string; kind: Kind; check: ConnectionActs["check"] }) {
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    setBusy(true);
    const { ok, words } = await check(id);
    setSaid(ok ? say("check.ok", { words }) : say("check.not", { words }));
    setBusy(false);
  };
  return (
    <>
      <p class="quiet">{say(kind === "notifier" ? "check.notifier" : "check.words")}</p>
      <button type="button" class="act slim" disabled={busy} onClick={() => void run()}>{say(busy ? "check.busy" : "check.go")}</button>
      <p role="status">{said}</p>
    </>
  );
}

interface Changed extends Granted {
  readonly typed: AllTyped;
}

function Change({ one, acts }: PartProps) {
  const { id, settings, values } = one;
  const draft = useDraft<Changed>(`connection.change:${id}`, { typed: {}, scopes: one.scopes, plain: one.plain });
  const { typed, scopes, plain } = draft.value;
  const set = (changed: Partial<Changed>): void => draft.set({ typed, scopes, plain, ...changed });
  const fields = useSettings(settings, typed, (next) => set({ typed: next }), values);
  const keep = (event: Event): void => {
    event.preventDefault();
    const found = fields.read(event.currentTarget as HTMLFormElement);
    if (!found) return;
    void draft.keepBy(async () => {
      const wrong = await acts.change(id, found, { scopes, plain });
      if (wrong) fields.refuse(wrong);
      return !wrong;
    });
  };
  return (
    <form class="stack" onSubmit={keep} noValidate>
      <p class="quiet">{say("connection.change_words")}</p>
      <SettingsFields of={one.to} settings={settings} typed={fields.typed} set={fields.set} wrong={fields.wrong} kept />
      <Scopes scopes={scopes} offered={one.offered} set={(next) => set({ scopes: next })} />
      <WordsIn what="connection" plain={plain} set={(next) => set({ plain: next })} />
      {fields.other && <p role="alert">{say("calendar.not_done", { words: fields.other })}</p>}
      <div class="acts"><button class="act">{say("keep")}</button></div>
    </form>
  );
}
