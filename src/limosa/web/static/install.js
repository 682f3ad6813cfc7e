// Send the picture of an eSIM's code to another screen, where the device can share files.
"use strict";

for (const button of document.querySelectorAll("button[data-share]")) {
  const empty = new File([], "eSIM.png", { type: "image/png" });
  if (!navigator.canShare?.({ files: [empty] })) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const picture = await (await fetch(button.dataset.share)).blob();
    const file = new File([picture], "eSIM.png", { type: "image/png" });
    await navigator.share({ files: [file] }).catch(() => {});
  });
}
