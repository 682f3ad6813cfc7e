// Choosing plans to compare: how many are ticked, and no more than the page compares. Without this
// file the page that compares takes the first of them.
"use strict";
{
  const form = document.querySelector("form[data-compared-max]");
  const most = Number(form.dataset.comparedMax);
  const count = () => {
    const boxes = [...form.querySelectorAll(".tick-box")];
    const ticked = boxes.filter((box) => box.checked).length;
    for (const box of boxes) box.disabled = !box.checked && ticked >= most;
    const button = form.querySelector(".compare-bar button");
    if (button) button.disabled = ticked < 2;
  };
  // With htmx a change shows at once: buttons that ask for it are in nobody's way.
  if (window.htmx) for (const one of form.querySelectorAll("[data-plain]")) one.hidden = true;
  form.addEventListener("change", count);
  form.addEventListener("htmx:afterSettle", count);
  window.addEventListener("pageshow", count);
}
