/** The app on view data: the frame, and the screen that the address means. Knows no store and no network. */

import { Frame } from "./frame";
import { type Given, page } from "./page";
import { type Place, place } from "./router";
import type { Acts } from "./screens/acts";
import type { BriefPage } from "./screens/brief";
import type { CalendarPage } from "./screens/calendar";
import type { ConflictsPage } from "./screens/conflicts";
import type { ConnectPage } from "./screens/connect";
import type { EndingPage } from "./screens/ending";
import type { ConnectionPage } from "./screens/connection";
import type { ConnectionNewPage } from "./screens/connection_new";
import type { CaseloadPage } from "./screens/caseload";
import type { DevicesPage } from "./screens/devices";
import { GoalScreen } from "./screens/goal";
import type { GoalEditsPage } from "./screens/goal_edits";
import type { FilesPage } from "./screens/files";
import type { GoalFormPage } from "./screens/goal_form";
import { Goals } from "./screens/goals";
import { HelpNow } from "./screens/help_now";
import type { JoinPage } from "./screens/join";
import type { JournalsPage } from "./screens/journals";
import { MorePlaces, Unknown } from "./screens/more";
import type { PlanPage } from "./screens/plan";
import type { RefusedPage } from "./screens/refused";
import type { ReflectionsPage } from "./screens/reflections";
import type { OneSessionPage } from "./screens/session";
import type { NewSessionPage } from "./screens/session_new";
import type { QuestionnairePage } from "./screens/questionnaire";
import type { QuestionnairesPage } from "./screens/questionnaires";
import type { SessionsPage } from "./screens/sessions";
import type { SettingsPage } from "./screens/settings";
import type { GoalShown, GoalsShown, HelpShown, Standing, TodayShown } from "./screens/shown";
import type { TimelinePage } from "./screens/timeline";
import { Today } from "./screens/today";
import type { TogetherPage } from "./screens/together";

/** What is shown at once, and what acts on it. What is about one thing gives null where there is no such thing. */
export interface Shown {
  standing(): Standing;
  today(): TodayShown;
  goals(): GoalsShown;
  goal(id: string): GoalShown | null;
  help(): HelpShown;
  readonly pages: Pages;
}

/** The pages, by what they are about. */
export interface Pages {
  /** A new goal where no other is named. */
  goalEdits(id: string): Given<GoalEditsPage>;
  goalForm(id: string): Given<GoalFormPage>;
  sessions(): Given<SessionsPage>;
  session(id: string): Given<OneSessionPage>;
  sessionNew(): Given<NewSessionPage>;
  brief(id: string): Given<BriefPage>;
  reflections(): Given<ReflectionsPage>;
  ending(): Given<EndingPage>;
  timeline(): Given<TimelinePage>;
  together(): Given<TogetherPage>;
  join(): Given<JoinPage>;
  journals(): Given<JournalsPage>;
  refused(): Given<RefusedPage>;
  caseload(): Given<CaseloadPage>;
  devices(): Given<DevicesPage>;
  conflicts(): Given<ConflictsPage>;
  plan(): Given<PlanPage>;
  connect(): Given<ConnectPage>;
  calendar(): Given<CalendarPage>;
  connectionNew(to: string): Given<ConnectionNewPage>;
  connection(id: string): Given<ConnectionPage>;
  settings(): Given<SettingsPage>;
  files(): Given<FilesPage>;
  questionnaires(): Given<QuestionnairesPage>;
  questionnaire(id: string): Given<QuestionnairePage>;
}

