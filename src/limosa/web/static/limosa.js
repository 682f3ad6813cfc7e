// Small comforts. Every page works without this file.
"use strict";

// Tell the server the person's time zone when they sign up.
for (const field of document.querySelectorAll("input[name=time_zone][type=hidden]")) {
  field.value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
}

// Bring a form's faults, or a refusal, to the reader.
document.querySelector("[data-focus]")?.focus();

// A form is sent once; the browser's Back button makes it ready again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

// Copy a code.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
    });
  }
}

// Minutes and seconds until a moment.
for (const clock of document.querySelectorAll("time[data-countdown]")) {
  const end = Date.parse(clock.dateTime);
  const show = () => {
    const seconds = Math.max(0, Math.round((end - Date.now()) / 1000));
    clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  show();
  setInterval(show, 1000);
}
