/** Small things that need no script of a page: `data-prints` prints, `form[data-auto]` is sent when it is changed. */

/** Watches them. */
export function watchTaps() {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-prints]")) window.print();
  });
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element ? event.target.closest("form[data-auto]") : null;
    if (form instanceof HTMLFormElement && form.checkValidity()) form.requestSubmit();
  });
}
