/** What the brief of a session is shown: what happened since the one before it, on one page. */

import type { BriefPage } from "../../app/screens/brief";
import type { BriefShown } from "../../app/screens/shown";
import { say } from "../../app/words/words";
import type { Goal } from "../../core/generated/views";
import { given } from "../../views/fields";
import { seriesOf } from "../../views/progress";
import { worsened } from "../../views/questionnaires/change";
import { assessments } from "../../views/questionnaires/forms";
import { daysAfter, pastSessions, sessionsBetween } from "../../views/sessions";
import { sentenceOf } from "../goal";
import type { Journal } from "../journal";
import { instruments } from "../questionnaires";
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
  const goals = journal.goals.value.filter(({ status }) => status === "active");
  const harder = goals.filter(({ checkins }) => seriesOf(state, checkins).some(({ trend }) => trend === "worsening"));
  const shown = given<BriefShown>({
    session: sessionShown(session),
    since,
    topics: topicsShown(journal, session),
    goals: goals.map((goal) => newsOf(journal, goal, since)).filter((one) => one !== undefined),
    worthTalkingAbout: [...harder.map(({ title }) => say("brief.harder", { title })), ...heavier(journal, since)],
    takeaway: before && saidAfter(state, before.id).takeaway,
  });
  return { shown, acts: {} };
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
  if (said.length === 0 && reached.length === 0) return undefined;
  const { state } = journal.seen.value;
  const series = seriesOf(state, said);
  const sentences = series.map((one) => sentenceOf(state, one, journal.today.value, series.length > 1));
  const notes = said.flatMap(({ note }) => (note ? [say("brief.said", { words: note })] : []));
  const words = [...sentences, ...notes.slice(-MAX_NOTES)].join(" ");
  return { title: goal.title, words, changes: reached.map(({ title }) => say("mark.reached", { title })) };
}