const Caseload = page(() => import("./screens/caseload").then((part) => part.Caseload));
const Brief = page(() => import("./screens/brief").then((part) => part.Brief));
const Calendar = page(() => import("./screens/calendar").then((part) => part.Calendar));
const Conflicts = page(() => import("./screens/conflicts").then((part) => part.Conflicts));
const Connect = page(() => import("./screens/connect").then((part) => part.Connect));
const Connection = page(() => import("./screens/connection").then((part) => part.Connection));
const ConnectionNew = page(() => import("./screens/connection_new").then((part) => part.ConnectionNew));
const Ending = page(() => import("./screens/ending").then((part) => part.Ending));
const Files = page(() => import("./screens/files").then((part) => part.Files));
const GoalForm = page(() => import("./screens/goal_form").then((part) => part.GoalForm));
const NewSession = page(() => import("./screens/session_new").then((part) => part.NewSession));
const OneSession = page(() => import("./screens/session").then((part) => part.OneSession));
const Devices = page(() => import("./screens/devices").then((part) => part.Devices));
const Join = page(() => import("./screens/join").then((part) => part.Join));
const Journals = page(() => import("./screens/journals").then((part) => part.Journals));
const Plan = page(() => import("./screens/plan").then((part) => part.Plan));
const PlanForm = page(() => import("./screens/plan").then((part) => part.PlanForm));
const Questionnaire = page(() => import("./screens/questionnaire").then((part) => part.Questionnaire));
const Questionnaires = page(() => import("./screens/questionnaires").then((part) => part.Questionnaires));
const Refused = page(() => import("./screens/refused").then((part) => part.Refused));
const Reflections = page(() => import("./screens/reflections").then((part) => part.Reflections));
const Sessions = page(() => import("./screens/sessions").then((part) => part.Sessions));
const Settings = page(() => import("./screens/settings").then((part) => part.Settings));
const Timeline = page(() => import("./screens/timeline").then((part) => part.Timeline));
const Together = page(() => import("./screens/together").then((part) => part.Together));

interface AppProps {
  readonly shown: Shown;
  readonly acts: Acts;
}

export function App({ shown, acts }: AppProps) {
  const standing = shown.standing();
  const { id = "", isPrivate = true } = standing.journal ?? {};
  return <Frame standing={standing}><Screen key={isPrivate ? "" : id} at={place.value} shown={shown} acts={acts} /></Frame>;
}

function Screen({ at, shown, acts }: AppProps & { at: Place }) {
  switch (at.screen) {
    case "today":
      return <Today shown={shown.today()} acts={acts} />;
    case "goals":
      return <Goals shown={shown.goals()} acts={acts} />;
    case "goal":
      return <Goal key={at.id} goal={shown.goal(at.id)} acts={acts} edits={() => shown.pages.goalEdits(at.id)} />;
    case "help_now":
      return <HelpNow shown={shown.help()} acts={acts} />;
    case "more":
      return <MorePlaces works={shown.standing().works} isGuest={shown.standing().isGuest} />;
    default:
      return <PageAt at={at} pages={shown.pages} />;
  }
}

function Goal({ goal, acts, edits }: { goal: GoalShown | null; acts: Acts; edits: () => Given<GoalEditsPage> }) {
  return goal ? <GoalScreen shown={goal} acts={acts} edits={edits} /> : <Unknown />;
}

function PageAt({ at, pages }: { at: Place; pages: Pages }) {
  switch (at.screen) {
    case "goal_new":
      return <GoalForm of={pages.goalForm("")} />;
    case "goal_revise":
      return <GoalForm key={at.id} of={pages.goalForm(at.id)} />;
    case "sessions":
      return <Sessions of={pages.sessions()} />;
    case "session":
      return <OneSession key={at.id} of={pages.session(at.id)} />;
    case "session_new":
      return <NewSession of={pages.sessionNew()} />;
    case "brief":
      return <Brief of={pages.brief(at.id)} />;
    case "reflections":
      return <Reflections of={pages.reflections()} />;
    case "ending":
      return <Ending of={pages.ending()} />;
    case "timeline":
      return <Timeline of={pages.timeline()} />;
    case "together":
      return <Together of={pages.together()} />;
    case "join":
      return <Join of={pages.join()} />;
    case "journals":
      return <Journals of={pages.journals()} />;
    case "refused":
      return <Refused of={pages.refused()} />;
    case "caseload":
      return <Caseload of={pages.caseload()} />;
    case "devices":
      return <Devices of={pages.devices()} />;
    case "conflicts":
      return <Conflicts of={pages.conflicts()} />;
    case "plan":
      return <Plan of={pages.plan()} />;
    case "plan_write":
      return <PlanForm of={pages.plan()} />;
    case "connect":
      return <Connect of={pages.connect()} />;
    case "calendar":
      return <Calendar of={pages.calendar()} />;
    case "connection_new":
      return <ConnectionNew key={at.id} of={pages.connectionNew(at.id)} />;
    case "connection":
      return <Connection key={at.id} of={pages.connection(at.id)} />;
    case "settings":
      return <Settings of={pages.settings()} />;
    case "files":
      return <Files of={pages.files()} />;
    case "questionnaires":
      return <Questionnaires of={pages.questionnaires()} />;
    case "questionnaire":
      return <Questionnaire key={at.id} of={pages.questionnaire(at.id)} />;
    default:
      return <Unknown />;
  }
}
