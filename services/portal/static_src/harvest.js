/** The number pad of the harvest: big keys in the place of the phone's small ones. Without script there are these. */
const LONGEST = 10;

/**
 * @param {string} typed
 * @param {string} key a digit, a point, or nothing: takes the last one back
 * @returns {string}
 */
function press(typed, key) {
  if (!key) return typed.slice(0, -1);
  if (typed.length >= LONGEST || (key === "." && typed.includes("."))) return typed;
  return typed + key;
}

for (const pad of document.querySelectorAll("[data-pad]")) {
  const field = document.getElementById(pad.dataset.pad);
  field.inputMode = "none";
  pad.hidden = false;
  pad.addEventListener("click", (event) => {
    const button = event.target.closest("[data-key]");
    if (button) field.value = press(field.value, button.dataset.key);
  });
}
