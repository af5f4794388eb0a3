"use strict";
// Answers for the site when there is no network: the kept files, and the receiving page that works without any.
// Its own address carries the version of all of it (`/worker.js?v=…`), so another version is another worker.
const VERSION = new URL(self.location.href).searchParams.get("v");
const KEPT = `youdang-${VERSION}`;
const WORDS = "youdang-language"; // outlives versions: which language the reader had last

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const shell = await (await fetch("/device/shell.json", { credentials: "omit", cache: "no-store" })).json();
    if (shell.version !== VERSION) throw new Error("another version is being served"); // the next page asks again
    const cache = await caches.open(KEPT);
    // Without cookies: what is kept is the page that everybody gets.
    await cache.addAll([...shell.files, ...shell.pages].map((address) => new Request(address, { credentials: "omit", cache: "reload" })));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("youdang-") && name !== KEPT && name !== WORDS) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

async function shellPage() {
  const told = await caches.match("/offline/language", { cacheName: WORDS });
  const language = told ? await told.text() : "zh";
  return (await caches.match(`/offline/${language}`, { cacheName: KEPT })) || Response.error();
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const address = new URL(request.url);
  if (address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(shellPage));
  } else if (request.method === "GET" && address.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request, { cacheName: KEPT }).then((kept) => kept || fetch(request)));
  }
});
