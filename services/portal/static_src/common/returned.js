/** A form that was filled in before its session ended comes back filled in: it is shown, wherever it is folded away. */
export function showReturned() {
  const form = document.querySelector("form[data-kept]");
  for (let around = form?.parentElement; around; around = around.parentElement) {
    if (around instanceof HTMLDetailsElement) around.open = true;
    if (around instanceof HTMLDialogElement && !around.open) around.showModal();
  }
  form?.scrollIntoView({ block: "center" });
}
