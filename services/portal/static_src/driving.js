/** The run sheet: where the phone is, and the next stop open when the one before is saved on the phone. */

const PATIENCE_MS = 4_000;

/** Finds out where the phone is when somebody opens a form that wants to know; nothing waits for it. */
function watchPlace() {
  for (const form of document.querySelectorAll("form[data-locates]")) {
    form.closest("details").addEventListener("toggle", () => {
      navigator.geolocation?.getCurrentPosition(
        ({ coords }) => {
          form.elements.here.value = `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)}`;
        },
        () => undefined, // Without it the place is told by the stop it is near.
        { timeout: PATIENCE_MS, maximumAge: 60_000, enableHighAccuracy: true },
      );
    });
  }
}

/** Opens the first stop that is still to be done, when what the button below is for was done. */
function openNext() {
  const below = document.querySelector(".bar form[hidden]");
  const open = [...document.querySelectorAll("details[data-stop]")].find((stop) => {
    const form = stop.querySelector(":scope > form[data-outbox]");
    return form && !form.hidden;
  });
  if (below && open) open.open = true;
}

watchPlace();
const hidden = new MutationObserver(openNext);
for (const form of document.querySelectorAll("form[data-outbox]")) hidden.observe(form, { attributeFilter: ["hidden"] });
openNext();
