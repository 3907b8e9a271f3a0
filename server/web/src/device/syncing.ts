/** One sync: asks the server what the sessions of all journals want to ask, and has the device carry out what they say. */

import { asStub, encodeEvent, type Event } from "../core/envelope";
import { MAX_PUSH_BYTES, MAX_PUSH_EVENTS } from "../core/generated/table";
import { sizeOf } from "../core/hash";
import type { JournalSync } from "../core/generated/messages";
import type { Answer, Request, Standing } from "../core/steps";
import { Session } from "../core/sync";
import { LEFT, noteLeft, rolesOn } from "./belonging";
import type { Device } from "./device";
import { newId } from "./ids";
import { Narrowing, type Suspect } from "./narrowing";
import { redactAgain } from "./redacting";
import { ServerProblem, type Server } from "./server";
import { asking, standing } from "./standing";
import { carryOut } from "./taking";

export { learn } from "./belonging";
export { Server } from "./server";

/** Most requests in one sync; no honest one comes near. */
const MAX_ROUNDS = 100_000;
const REFUSED_AS_A_WHOLE: ReadonlySet<string> = new Set(["invalid", "invalid-event", "too-large"]);

/** What a sync did, in numbers of events, and what it could not do. */
export interface Report {
  sent: number;
  received: number;
  rejected: number;
  repaired: number;
  forks: number;
  /** Journal → why nothing more can be done for it now. */
  readonly problems: Map<string, string>;
}

interface Asked {
  readonly standing: Standing;
  readonly request: Request;
}

/** Makes every journal of the device and the server the same, in as many rounds as that takes. Throws what the server answered. */
export async function sync(device: Device, server: Server, progress: (report: Report) => void = () => undefined): Promise<Report> {
  return new Syncing(device, server, progress).run();
}

class Syncing {
  readonly report: Report = { sent: 0, received: 0, rejected: 0, repaired: 0, forks: 0, problems: new Map() };
  readonly #sessions = new Map<string, Session>();
  readonly #narrowing = new Narrowing();

  constructor(
    readonly device: Device,
    readonly server: Server,
    readonly progress: (report: Report) => void,
  ) {}

  async run(): Promise<Report> {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      await this.#begin();
      const asked = await this.#requests();
      if (asked.size === 0 && round > 0) {
        if (!(await this.#saidAgain())) break;
        continue;
      }
      await this.#round(asked);
      this.progress(this.report);
    }
    await this.device.keepStates();
    return this.report;
  }

  /** A session for each journal that has none yet; one that began here is offered to the server first. */
  async #begin(): Promise<void> {
    const roles = await rolesOn(this.device);
    for (const { journal, claimed, private: isPrivate } of await this.device.rows()) {
      if (roles[journal] === LEFT || this.#sessions.has(journal)) continue;
      if (!claimed) {
        await this.server.claim(journal, isPrivate);
        await this.device.setClaimed(journal);
      }
      this.#sessions.set(journal, new Session());
    }
  }

  /** The next request of every journal that is not done; together they stay within the limits of one push. */
  async #requests(): Promise<Map<string, Asked>> {
    const asked = new Map<string, Asked>();
    let events = Math.min(MAX_PUSH_EVENTS, this.#narrowing.most);
    let room = MAX_PUSH_BYTES;
    for (const [journal, session] of this.#sessions) {
      if (session.done) continue;
      const now = await standing(this.device, journal, events, room);
      events -= now.unsent.length;
      room -= now.unsent.reduce((sum, event) => sum + sizeOf(encodeEvent(event)) + 100, 0);
      if (room <= 0) events = 0;
      const request = await session.request(now);
      if (request) asked.set(journal, { standing: now, request });
    }
    return asked;
  }

  /** One request for each journal that is not done. */
  async #round(asked: Map<string, Asked>): Promise<void> {
    const parts: Record<string, JournalSync> = {};
    for (const [journal, { standing, request }] of asked) {
      if (request.ask === "sync") parts[journal] = request.part;
      else await this.#askAlone(journal, standing, request);
    }
    if (asked.size > 0 && Object.keys(parts).length === 0) return;
    const whole = await this.#answered(parts);
    if (whole === undefined) return;
    for (const journal of Object.keys(parts)) {
      const answer = whole.journals[journal];
      const standing = asked.get(journal)?.standing;
      if (answer && standing) await this.#receive(journal, standing, { to: "sync", answer });
    }
    await this.#noteRoles(whole.roles ?? {}, whole.all_journals);
    for (const journal of whole.all_journals) {
      if (!this.#sessions.has(journal)) await this.device.welcome(journal, { isPrivate: false });
    }
  }

  /** The answer to a sync; nothing where the server refused it as a whole, and less is to be sent. */
  async #answered(parts: Record<string, JournalSync>) {
    try {
      const whole = await this.server.sync(parts);
      const suspect = this.#narrowing.answered();
      if (suspect && (await this.#refuseHere(suspect))) this.report.rejected += 1;
      return whole;
    } catch (error) {
      if (!(error instanceof ServerProblem && REFUSED_AS_A_WHOLE.has(error.code))) throw error;
      const sent = Object.entries(parts).flatMap(([journal, { events = [] }]) => events.map((event: Event) => ({ journal, event })));
      this.#narrowing.refused(sent, error);
      return undefined;
    }
  }

  /**
   * Sets an own event apart that a server can't even answer for, before it has a place there: a stub takes its place, and is
   * sent as that. Returns whether it did.
   */
  #refuseHere({ journal, event, reason }: Suspect): Promise<boolean> {
    return this.device.change(journal, async (log, { states }) => {
      const held = await log.find(event.device, event.n);
      if (held === undefined || held.received_at || held.rejected) return false; // another tab was first
      await log.setApart(held, reason);
      await log.rewrite(asStub(journal, held, reason));
      await log.bump();
      states.forget(journal);
      return true;
    });
  }

  /** A request about one journal alone, and what follows from its answer. */
  async #askAlone(journal: string, standing: Standing, request: Request): Promise<void> {
    const session = this.#sessions.get(journal) as Session;
    try {
      await this.#receive(journal, standing, await this.#answer(journal, request));
    } catch (error) {
      if (!(error instanceof ServerProblem && error.code === "not-found" && session.isUnknown())) throw error;
      await this.#claim(journal, session);
    }
  }

