// Suggestions while one types: a combobox by the pattern of ARIA. Without it, the form is sent.
"use strict";
for (const form of document.querySelectorAll("form[data-find]")) {
  if (!window.htmx) break;
  const field = form.querySelector("input[type=search]");
  const list = form.querySelector("[role=listbox]");
  const said = form.querySelector("[role=status]");
  let at = -1;
  const options = () => [...list.querySelectorAll("[role=option]")];

  const choose = (next) => {
    at = next;
    for (const [place, option] of options().entries()) {
      option.setAttribute("aria-selected", String(place === at));
      if (place === at) option.scrollIntoView({ block: "nearest" });
    }
    const chosen = options()[at];
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
  };
  const show = (isOpen) => {
    list.hidden = !isOpen;
    field.setAttribute("aria-expanded", String(isOpen));
    choose(-1);
  };

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-controls", list.id);
  show(false);

  field.addEventListener("htmx:beforeRequest", (event) => {
    if (field.value.trim()) return;
    event.preventDefault();
    show(false);
  });
  list.addEventListener("htmx:afterSwap", () => {
    said.textContent = list.querySelector("[data-said]")?.dataset.said ?? "";
    show(options().length > 0 && document.activeElement === field && field.value.trim() !== "");
  });
  field.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.isComposing) return; // A Chinese keyboard's own arrows and Enter.
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && count) {
      event.preventDefault();
      const isDown = event.key === "ArrowDown";
      if (list.hidden) {
        show(true);
        choose(isDown ? 0 : count - 1);
      } else {
        // One place more than there are options: the field itself.
        choose(((at + 1 + (isDown ? 1 : count) ) % (count + 1)) - 1);
      }
    } else if (event.key === "Enter" && !list.hidden && at >= 0) {
      event.preventDefault();
      options()[at].click();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
    }
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) show(false);
  });
  // A press on an option does not take the focus from the field.
  list.addEventListener("mousedown", (event) => event.preventDefault());
}
