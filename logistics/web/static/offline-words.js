"use strict";
// What the receiving page without network says, in the reader's language: its sentences, instants, messages, the parts
// it is drawn from. Its scripts share this as `offline`.
window.offline = (() => {
  const $ = (id) => document.getElementById(id);
  const words = Object.fromEntries([...$("words").content.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  const word = (key, given = {}) => words[key].replace(/\{(\w+)\}/g, (_all, name) => given[name] ?? "");
  const clone = (id) => $(id).content.firstElementChild.cloneNode(true);
  const when = (instant) => new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(instant));

  // A message in plain words; `link` leads on.
  function say(state, sentence, link) {
    const band = document.createElement("div");
    band.className = `band band-${state}`;
    band.setAttribute("role", state === "late" ? "alert" : "status");
    const said = document.createElement("p");
    said.textContent = sentence;
    band.append(said);
    if (link) {
      const way = document.createElement("a");
      [way.className, way.href, way.textContent] = ["act act-plain", link[0], link[1]];
      band.append(way);
    }
    $("messages").replaceChildren(band);
  }

  function wrongScan(sentence) {
    say("late", sentence);
    $("scan").dispatchEvent(new Event("wrongscan", { bubbles: true }));
    $("scan").select();
  }

  // Why a photo is not taken along; "" for one that the server will take.
  const tooLarge = (file, most) => (file.size > most ? word("too_large", { size: (file.size / 1e6).toFixed(1), most: Math.floor(most / 1e6) }) : "");

  return { $, word, clone, when, say, wrongScan, tooLarge };
})();
