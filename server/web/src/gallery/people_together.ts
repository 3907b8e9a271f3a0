/** Plainly fictional people who share journals, for looking at the screens about that. None of it is part of the app. */

import type { CaseloadShown } from "../app/screens/caseload";
import type { DevicesShown } from "../app/screens/devices";
import type { JoinShown } from "../app/screens/join";
import type { JournalsShown } from "../app/screens/journals";
import type { RefusedShown } from "../app/screens/refused";
import type { May } from "../app/screens/shown";
import type { ProposalShown } from "../app/screens/proposals";
import type { TogetherShown } from "../app/screens/together";
import { ON } from "./people";

export const THERAPIST: May = { own: false, change: false, talk: true, propose: true };
export const READS: May = { own: false, change: false, talk: false, propose: false };
const ROBIN = { id: "a1", name: "Robin Example", role: "owner", you: true, since: "2031-01-04" } as const;
const ITO = { id: "a2", name: "Dr Ito", role: "therapist", since: "2031-01-05" } as const;
const FABLE = { id: "a3", name: "Aunt Fable", role: "reader", since: "2031-02-01" } as const;
const READ = {
  kinds: ["3 goals", "5 steps", "24 check-ins, with numbers and words", "2 topics"],
  goals: ["Say what I need, even to the dragon next door", "Walk down to the harbour"],
  changes: 61,
  hidden: ["My goals", "The marmalade works"],
};

const CAN_ALL = { accept: true, answer: true, withdraw: false };
const HARBOUR: ProposalShown = {
  id: "x1", by: "Dr Ito", on: "2031-03-12", title: "Walk down to the harbour", about: "goal", isNew: false, goal: "g3", counters: false, stale: false,
  fields: [{ field: "looks_like", about: "What it looks like", now: "I get to the harbour.", proposed: "I get to the harbour, or to the first lamp on the way.", stale: false, answer: { by: "words", value: "I get to the harbour, or to the first lamp on the way." } }],
  reason: "The first lamp would count too.",
  can: CAN_ALL,
};
const STALE: ProposalShown = {
  id: "x2", by: "Dr Ito", on: "2031-03-10", title: "Say what I need, even to the dragon next door", about: "goal", isNew: false, goal: "g1", counters: true, stale: true,
  fields: [
    { field: "title", about: "The goal", now: "Say what I need, even to the dragon next door", proposed: "Say what I need, kindly", stale: true, answer: { by: "line", value: "Say what I need, kindly" } },
    { field: "due", about: "A date", now: "", proposed: "30 May 2031", stale: false, answer: { by: "day", value: "2031-05-30" } },
    { field: "importance", about: "How much it matters", now: "6", proposed: "8", stale: false, answer: { by: "number", value: "8" } },
  ],
  can: CAN_ALL,
};
const NEW_STEP: ProposalShown = {
  id: "x3", by: "Dr Ito", on: "2031-03-11", title: "Wave from the gate", about: "milestone", isNew: true, goal: "g3", goalTitle: "Walk down to the harbour", counters: false, stale: false,
  fields: [{ field: "title", about: "What it is called", now: "", proposed: "Wave from the gate", stale: false, answer: { by: "line", value: "Wave from the gate" } }],
  can: CAN_ALL,
};
const MINE: ProposalShown = { ...HARBOUR, id: "x4", can: { accept: false, answer: false, withdraw: true } };

export const TOGETHER: TogetherShown = {
  on: ON, title: "The dragon and I", isPrivate: false, paired: true, role: "owner", members: [ROBIN, ITO, FABLE], reads: READ, allowed: false, trouble: "",
  invitations: [
    { id: "i1", role: "reader", made: "2031-03-12", until: "2031-03-19", fate: "open" },
    { id: "i2", role: "therapist", by: "Bo Sample", made: "2031-03-11", until: "2031-03-18", fate: "waits", yours: true },
    { id: "i3", role: "therapist", made: "2031-01-05", until: "2031-01-12", fate: "used" },
  ],
  proposals: [HARBOUR],
  answered: [{ id: "x0", by: "Dr Ito", title: "Answer the owl post within a week", decision: "accepted", on: "2031-02-02" }],
};

