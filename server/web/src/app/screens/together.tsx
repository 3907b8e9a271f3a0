/** Together: who is in the journal that is open and exactly what each of them sees, inviting, and what is proposed. */

import { useState } from "preact/hooks";
import { useDraft } from "../drafts";
import { Field } from "../parts/field";
import { Empty, Part, Top } from "../parts/page";
import { Sure } from "../parts/sure";
import { More, Unfold } from "../parts/unfold";
import { address } from "../router";
import { dateWords, type Day } from "../words/days";
import { say } from "../words/words";
import type { Page } from "../page";
import { Invite, Invitations, type InvitationShown, type InviteActs, type MadeShown } from "./invite";
import { Proposals, type AnsweredShown, type ProposalActs, type ProposalShown } from "./proposals";
import { ROLES, Sees, type ReadShown, type Role } from "./sees";

export interface MemberShown {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly you?: boolean;
  readonly since?: Day;
}

export interface TogetherShown {
  readonly on: Day;
  readonly title: string;
  /** What others call the person; undefined until the server told. */
  readonly name?: string;
  readonly isPrivate: boolean;
  readonly paired: boolean;
  /** What the person is in it; `none`: not in it any more. */
  readonly role: Role | "none";
  readonly members: readonly MemberShown[];
  readonly reads: ReadShown;
  /** Owners let a therapist change goals directly. */
  readonly allowed: boolean;
  readonly invitations: readonly InvitationShown[];
  readonly made?: MadeShown;
  /** Why what a server knows may be out of date. */
  readonly trouble: string;
  readonly proposals: readonly ProposalShown[];
  readonly answered: readonly AnsweredShown[];
}

export interface TogetherActs extends InviteActs, ProposalActs {
  changeRole(member: string, role: Role): void;
  remove(member: string): Promise<unknown>;
  leave(): Promise<unknown>;
  /** What others call the person, in every journal. */
  callMe(name: string): Promise<boolean>;
  allow(allowed: boolean): void;
}

export type TogetherPage = Page<TogetherShown, TogetherActs>;

export function Together({ shown, acts }: TogetherPage) {
  const { members, isPrivate, role, trouble, paired, title } = shown;
  const alone = members.length < 2;
  return (
    <div class="narrow">
      <Top title={say("together.title")} above={title}>
        {role === "none" && <p>{say("journals.left")}</p>}
        {trouble && <p class="quiet" role="status">{trouble}</p>}
      </Top>
      {alone && role !== "none" && <Empty drawing="bench" words="together.empty" />}
      <Proposals shown={shown.proposals} answered={shown.answered} on={shown.on} acts={acts} />
      {!alone && (
        <Part title={say("together.members")}>
          <ul class="rows">{members.map((one) => <li key={one.id}><Member member={one} shown={shown} acts={acts} /></li>)}</ul>
          <p class="quiet">{say("together.nobody_watches")}</p>
        </Part>
      )}
      {role !== "none" && shown.name !== undefined && <Called key={shown.name} name={shown.name} acts={acts} />}
      {role === "owner" && shown.invitations.length > 0 && <Invitations invitations={shown.invitations} acts={acts} on={shown.on} />}
      {role === "owner" && paired && <Invite shown={shown} acts={acts} />}
      {!paired && role === "owner" && (
        <Part title={say("invite.title")}>
          <p>{say("invite.needs_server")}</p>
          <p class="acts below"><a class="act" href={address("connect")}>{say("connect.title")}</a></p>
        </Part>
      )}
      {role === "owner" && !alone && <Allowing allowed={shown.allowed} acts={acts} />}
      {!alone && role !== "none" && !isPrivate && <Leaving shown={shown} acts={acts} />}
      <p class="acts below"><a class="act bare" href={address("journals")}>{say("together.to_journals")}</a></p>
    </div>
  );
}

/** What a server calls the first account until somebody says otherwise. */
const UNNAMED = "owner";

function Called({ name, acts }: { name: string; acts: TogetherActs }) {
  const draft = useDraft("called", name === UNNAMED ? "" : name, { own: true });
  const keep = (event: Event): void => {
    event.preventDefault();
    const called = draft.value.trim();
    if (called) void draft.keepBy(() => acts.callMe(called));
  };
  return (
    <Unfold title={name === UNNAMED ? say("together.unnamed") : say("together.named", { name })} open={name === UNNAMED}>
      <form class="bring" onSubmit={keep}>
        <Field label={say("together.call_me")}>{(ids) => <input {...ids} value={draft.value} maxLength={100} autoComplete="name" onInput={(event) => draft.set(event.currentTarget.value)} />}</Field>
        <button class="act">{say("keep")}</button>
      </form>
    </Unfold>
  );
}

interface MemberProps {
  readonly member: MemberShown;
  readonly shown: TogetherShown;
  readonly acts: TogetherActs;
}

function Member({ member, shown, acts }: MemberProps) {
  const { name, role, since, you } = member;
  return (
    <div class="grow">
      <h3>{you ? say("together.you", { name }) : name}</h3>
      <small>{[say(`role.${role}`), since && say("together.since", { day: dateWords(since, shown.on) })].filter(Boolean).join(" · ")}</small>
      {!you && <More title={say("together.sees", { name })}><Sees reads={shown.reads} role={role} /></More>}
      {shown.role === "owner" && !you && role !== "owner" && <Changing member={member} acts={acts} />}
    </div>
  );
}

/** Another role for somebody, and ending what they may. What can't be undone is asked in its own place. */
function Changing({ member, acts }: Omit<MemberProps, "shown">) {
  const [wanted, setWanted] = useState<Role>(member.role);
  return (
    <More title={say("together.change", { name: member.name })}>
      <Field label={say("together.as_what")}>
        {(ids) => (
          <select {...ids} value={wanted} onChange={(event) => setWanted(event.currentTarget.value as Role)}>
            {ROLES.map((role) => <option key={role} value={role}>{say(`role.${role}`)}</option>)}
          </select>
        )}
      </Field>
      {wanted === "owner" && <p>{say("together.owner_words")}</p>}
      {wanted !== member.role && <div class="acts"><button type="button" class="act slim" onClick={() => acts.changeRole(member.id, wanted)}>{say("together.change_role")}</button></div>}
      <Sure act={say("together.remove", { name: member.name })} words={say("together.remove_words")} onSure={() => acts.remove(member.id)} />
    </More>
  );
}

function Allowing({ allowed, acts }: { allowed: boolean; acts: TogetherActs }) {
  return (
    <Part title={say("allow.title")}>
      <label class="choice">
        <input type="checkbox" checked={allowed} onChange={(event) => acts.allow(event.currentTarget.checked)} />
        <span>{say("allow.words")}</span>
      </label>
    </Part>
  );
}

function Leaving({ shown, acts }: { shown: TogetherShown; acts: TogetherActs }) {
  const owners = shown.members.filter(({ role }) => role === "owner");
  const last = shown.role === "owner" && owners.length < 2;
  return (
    <Part title={say("leave.title")}>
      {last ? <p class="quiet">{say("leave.last")}</p> : <Sure act={say("leave.begin")} words={say("leave.words")} onSure={() => acts.leave()} />}
    </Part>
  );
}
