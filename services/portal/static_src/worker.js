/**
 * The service worker: pages that asked for it are there without a network, as they were last seen by who is signed in.
 *
 * `SHELL`, set by build.mjs: the files that those pages need. Nothing else is kept, and at signing out no page is.
 */
/* global SHELL */

const FILES = "files";
const PAGES = "pages-";
const AWAY = "/offline";
/** So many pages at most; the oldest go first. */
const MOST_PAGES = 40;
/** After so long a page that is kept is shown, although the network may still bring a newer one. */
const PATIENCE_MS = 5_000;
const STATIC = /\/static\/[\w.-]+/g;

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const files = await caches.open(FILES);
      await files.addAll(SHELL);
      await keepAway(files, "");
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

/**
 * Keeps the page that is shown for those that are not kept. It is nobody's, so it is asked for without a session.
 * @param {Cache} files
 * @param {string} language
 */
async function keepAway(files, language) {
  const answer = await fetch(`${AWAY}?lang=${language}`, { credentials: "omit", headers: { Accept: "text/html" } });
  if (answer.ok) await files.put(AWAY, answer);
}

/** @returns {Promise<string[]>} the caches of pages, one for each user */
async function shelves() {
  return (await caches.keys()).filter((name) => name.startsWith(PAGES));
}

/** Forgets all pages: somebody signed out. */
async function forget() {
  for (const name of await shelves()) await caches.delete(name);
}

/** Removes the files that no page names which is kept. */
async function tidy() {
  const wanted = new Set([...SHELL, AWAY]);
  const files = await caches.open(FILES);
  for (const cache of [files, ...(await Promise.all((await shelves()).map((name) => caches.open(name))))]) {
    for (const answer of await cache.matchAll()) {
      if (answer.headers.get("Content-Type")?.startsWith("text/html")) {
        for (const [path] of (await answer.text()).matchAll(STATIC)) wanted.add(path);
      }
    }
  }
  for (const request of await files.keys()) {
    if (!wanted.has(new URL(request.url).pathname)) await files.delete(request);
  }
}

/**
 * Fetches a page and keeps it, with the files it names. A page that is refused or leads elsewhere is not kept.
 * @param {Cache} shelf
 * @param {string} path
 */
async function keepPage(shelf, path) {
  const answer = await fetch(path, { credentials: "same-origin", headers: { Accept: "text/html" }, redirect: "manual" });
  if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/html")) return;
  const files = await caches.open(FILES);
  for (const [file] of (await answer.clone().text()).matchAll(STATIC)) {
    if (!(await files.match(file))) await files.add(file);
  }
  await shelf.delete(path);
  await shelf.put(path, answer);
}

/** @param {{ who: string, pages: string[], language: string }} asked */
async function keep({ who, pages, language }) {
  for (const name of await shelves()) if (name !== PAGES + who) await caches.delete(name);
  const shelf = await caches.open(PAGES + who);
  for (const path of pages) await keepPage(shelf, path).catch(() => undefined);
  await keepAway(await caches.open(FILES), language).catch(() => undefined);
  const kept = await shelf.keys();
  for (const request of kept.slice(0, -MOST_PAGES)) await shelf.delete(request);
  await tidy();
  for (const client of await self.clients.matchAll()) client.postMessage({ kind: "kept", pages });
}

self.addEventListener("message", (event) => {
  if (event.data?.kind === "keep") event.waitUntil(keep(event.data));
});

/** @param {Request} request */
async function keptPage(request) {
  const { pathname, search } = new URL(request.url);
  for (const name of await shelves()) {
    const found = await (await caches.open(name)).match(pathname + search);
    if (found) return found;
  }
  return undefined;
}

/** @param {Request} request of a page: from the network; from here where that is away or very slow */
async function page(request) {
  const kept = await keptPage(request);
  const network = fetch(request);
  try {
    if (!kept) return await network;
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS, kept));
    return await Promise.race([network, late]);
  } catch {
    return kept ?? (await caches.match(AWAY)) ?? Response.error();
  }
}

/** @param {Request} request of a file whose name says its content */
async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname === "/sign-out") event.waitUntil(forget());
  if (request.method !== "GET") return;
  if (pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode === "navigate") event.respondWith(page(request));
});
