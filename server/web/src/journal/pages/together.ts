/** Who is in a journal, what they see, inviting, and leaving. What a server knows is asked for when the page is come to. */

import type { InvitationShown, MadeShown } from "../../app/screens/invite";
import type { ReadShown, Role } from "../../app/screens/sees";
import type { MemberShown, TogetherActs, TogetherPage, TogetherShown } from "../../app/screens/together";
import { signal } from "@preact/signals";
import { isKey, say, type Key } from "../../app/words/words";
import type { Invitation, Member } from "../../core/generated/access";
import { noteLeft, noteMembers } from "../../device/belonging";
import { given, text } from "../../views/fields";
import { localDay } from "../../views/moments";
import { reads } from "../../views/preview";
import { mayChangeGoals } from "../../views/rights";
import { act, carried } from "../acting";
import { asked, Fetched } from "../fetched";
import type { Journal } from "../journal";
import { titlesOf } from "./journals";
import { answeredShown, proposalActs, proposalsShown } from "./proposals";

interface Told {
  /** The journal that this is about. */
  readonly journal: string;
  readonly members: readonly Member[];
  readonly invitations: readonly Invitation[];
}

const NOBODY_TOLD: Told = { journal: "", members: [], invitations: [] };
const TOLD = new WeakMap<Journal, Fetched<Told>>();
/** The invitation that was made just now, whose code nobody is told again; it is gone when this is closed. */
const made = signal<Invitation | undefined>(undefined);

export function together(journal: Journal): TogetherPage {
  let told = TOLD.get(journal);
  if (!told) TOLD.set(journal, (told = new Fetched(journal, (access) => ask(journal, access))));
  const paired = journal.link.paired.value;
  const answer = paired ? told.get() : { value: undefined, trouble: "" };
  const found = answer.value?.journal === journal.id.value ? answer.value : NOBODY_TOLD;
  return { shown: shown(journal, found, answer.trouble), acts: togetherActs(journal, told) };
}

async function ask(journal: Journal, access: Parameters<ConstructorParameters<typeof Fetched<Told>>[1]>[0]): Promise<Told> {
  const id = journal.id.peek();
  const isOwner = journal.roleIn(id) === "owner";
  if (!id || journal.roleIn(id) === "none") return { ...NOBODY_TOLD, journal: id };
  const members = await access.members(id);
  await noteMembers(journal.device, [[id, members]]);
  return { journal: id, members, invitations: isOwner ? await access.invitations(id) : [] };
}

function shown(journal: Journal, { members, invitations }: Told, trouble: string): TogetherShown {
  const { state } = journal.seen.value;
  const id = journal.id.value;
  const since = new Map(members.map((one) => [one.id, one.joined_at]));
  const row = journal.rows.value.find((one) => one.journal === id);
  return {
    on: journal.today.value,
    title: text(state.fields("journal", id), "title"),
    isPrivate: row?.private ?? true,
    paired: journal.link.paired.value,
    role: journal.roleIn(id) as TogetherShown["role"],
    members: journal.members.value.map((one) => memberShown(journal, one, since.get(one.id))),
    reads: readShown(journal),
    allowed: mayChangeGoals(state),
    invitations: invitations.map((one) => invitationShown(journal, one)).reverse(),
    ...given<{ readonly name: string }>({ name: members.find((one) => one.id === journal.account.value)?.name }),
    ...(made.value?.journal === id && { made: madeShown(made.value) }),
    trouble,
    proposals: proposalsShown(journal),
    answered: answeredShown(journal),
  };
}

function memberShown(journal: Journal, { id, name, role }: Pick<Member, "id" | "name" | "role">, joined: number | undefined): MemberShown {
  return given<MemberShown>({ id, name, role, you: id === journal.account.value || undefined, since: joined ? localDay(new Date(joined)) : undefined });
}

/** Kinds that people know; there may be others, of a later version or a plugin. */
function kindWords(kind: string, n: number): string {
  const key = `kind.${kind}`;
  return isKey(key) ? say(key, { n }) : say("kind.other", { n });
}

function readShown(journal: Journal): ReadShown {
  const { kinds, goals, events } = reads(journal.seen.value.state);
  const others = journal.rows.value.filter((row) => row.journal !== journal.id.value);
  const titles = titlesOf(journal);
  return {
    kinds: Object.entries(kinds).filter(([kind]) => kind !== "journal").map(([kind, n]) => kindWords(kind, n)),
    goals: goals.filter(Boolean),
    changes: events,
    hidden: others.map((row) => titles.get(row.journal) || say("journals.untitled")),
  };
}

function invitationShown(journal: Journal, one: Invitation): InvitationShown {
  const { id, role, created_at, expires_at, waits_for = [], invited_by } = one;
  const fate = one.used_at ? "used" : one.withdrawn_at ? "withdrawn" : expires_at <= Date.now() ? "over" : waits_for.length ? "waits" : "open";
  return given<InvitationShown>({
    id,
    role,
    by: journal.isOwn(invited_by) ? undefined : (journal.nameOf(invited_by) ?? say("together.somebody")),
    made: localDay(new Date(created_at)),
    until: localDay(new Date(expires_at)),
    fate,
    yours: waits_for.includes(journal.account.value) || undefined,
  });
}

function madeShown({ code = "", role, expires_at, waits_for = [] }: Invitation): MadeShown {
  return { code, link: `${location.origin}/join#${code}`, role, until: localDay(new Date(expires_at)), waits: waits_for.length > 0 };
}

function togetherActs(journal: Journal, told: Fetched<Told>): TogetherActs {
  const id = journal.id.value;
  /** Asks a server to do something to who is in the journal, and then how it stands. */
  const change = async <T>(ask: Parameters<typeof asked<T>>[1], said?: Key): Promise<T | undefined> => {
    const answer = await asked(journal, ask, said);
    await told.again();
    return answer;
  };
  return {
    ...proposalActs(journal),
    ...carried<Omit<TogetherActs, keyof ReturnType<typeof proposalActs>>>({
      invite: async (role, days) => {
        await journal.link.now(); // whoever uses the code is to find what is here now
        made.value = await change((access) => access.invite(id, { role, days }));
      },
      told: () => {
        made.value = undefined;
      },
      consent: (invitation) => change((access) => access.consent(id, invitation), "done.consented"),
      withdraw: (invitation) => change((access) => access.withdrawInvitation(id, invitation), "done.withdrawn"),
      changeRole: (member, role: Role) => change((access) => access.changeMember(id, member, { role }), "done.role"),
      remove: (member) => change((access) => access.removeMember(id, member), "done.removed"),
      leave: async () => {
        await journal.link.now(); // what was written here goes along before one can't send any more
        if (await asked(journal, (access) => access.removeMember(id, journal.account.value), "done.left")) await noteLeft(journal.device, id);
      },
      callMe: async (name) => {
        const renamed = await change((access) => access.rename(name), "done.called");
        return renamed !== undefined;
      },
      allow: (allowed) => act(journal, () => [{ type: "journal.revised", fields: { owners_only: !allowed } }], "done.set", () => [{ type: "journal.revised", fields: { owners_only: allowed } }]),
    }),
  };
}
