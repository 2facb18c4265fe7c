/** The page that is shown for one that is not here: which ones are, and back to what was wanted when there is a network. */

/** @returns {Promise<{address: string, name: string, day: string}[]>} the pages that are kept: their titles and the day each is of */
async function keptPages() {
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  const found = [];
  for (const name of names) {
    const shelf = await caches.open(name);
    for (const request of await shelf.keys()) {
      const text = await (await shelf.match(request)).text();
      const { pathname, search } = new URL(request.url);
      const there = new DOMParser().parseFromString(text, "text/html");
      const day = there.querySelector("main time")?.textContent.trim() ?? "";
      found.push({ address: pathname + search, name: there.title.split(" · ")[0] || pathname, day });
    }
  }
  return found;
}

/** Loads the page that was wanted, if we can be reached: that there is some network does not say so. */
async function tryAgain() {
  const answer = await fetch("/livez", { cache: "no-store" }).catch(() => null);
  if (answer?.ok) location.reload();
}

/** Fills the list of such a page. */
export async function listKept() {
  const list = document.querySelector("[data-kept-pages]");
  if (!list) return;
  // Its address is that of the page that was wanted, unless somebody asked for this one.
  if (location.pathname !== "/offline") window.addEventListener("online", tryAgain);
  const pages = window.caches ? await keptPages() : [];
  for (const { address, name, day } of pages) {
    const alone = pages.filter((page) => page.name === name).length === 1;
    const link = document.createElement("a");
    link.className = "button";
    link.href = address;
    link.textContent = alone || !day ? name : `${name} · ${day}`;
    list.appendChild(document.createElement("li")).append(link);
  }
  list.hidden = !list.children.length;
}
