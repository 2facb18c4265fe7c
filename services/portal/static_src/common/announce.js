/** Says aloud, to who does not see, what has changed; #live is in every page's frame. */

/** @param {string} text what a screen reader is to say, once */
export function announce(text) {
  const live = document.getElementById("live");
  if (!live || !text.trim()) return;
  // The same words twice are said twice only if the region was empty in between.
  live.textContent = "";
  setTimeout(() => (live.textContent = text.trim()), 50);
}

/**
 * Shows and says that something went wrong, in words of the page.
 * @param {"away" | "failed"} what no answer at all, or one that says no
 */
export function complain(what) {
  const place = document.getElementById("trouble");
  if (!place) return;
  place.textContent = place.dataset[what] ?? "";
  place.hidden = false;
}

/** Takes back what `complain` showed. */
export function allIsWell() {
  const place = document.getElementById("trouble");
  if (place) place.hidden = true;
}
