/**
 * How this browser keeps in step with its server: it syncs when something was written, when a hint comes, and when the network
 * is back. One tab of a browser does it for all. Knows no screen.
 */

import { signal } from "@preact/signals";

import type { Beginning } from "../device/belonging";
import type { Device } from "../device/device";
import type { Server, ServerProblem } from "../device/server";

const SOON_MS = 300;
const AGAIN_MS = [2_000, 5_000, 15_000, 60_000, 300_000];
const POLL_MS = 120_000;
const SIGNED_OUT_MS = 86_400_000;
const BRIEFLY_MS = 2_000;
const LOCK = "milepost-sync";

/** What syncs is fetched when the journal is on the screen: nothing that is shown needs it. */
const syncing = () => import("../device/syncing");

export type Trouble = "" | "offline" | "signed-out" | "problem";

export class Link {
  readonly paired = signal(false);
  readonly online = signal(navigator.onLine);
  /** Why the last sync did not come to its end; no error where it did. */
  readonly trouble = signal<{ readonly kind: Trouble; readonly error?: unknown }>({ kind: "" });
  #timer = 0;
  /** When the next sync is due, in milliseconds since 1970. */
  #due = Infinity;
  #failed = 0;
  /** The journals that were here, and as what, when it was last asked who is in them. */
  #learned = "";
  #stream: AbortController | undefined;
  #running: Promise<void> | undefined;

  constructor(
    readonly device: Device,
    /** What a private journal that nobody began yet is begun with. */
    readonly beginning: () => Beginning,
    readonly url = location.origin,
  ) {}

  /** Syncs from now on, where this device is paired. */
  async begin(): Promise<void> {
    this.paired.value = (await this.device.setting("token")) !== undefined;
    addEventListener("online", () => this.#cameBack());
    addEventListener("offline", () => (this.online.value = false));
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.soon());
    this.soon();
    void this.#follow();
  }

  /** It was paired just now. */
  async connected(): Promise<void> {
    this.paired.value = true;
    this.#failed = 0;
    await this.now();
    this.#stream?.abort();
    void this.#follow();
  }

  /** Syncs in a moment, or sooner if that was asked for already; what is asked for meanwhile goes with it. */
  soon(after = SOON_MS): void {
    const due = Date.now() + after;
    if (!this.paired.value || this.#due <= due) return;
    clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = window.setTimeout(() => {
      this.#due = Infinity;
      void this.now();
    }, after);
  }

  /** Syncs at once, or waits for the sync that runs and then does it again. */
  async now(): Promise<void> {
    if (!this.paired.value) return;
    await this.#running;
    this.#running = navigator.locks.request(LOCK, () => this.#sync());
    await this.#running;
  }

  /** The same, where that takes no longer than a moment: for what hangs on who is in a journal now. */
  async briefly(): Promise<void> {
    if (this.online.value) await Promise.race([this.now(), new Promise((go) => setTimeout(go, BRIEFLY_MS))]);
  }

  async #sync(): Promise<void> {
    try {
      const { sync, Server } = await syncing();
      const server = new Server(this.url, await this.device.setting("token"));
      const { problems, received } = await sync(this.device, server);
      const [words] = [...problems.values()];
      this.trouble.value = words ? { kind: "problem", error: new Error(words) } : { kind: "" };
      this.online.value = true;
      this.#failed = 0;
      await this.#learn(server, received > 0);
      await this.#learnDevices(server);
      this.soon(POLL_MS);
    } catch (error) {
      this.#note(error);
      const { retryAfterS = 0 } = error as Partial<ServerProblem>;
      this.soon(retryAfterS ? retryAfterS * 1000 : this.#againMs());
      this.#failed += 1;
    }
  }

  /** How long to wait until it is tried again: where this device was signed out, that is for somebody to change. */
  #againMs(): number {
    return this.trouble.value.kind === "signed-out" ? SIGNED_OUT_MS : (AGAIN_MS[Math.min(this.#failed, AGAIN_MS.length - 1)] ?? 0);
  }

  #note(error: unknown): void {
    const { name, code } = error as Partial<ServerProblem>;
    const kind = name === "Offline" ? "offline" : code === "not-signed-in" ? "signed-out" : "problem";
    if (kind === "offline") this.online.value = false;
    this.trouble.value = { kind, error };
  }

  /** Who is in the journals: asked where something came in, or where the journals or one's part in them are others. */
  async #learn(server: Server, isNews: boolean): Promise<void> {
    const rows = await this.device.rows();
    const here = JSON.stringify([rows.map(({ journal }) => journal), await this.device.setting("roles")]);
    if (!isNews && here === this.#learned) return;
    const { learn } = await syncing();
    await learn(this.device, server, this.beginning());
    this.#learned = here;
  }

  /** What devices are called: a small copy, so that it is known offline. */
  async #learnDevices(server: Server): Promise<void> {
    const entries = await server.devices();
    const names = entries.flatMap(({ id, name, writes_as = [] }) => [id, ...writes_as].map((one) => [one, name] as const));
    await this.device.note("devices", JSON.stringify(Object.fromEntries(names)));
  }

  #cameBack(): void {
    this.online.value = true;
    this.#failed = 0;
    this.soon();
    this.#stream?.abort(); // it may hang on a network that is gone
  }

  /** Listens to the server's hints: one stream in a browser, held by the tab that has the lock. */
  async #follow(): Promise<void> {
    if (!this.paired.value || this.#stream) return;
    while (this.paired.value) {
      const stream = (this.#stream = new AbortController());
      try {
        await navigator.locks.request("milepost-live", { signal: stream.signal }, async () => {
          const { Server } = await syncing();
          const server = new Server(this.url, await this.device.setting("token"));
          await server.live(() => this.soon(0), stream.signal);
        });
      } catch {
        // the next sync tells what is wrong
      }
      await pause(this.#againMs(), stream.signal);
    }
  }
}

/** Waits, or until somebody says that it is time. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((go) => {
    const timer = setTimeout(go, signal.aborted ? 0 : ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      go();
    });
  });
}
