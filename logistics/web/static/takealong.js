"use strict";
// On the receiving page: take the lists along on this device. The first time by the button, then by itself.
(() => {
  const box = document.getElementById("take-along");
  if (!box) return;
  const said = box.querySelector("[data-said]");
  const way = box.querySelector("[data-way]");
  const FRESH = 10 * 60_000; // milliseconds for which kept lists are good enough to load nothing

  const say = (name, count) => {
    said.textContent = box.dataset[name].replace("0", count ?? "");
    box.classList.toggle("is-wrong", ["wordNone", "wordFailed", "wordFull"].includes(name));
  };

  async function take() {
    say("wordTaking");
    try {
      await navigator.serviceWorker.register(`/worker.js?v=${box.dataset.version}`, { scope: "/" });
      const count = await youdang.load();
      await navigator.serviceWorker.ready;
      say("wordTaken", count);
      way.hidden = false;
    } catch (why) {
      say(why.name === "QuotaExceededError" ? "wordFull" : "wordFailed");
    }
  }

  async function start() {
    if (!("serviceWorker" in navigator) || !(await youdang.isAvailable())) return say("wordNone");
    const kept = await youdang.about();
    box.querySelector("button").addEventListener("click", take);
    box.querySelector("button").disabled = false;
    if (!kept) return;
    if (Date.now() - kept.loaded_at > FRESH) return take();
    navigator.serviceWorker.register(`/worker.js?v=${box.dataset.version}`, { scope: "/" }).catch(() => say("wordFailed"));
    say("wordTaken", (await youdang.envelopes()).length);
    way.hidden = false;
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
