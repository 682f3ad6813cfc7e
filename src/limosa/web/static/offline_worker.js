// The service worker: keeps what a person needs without a connection, and forgets it in time.
//
// Pages come from the network. Only where that fails a kept page is shown, with the time as of which
// it is true. What is kept of a person is deleted when they sign out, and before a page of another
// person, or of nobody, is shown: each page names its person (kept_pages.py). A page that we no
// longer name is deleted, and one whose code may no longer be shown even before it is asked for anew.
//
// GIVEN stands before this text (views/offline.py).

const SHELL = `shell-${GIVEN.version}`; // The same for everybody.
const KEPT = `kept-${GIVEN.version}`; // One person's.
const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_MS_MAX = 30 * DAY_MS;
const PAGE_MS_MAX = DAY_MS / 4;
const LIST_MS_MAX = 10 * 60 * 1000;
const PATIENCE_MS = 8000;
const KEPT_AT = "Limosa-Kept-At";
const ANY_WAY = { ignoreSearch: true, ignoreVary: true };

// Changes of what is kept come one after another. What was asked for before the last time that all
// was deleted is not kept any more.
let turn = Promise.resolve();
let emptied = 0;

function inTurn(work) {
  const done = turn.then(work);
  turn = done.catch(() => {});
  return done;
}

function empty() {
  emptied += 1;
  return inTurn(() => caches.delete(KEPT));
}

function store(path, answer, text, since) {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  return inTurn(async () => {
    if (emptied !== since) return;
    const kept = await caches.open(KEPT);
    await kept.put(path, new Response(text, { headers }));
  });
}

const ageOf = (answer) => Date.now() - Number(answer.headers.get(KEPT_AT));

async function keptPage(path) {
  const kept = await caches.open(KEPT);
  const page = await kept.match(path, ANY_WAY);
  if (!page) return undefined;
  if (ageOf(page) < KEPT_MS_MAX) return page;
  await inTurn(() => kept.delete(path, ANY_WAY));
  return undefined;
}

// What was last said of the person and their pages: {person, pages: {path: {mark, secret}}}.
async function keptList() {
  const page = await keptPage(GIVEN.pages);
  return page ? { age: ageOf(page), ...(await page.json()) } : undefined;
}

// A kept page says that it is one.
const asKept = (html) => html.replace("data-kept hidden", "data-kept");

async function refresh() {
  let since = emptied;
  const before = await keptList();
  const answer = await fetch(GIVEN.pages, { cache: "no-store" });
  if (!answer.ok) return;
  const list = await answer.json();
  if (before && before.person !== list.person) {
    await empty();
    since += 1;
  }
  if (list.person === GIVEN.nobody) return;
  const known = before?.person === list.person ? before.pages : {};
  await forget(known, list.pages);
  const pages = await renewed(known, list, since);
  await store(GIVEN.pages, answer, JSON.stringify({ person: list.person, pages }), since);
}

async function forget(known, pages) {
  for (const [path, { secret }] of Object.entries(known)) {
    if (pages[path] && pages[path].secret === secret) continue;
    delete known[path];
    await inTurn(async () => (await caches.open(KEPT)).delete(path, ANY_WAY));
  }
}

// Return the pages that are kept now: those that have not changed, and those that have come.
async function renewed(known, { person, pages }, since) {
  const found = {};
  for (const [path, said] of Object.entries(pages)) {
    const page = await keptPage(path);
    const isNew = !page || known[path]?.mark !== said.mark || ageOf(page) > PAGE_MS_MAX;
    if (!isNew || (await fetchAndStore(path, person, since))) found[path] = said;
    else if (known[path]) found[path] = known[path];
  }
  return found;
}

async function fetchAndStore(path, person, since) {
  const page = await fetch(path, { cache: "no-store", redirect: "manual" }).catch(() => undefined);
  if (!page?.ok || page.headers.get(GIVEN.personHeader) !== person) return false;
  await store(path, page, asKept(await page.text()), since);
  return true;
}

const mayHaveChanged = (path) =>
  path === GIVEN.home || GIVEN.always.some((first) => path.startsWith(first));

// Look at a page that has come: whose it is, and what to do about what is kept once it is shown.
async function heed(path, answer) {
  const person = answer.headers.get(GIVEN.personHeader);
  if (person === null) return undefined; // It is no page of ours, or a fault.
  const list = await keptList();
  const isSame = list?.person === person;
  if (!isSame) await empty(); // Even if nothing is kept yet: something may be on its way.
  if (person === GIVEN.nobody) return undefined;
  const isDue = !isSame || list.age > LIST_MS_MAX || mayHaveChanged(path);
  const copy = isSame && answer.ok && list.pages[path] ? answer.clone() : undefined;
  return async () => {
    if (copy) await keepShown(path, copy);
    if (isDue) await refresh();
  };
}

// The page that is shown is kept as it is: the browser told it more of the device than it tells us.
async function keepShown(path, answer) {
  const since = emptied;
  await store(path, answer, asKept(await answer.text()), since);
}

async function fromNetwork(event, path) {
  const answer = await fetch(event.request);
  const after = await heed(path, answer).catch(() => undefined);
  if (after) event.waitUntil(after().catch(() => {}));
  return answer;
}

async function without(path) {
  return (
    (await keptPage(path)) ??
    (await keptPage(GIVEN.esims)) ??
    (await caches.match(GIVEN.offline, ANY_WAY)) ??
    Response.error()
  );
}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function shown(event, path) {
  const coming = fromNetwork(event, path);
  coming.catch(() => {});
  try {
    // A network that is there and says nothing is no reason to wait where a page is kept.
    if (await keptPage(path)) {
      const page = await Promise.race([coming, later(PATIENCE_MS)]);
      return page ?? (await without(path));
    }
    return await coming;
  } catch {
    return without(path);
  }
}

self.addEventListener("install", (event) => {
  const files = [GIVEN.offline, ...GIVEN.files];
  const fresh = files.map((path) => new Request(path, { cache: "no-cache" }));
  event.waitUntil(caches.open(SHELL).then((shell) => shell.addAll(fresh)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const tidy = async () => {
    for (const name of await caches.keys()) {
      if (name !== SHELL && name !== KEPT) await caches.delete(name);
    }
    await self.clients.claim();
    await refresh().catch(() => {});
  };
  event.waitUntil(tidy());
});

self.addEventListener("message", (event) => {
  if (event.data === "look") event.waitUntil(refresh().catch(() => {}));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.method === "POST" && pathname === GIVEN.signOut) {
    event.waitUntil(empty());
  } else if (request.method === "GET" && request.mode === "navigate") {
    event.respondWith(shown(event, pathname));
  } else if (request.method === "GET" && GIVEN.files.includes(pathname)) {
    event.respondWith(fetch(request).catch(() => caches.match(pathname, ANY_WAY)));
  }
});
