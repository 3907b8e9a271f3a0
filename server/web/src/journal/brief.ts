/** What the brief of a session is shown: what happened since the one before it, on one page. */

import type { BriefShown } from "../app/screens/shown";
import { say } from "../app/words/words";
import { dayAt, numberOf, type Day } from "../views/days";
import { goalsOf, stepsOf } from "../views/goals";
import { seriesOf } from "../views/progress";
import { given, status, text } from "../views/reading";
import { pastSessions, sessionsBetween } from "../views/sessions";
import { sentenceOf } from "./goal";
import type { Journal } from "./journal";
import { saidAfter, sessionShown, topicsShown } from "./shown";

const FAR_DAYS = 366;
/** Without a session before it, a brief goes back so far. */
const BACK_DAYS = 28;

export function briefShown(journal: Journal, id: string): BriefShown | null {
  const { state } = journal.seen.value;
  const on = journal.today.value;
  const session = sessionsBetween(state, dayAt(numberOf(on) - FAR_DAYS), dayAt(numberOf(on) + FAR_DAYS)).find((one) => one.id === id);
  if (session === undefined) return null;
  const before = pastSessions(state, on, Date.now()).find((one) => one.id !== id && one.start.at < session.start.at);
  const since = before ? before.start.at.slice(0, 10) : dayAt(numberOf(on) - BACK_DAYS);
  const goals = goalsOf(state).filter(([, fields]) => status(fields, "active") === "active").map(([goal, fields]) => newsOf(journal, goal, text(fields, "title"), since));
  const harder = goalsOf(state)
    .filter(([goal]) => seriesOf(state, journal.diary.value.get(goal) ?? []).some((one) => one.trend === "worsening"))
    .map(([, fields]) => say("brief.harder", { title: text(fields, "title") }));
  return given<BriefShown>({
    session: sessionShown(session),
    since,
    topics: topicsShown(journal, session),
    goals: goals.filter((one) => one !== undefined),
    worthTalkingAbout: harder,
    takeaway: before && saidAfter(state, before.id).takeaway,
  });
}

/** A goal since then: numbers, words, steps; nothing where nothing was said. */
function newsOf(journal: Journal, goal: string, title: string, since: Day): BriefShown["goals"][number] | undefined {
  const { state } = journal.seen.value;
  const said = (journal.diary.value.get(goal) ?? []).filter((one) => one.on >= since);
  const reached = stepsOf(state, goal).filter(([, step]) => status(step, "planned") === "reached" && text(step, "on") >= since);
  if (said.length === 0 && reached.length === 0) return undefined;
  const sentences = seriesOf(state, said).map((one) => sentenceOf(one, journal.today.value));
  const notes = said.filter((one) => one.note).map((one) => say("brief.said", { words: one.note }));
  return { title, words: [...sentences, ...notes.slice(-3)].join(" "), changes: reached.map(([, step]) => say("mark.reached", { title: text(step, "title") })) };
}
