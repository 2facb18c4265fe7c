/** Shows what waits and what was refused, in words that the page brings (templates/parts/outbox.html). */
import { send, state } from "./drain.js";
import { all, onChange, remove, withdraw } from "./store.js";
import { who } from "./who.js";

/** @typedef {import("./store.js").Entry} Entry */

/** @type {Set<string>} names of what was sent while this page is open */
const sent = new Set();

/** @param {string} id */
const part = (id) => document.getElementById(id);

/**
 * @param {string} text with {n}
 * @param {number} n
 */
const counted = (text, n) => (text ?? "").replace("{n}", String(n));

/**
 * @param {Entry[]} entries
 * @returns {Entry[]} what is on its way: records, and photos whose record is there already
 */
function onTheWay(entries) {
  const held = new Set(entries.filter((one) => !one.of).map((one) => one.key));
  return entries.filter((one) => one.state === "waiting" && !(one.of && held.has(one.of)));
}

/** @param {Entry[]} waiting what is not sent yet, of whoever is signed in or of others */
function showBadge(waiting) {
  const badge = part("outbox");
  if (!badge) return;
  const mine = waiting.filter((one) => one.who === who()).length;
  badge.hidden = !waiting.length;
  const { waiting: text, signedOut, others } = badge.dataset;
  const reason = !mine ? others : state.signedOut ? signedOut : text;
  badge.querySelector("[data-text]").textContent = counted(reason, mine || waiting.length);
  badge.querySelector("[data-send]").hidden = !mine || state.signedOut;
  badge.querySelector("[data-sign-in]").hidden = mine > 0 && !state.signedOut;
}

/**
 * @param {Entry} entry
 * @returns {Node}
 */
function itemOf(entry) {
  const item = part("outbox-item").content.cloneNode(true);
  const at = new Date(entry.at);
  item.querySelector("[data-label]").textContent = entry.label;
  const time = item.querySelector("time");
  time.dateTime = entry.at;
  time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "short", timeStyle: "short" });
  item.querySelector("[data-said]").textContent = entry.said;
  const facts = item.querySelector("dl");
  for (const pair of entry.shown) {
    ["dt", "dd"].forEach((tag, place) => (facts.appendChild(document.createElement(tag)).textContent = pair[place]));
  }
  const edit = item.querySelector("[data-edit]");
  edit.hidden = Boolean(entry.photo);
  edit.href = `${entry.page}#outbox-${entry.place}`;
  item.querySelector("[data-discard]").dataset.discard = entry.place;
  return item;
}

/** @param {Entry[]} refused */
function showList(refused) {
  const list = part("outbox-attention");
  if (!list) return;
  list.hidden = !refused.length;
  list.querySelector("ul").replaceChildren(...refused.map(itemOf));
}

/**
 * Lets forms of which something waits say so instead of asking again; where it was sent, until the page is loaded anew.
 * @param {Entry[]} waiting
 */
function markForms(waiting) {
  const template = part("outbox-saved");
  for (const form of document.querySelectorAll("form[data-outbox]")) {
    const name = form.dataset.outbox;
    if (sent.has(name)) continue;
    const entry = name && waiting.find((one) => one.name === name && !one.of);
    const mark = form.nextElementSibling?.matches("[data-saved-mark]") ? form.nextElementSibling : null;
    form.hidden = Boolean(entry);
    if (!entry) mark?.remove();
    if (!entry || !template) continue;
    const saved = mark ?? template.content.firstElementChild.cloneNode(true);
    const undo = saved.querySelector("[data-undo]");
    undo.hidden = entry.tries > 0;
    if (mark) continue;
    undo.dataset.undo = entry.key;
    saved.dataset.savedMark = "";
    saved.querySelector("[data-number]").textContent = entry.key.slice(0, 4).toUpperCase();
    form.after(saved);
  }
}

/** @param {{ entry: Entry }[]} kept what was sent: its form says so, and is not asked again */
function markSent(kept) {
  for (const { entry } of kept) {
    const form = entry.name && document.querySelector(`form[data-outbox="${CSS.escape(entry.name)}"]`);
    const mark = form && form.nextElementSibling?.matches("[data-saved-mark]") && form.nextElementSibling;
    const done = part("outbox-sent")?.content.firstElementChild.cloneNode(true);
    if (!mark || !done) continue;
    sent.add(entry.name);
    mark.replaceWith(done);
  }
}

/** Shows everything as it is now. */
export async function show() {
  const entries = await all();
  const waiting = entries.filter((one) => one.state === "waiting");
  showBadge(onTheWay(entries));
  showList(entries.filter((one) => one.state === "refused" && one.who === who()));
  markForms(waiting.filter((one) => one.who === who()));
}

/** Fills the form of a record that is to be changed, as its address says: #outbox-12. */
async function edit() {
  const place = Number(/^#outbox-(\d+)$/.exec(location.hash)?.[1]);
  const entry = place && (await all()).find((one) => one.place === place);
  if (!entry) return;
  const form = [...document.querySelectorAll("form[data-outbox]")].find((one) => one.action === entry.action);
  if (!form) return;
  form.dataset.replaces = String(place);
  for (const [name, value] of entry.fields) {
    const fields = [...form.elements].filter((one) => one.name === name && one.type !== "file");
    for (const field of fields) {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === value;
      else field.value = value;
    }
  }
  for (const [name, said] of Object.entries(entry.faults ?? {})) blame(form, name, said);
  form.scrollIntoView();
  form.querySelector("[aria-invalid], input:not([type=hidden]), select, textarea")?.focus();
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name of the field that is wrong
 * @param {string} said
 */
function blame(form, name, said) {
  const field = [...form.elements].find((one) => one.name === name);
  if (!field) return;
  const error = document.createElement("span");
  error.className = "error";
  error.id = `outbox-error-${name}`;
  error.textContent = said;
  field.before(error);
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-describedby", error.id);
}

/** @param {Element} target what was tapped */
async function tapped(target) {
  const discard = target.closest("[data-discard]");
  const undo = target.closest("[data-undo]");
  if (target.closest("[data-send]")) send();
  if (discard && window.confirm(discard.dataset.sure)) await discardOne(Number(discard.dataset.discard));
  if (undo) await withdraw(undo.dataset.undo);
}

/** @param {number} place of a record that was refused; its photos go with it */
async function discardOne(place) {
  const entries = await all();
  const entry = entries.find((one) => one.place === place);
  if (entry) await remove([entry, ...entries.filter((one) => one.of === entry.key)]);
}

/** Watches the list, and shows it again when it changes. */
export function watchList() {
  document.addEventListener("click", (event) => event.target instanceof Element && tapped(event.target));
  document.addEventListener("outbox:drained", (event) => {
    markSent(event.detail);
    show();
  });
  window.addEventListener("hashchange", edit);
  onChange(show);
  edit();
}
