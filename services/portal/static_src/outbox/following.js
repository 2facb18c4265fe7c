/** When what this page sent has been taken, the page is shown as it is now, unless somebody is filling something in. */
import { keepPages } from "./pages.js";

/** @returns {boolean} whether something is typed, chosen or open that a new page would take away */
function isInUse() {
  const changed = (field) =>
    field.type === "checkbox" || field.type === "radio"
      ? field.checked !== field.defaultChecked
      : field instanceof HTMLSelectElement
        ? [...field.options].some((one) => one.selected !== one.defaultSelected && one.defaultSelected)
        : field.value !== field.defaultValue;
  const fields = document.querySelectorAll("main :is(input, textarea, select):not([type=hidden])");
  return [...fields].some(changed) || document.querySelector("dialog[open]") !== null;
}

/** @param {{ entry: import("./store.js").Entry, where?: string }[]} kept */
function follow(kept) {
  const here = location.pathname + location.search;
  const ours = kept.filter(({ entry }) => entry.page === here && !entry.photo);
  if (!kept.length) return;
  if (isInUse() || (!ours.length && !document.querySelector("[data-offline]"))) return void keepPages();
  const where = new URL(ours.at(-1)?.where ?? here, location.href);
  if (where.pathname + where.search !== here) return location.assign(where);
  // The same page with another mark in it: to go there would load nothing.
  history.replaceState(history.state, "", where);
  location.reload();
}

/** Watches what is sent. */
export function watchFollowing() {
  document.addEventListener("outbox:drained", (event) => follow(event.detail));
}
