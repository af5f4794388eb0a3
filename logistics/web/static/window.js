"use strict";
// Papers open in a tab of their own: this page stays usable, and shows what was made when the reader comes back to it.
(() => {
  let opened = false;
  document.addEventListener("submit", (event) => {
    const target = event.submitter && event.submitter.formTarget;
    const main = document.querySelector("[data-main]");
    if (target !== "_blank") return;
    const form = event.target;
    opened = true;
    setTimeout(() => {
      delete form.dataset.sent;
      for (const button of [...form.querySelectorAll("button"), main]) if (button) button.removeAttribute("aria-busy");
    }, 1000);
  });
  document.addEventListener("visibilitychange", () => {
    const part = document.querySelector("[data-refresh]");
    if (document.visibilityState !== "visible" || !opened || !part) return;
    opened = false;
    htmx.ajax("GET", part.dataset.refresh, { target: "#envelope", swap: "outerHTML" });
  });
})();
