"use strict";
// The page's small manners: the scan box keeps the focus, Enter does the main act, half-typed forms survive a log-out.
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
  function toWhatIsWrong() {
    const wrong = document.querySelector("[aria-invalid=true]");
    const target = wrong && (wrong.matches("fieldset") ? wrong.querySelector("input") : wrong);
    if (!target) return false;
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
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !scan()) return;
    const at = document.activeElement;
    if (event.key === "/" && !types(at)) {
      event.preventDefault();
      scan().focus();
      scan().select();
    } else if (event.key === "Escape" && at !== scan()) {
      const open = document.querySelector("details.self[open], details.drawer[open]");
      if (open) {
        open.open = false;
        open.querySelector("summary").focus();
      } else if (types(at)) scan().focus();
    } else if (/^[0-9A-Za-z]$/.test(event.key) && (at === document.body || at === document.getElementById("content"))) {
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
  });

  // One click is one act: a form on its way is not sent again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const button of form.querySelectorAll("button")) button.setAttribute("aria-busy", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-busy");
    }
  });

  // Half-typed forms (`data-keep`) wait in this tab, for the same reader only, until they were sent.
  const reader = document.body.dataset.reader;
  const place = (form) => `kept:${location.pathname}#${form.id}`;
  const keepable = (field) => field.name && !["hidden", "password", "file"].includes(field.type) && field.name !== "_csrf";

  function keep(form) {
    const values = [...form.elements].filter(keepable).map((field) => [field.name, field.value, field.checked === true]);
    sessionStorage.setItem(place(form), JSON.stringify({ reader, values }));
  }

  function bringBack(form) {
    const kept = JSON.parse(sessionStorage.getItem(place(form)) || "null");
    if (!kept || form.querySelector("[aria-invalid=true]")) return;
    if (kept.reader !== reader) {
      sessionStorage.removeItem(place(form));
      return;
    }
    const left = [...kept.values];
    for (const field of [...form.elements].filter(keepable)) {
      const at = left.findIndex(([name, value]) => name === field.name && (!["checkbox", "radio"].includes(field.type) || value === field.value));
      if (at < 0) continue;
      const [, value, checked] = left.splice(at, 1)[0];
      if (["checkbox", "radio"].includes(field.type)) field.checked = checked;
      else field.value = value;
    }
    form.dispatchEvent(new Event("broughtback", { bubbles: true }));
  }

  function tendForms() {
    if (!reader) return;
    for (const form of document.querySelectorAll("form[data-keep]:not([data-tended])")) {
      form.dataset.tended = "yes";
      bringBack(form);
      form.addEventListener("input", () => keep(form));
      form.addEventListener("change", () => keep(form));
    }
  }

  // What was sent and met no refusal need not be kept; when the log-in page answered, it was not taken, and stays.
  function forget() {
    const sent = sessionStorage.getItem("sent");
    sessionStorage.removeItem("sent");
    if (sent && reader && !document.querySelector("[data-problem]")) sessionStorage.removeItem(sent);
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-keep]")) sessionStorage.setItem("sent", place(event.target));
  }, true);

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

  function start() {
    forget();
    tendForms();
    settleFocus();
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
  // After a fragment came: its forms are tended, and the focus is where it helps, never lost on the body.
  document.addEventListener("htmx:after:swap", () => {
    tendForms();
    if (toWhatIsWrong()) return;
    if (document.activeElement === document.body && scan() && !isTouch) scan().focus({ preventScroll: true });
  });
})();
