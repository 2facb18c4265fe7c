/** What happens around a swap: one request per form, the focus stays, what changed is said, trouble is shown. */
import { allIsWell, announce, complain } from "./announce.js";
import { showDialogs } from "./dialogs.js";
import { begin, finish, isBusy } from "./forms.js";

/** Where the focus was, so that it can be found again in what was swapped in. */
let left = null;

/**
 * @param {EventTarget | null} element
 * @returns {HTMLFormElement | null} the form that an element sends
 */
function formOf(element) {
  return element instanceof HTMLFormElement ? element : null;
}

/**
 * @param {Element} element
 * @returns {string[]} selectors that find it again, the surest first
 */
function waysTo(element) {
  const { id } = element;
  const name = element.getAttribute("name");
  const value = element.getAttribute("value");
  const ways = [];
  if (id) ways.push(`#${CSS.escape(id)}`);
  if (name && value) ways.push(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`);
  if (name) ways.push(`[name="${CSS.escape(name)}"]`);
  return ways;
}

/** @param {Element} part what is there now instead of what had the focus */
function refocus(part) {
  const found = left.ways.map((way) => part.querySelector(way) ?? document.querySelector(way)).find(Boolean);
  const place = part.querySelector("[autofocus], [aria-invalid='true']") ?? found ?? part;
  if (place === part && !part.hasAttribute("tabindex")) part.setAttribute("tabindex", "-1");
  place.focus({ preventScroll: place === found });
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = formOf(event.detail.elt);
  if (!form) return;
  if (isBusy(form)) event.preventDefault();
  else begin(form);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = formOf(event.detail.elt);
  if (form) finish(form);
  if (event.detail.successful) allIsWell();
});

document.addEventListener("htmx:beforeSwap", (event) => {
  const focused = document.activeElement;
  left = focused && event.detail.target.contains(focused) ? { ways: waysTo(focused) } : null;
});

document.addEventListener("htmx:afterSettle", (event) => {
  const part = document.getElementById(event.detail.target.id) ?? event.detail.target;
  if (!part.isConnected) return;
  showDialogs(part.parentElement ?? part);
  if (left && (document.activeElement === document.body || document.activeElement === null)) refocus(part);
  left = null;
  const told = part.matches("[data-announce]") ? part : part.querySelector("[data-announce]");
  if (told) announce(told.dataset.announce || told.textContent);
});

document.addEventListener("htmx:sendError", () => complain("away"));
document.addEventListener("htmx:timeout", () => complain("away"));
document.addEventListener("htmx:responseError", () => complain("failed"));
