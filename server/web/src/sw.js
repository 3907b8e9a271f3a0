/* Keeps the app's own files, so that it opens without a network. A newer version waits until the person takes it. */

const CACHE = "milepost-__VERSION__";
const FILES = __FILES__;
const PAGE = "/index.html";

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "reload" })))));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("milepost-") && name !== CACHE) await caches.delete(name);
      await clients.claim();
    })(),
  );
});

addEventListener("message", (event) => {
  if (event.data === "take over") skipWaiting();
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const wanted = FILES.includes(pathname) ? pathname : request.mode === "navigate" && !TAKEN.test(pathname) ? PAGE : "";
  if (wanted) event.respondWith(caches.open(CACHE).then(async (cache) => (await cache.match(wanted)) ?? fetch(request)));
});

/** Addresses that are the server's and not the app's. */
const TAKEN = /^\/(v1|schema|healthz|problems|feeds|in)(\/|$)/;
