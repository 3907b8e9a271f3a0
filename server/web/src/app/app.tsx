/** The app on view data: the frame, and the screen that the address means. Knows no store and no network. */

import { Frame } from "./frame";
import { type Place, place } from "./router";
import type { Acts } from "./screens/acts";
import { Brief } from "./screens/brief";
import { Connect } from "./screens/connect";
import { Conflicts } from "./screens/conflicts";
import { GoalScreen } from "./screens/goal";
import { GoalForm, NO_WORDS } from "./screens/goal_form";
import { Goals } from "./screens/goals";
import { HelpNow } from "./screens/help_now";
import { MorePlaces, Unknown } from "./screens/more";
import { Plan, PlanForm } from "./screens/plan";
import { Sessions } from "./screens/sessions";
import { Settings } from "./screens/settings";
import type {
  BriefShown, ConflictsShown, ConnectShown, GoalFormShown, GoalShown, GoalsShown, HelpShown, PlanShown, SessionsShown, SettingsShown,
  Standing, TodayShown, TogetherShown,
} from "./screens/shown";
import { Today } from "./screens/today";
import { Together } from "./screens/together";

/** What each screen is shown. What is about one thing gives null where there is no such thing. */
export interface Shown {
  standing(): Standing;
  today(): TodayShown;
  goals(): GoalsShown;
  goal(id: string): GoalShown | null;
  goalForm(id: string): GoalFormShown | null;
  sessions(): SessionsShown;
  brief(id: string): BriefShown | null;
  together(): TogetherShown;
  conflicts(): ConflictsShown;
  plan(): PlanShown;
  help(): HelpShown;
  connect(): ConnectShown;
  settings(): SettingsShown;
}

export function App({ shown, acts }: { shown: Shown; acts: Acts }) {
  return <Frame standing={shown.standing()} discreet={shown.settings().discreet}><Screen at={place.value} shown={shown} acts={acts} /></Frame>;
}

function Screen({ at, shown, acts }: { at: Place; shown: Shown; acts: Acts }) {
  switch (at.screen) {
    case "today":
      return <Today shown={shown.today()} acts={acts} />;
    case "goals":
      return <Goals shown={shown.goals()} acts={acts} />;
    case "goal_new":
      return <GoalForm shown={{ words: NO_WORDS }} acts={acts} />;
    case "sessions":
      return <Sessions shown={shown.sessions()} acts={acts} />;
    case "together":
      return <Together shown={shown.together()} acts={acts} />;
    case "conflicts":
      return <Conflicts shown={shown.conflicts()} acts={acts} />;
    case "plan":
      return <Plan shown={shown.plan()} />;
    case "plan_write":
      return <PlanForm shown={shown.plan()} acts={acts} />;
    case "help_now":
      return <HelpNow shown={shown.help()} acts={acts} />;
    case "connect":
      return <Connect shown={shown.connect()} acts={acts} />;
    case "settings":
      return <Settings shown={shown.settings()} acts={acts} />;
    case "more":
      return <MorePlaces />;
    default:
      return <About at={at} shown={shown} acts={acts} />;
  }
}

/** The screens that are about one thing; it may not be there. */
function About({ at, shown, acts }: { at: Place; shown: Shown; acts: Acts }) {
  const goal = at.screen === "goal" ? shown.goal(at.id) : null;
  const form = at.screen === "goal_revise" ? shown.goalForm(at.id) : null;
  const brief = at.screen === "brief" ? shown.brief(at.id) : null;
  if (goal) return <GoalScreen key={goal.id} shown={goal} acts={acts} />;
  if (form) return <GoalForm key={at.id} shown={form} acts={acts} />;
  return brief ? <Brief shown={brief} /> : <Unknown />;
}
