"use strict";
// The envelope in hand of the receiving page without network: counted, signed and kept on this device. One at a time;
// the event `envelopeclosed` tells that the lists are to be seen again.
window.envelope = (() => {
  const { $, word, clone, say, wrongScan, tooLarge } = offline;
  const { bare } = counting;
  let inHand = null; // { envelope, form, heard, stopping, instead, photos, signing }

  function lineOf(line) {
    const drawn = clone("t-line");
    drawn.dataset.line = line.code;
    drawn.querySelector(".line-seq").textContent = line.seq;
    drawn.querySelector("strong").textContent = line.title;
    const facts = [word("counts", line), line.form, line.irreplaceable ? word("irreplaceable") : ""];
    drawn.querySelector("[data-counts]").textContent = facts.filter(Boolean).join(" · ");
    drawn.querySelector("legend").textContent = `${line.seq} ${line.title}`;
    if (line.points) {
      drawn.querySelector("[data-points]").hidden = false;
      drawn.querySelector("[data-points]").textContent = word("points", line);
    }
    if (line.outcome === "unchecked") {
      for (const radio of drawn.querySelectorAll("input[type=radio]")) radio.name = `found-${line.code}`;
    } else {
      drawn.querySelector(".findings").remove();
      const found = drawn.querySelector(".line-found");
      found.hidden = false;
      found.textContent = word(`outcome_${line.outcome}`);
    }
    return drawn;
  }

  // `instead`: the refused act in whose place this count goes.
  function openEnvelope(envelope, instead = null) {
    const stopping = new AbortController();
    if (inHand) inHand.stopping.abort();
    const form = clone("t-envelope");
    const bench = form.querySelector("[data-count]");
    form.querySelector("[data-dossier]").textContent = envelope.dossier;
    form.querySelector("[data-item]").textContent = envelope.item;
    form.querySelector("[data-sender]").textContent = envelope.sender;
    form.querySelector("[data-title]").textContent = word("expecting", { n: envelope.lines.length });
    form.querySelector("[data-seal-no]").textContent = envelope.seal || word("none");
    form.querySelector("[data-lines]").append(...envelope.lines.map(lineOf));
    const done = envelope.lines.filter((line) => line.outcome !== "unchecked");
    Object.assign(bench.dataset, {
      prefix: envelope.dossier,
      seal: envelope.seal,
      listed: envelope.lines.length,
      storedReceived: done.filter((line) => ["received", "damaged", "illegible"].includes(line.outcome)).length,
      storedMissing: done.filter((line) => ["missing", "wrong"].includes(line.outcome)).length,
    });
    form.querySelector('[data-sum="listed"]').textContent = envelope.lines.length;
    form.querySelector('[data-sum="moved"]').textContent = done.filter((line) => line.outcome === "moved").length;
    if (envelope.opened) for (const part of form.querySelectorAll("[data-seal-part], [data-empty-part]")) part.remove();
    $("view-envelope").replaceChildren(form);
    $("view-envelope").hidden = false;
    $("view-lists").hidden = true;
    const { heard } = counting.tend(bench, stopping.signal);
    inHand = { envelope, form, heard, stopping, instead, photos: [], signing: null };
    tendCount();
    document.dispatchEvent(new Event("padshown"));
    scrollTo(0, 0);
    (form.querySelector("[data-seal-found]") || $("scan")).focus({ preventScroll: true });
  }

  function closeEnvelope() {
    if (inHand) inHand.stopping.abort();
    inHand = null;
    $("view-envelope").replaceChildren();
    $("view-envelope").hidden = true;
    $("view-lists").hidden = false;
    if (location.pathname.startsWith("/receive/")) history.replaceState(null, "", "/receive");
    document.dispatchEvent(new Event("envelopeclosed"));
  }

  function tendCount() {
    const { form } = inHand;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      keep(Boolean(event.submitter && event.submitter.dataset.unsigned !== undefined));
    });
    form.querySelector("[data-back]").addEventListener("click", closeEnvelope);
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-photo]")) return addPhotos(event.target);
      const line = event.target.closest("[data-line]");
      if (line) line.querySelector(".line-more").hidden = ["received", "unchecked"].includes(line.querySelector("input:checked").value);
      if (!event.target.matches("[data-note]")) stopSigning();
    });
  }

  // Of a line, or of the seal or envelope. One that the server could never take is not added, and that is said.
  async function addPhotos(field) {
    const box = field.closest("[data-line], [data-outside]");
    const of = box.dataset.line ? { original: box.dataset.line } : { shows: field.dataset.photo };
    const files = [...field.files];
    field.value = "";
    const { most_picture: most = Infinity } = (await youdang.about()) || {};
    const large = files.find((file) => tooLarge(file, most));
    for (const file of files) if (!tooLarge(file, most)) inHand.photos.push({ box, of, file });
    const count = inHand.photos.filter((one) => one.box === box).length;
    box.querySelector("[data-photos]").textContent = count ? word("photos", { n: count }) : "";
    box.classList.toggle("has-photos", count > 0);
    if (large) wrongScan(tooLarge(large, most));
  }

  // What the form says now; `wrong` is the sentence that stops it.
  function read() {
    const { form, envelope } = inHand;
    const findings = [...form.querySelectorAll("[data-line]")]
      .map((line) => ({ code: line.dataset.line, outcome: (line.querySelector("input:checked") || {}).value, note: line.querySelector("[data-note]").value.trim() }))
      .filter((one) => one.outcome && one.outcome !== "unchecked");
    const extras = [...form.querySelectorAll("[data-extra]")]
      .map((box) => Object.fromEntries(["code", "title", "note"].map((name) => [name, box.querySelector(`input[name$="-${name}"]`).value.trim()])))
      .map((one) => ({ ...one, code: bare(one.code) }))
      .filter((one) => one.code || one.title);
    const seal = form.querySelector("[data-seal-found]");
    const noSeal = form.querySelector("[data-no-seal]");
    const empty = Boolean(form.querySelector("[name=nothing_inside]:checked"));
    const sealFound = seal && !noSeal.checked ? bare(seal.value) : "";
    let wrong = "";
    if (seal && !noSeal.checked && !sealFound) wrong = "seal_missing";
    else if (empty && (findings.length || extras.length)) wrong = "empty_and_found";
    else if (!empty && !findings.length && !extras.length && !seal) wrong = "nothing";
    const left = envelope.lines.filter((line) => line.outcome === "unchecked").length - findings.length;
    const count = { seal_no: envelope.seal, manifest_sha256: envelope.manifest, seal_found: sealFound, findings, extras, empty, ...outerOf(form) };
    return { count, wrong, isWhole: !left && !empty };
  }

  // Only what was wrong outside is said, as in the digest.
  function outerOf(form) {
    const isSo = (name) => Boolean(form.querySelector(`[name=${name}]:checked`));
    return Object.fromEntries(["envelope_damaged", "seal_broken"].filter(isSo).map((name) => [name, true]));
  }

  async function hexOf(bytes) {
    const hash = await crypto.subtle.digest("SHA-256", bytes);
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // The same document as the server makes: RFC 8785, so names in order and no spaces.
  function digestOf(count) {
    const lines = [...count.findings].sort((a, b) => (a.code < b.code ? -1 : 1)).map(({ code, outcome }) => ({ original: code, outcome }));
    const whole = {
      consignment: inHand.envelope.no,
      ...(count.envelope_damaged && { envelope_damaged: true }),
      extras: count.extras.map(({ code, title }) => ({ code, title })),
      format: "youdang-device-count-1",
      lines,
      manifest_sha256: count.manifest_sha256,
      seal: count.seal_no,
      ...(count.seal_broken && { seal_broken: true }),
      seal_found: count.seal_found,
    };
    return hexOf(new TextEncoder().encode(JSON.stringify(whole)));
  }

  function stopSigning() {
    if (!inHand.signing) return;
    inHand.signing = null;
    inHand.form.querySelector("#sign").hidden = true;
    inHand.form.querySelector("[data-keep-count]").textContent = word("keep");
    inHand.form.querySelector("[data-wipe]").click();
    const unsigned = inHand.form.querySelector("[data-unsigned]");
    if (unsigned) unsigned.remove();
  }

  async function startSigning(count) {
    const { form } = inHand;
    inHand.signing = await digestOf(count);
    const sum = (name) => form.querySelector(`[data-sum="${name}"]`).textContent;
    form.querySelector("[data-sum-words]").textContent = word("sum", { listed: sum("listed"), received: sum("received"), missing: sum("missing") });
    form.querySelector("[data-digest]").textContent = inHand.signing.slice(0, 16);
    const part = form.querySelector("#sign");
    part.hidden = false;
    form.querySelector("[data-keep-count]").textContent = word("sign_keep");
    if (!form.querySelector("[data-unsigned]")) {
      const unsigned = document.createElement("button");
      [unsigned.className, unsigned.textContent] = ["act act-plain wide", word("unsigned")];
      unsigned.dataset.unsigned = "";
      form.querySelector("[data-keep-count]").after(unsigned);
    }
    part.scrollIntoView({ block: "center" });
  }

  async function keep(isUnsigned) {
    const { count, wrong, isWhole } = read();
    markSeal(wrong === "seal_missing" ? word(wrong) : "");
    if (wrong) return wrongScan(word(wrong));
    if (isWhole && !isUnsigned && !inHand.signing) return startSigning(count);
    const drawn = inHand.form.querySelector("[name=drawn]").value;
    if (inHand.signing && !isUnsigned) {
      if (!drawn) return wrongScan(word("must_sign"));
      if (inHand.signing !== (await digestOf(count))) return startSigning(count);
      Object.assign(count, { drawn: drawn.split(",")[1], shown: inHand.signing });
    }
    await store(count);
  }

  function markSeal(sentence) {
    const wrong = inHand.form.querySelector("#f-seal_found-wrong");
    if (!wrong) return;
    wrong.hidden = !sentence;
    wrong.querySelector("span").textContent = sentence;
    inHand.form.querySelector("[data-seal-found]").toggleAttribute("aria-invalid", Boolean(sentence));
  }

  // Everything of this envelope is on the device, or nothing of it, and the reader is told which.
  async function store(count) {
    const { envelope, photos } = inHand;
    const { officer, name, no: consignment, dossier } = envelope;
    const of = { officer, name, consignment, dossier };
    const made = [{ ...of, act: "receive", body: count, ...(inHand.instead && { instead: inHand.instead }) }];
    try {
      count.photos = await Promise.all(photos.map(async (one) => hexOf(await one.file.arrayBuffer())));
      for (const one of photos) made.push({ ...of, act: "photo", body: { ...one.of, picture: one.file } });
      await youdang.queue(made);
    } catch (why) {
      say("late", word(why.name === "QuotaExceededError" ? "no_room" : "failed"));
      scrollTo(0, 0);
      return;
    }
    closeEnvelope();
    say("done", word("kept"));
    scrollTo(0, 0);
    await youdang.send();
  }

  // What was counted before stands in the form again.
  function fillFindings(findings) {
    for (const one of findings) {
      const radio = inHand.form.querySelector(`[data-line="${CSS.escape(one.code)}"] input[value="${one.outcome}"]`);
      if (!radio) continue;
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  // What was typed on the page that could not be sent: name, value and whether it was chosen, of each field.
  function fillFields(values) {
    for (const [name, value, isChecked] of values) {
      for (const field of inHand.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (["radio", "checkbox"].includes(field.type)) field.checked = field.value === value ? isChecked : field.checked;
        else field.value = value;
      }
    }
    for (const field of inHand.form.querySelectorAll("input:checked")) field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  const isInHand = (no) => Boolean(inHand) && (!no || inHand.envelope.no === no);
  const heard = (text) => Boolean(inHand) && inHand.heard(text);

  return { open: openEnvelope, isInHand, heard, fillFindings, fillFields };
})();
