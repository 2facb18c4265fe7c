/** Rows of the list, kept in order of urgency. */

/**
 * Puts a row where it belongs, instead of the one its trip had.
 * @param {HTMLElement} list
 * @param {string} html written by the server
 * @returns {HTMLElement} the row
 */
export function putRow(list, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const row = template.content.firstElementChild;
  const before = document.getElementById(row.id);
  if (before?.outerHTML === row.outerHTML) return before;
  const hasFocus = before?.contains(document.activeElement);
  row.classList.toggle("picked", before?.classList.contains("picked") ?? false);
  before?.remove();
  const next = [...list.children].find((each) => each.dataset.rank > row.dataset.rank);
  list.insertBefore(row, next ?? null);
  window.htmx.process(row);
  if (hasFocus) row.querySelector("a").focus({ preventScroll: true });
  recount(list);
  return row;
}

/**
 * Takes away the row of a trip that is no more.
 * @param {HTMLElement} list
 * @param {string} id of the trip
 */
export function takeRow(list, id) {
  document.getElementById(`run-${id}`)?.remove();
  recount(list);
}

/** Counts the statuses of all rows anew; each keeps its tone, its word and its place. */
function recount(list) {
  const counts = new Map();
  for (const row of list.children) {
    for (const status of row.querySelectorAll(".status")) {
      const key = status.dataset.sort;
      const one = counts.get(key) ?? { status, n: 0 };
      one.n += 1;
      counts.set(key, one);
    }
  }
  const place = document.getElementById("counts");
  const shown = [...counts.entries()].sort(([a], [b]) => a.localeCompare(b));
  place.replaceChildren(
    ...shown.map(([, { status, n }]) => {
      const made = document.createElement("span");
      made.className = status.className;
      made.textContent = `${status.dataset.word} ${n}`;
      return made;
    }),
  );
}
