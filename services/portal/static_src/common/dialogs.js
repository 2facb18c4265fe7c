/** Dialogs: `data-opens="id"` and `data-closes` on buttons; `<dialog data-show>` opens when it comes with a swap. */

/** @param {HTMLDialogElement} dialog */
function open(dialog) {
  if (!dialog.open) dialog.showModal();
}

/** @param {ParentNode} part of the page, whose dialogs that ask for it are opened */
export function showDialogs(part) {
  for (const dialog of part.querySelectorAll("dialog[data-show]")) open(dialog);
}

/** @param {Element} target what was tapped */
function tapped(target) {
  const opener = target.closest("[data-opens]");
  const named = opener && document.getElementById(opener.dataset.opens);
  if (named instanceof HTMLDialogElement) open(named);
  if (target.closest("[data-closes]")) target.closest("dialog")?.close();
  // Beside the dialog is its backdrop, and a tap there is its own.
  if (target instanceof HTMLDialogElement && !target.hasAttribute("data-must-answer")) target.close();
}

/** Watches buttons, and the event `close-dialog`, which an answer may trigger. */
export function watchDialogs() {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && !isInside(event)) tapped(event.target);
  });
  document.addEventListener("close-dialog", () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  });
  showDialogs(document);
}

/**
 * @param {MouseEvent} event
 * @returns {boolean} whether a tap on a dialog's own element was on its padding
 */
function isInside(event) {
  if (!(event.target instanceof HTMLDialogElement)) return false;
  const box = event.target.getBoundingClientRect();
  const { clientX: x, clientY: y } = event;
  return box.left <= x && x <= box.right && box.top <= y && y <= box.bottom;
}
