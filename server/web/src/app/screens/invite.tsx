/** Inviting somebody: as what, until when, and exactly what they will see, before there is a code; and the codes that wait. */

import { useState } from "preact/hooks";
import { Field } from "../parts/field";
import { Once } from "../parts/once";
import { Part } from "../parts/page";
import { Sure } from "../parts/sure";
import { More, Unfold } from "../parts/unfold";
import { address } from "../router";
import { dateWords, type Day } from "../words/days";
import { say } from "../words/words";
import { ROLES, Sees, type Role } from "./sees";
import type { TogetherShown } from "./together";

/** An invitation; `waits`: other owners have yet to agree; `yours`: you are one of them. */
export interface InvitationShown {
  readonly id: string;
  readonly role: Role;
  readonly by?: string;
  readonly made: Day;
  readonly until: Day;
  readonly fate: "open" | "waits" | "used" | "withdrawn" | "over";
  readonly yours?: boolean;
}

/** One that was just made: its code is told this once. */
export interface MadeShown {
  readonly code: string;
  readonly link: string;
  readonly role: Role;
  readonly until: Day;
  readonly waits: boolean;
}

export interface InviteActs {
  invite(role: Role, days: number): void;
  /** The code was given on, and need not be shown any more. */
  told(): void;
  consent(invitation: string): void;
  withdraw(invitation: string): Promise<unknown>;
}

const DAYS = [1, 7, 30] as const;

interface InviteProps {
  readonly shown: TogetherShown;
  readonly acts: InviteActs;
}

export function Invite({ shown, acts }: InviteProps) {
  const [open] = useState(shown.made !== undefined || shown.members.length < 2); // it stays so while somebody is at it
  return (
    <Unfold title={say("invite.title")} open={open}>
      <div aria-live="polite">
        {shown.made ? <Made made={shown.made} on={shown.on} acts={acts} /> : <Asked shown={shown} acts={acts} />}
      </div>
    </Unfold>
  );
}

function Asked({ shown, acts }: InviteProps) {
  const [role, setRole] = useState<Role>("therapist");
  const [days, setDays] = useState(7);
  const [agreed, setAgreed] = useState(!shown.isPrivate);
  const make = (event: Event): void => {
    event.preventDefault();
    acts.invite(role, days);
  };
  if (!agreed) return <Private onAgree={() => setAgreed(true)} />;
  return (
    <form class="stack" onSubmit={make}>
      <fieldset class="field">
        <legend>{say("together.as_what")}</legend>
        {ROLES.map((one) => (
          <label key={one} class="choice">
            <input type="radio" name="role" value={one} checked={role === one} onChange={() => setRole(one)} />
            <span>{say(`role.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <Field label={say("invite.days")}>
        {(ids) => (
          <select {...ids} value={days} onChange={(event) => setDays(Number(event.currentTarget.value))}>
            {DAYS.map((n) => <option key={n} value={n}>{say("invite.for_days", { n })}</option>)}
          </select>
        )}
      </Field>
      <div class="side">
        <h2>{say("invite.will_see")}</h2>
        <Sees reads={shown.reads} role={role} />
      </div>
      <p>{say("together.nobody_watches")}</p>
      <div class="acts"><button class="act main">{say("invite.make")}</button></div>
    </form>
  );
}

/** A private journal is shared by nobody's mistake. */
function Private({ onAgree }: { onAgree: () => void }) {
  return (
    <div class="stack">
      <p>{say("invite.private")}</p>
      <p>{say("invite.private_else")}</p>
      <div class="acts">
        <a class="act main" href={address("journals")}>{say("journals.another")}</a>
        <button type="button" class="act bare" onClick={onAgree}>{say("invite.private_agree")}</button>
      </div>
    </div>
  );
}

function Made({ made, on, acts }: { made: MadeShown; on: Day; acts: InviteActs }) {
  return (
    <Once title={say("invite.made", { day: dateWords(made.until, on) })} words={say("invite.once")} told={[{ what: say("invite.link"), text: made.link }]} onNoted={() => acts.told()}>
      <p>{say("invite.or_code")} <code>{made.code}</code></p>
      {made.waits && <p>{say("invite.waits")}</p>}
      <p class="quiet">{say("together.nobody_watches")}</p>
    </Once>
  );
}

interface InvitationsProps {
  readonly invitations: readonly InvitationShown[];
  readonly on: Day;
  readonly acts: InviteActs;
}

export function Invitations({ invitations, on, acts }: InvitationsProps) {
  const waiting = invitations.filter(({ fate }) => fate === "waits" || fate === "open");
  const over = invitations.filter((one) => !waiting.includes(one));
  return (
    <Part title={say("invitations.title")}>
      <ul class="rows">{waiting.map((one) => <li key={one.id}><Waiting one={one} on={on} acts={acts} /></li>)}</ul>
      {over.length > 0 && (
        <More title={say("invitations.earlier")}>
          <ul class="rows">
            {over.map((one) => <li key={one.id}><span class="grow">{say(`role.${one.role}`)} <small>{madeBy(one, on)}</small></span><small>{say(`invitations.${one.fate}`)}</small></li>)}
          </ul>
        </More>
      )}
    </Part>
  );
}

function madeBy({ by, made }: InvitationShown, on: Day): string {
  const day = dateWords(made, on);
  return by ? say("invitations.by", { who: by, day }) : say("invitations.yours", { day });
}

function Waiting({ one, on, acts }: { one: InvitationShown; on: Day; acts: InviteActs }) {
  return (
    <div class="grow tight">
      <h3>{say(`role.${one.role}`)}</h3>
      <small>{madeBy(one, on)}</small>
      <p>{say(one.fate === "waits" ? "invitations.waits" : "invitations.open", { day: dateWords(one.until, on) })}</p>
      {one.yours && <div class="acts"><button type="button" class="act slim" onClick={() => acts.consent(one.id)}>{say("invitations.consent")}</button></div>}
      <Sure act={say("invitations.withdraw")} words={say("invitations.withdraw_words")} onSure={() => acts.withdraw(one.id)} />
    </div>
  );
}
