"use strict";
// The window desk: scans walk down a column, Enter walks to what is still open, papers open in their own tab, and every
// act is heard: two rising tones for done, the low double tone of youdang.js for a wrong scan.
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

  // In the opening form Enter leads to the next question without an answer; when there is none, it opens the dossier.
  const inside = (field) => field.closest("details:not([open])");
  const blank = (field) => field.required && !inside(field) && !field.value.trim();
  const either = (set) => ![...set.querySelectorAll("input")].some((one) => (one.type === "checkbox" ? one.checked : one.value));
  function unanswered(form) {
    const places = [...form.querySelectorAll("input, select, fieldset[data-either]")];
    return places.filter((one) => (one.matches("fieldset") ? either(one) : blank(one)));
  }
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    const form = at.closest && at.closest("form#open-dossier");
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || !form || at.matches("button, [type=file]")) return;
    event.preventDefault();
    event.stopPropagation();
    const left = unanswered(form);
    const after = left.find((one) => at.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    const next = left.find((one) => one === at) || after || left[0];
    if (!next) document.querySelector("[data-main]").click();
    else if (next === at) at.dispatchEvent(new Event("wrongscan", { bubbles: true }));
    else (next.matches("fieldset") ? next.querySelector("input") : next).focus();
  }, true);

  // What was done is heard, for whoever looks at the paper and not at the screen.
  function chime() {
    const Audio = window.AudioContext;
    if (!Audio || !document.querySelector("#messages .band-done") || document.querySelector("[data-problem]")) return;
    const audio = new Audio();
    for (const [pitch, start] of [[660, 0], [990, 0.09]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = "sine";
      tone.frequency.value = pitch;
      volume.gain.value = 0.1;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 0.08);
    }
    setTimeout(() => audio.close(), 500);
  }
  document.addEventListener("DOMContentLoaded", chime);
  document.addEventListener("htmx:after:swap", chime);

  document.addEventListener("visibilitychange", () => {
    const part = document.getElementById("envelope");
    if (document.visibilityState !== "visible" || !opened || !part) return;
    opened = false;
    htmx.ajax("GET", part.dataset.here, { target: "#envelope", swap: "outerHTML" });
  });
})();
