/** Follows the board: takes in rows as they change, and says whether what is seen is live. */
import { putRow, takeRow } from "./rows.js";

/** How long a stream that was refused is left alone, in ms. */
const AGAIN_MS = 10_000;
/** The trip that is looked at is loaded again at most so often, in ms. */
const NEWS_MS = 5_000;

/** @param {ReturnType<import("./map.js").drawMap>} map */
export function follow(map) {
  const line = document.getElementById("line");
  const list = document.getElementById("runs");
  if (!line || !list || !window.EventSource) return;
  let source = null;
  let last = "";
  let newsAt = 0;

  function say(state, since) {
    for (const each of line.querySelectorAll("[data-live]")) each.hidden = each.dataset.live !== state;
    const place = document.getElementById("line-since");
    place.textContent = since && state !== "live" ? new Date(since).toTimeString().slice(0, 5) : "";
  }

  function news(id) {
    const picked = document.getElementById("picked");
    if (picked?.dataset.trip !== id || picked.querySelector("form :focus, dialog[open]")) return;
    const now = Date.now();
    if (now - newsAt < NEWS_MS) return;
    newsAt = now;
    window.htmx.trigger(picked, "news");
  }

  function open() {
    const where = new URL(line.dataset.stream, location.href);
    if (last) where.searchParams.set("after", last);
    source = new EventSource(where);
    source.addEventListener("state", (event) => say(...event.data.split(" ")));
    source.addEventListener("run", (event) => {
      last = event.lastEventId;
      const row = putRow(list, event.data);
      map.put(row);
      news(row.id.replace("run-", ""));
    });
    source.addEventListener("gone", (event) => {
      last = event.lastEventId;
      takeRow(list, event.data);
      map.take(`run-${event.data}`);
    });
    source.addEventListener("missed", () => location.reload());
    source.addEventListener("error", () => {
      say("lost", Date.now());
      // A stream that was cut off is asked for again by the browser, one that was refused is not.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, AGAIN_MS);
    });
  }

  for (const row of list.children) map.put(row);
  open();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
}