export const ALONE: TogetherShown = { ...TOGETHER, members: [ROBIN], invitations: [], proposals: [], answered: [] };
export const INVITED: TogetherShown = {
  ...ALONE,
  made: { code: "K7QM-2XTP-9HJC", link: "https://milepost.example/join#K7QM-2XTP-9HJC", role: "therapist", until: "2031-03-20", waits: true },
};
export const READER: TogetherShown = {
  ...TOGETHER, role: "reader", invitations: [], answered: [], trouble: "The server can’t be reached just now. What is shown is what was known last.",
  members: [{ ...ROBIN, you: false }, ITO, { ...FABLE, you: true }],
  proposals: [{ ...HARBOUR, can: { accept: false, answer: false, withdraw: false } }],
};
const { by: _, ...OWN } = MINE;
export const PROPOSALS: TogetherShown = { ...TOGETHER, invitations: [], proposals: [STALE, NEW_STEP, OWN] };

export const JOIN: JoinShown = {
  on: ON, code: "K7QM-2XTP-9HJC", paired: true, wrong: "",
  opened: {
    code: "K7QM-2XTP-9HJC", title: "The dragon and I", role: "therapist", by: "Robin Example", until: "2031-03-20", waits: false,
    members: [{ name: "Robin Example", role: "owner" }, { name: "Aunt Fable", role: "reader" }],
  },
};
export const JOIN_WAITS: JoinShown = { ...JOIN, ...(JOIN.opened && { opened: { ...JOIN.opened, waits: true } }) };

export const JOURNALS: JournalsShown = {
  journals: [
    { id: "j1", title: "My goals", role: "owner", others: [], isPrivate: true, isOpen: false },
    { id: "j2", title: "The dragon and I", role: "owner", others: ["Dr Ito", "Aunt Fable"], isPrivate: false, isOpen: true },
    { id: "j3", title: "The marmalade works", role: "therapist", others: ["Sam Example"], isPrivate: false, isOpen: false },
    { id: "j4", title: "The cloud boat", role: "none", others: [], isPrivate: false, isOpen: false },
  ],
};

export const CASELOAD: CaseloadShown = {
  on: ON,
  cases: [
    { id: "j3", title: "The marmalade works", owners: ["Sam Example"], next: { id: "s4", start: "2031-03-14T10:00" }, topics: 2, proposals: 1, news: 4, newsOn: "2031-03-12", since: "2031-03-07" },
    { id: "j5", title: "The dragon and I", owners: ["Robin Example", "Bo Sample"], topics: 0, proposals: 0, news: 0 },
  ],
};

export const DEVICES: DevicesShown = {
  on: ON, paired: true, trouble: "",
  devices: [
    { id: "d1", name: "Kitchen browser", kind: "device", since: "2031-01-04", here: true, scopes: ["read", "write", "manage"] },
    { id: "d2", name: "laptop", kind: "device", since: "2030-12-28", here: false, scopes: ["read", "write", "manage"] },
    { id: "d3", name: "my chart", kind: "script", since: "2031-02-02", here: false, scopes: ["read", "write"] },
    { id: "d4", name: "old phone", kind: "device", since: "2030-06-01", ended: "2031-01-02", here: false, scopes: ["read"] },
  ],
  log: [
    { id: "l2", at: "2031-03-12T18:04", words: "You: invited somebody. Therapist: reads, proposes, plans sessions." },
    { id: "l1", at: "2031-01-04T09:30", words: "You: connected a device. Kitchen browser" },
  ],
};

export const REFUSED: RefusedShown = {
  on: ON,
  entries: [
    {
      id: "j2/d.4",
      about: "goal",
      journal: "The dragon and I",
      on: "2031-02-11",
      said: [
        { field: "What you want to be different", words: "Fly past the lighthouse without hiding in the clouds" },
        { field: "By when", words: "1 May 2031" },
      ],
      reason: "A reader writes nothing here.",
      again: true,
    },
    { id: "j2/d.5", about: "A detail of it", on: "2031-02-12", said: [{ field: "A detail of it", words: "Tea with the owl at four" }], reason: "This event breaks a rule.", again: false },
  ],
};
