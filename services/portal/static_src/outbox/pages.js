/** Pages that are there without a network: the service worker keeps them; this asks it to. */
import { who } from "./who.js";

/** @returns {string[]} this page if it says `data-offline`, and those it names there */
function wanted() {
  const marked = document.querySelector("[data-offline]");
  if (!marked) return [];
  return [location.pathname + location.search, ...marked.dataset.offline.split(/\s+/).filter(Boolean)];
}

/** Asks for this page, as it is now, to be kept. */
export async function keepPages() {
  const pages = wanted();
  if (!pages.length || !who() || !navigator.serviceWorker || !navigator.onLine) return;
  try {
    await navigator.serviceWorker.register("/worker.js");
    const { active } = await navigator.serviceWorker.ready;
    const [language] = document.documentElement.lang.split("-");
    active.postMessage({ kind: "keep", who: who(), pages, language });
  } catch {
    // A browser that refuses workers has pages only while it has a network.
  }
}
