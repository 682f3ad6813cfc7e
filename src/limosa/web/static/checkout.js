// The sums follow the choice: htmx asks for them, and this says how far they are to be believed.
// The mark comes with the change itself and goes only with sums that came for it.
"use strict";
{
  const form = document.querySelector("form[data-follows]");
  const mark = (state) => {
    form.dataset.sums = state;
    form.querySelector("#sum").setAttribute("aria-busy", String(state === "asking"));
    form.querySelector("[data-failed]").hidden = state !== "failed";
  };
  if (form && window.htmx) {
    // Without this script a button asks; from here on it is in nobody's way.
    form.querySelector("[data-plain]").hidden = true;
    form.addEventListener("change", (event) => {
      if (event.target.type === "radio") mark("asking");
    });
    // What answers without the new address is another page, such as the sign-in.
    form.addEventListener("htmx:afterOnLoad", (event) => {
      const came = event.detail.xhr.getResponseHeader("HX-Replace-Url");
      mark(came ? "current" : "failed");
    });
    for (const name of ["htmx:sendError", "htmx:timeout"]) {
      form.addEventListener(name, () => mark("failed"));
    }
    // What was chosen before the script came, or left while an answer was awaited.
    window.addEventListener("pageshow", () => {
      const chosen = [...form.querySelectorAll("input[type=radio]:checked")];
      const state = form.dataset.sums;
      if (state ? state !== "current" : chosen.some((radio) => !radio.defaultChecked)) {
        chosen[0].dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
}
