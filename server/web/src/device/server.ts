/** The server's side of a sync over HTTP: sends what a session asks for, and turns problems into errors to act on. */

import type { ChainAnswer, DeviceEntry, JournalAnswer, JournalEntry, JournalSync, PairAnswer, PairRequest, Problem, PushAnswer, SyncAnswer } from "../core/generated/messages";
import { PROTOCOL } from "../core/generated/table";
import { encodeRepair, encodeSync, parseMessage } from "../core/messages";
import type { Request } from "../core/steps";

const TIMEOUT_MS = 30_000;
const SILENCE_MS = 50_000;
const NO_CONTENT = 204;

/** What a server answered instead of what was asked, by its code. */
export class ServerProblem extends Error {
  override name = "ServerProblem";

  constructor(
    readonly code: string,
    message: string,
    /** When to come again, in seconds; 0 where it did not say. */
    readonly retryAfterS = 0,
  ) {
    super(message);
  }
}

/** It can't be reached, or what answered is no Milepost server. Everything is kept here. */
export class Offline extends Error {
  override name = "Offline";
}

export class Server {
  constructor(
    readonly url: string,
    readonly token = "",
  ) {}

  sync(journals: Record<string, JournalSync>): Promise<SyncAnswer> {
    return this.ask("POST", "/v1/sync", encodeSync(journals));
  }

  chain(journal: string, seqs: readonly number[]): Promise<ChainAnswer> {
    return this.ask("GET", `/v1/journals/${journal}/chain?at=${seqs.join()}`);
  }

  repair(journal: string, request: Request & { ask: "repair" }): Promise<PushAnswer> {
    return this.ask("POST", `/v1/journals/${journal}/repair`, encodeRepair(request));
  }

  page(journal: string, { after, until }: Request & { ask: "history" }): Promise<JournalAnswer> {
    const asked = new URLSearchParams({ after: String(after.seq), limit: String(until - after.seq), chain: after.chain });
    return this.ask("GET", `/v1/journals/${journal}/events?${asked}`);
  }

  claim(journal: string, isPrivate: boolean): Promise<JournalEntry> {
    return this.ask("POST", "/v1/journals", JSON.stringify({ id: journal, private: isPrivate }));
  }

  devices(): Promise<readonly DeviceEntry[]> {
    return this.ask("GET", "/v1/devices");
  }

  pair(request: PairRequest): Promise<PairAnswer> {
    return this.ask("POST", "/v1/pair", JSON.stringify(request));
  }

  /**
   * `GET /v1/live`: calls `hint` when it is open, since nobody told of what came before, and whenever a journal grew; until
   * `signal` ends it, the stream does, or nothing was heard for so long that it must be dead (a server says something
   * every 15 seconds).
   */
  async live(hint: () => void, signal: AbortSignal): Promise<void> {
    const silence = new AbortController();
    const both = AbortSignal.any([signal, silence.signal]);
    const answer = await fetch(`${this.url}/v1/live`, { headers: this.#headers(), signal: both, cache: "no-store" });
    if (!answer.ok || !answer.body) throw await problemIn(answer);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    hint();
    for (;;) {
      const timer = setTimeout(() => silence.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(timer));
      if (done) return;
      const lines = (rest + value).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line.startsWith("data:")) hint();
      }
    }
  }

  #headers(): Record<string, string> {
    const headers: Record<string, string> = { "milepost-protocol": String(PROTOCOL), accept: "application/json" };
    if (this.token) headers["authorization"] = `Bearer ${this.token}`;
    return headers;
  }

  /** Asks for something below the address; `body` is JSON. Throws a ServerProblem, or Offline. */
  async ask<T>(method: string, path: string, body?: string, timeoutMs = TIMEOUT_MS): Promise<T> {
    const headers = this.#headers();
    const init: RequestInit = { method, headers, cache: "no-store", redirect: "error", signal: AbortSignal.timeout(timeoutMs) };
    if (body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = body;
    }
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(this.url + path, init);
      text = await answer.text();
    } catch {
      throw new Offline("The server can't be reached. Everything is kept here and goes out with the next sync.");
    }
    if (!answer.ok) throw await problemIn(answer, text);
    if (answer.status === NO_CONTENT) return null as T;
    try {
      return parseMessage(text) as T;
    } catch {
      throw new Offline("What answered is no Milepost server.");
    }
  }
}

async function problemIn(answer: Response, text?: string): Promise<Error> {
  const after = Number(answer.headers.get("retry-after") ?? 0) || 0;
  try {
    const { type, detail } = JSON.parse(text ?? (await answer.text())) as Problem;
    return new ServerProblem(type.split("/").at(-1) ?? "error", detail, after);
  } catch {
    return answer.status === 413
      ? new ServerProblem("too-large", "That is more than the way to the server lets through.")
      : new Offline(`What answered (${answer.status}) is no Milepost server.`);
  }
}
