/** All reflections, and what a new one can be about. */

import type { ReflectionsPage } from "../../app/screens/reflections";
import { given } from "../../views/fields";
import { pastSessions } from "../../views/sessions";
import type { Journal } from "../journal";
import { reflectionActs, reflectionsShown } from "../reflecting";
import { sessionsById } from "../sessions_known";
import { mayIn } from "../shown";

/** So many of the last sessions are offered to write about. */
const LAST = 12;

export function reflections(journal: Journal): ReflectionsPage {
  const { state } = journal.seen.value;
  const on = journal.today.value;
  const found = reflectionsShown(journal, sessionsById(state, on));
  const about = new Map(pastSessions(state, on, Date.now()).slice(0, LAST).map(({ id, start }) => [id, { id, start: start.at }]));
  for (const { session } of found) if (session) about.set(session.id, session);
  return {
    shown: {
      on,
      ...given<Pick<ReflectionsPage["shown"], "may">>({ may: mayIn(journal) }),
      reflections: found,
      abouts: {
        goals: journal.goals.value.map(({ id, title }) => ({ id, title })),
        sessions: [...about.values()].sort((one, other) => (one.start < other.start ? 1 : -1)),
      },
    },
    acts: reflectionActs(journal),
  };
}
