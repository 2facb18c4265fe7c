/** Takes what `form[data-outbox]` would send: into the store first, to the server when it can be. */
import { announce } from "../common/announce.js";
import { send } from "./drain.js";
import { shrink } from "./photos.js";
import { add, all, remove, update } from "./store.js";
import { who } from "./who.js";

/** Fields of the frame, which are told anew when it is sent. */
const FRAME = new Set(["_csrf", "_key", "_page"]);

/** @returns {string} a random UUID (version 4); pages without TLS have no crypto.randomUUID */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/**
 * @param {HTMLFormElement} form
 * @returns {[string, string][]} what stands in the form, as people read it
 */
function shownOf(form) {
  const shown = [];
  for (const field of form.elements) {
    const text = field.labels?.[0]?.textContent.trim();
    if (!text || field.type === "hidden" || field.type === "file" || field.disabled) continue;
    if (field.type === "radio" || field.type === "checkbox") {
      if (field.checked) shown.push([field.closest("fieldset")?.querySelector("legend")?.textContent.trim() ?? "", text]);
    } else if (field.value) {
      shown.push([text, field instanceof HTMLSelectElement ? field.selectedOptions[0].text : field.value]);
    }
  }
  return shown;
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 * @returns {Promise<object[]>} the record, and its photos after it
 */
async function entriesOf(form, submitter) {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  const pairs = [...data].filter(([name]) => !FRAME.has(name));
  const files = pairs.filter(([, value]) => value instanceof File && value.size > 0);
  const common = {
    who: who(),
    name: form.dataset.outbox,
    label: form.dataset.outboxLabel || (submitter ?? form).textContent.trim(),
    page: location.pathname + location.search,
    at: new Date().toISOString(),
    tries: 0,
    state: "waiting",
  };
  const key = uuid();
  const fields = pairs.filter(([, value]) => typeof value === "string");
  const record = { ...common, key, action: form.action, fields, shown: shownOf(form) };
  const photos = [];
  for (const [name, file] of files) {
    const photo = await shrink(file, Number(form.elements[name].dataset.longest) || undefined);
    const action = form.dataset.outboxPhotos ?? `${form.action}/photos`;
    photos.push({ ...common, key: uuid(), of: key, name: "", action, fields: [["field", name]], shown: [], photo });
  }
  return [record, ...photos];
}

/**
 * @param {import("./store.js").Entry} refused a record that was filled in anew
 * @param {string} key of what takes its place, and its photos
 */
async function replace(refused, key) {
  const photos = (await all()).filter((one) => one.of === refused.key);
  await update(photos.map((one) => ({ ...one, of: key })));
  await remove([refused]);
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function take(form, submitter) {
  const entries = await entriesOf(form, submitter);
  const waiting = await all();
  const twice = entries[0].name && waiting.some((one) => one.name === entries[0].name && one.state === "waiting");
  if (!twice) await add(entries);
  const replaced = waiting.find((one) => String(one.place) === form.dataset.replaces);
  if (replaced) await replace(replaced, entries[0].key);
  delete form.dataset.replaces;
  form.reset();
  announce(document.getElementById("outbox")?.dataset.saved ?? "");
  navigator.storage?.persist?.();
  send();
}

/** @param {HTMLFormElement} form whose photo cannot be read */
function complainOfPhoto(form) {
  const field = form.querySelector('input[type="file"]');
  field?.setCustomValidity(document.getElementById("outbox")?.dataset.unreadable ?? "?");
  field?.reportValidity();
  field?.addEventListener("change", () => field.setCustomValidity(""), { once: true });
}

/** Watches the forms. What cannot be stored is sent as it is without script. */
export function watchTaking() {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.matches("form[data-outbox]") || !who()) return;
    event.preventDefault();
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    try {
      await take(form, event.submitter);
    } catch (failure) {
      if (failure instanceof TypeError) complainOfPhoto(form);
      else form.submit();
    } finally {
      form.removeAttribute("aria-busy");
    }
  });
}