  async #answer(journal: string, request: Request): Promise<Answer> {
    switch (request.ask) {
      case "chain":
        return { to: "chain", answer: await this.server.chain(journal, request.seqs) };
      case "repair":
        return { to: "repair", answer: request.events.length ? await this.server.repair(journal, request) : { results: [] } };
      case "history":
        try {
          return { to: "history", answer: await this.server.page(journal, request) };
        } catch (error) {
          if (!(error instanceof ServerProblem && error.code === "history")) throw error;
          return { to: "history", answer: { problem: error.code, detail: error.message } };
        }
      default:
        return { to: "snapshot", answer: undefined }; // none is begun from here: the log comes page by page
    }
  }

  async #receive(journal: string, standing: Standing, answer: Answer): Promise<void> {
    const session = this.#sessions.get(journal) as Session;
    const { steps, again } = await this.device.change(journal, async (log, around) => {
      const steps = await session.receive({ ...standing, ...asking((work) => work(log)) }, answer);
      return { steps, again: await carryOut(log, steps, around) };
    });
    if (again) {
      session.lookAgain();
      this.report.forks += 1;
    }
    for (const step of steps) {
      if (step.do === "claim") await this.#claim(journal, session);
      if (step.do === "stop") this.report.problems.set(journal, step.detail || step.problem);
    }
    this.#count(answer, steps.some((step) => step.do === "attest"));
  }

  #count({ to, answer }: Answer, isForReceipt: boolean): void {
    if (to === "repair") {
      this.report.repaired += answer.results.filter(({ outcome }) => outcome === "stored").length;
    } else if (to === "sync" || to === "history") {
      const { results = [], events = [] } = answer;
      this.report.sent += results.filter(({ outcome }) => outcome === "stored" || outcome === "duplicate").length;
      this.report.rejected += results.filter(({ outcome }) => outcome === "rejected").length;
      if (!isForReceipt) this.report.received += events.length;
    }
  }

  /** Offers a journal the server does not know; one that is somebody else's there stays as it is here. */
  async #claim(journal: string, session: Session): Promise<void> {
    const row = (await this.device.rows()).find((one) => one.journal === journal);
    try {
      await this.server.claim(journal, row?.private ?? false);
    } catch (error) {
      if (!(error instanceof ServerProblem && error.code === "not-allowed")) throw error;
      session.end();
      await noteLeft(this.device, journal);
    }
  }

  /** Whether redactions that were lost were said again, now that all is here that the server has. */
  async #saidAgain(): Promise<boolean> {
    let said = false;
    for (const [journal, session] of this.#sessions) {
      if (this.report.problems.has(journal) || !(await this.#takenOutAgain(journal))) continue;
      session.lookAgain();
      said = true;
    }
    return said;
  }

  /**
   * Once all is here that a server has: where events came without their words, and the redactions that took them are lost,
   * writes others. Returns whether it did.
   */
  #takenOutAgain(journal: string): Promise<boolean> {
    return this.device.change(journal, async (log, around) => {
      const wordless = await log.wordless();
      if (wordless.length === 0) return false;
      const drafts = redactAgain(await around.states.current(log), wordless, newId);
      await this.device.appendTo(log, around, drafts);
      return drafts.length > 0;
    });
  }

  /** What an answer told: the roles of those journals where it is not `owner`, and all that the account is in. */
  async #noteRoles(told: Record<string, string>, mine: readonly string[]): Promise<void> {
    const before = await rolesOn(this.device);
    const left = Object.entries(before).filter(([journal, role]) => role === LEFT && !mine.includes(journal));
    const now = JSON.stringify({ ...Object.fromEntries(left), ...told });
    if (now !== JSON.stringify(before)) await this.device.note("roles", now);
  }
}
