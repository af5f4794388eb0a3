"use strict";
// The window desk: scans walk down a column, papers open in their own tab.
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
  // A scan into one of a column of numbers leads to the next number, and from the last to the main act.
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.key !== "Enter" || event.isComposing || !at.matches("[data-next]")) return;
    event.preventDefault();
    event.stopPropagation();
    const column = [...document.querySelectorAll("[data-next]")].filter((one) => !one.closest("details:not([open])"));
    const next = column[column.indexOf(at) + 1] || document.querySelector("[data-main]");
    next.focus();
  }, true);

  document.addEventListener("visibilitychange", () => {
    const part = document.getElementById("envelope");
    if (document.visibilityState !== "visible" || !opened || !part) return;
    opened = false;
    htmx.ajax("GET", part.dataset.here, { target: "#envelope", swap: "outerHTML" });
  });
})();
