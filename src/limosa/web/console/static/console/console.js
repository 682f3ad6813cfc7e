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
