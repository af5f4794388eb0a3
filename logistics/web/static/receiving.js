"use strict";
// Counting by scan: the scan box knows the seal and the originals of the envelope in hand; the keys 1 to 5 do the rest.
// `counting.tend(bench, signal)` does so for one envelope until the signal aborts; the page that works offline calls it
// again.
window.counting = (() => {
  // What a code says: of our own marks the number in it, else all of it.
  const bare = (text) => {
    const parts = text.trim().split("|");
    return (parts[0] === "YD1" && parts.length > 2 ? parts[2] : text.trim()).toUpperCase();
  };

  function tend(bench, signal) {
    const form = bench.closest("form");
    const scan = document.getElementById("scan");
    const said = document.getElementById("heard");
    const sealField = bench.querySelector("[data-seal-found]");
    const noSeal = bench.querySelector("[data-no-seal]");
    const verdict = bench.querySelector("[data-verdict]");
    const [broken, damaged, outside] = ["broken", "damaged", "outside"].map((name) => bench.querySelector(`[data-${name}]`));
    const PRESENT = ["received", "damaged", "illegible"];
    const ABSENT = ["missing", "wrong"];
    const GUN = 150; // milliseconds: no hand types two keys as fast as a scan gun

    const lineOf = (code) => bench.querySelector(`[data-line="${CSS.escape(code)}"]`);
    const changed = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

    function say(words, wrong) {
      said.textContent = words;
      said.classList.toggle("is-wrong", Boolean(wrong));
    }

    function mark(line, value) {
      const radio = line.querySelector(`input[type=radio][value="${value}"]`);
      if (!radio) return false;
      radio.checked = true;
      changed(radio);
      for (const other of bench.querySelectorAll(".just-heard")) other.classList.remove("just-heard");
      line.classList.add("just-heard");
      line.scrollIntoView({ block: "nearest" });
      return true;
    }

    function fillExtra(code) {
      for (const extra of bench.querySelectorAll("[data-extra]")) {
        const field = extra.querySelector("input[name$='-code']");
        if (field.value === code) return true;
        if (field.value || extra.querySelector("input[name$='-title']").value) continue;
        extra.open = true;
        field.value = code;
        changed(field);
        return true;
      }
      return false;
    }

    // True when the scan belongs to this envelope and something was done with it.
    function heard(text) {
      const code = bare(text);
      const line = code && lineOf(code);
      if (sealField && code && code === bench.dataset.seal) {
        sealField.value = code;
        changed(sealField);
        say(`${code} · ${bench.dataset.wordSeal}`);
        return true;
      }
      if (line) {
        const title = line.querySelector("strong").textContent;
        if (mark(line, "received")) say(`${title} · ${bench.dataset.wordHeard}`);
        else say(`${title} · ${bench.dataset.wordTwice}`, true);
        return true;
      }
      if (code.startsWith(`${bench.dataset.prefix}-Y`) && fillExtra(code)) {
        say(`${code} · ${bench.dataset.wordBeside}`, true);
        return true;
      }
      return false;
    }

    scan.form.addEventListener("submit", (event) => {
      if (event.defaultPrevented || !heard(scan.value)) return; // any other number: the one place that knows them all
      event.preventDefault();
      scan.value = "";
    }, { signal });

    if (sealField) {
      sealField.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || !sealField.value.trim()) return;
        event.preventDefault();
        event.stopPropagation();
        const isOriginal = lineOf(bare(sealField.value)) || bare(sealField.value).startsWith(`${bench.dataset.prefix}-Y`);
        if (isOriginal && heard(sealField.value)) sealField.value = "";
        compare();
        scan.focus({ preventScroll: true });
      });
      for (const one of [sealField, noSeal, broken, damaged]) one.addEventListener("input", compare);
    }

    function compare() {
      if (!sealField) return;
      const found = bare(sealField.value);
      const typing = document.activeElement === sealField && bench.dataset.seal.startsWith(found);
      const same = found === bench.dataset.seal;
      const isOther = noSeal.checked || (Boolean(found) && !same && !typing);
      verdict.classList.toggle("is-same", Boolean(found) && same && !isOther && !broken.checked);
      verdict.classList.toggle("is-other", isOther);
      verdict.classList.toggle("is-broken", broken.checked && !isOther);
      outside.hidden = !isOther && !broken.checked && !damaged.checked && !outside.querySelector(".picture, .has-photos");
    }

    function tally() {
      const found = [...bench.querySelectorAll("[data-line] input[type=radio]:checked")].map((one) => one.value);
      const stored = bench.dataset;
      const received = Number(stored.storedReceived) + found.filter((one) => PRESENT.includes(one)).length;
      const missing = Number(stored.storedMissing) + found.filter((one) => ABSENT.includes(one)).length;
      const left = found.filter((one) => one === "unchecked").length;
      for (const [name, count] of Object.entries({ received, missing, unchecked: left })) {
        bench.querySelector(`[data-sum="${name}"]`).textContent = count;
      }
      bench.querySelector("[data-sum-missing]").classList.toggle("is-late", missing > 0);
      bench.querySelector("[data-sum-unchecked]").classList.toggle("is-open", left > 0);
    }

    function nextLine(line) {
      const open = [...bench.querySelectorAll("[data-line]")].filter((one) => one.querySelector("input[value=unchecked]:checked"));
      const after = open.find((one) => line.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) || open[0];
      const target = after ? after.querySelector("input:checked") : bench.querySelector("[data-main]");
      target.focus();
    }

    // Keys on a line: a digit chooses; keys as fast as a gun's are a scan, wherever the focus was.
    let keys = "";
    let waiting = 0;
    document.addEventListener("keydown", (event) => {
      const at = document.activeElement;
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.key.length !== 1 || event.key === " ") return;
      if (!at || !bench.contains(at) || !at.matches("input[type=radio], input[type=checkbox], button, summary")) return;
      event.preventDefault();
      event.stopPropagation();
      keys += event.key;
      clearTimeout(waiting);
      if (keys.length > 1) {
        scan.focus({ preventScroll: true });
        scan.value = keys;
        keys = "";
        return;
      }
      waiting = setTimeout(() => {
        const line = at.closest("[data-line]");
        const choice = line && line.querySelectorAll("input[type=radio]")["12345".indexOf(keys)];
        keys = "";
        if (!choice) return;
        mark(line, choice.value);
        say("");
        nextLine(line);
      }, GUN);
    }, { capture: true, signal });

    form.addEventListener("change", () => { tally(); compare(); });
    form.addEventListener("broughtback", () => { tally(); compare(); });
    tally();
    compare();
    return { heard };
  }

  return { tend, bare };
})();

(() => {
  const bench = document.querySelector("[data-count]");
  if (!bench) return;
  const { heard } = counting.tend(bench, new AbortController().signal);
  // What the camera reads is a scan like any other; a number that is not of this envelope opens its own page.
  document.addEventListener("codescanned", (event) => {
    if (heard(event.detail)) return;
    const scan = document.getElementById("scan");
    scan.value = event.detail;
    scan.form.requestSubmit();
  });
})();
