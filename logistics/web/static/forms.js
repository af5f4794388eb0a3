"use strict";
// Sending and keeping: one click is one act, slow work says so, and what was typed outlives a log-out or a lost network.
(() => {
  const SLOW = 300; // milliseconds after which a button says that it works
  const RELEASE = 30_000; // a form whose answer never came may be sent again: its command id lets it happen once only
  const words = document.body.dataset;
  const under = new WeakMap();

  function begin(form, pressed) {
    form.dataset.sent = "yes";
    const buttons = [...form.querySelectorAll("button"), ...document.querySelectorAll(`button[form="${form.id}"]`)];
    for (const button of buttons) button.setAttribute("aria-busy", "true");
    const shown = pressed || buttons[0];
    const slow = setTimeout(() => {
      if (shown) shown.classList.add("is-slow");
      say(words.wordSlow);
    }, SLOW);
    under.set(form, { slow, buttons, release: setTimeout(() => end(form), RELEASE) });
  }

  function end(form) {
    const { slow, release, buttons = form.querySelectorAll("button") } = under.get(form) || {};
    clearTimeout(slow);
    clearTimeout(release);
    delete form.dataset.sent;
    for (const button of buttons) {
      button.removeAttribute("aria-busy");
      button.classList.remove("is-slow");
    }
    say("");
  }

  function say(sentence) {
    const place = document.getElementById("under-way");
    if (place) place.textContent = sentence;
  }

  // Receiving goes on without network where the device has its own page for it: that takes up what was filled in.
  const isTakenUp = (form) => /^(arrived$|count-)/.test(form.id) && navigator.serviceWorker && navigator.serviceWorker.controller;

  // A form on its way is not sent again. A page that htmx changes says itself when the answer is there.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (!navigator.onLine && !isTakenUp(form)) {
      event.preventDefault(); // the browser would put a page of its own in the place of what was typed
      event.stopImmediatePropagation();
      lost();
      return;
    }
    if (bytesOf(form) > Number(words.mostBytes)) {
      event.preventDefault(); // the server would shut the line on it, with everything that was typed
      event.stopImmediatePropagation();
      refuse(words.wordLarge);
      return;
    }
    if (form.hasAttribute("hx-post")) begin(form, event.submitter);
  }, true);

  const bytesOf = (form) => [...form.elements].flatMap((field) => [...(field.files || [])]).reduce((sum, file) => sum + file.size, 0);

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "post" && !form.dataset.sent && !event.defaultPrevented) begin(form, event.submitter);
  });
  document.addEventListener("htmx:finally:request", (event) => {
    const form = event.detail.ctx.sourceElement;
    if (form && form.matches("form[data-sent]")) end(form);
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) end(form);
  });

  // The network did not answer: the page stays, what was typed stays, and so does the command id.
  document.addEventListener("htmx:error", (event) => {
    const { ctx } = event.detail;
    if (ctx && !ctx.response && ctx.sourceElement && ctx.sourceElement.matches("form")) lost();
  });

  const lost = () => refuse(words.wordLost);

  function refuse(said) {
    const place = document.getElementById("messages");
    if (!place) return;
    const band = document.createElement("div");
    band.className = "band band-late";
    band.setAttribute("role", "alert");
    const sentence = document.createElement("p");
    sentence.textContent = said;
    band.append(sentence);
    place.replaceChildren(band);
    band.scrollIntoView({ block: "nearest" });
  }

  // Half-typed forms (`data-keep`) wait in this tab, for the same reader only, until they were sent.
  const reader = words.reader;
  const place = (form) => `kept:${location.pathname}#${form.id}`;
  const keepable = (field) => field.name && !["hidden", "password", "file"].includes(field.type) && field.name !== "_csrf";
  const boxed = (field) => ["checkbox", "radio"].includes(field.type);

  function keep(form) {
    const fields = [...form.elements];
    const values = fields.filter(keepable).map((field) => [field.name, field.value, field.checked === true]);
    const files = fields.some((field) => field.type === "file" && field.files.length);
    sessionStorage.setItem(place(form), JSON.stringify({ reader, values, files }));
  }

  function bringBack(form) {
    const kept = JSON.parse(sessionStorage.getItem(place(form)) || "null");
    if (!kept || form.querySelector("[aria-invalid=true]")) return;
    if (kept.reader !== reader) {
      sessionStorage.removeItem(place(form));
      return;
    }
    const left = [...kept.values];
    let changed = false;
    for (const field of [...form.elements].filter(keepable)) {
      const at = left.findIndex(([name, value]) => name === field.name && (!boxed(field) || value === field.value));
      if (at < 0) continue;
      const [, value, checked] = left.splice(at, 1)[0];
      changed ||= boxed(field) ? field.checked !== checked : field.value !== value;
      if (boxed(field)) field.checked = checked;
      else field.value = value;
    }
    if (changed || kept.files) tell(form, kept.files);
    form.dispatchEvent(new Event("broughtback", { bubbles: true }));
  }

  // What came back is said, and can be put away: it may be about somebody else's case.
  function tell(form, files) {
    const line = document.createElement("p");
    line.className = "kept";
    line.setAttribute("role", "status");
    const sentence = document.createElement("span");
    sentence.textContent = files ? `${words.wordKept} ${words.wordFiles}` : words.wordKept;
    const clear = document.createElement("button");
    clear.type = "button";
    clear.className = "plain";
    clear.textContent = words.wordClear;
    clear.addEventListener("click", () => {
      sessionStorage.removeItem(place(form));
      form.reset();
      line.remove();
      form.dispatchEvent(new Event("broughtback", { bubbles: true }));
      const first = [...form.elements].find((field) => keepable(field) && field.offsetParent);
      if (first) first.focus();
    });
    line.append(sentence, clear);
    form.prepend(line);
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
    const [way] = performance.getEntriesByType("navigation");
    if (way && way.type !== "navigate") return; // back from the browser's own page: whether it was taken, nobody knows
    if (sent && reader && !document.querySelector("[data-problem]")) sessionStorage.removeItem(sent);
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("form[data-keep]") && !form.hasAttribute("hx-post")) sessionStorage.setItem("sent", place(form));
  }, true);
  document.addEventListener("htmx:after:request", (event) => {
    const { sourceElement: form, response } = event.detail.ctx;
    if (form && form.matches("form[data-keep]") && response && response.status < 400) sessionStorage.removeItem(place(form));
  });

  forget();
  tendForms();
  document.addEventListener("htmx:after:swap", tendForms);
})();
