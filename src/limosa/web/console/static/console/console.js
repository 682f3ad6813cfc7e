// Small comforts. Every page works without this file.
"use strict";

// The key "/" goes to the search field, unless somebody is writing.
document.addEventListener("keydown", (event) => {
  const writes = event.target.closest("input, textarea, select");
  if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    document.querySelector("#find").focus();
  }
});

// Where the parts don't all fit beside each other, the one that is open is in sight.
const parts = document.querySelector(".parts");
const current = parts && parts.querySelector("[aria-current]");
if (current) {
  parts.scrollLeft = current.offsetLeft - (parts.clientWidth - current.offsetWidth) / 2;
}
