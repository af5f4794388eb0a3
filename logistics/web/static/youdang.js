"use strict";
// The page's small manners: the scan box keeps the focus, Enter does the main act, what is wrong is said and found.
// Sending and keeping of forms: forms.js. The sheet of keys and the way through lists: keys.js.
(() => {
  const scan = () => document.getElementById("scan");
  const isTouch = matchMedia("(pointer: coarse)").matches;

  // A page that a refused form drew is, for back and reload, the page the form stood on: nothing is sent again by them.
  const { here } = document.body.dataset;
  if (here) history.replaceState(null, "", here);

  const types = (element) => element && element.matches("input:not([type=checkbox]):not([type=radio]):not([type=hidden]), textarea, select, [contenteditable]");

  // Where the focus goes: to what is wrong, to what the page asks for, else to the scan box.
  // The browser itself obeys `autofocus` only when it first draws: a gun that is quicker would scan into the wrong box.
  function settleFocus() {
    const alarm = document.querySelector("[data-alarm]");
    const asked = document.querySelector("[autofocus]");
    if (toWhatIsWrong()) return;
    if (alarm && scan()) {
      scan().focus();
      scan().select();
      sound();
    } else if (asked && !location.hash) {
      asked.focus();
    } else if (!asked && scan() && !isTouch && !location.hash) {
      scan().focus({ preventScroll: true });
    }
  }

  // True when something is wrong: it has the focus, and what was scanned there sounds and is replaced by the next scan.
  // Several wrong fields that no gun fills: the list of them has the focus, its links lead to each.
  function toWhatIsWrong() {
    const all = document.querySelectorAll("[aria-invalid=true]");
    const wrong = all[0];
    const target = wrong && (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong);
    if (!target) return false;
    const list = document.querySelector("#messages [data-problem]:has(a)");
    if (all.length > 1 && list && !target.matches("[data-scan]")) {
      list.focus();
      return true;
    }
    target.focus();
    if (target.select) target.select();
    if (target.matches("[data-scan]") && target.value) sound();
    return true;
  }

  // A low double tone for a scan that led nowhere; browsers stay silent until somebody has touched the page.
  // A desk that finds a scan wrong by itself says so: field.dispatchEvent(new Event("wrongscan", { bubbles: true })).
  document.addEventListener("wrongscan", sound);
  function sound() {
    const Audio = window.AudioContext;
    if (!Audio) return;
    const audio = new Audio();
    for (const start of [0, 0.22]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.type = "square";
      tone.frequency.value = 196;
      volume.gain.value = 0.12;
      tone.connect(volume).connect(audio.destination);
      tone.start(audio.currentTime + start);
      tone.stop(audio.currentTime + start + 0.16);
    }
    setTimeout(() => audio.close(), 800);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented || !scan()) return;
    if (document.querySelector("dialog[open]")) return;
    const at = document.activeElement;
    if (event.key === "/" && !types(at)) {
      event.preventDefault();
      scan().focus();
      scan().select();
    } else if (event.key === "Escape" && at !== scan()) {
      const open = document.querySelector("details.self[open], details.drawer[open]") || document.querySelector("details.menu[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      } else if (types(at) || at.closest(".list")) scan().focus();
    } else if (/^[0-9A-Za-z]$/.test(event.key) && !types(at)) {
      scan().focus(); // a scan gun types wherever it is: the first letter must not be lost
      scan().select();
    } else if (event.key === "Enter" && (at === document.body || (at === scan() && !scan().value.trim()))) {
      const main = document.querySelector("[data-main]");
      event.preventDefault();
      if (main && !event.repeat && performance.now() > 400) main.click();
    } else if (event.key === "Enter" && at && at.matches("[data-scan]:not([data-scan=sends])")) {
      event.preventDefault(); // the gun's Enter moves on instead of sending the form
      nextField(at);
    }
  });

  function nextField(field) {
    const open = (one) => !one.disabled && one.offsetParent && !one.closest("details:not([open])");
    const all = [...field.form.querySelectorAll("input:not([type=hidden]), textarea, select, button")].filter(open);
    const next = all[all.indexOf(field) + 1] || document.querySelector("[data-main]");
    if (next) next.focus();
  }

  document.addEventListener("click", (event) => {
    for (const open of document.querySelectorAll("details.self[open], details.drawer[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
    const menu = document.querySelector("details.menu[open]");
    if (menu && !event.target.closest(".top")) menu.open = false;
  });

  // The list of what is wrong: its links put the cursor into the field.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("#messages a[href^='#f-']");
    const place = link && document.getElementById(link.getAttribute("href").slice(1));
    const field = place && (place.matches("input, select, textarea") ? place : place.querySelector("input"));
    if (!field) return;
    event.preventDefault();
    for (let folded = field.closest("details"); folded; folded = folded.parentElement.closest("details")) folded.open = true;
    field.focus();
  });

  // Long work is read aloud from an element that stays and whose words change: the part that shows it is replaced each
  // time, and what is replaced is read twice or never. Not oftener than every ten seconds; its end at once.
  let goesOn = false;
  let readAt = -Infinity;
  function readProgress() {
    const place = document.getElementById("goes-on");
    const shown = document.querySelector("[data-progress]");
    const words = (shown || (goesOn ? document.querySelector("h1") : null))?.textContent.trim();
    const isDue = !shown || performance.now() - readAt > 10000;
    goesOn = Boolean(shown);
    if (!place || !words || !isDue || words === place.textContent) return;
    place.textContent = words;
    readAt = performance.now();
  }

  function begin() {
    settleFocus();
    readProgress();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
  // After a fragment came the focus is where it helps, never lost on the body.
  document.addEventListener("htmx:after:swap", () => {
    readProgress();
    if (toWhatIsWrong()) return;
    if (document.activeElement === document.body && scan() && !isTouch) scan().focus({ preventScroll: true });
  });
})();
