/** Joining somebody's journal by a code: what it opens is told before it is used. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { Field } from "../parts/field";
import { Part, Top } from "../parts/page";
import { address } from "../router";
import { dateWords, type Day } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import type { Role } from "./sees";

/** What a code opens. */
export interface OpenedShown {
  readonly code: string;
  readonly title: string;
  readonly role: Role;
  readonly by: string;
  readonly until: Day;
  readonly members: readonly { readonly name: string; readonly role: Role }[];
  /** Another owner has to agree first. */
  readonly waits: boolean;
}

export interface JoinShown {
  readonly on: Day;
  /** A code that came with the address. */
  readonly code: string;
  /** This browser belongs to an account already. */
  readonly paired: boolean;
  readonly opened?: OpenedShown;
  /** What is wrong with the code that came. */
  readonly wrong: string;
}

export interface JoinActs {
  /** Both give back what is wrong, in words; nothing where all is well. */
  look(code: string): Promise<string>;
  join(code: string, account: string, device: string): Promise<string>;
  /** Another code is to be typed. */
  another(): void;
}

export type JoinPage = Page<JoinShown, JoinActs>;

export function Join({ shown, acts }: JoinPage) {
  return (
    <div class="narrow">
      <Top title={say("join.title")}>{!shown.opened && <p>{say("join.what")}</p>}</Top>
      {shown.opened ? <Opened key={shown.opened.code} opened={shown.opened} shown={shown} acts={acts} /> : <Code key={shown.code} shown={shown} acts={acts} />}
    </div>
  );
}

function Code({ shown, acts }: JoinPage) {
  const [code, setCode] = useState(shown.code);
  const [wrong, setWrong] = useState("");
  const look = async (event: Event): Promise<void> => {
    event.preventDefault();
    setWrong(code.trim() ? await acts.look(code.trim()) : say("join.no_code"));
  };
  return (
    <form class="stack" onSubmit={(event) => void look(event)} noValidate>
      <Field label={say("join.code")} hint={say("join.code_hint")} wrong={wrong || shown.wrong || undefined}>
        {(ids) => <input {...ids} value={code} autocomplete="one-time-code" autocapitalize="characters" spellcheck={false} onInput={(event) => setCode(event.currentTarget.value)} />}
      </Field>
      <div class="acts"><button class="act main">{say("join.look")}</button></div>
    </form>
  );
}

function Opened({ opened, shown, acts }: JoinPage & { opened: OpenedShown }) {
  const { by, title, role, members, until, waits, code } = opened;
  const name = useDraft("join:name", "", { own: true });
  const account = name.value;
  const [device, setDevice] = useState(say("connect.name_first"));
  const [wrong, setWrong] = useState("");
  const [busy, setBusy] = useState(false);
  const join = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!shown.paired && !account.trim()) return setWrong(say("join.no_name"));
    setBusy(true);
    setWrong(await acts.join(code, account.trim(), device.trim() || say("connect.name_first")));
    setBusy(false);
  };
  return (
    <form class="stack" onSubmit={(event) => void join(event)} noValidate>
      <div class="sheet stack">
        <h2>{say("join.invited", { who: by })} <span class="own">{title || say("journals.untitled")}</span></h2>
        <p>{say(`may.${role}`)}</p>
        <p>{say("join.until", { day: dateWords(until, shown.on) })}</p>
        {waits && <p role="note">{say("join.waits")}</p>}
      </div>
      <Part title={say("together.members")}>
        <ul class="rows">{members.map((one, i) => <li key={i}><span class="grow">{one.name}</span><small>{say(`role.${one.role}`)}</small></li>)}</ul>
        <p>{say("join.all_see")}</p>
        <p>{say("together.nobody_watches")}</p>
      </Part>
      {!shown.paired && (
        <Part title={say("join.new")}>
          <div class="stack">
            <p class="quiet">{say("join.have")} <a href={address("connect")}>{say("join.connect_first")}</a></p>
            <Field label={say("join.name")} hint={say("join.name_hint")}>
              {(ids) => <input {...ids} value={account} autocomplete="name" maxLength={100} onInput={(event) => name.set(event.currentTarget.value)} />}
            </Field>
            <Field label={say("connect.name")}>
              {(ids) => <input {...ids} value={device} maxLength={100} onInput={(event) => setDevice(event.currentTarget.value)} />}
            </Field>
          </div>
        </Part>
      )}
      {wrong && <p class="field" role="alert"><span class="wrong">{wrong}</span></p>}
      <div class="acts">
        {!waits && <button class="act main" disabled={busy}>{say(shown.paired ? "join.go" : "join.go_new")}</button>}
        <button type="button" class="act bare" onClick={() => acts.another()}>{say("join.another")}</button>
      </div>
    </form>
  );
}
