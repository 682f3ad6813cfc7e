// What a device without a connection can show is kept by the service worker (offline_worker.js).
"use strict";

const { worker } = document.currentScript.dataset;
const workers = navigator.serviceWorker;
if (workers) {
  // The pages of now came before the worker, so it has to be told to look.
  const wasThere = Boolean(workers.controller);
  workers
    .register(worker, { scope: "/", updateViaCache: "none" })
    .then(() => workers.ready)
    .then((ready) => wasThere || ready.active.postMessage("look"))
    .catch(() => {});
}

// Pages of eSIMs are told the device's time zone, and guess the country by it.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
const secure = location.protocol === "https:" ? "; secure" : "";
const told = `zone=${zone}`; // Letters, digits, _, - and /, all of which a cookie may have.
const wasTold = document.cookie.includes(told);
document.cookie = `${told}; path=/esims/; max-age=31536000; samesite=lax${secure}`;
// Once: not where cookies are refused, nor where the zone is no country's.
const isMissed = !wasTold && document.querySelector("[data-zone-missing]");
if (isMissed && document.cookie.includes(told)) location.reload();
