/** The page that is shown for one that is not here: which ones are, and back to what was wanted when there is a network. */

/** @returns {Promise<[string, string][]>} addresses and titles of the pages that are kept */
async function keptPages() {
  const names = (await caches.keys()).filter((name) => name.startsWith("pages-"));
  const found = [];
  for (const name of names) {
    const shelf = await caches.open(name);
    for (const request of await shelf.keys()) {
      const text = await (await shelf.match(request)).text();
      const { pathname, search } = new URL(request.url);
      const title = new DOMParser().parseFromString(text, "text/html").title;
      found.push([pathname + search, title.split(" · ")[0] || pathname]);
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
  for (const [address, title] of window.caches ? await keptPages() : []) {
    const link = document.createElement("a");
    link.className = "button";
    link.href = address;
    link.textContent = title;
    list.appendChild(document.createElement("li")).append(link);
  }
  list.hidden = !list.children.length;
}
