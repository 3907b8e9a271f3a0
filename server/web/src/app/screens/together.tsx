/** Together: who is in this journal and exactly what each of them sees, and what they propose. */

import { diff } from "../parts/diff";
import { Empty, Part, Top } from "../parts/page";
import { More } from "../parts/unfold";
import { say } from "../words/words";
import type { Page } from "../page";
import type { MemberShown, ProposalShown, TogetherShown } from "./shown";

export interface TogetherActs {
  decide(proposal: string, accepted: boolean): void;
}

export type TogetherPage = Page<TogetherShown, TogetherActs>;

export function Together({ shown, acts }: TogetherPage) {
  const alone = shown.members.length < 2;
  return (
    <div class="narrow">
      <Top title={say("together.title")} />
      {alone && <Empty drawing="bench" words="together.empty" />}
      {shown.proposals.map((one) => <Proposal key={one.id} proposal={one} acts={acts} />)}
      {!alone && (
        <Part title={say("together.members")}>
          <ul class="rows">{shown.members.map((one) => <li key={one.id}><Member member={one} /></li>)}</ul>
          <p class="quiet">{say("together.nobody_watches")}</p>
        </Part>
      )}
    </div>
  );
}

function Member({ member }: { member: MemberShown }) {
  return (
    <div class="grow">
      <h3>{member.you ? say("together.you", { name: member.name }) : member.name}</h3>
      <small>{say(`role.${member.role}`)}</small>
      {!member.you && member.sees.length > 0 && (
        <More title={say("together.sees", { name: member.name })}>
          <ul class="bullets">{member.sees.map((one) => <li key={one}>{one}</li>)}</ul>
        </More>
      )}
    </div>
  );
}

/** What somebody would change: as it is, and as they propose it, side by side. */
function Proposal({ proposal, acts }: { proposal: ProposalShown; acts: TogetherActs }) {
  const field = say(`field.${proposal.field}`);
  const runs = diff(proposal.now, proposal.proposed).filter((run) => run.kind !== "gone");
  return (
    <Part title={proposal.by ? say("together.proposes", { who: proposal.by, field }) : say("together.you_propose", { field })}>
      <p class="own">{proposal.title}</p>
      <div class="sides">
        <div class="side">
          <h3 class="quiet">{say("together.now")}</h3>
          <p class="own">{proposal.now || say("nothing_yet")}</p>
        </div>
        <div class="side">
          <h3 class="quiet">{say("together.proposed")}</h3>
          <p class="own">{runs.map((run, i) => (run.kind === "new" ? <ins key={i}>{run.text}</ins> : run.text))}</p>
        </div>
      </div>
      {proposal.reason && <p class="quiet">{say("goal.reason", { reason: proposal.reason })}</p>}
      <div class="acts below">
        <button type="button" class="act main" onClick={() => acts.decide(proposal.id, true)}>{say("together.accept")}</button>
        <button type="button" class="act" onClick={() => acts.decide(proposal.id, false)}>{say("together.decline")}</button>
      </div>
    </Part>
  );
}
