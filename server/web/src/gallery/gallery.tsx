/** A page for developers that shows every screen with made-up people: a list, and by `?state=…&lang=…` one of them.

It is no part of the app: nothing that is built or shipped refers to it.
*/

import { signal } from "@preact/signals";
import { render } from "preact";
import { App, type Shown } from "../app/app";
import { drafts } from "../app/drafts";
import { go, listen, place, placeOf } from "../app/router";
import type { Acts } from "../app/screens/acts";
import type { GoalLine } from "../app/screens/shown";
import "../app/styles/all.css";
import { done } from "../app/toasts";
import { speak, speakOfAll } from "../app/words/words";
import { NO_ACTS, PLAYED } from "./nothing";
import { STATES } from "./states";

const asked = new URLSearchParams(location.search);

/** The acts that are played here: an order that was made by hand, and topics that were taken out. */
const order = signal<readonly string[] | null>(null);
const out = signal<readonly string[]>([]);

function played(shown: Shown): Shown {
  const goals = shown.goals();
  const place = (goal: GoalLine): number => order.value?.indexOf(goal.id) ?? 0;
  const today = shown.today();
  const topics = today.topics.filter((one) => !out.value.includes(one.id));
  return { ...shown, today: () => ({ ...today, topics }), goals: () => ({ ...goals, active: [...goals.active].sort((a, b) => place(a) - place(b)) }) };
}

function acts(shown: Shown): Acts {
  const say = (words: string) => () => done(words, () => {});
  const keep = (words: string) => () => {
    done(words, () => {});
    return Promise.resolve(true);
  };
  return {
    ...NO_ACTS,
    checkIn: keep("Kept."),
    practised: say("Noted."),
    bring: keep("Kept for the session."),
    dropTopic: (topic) => {
      const was = out.value;
      out.value = [...was, topic];
      done("Taken out.", () => {
        out.value = was;
      });
    },
    addStep: keep("A step was added."),
    reachStep: say("A step was reached."),
    setStatus: say("The goal changed its place."),
    moveGoal: (goal, before) => {
      const was = order.value;
      const rest = (was ?? shown.goals().active.map((one) => one.id)).filter((one) => one !== goal);
      rest.splice(before === null ? rest.length : rest.indexOf(before), 0, goal);
      order.value = rest;
      done("The order is changed.", () => {
        order.value = was;
      });
    },
  };
}

Object.assign(PLAYED, {
  settle: () => {
    done("Settled.", () => {});
    return Promise.resolve(true);
  },
  keepGoal: () => {
    done("The goal is kept.", () => {});
    go("goals");
    return Promise.resolve(true);
  },
});

function One({ shown }: { shown: Shown }) {
  return <App shown={played(shown)} acts={acts(shown)} />;
}

function List() {
  return (
    <main>
      <h1>Every screen</h1>
      <ul class="bullets">{Object.keys(STATES).map((name) => <li key={name}><a href={`?state=${name}`} target="_self">{name}</a></li>)}</ul>
    </main>
  );
}

async function begin(page: HTMLElement): Promise<void> {
  const state = STATES[asked.get("state") ?? ""];
  await speak(asked.get("lang") ?? "en-GB");
  if (!state) return render(<List />, page);
  for (const [where, draft] of Object.entries(state.drafts ?? {})) drafts.set(where, draft);
  listen();
  place.value = placeOf(state.at);
  if (state.asked) await Promise.all([import("../app/screens/goal_edits"), speakOfAll()]);
  render(<One shown={state.shown} />, page);
  if (state.asked) page.querySelectorAll<HTMLElement>('[aria-expanded="false"]').forEach((one) => one.click());
  if (asked.has("dir")) document.documentElement.dir = asked.get("dir") ?? "";
}

const page = document.getElementById("app");
if (page) void begin(page);
