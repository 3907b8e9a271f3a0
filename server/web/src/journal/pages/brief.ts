/** What the brief of a session is shown: what happened since the one before it, on one page. */

import type { BriefPage } from "../../app/screens/brief";
import type { BriefShown, GoalStatus } from "../../app/screens/shown";
import { say } from "../../app/words/words";
import { hlcMs } from "../../core/clock";
import type { Goal } from "../../core/generated/views";
import type { State } from "../../core/journal";
import { given, text } from "../../views/fields";
import { localDay } from "../../views/moments";
import { seriesOf } from "../../views/progress";
import { worsened } from "../../views/questionnaires/change";
import { assessments } from "../../views/questionnaires/forms";
import { daysAfter, pastSessions, sessionsBetween } from "../../views/sessions";
import { sentenceOf } from "../goal";
import type { Journal } from "../journal";
import { instruments } from "../questionnaires";
import { proposalsShown } from "./proposals";
import { saidAfter, sessionShown, topicsShown } from "../shown";

const FAR_DAYS = 366;
/** Without a session before it, a brief goes back so far. */
const BACK_DAYS = 28;
/** So many notes of a goal at most, the latest. */
const MAX_NOTES = 3;

export function brief(journal: Journal, id: string): BriefPage | null {
  const { state } = journal.seen.value;
  const on = journal.today.value;
  const session = sessionsBetween(state, daysAfter(on, -FAR_DAYS), daysAfter(on, FAR_DAYS)).find((one) => one.id === id);
  if (session === undefined) return null;
  const before = pastSessions(state, on, Date.now()).find((one) => one.id !== id && one.start.at < session.start.at);
  const since = before ? before.start.at.slice(0, 10) : daysAfter(on, -BACK_DAYS);
  // One that was put away since then belongs to what changed.
  const goals = journal.goals.value.filter((goal) => goal.status === "active" || turnedSince(state, goal, since));
  const harder = goals.filter(({ checkins }) => seriesOf(state, checkins).some(({ trend }) => trend === "worsening"));
  const shown = given<BriefShown>({
    session: sessionShown(session),
    since,
    topics: topicsShown(journal, session),
    goals: goals.map((goal) => newsOf(journal, goal, since)).filter((one) => one !== undefined),
    worthTalkingAbout: [...harder.map(({ title }) => say("brief.harder", { title })), ...heavier(journal, since)],
    proposed: proposalsShown(journal).map(({ by, title, about, isNew }) => proposedWords(by, say(isNew ? `proposes.new_${about}` : `proposes.${about}`), title)),
    takeaway: before && saidAfter(state, before.id).takeaway,
  });
  return { shown, acts: {} };
}

function proposedWords(who: string | undefined, what: string, title: string): string {
  const words = who ? say("together.proposes", { who, what }) : say("together.you_propose", { what });
  return title ? say("brief.about", { what: words, title }) : words;
}

/** Questionnaires that were filled in since then and got worse by more than chance. */
function heavier(journal: Journal, since: string): string[] {
  const forms = assessments(journal.seen.value.state);
  const filledIn = new Set(forms.filter(({ on, score }) => on >= since && score !== null).map(({ instrument }) => instrument));
  const names = worsened(instruments(journal.device) ?? [], forms.filter(({ instrument }) => filledIn.has(instrument)));
  return names.map((name) => say("brief.heavier", { name }));
}

/** A goal since then: numbers, words, steps; nothing where nothing was said. */
function newsOf(journal: Journal, goal: Goal, since: string): BriefShown["goals"][number] | undefined {
  const said = goal.checkins.filter((one) => one.on >= since);
  const reached = goal.milestones.filter(({ status, on }) => status === "reached" && (on ?? "") >= since);
  const { state } = journal.seen.value;
  const turned = turnedSince(state, goal, since);
  const isPut = localDay(new Date(hlcMs(goal.changed_at))) >= since;
  if (said.length === 0 && reached.length === 0 && !turned && !isPut) return undefined;
  const series = seriesOf(state, said);
  const sentences = series.map((one) => sentenceOf(state, one, journal.today.value, series.length > 1));
  const notes = said.flatMap(({ note }) => (note ? [say("brief.said", { words: note })] : []));
  const words = [...sentences, ...notes.slice(-MAX_NOTES)].join(" ");
  const steps = reached.map(({ title }) => say("mark.reached", { title }));
  const status = turned ? [say("brief.turned", { status: say(`status.${goal.status as GoalStatus}`) })] : [];
  // What was said or done has changed the goal as well: that it was put differently is told where nothing else is.
  const put = words || steps.length || status.length ? [] : [say("brief.changed")];
  return { title: goal.title, words, changes: [...steps, ...status, ...put] };
}

function turnedSince(state: State, goal: Goal, since: string): boolean {
  return goal.status !== "active" && text(state.fields("goal", goal.id), "on") >= since;
}
