
// Static files, and a page for when there is no network. Nothing that tells of a person is kept:
// what is not in the list above is never written into the cache.

const CACHE = `account-${VERSION}`;

self.addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(KEPT.map((address) => new Request(address, { credentials: "omit" })));
    await self.skipWaiting();
  };
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(tidy());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  // The way back from the login comes from another site; only the browser itself adds our cookie.
  if (pathname.startsWith("/auth/") || pathname.startsWith("/demo/")) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match("/offline")));
  } else if (KEPT.includes(pathname) && pathname !== "/offline") {
    event.respondWith(fetch(request).catch(() => caches.match(pathname)));
  }
});
