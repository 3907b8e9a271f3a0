/** A newer version of the app is taken when the person says so, and never while they are writing. */

import { offer } from "./toasts";
import { say } from "./words/words";

/** Keeps the app for when there is no network, and offers a newer one when it is there. */
export function offerUpdates(): void {
  if (!("serviceWorker" in navigator)) return;
  let taken = false;
  const follow = (registered: ServiceWorkerRegistration): void => {
    const waiting = (worker: ServiceWorker | null): void => {
      if (worker && navigator.serviceWorker.controller) {
        offer(say("update.ready"), say("update.take"), () => {
          taken = true;
          worker.postMessage("take over");
        });
      }
    };
    waiting(registered.waiting);
    registered.addEventListener("updatefound", () => {
      const worker = registered.installing;
      worker?.addEventListener("statechange", () => worker.state === "installed" && waiting(worker));
    });
  };
  // A browser may be told to keep none: then the app comes from its server each time.
  navigator.serviceWorker.register("/sw.js").then(follow).catch(() => undefined);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (taken) location.reload();
  });
}
