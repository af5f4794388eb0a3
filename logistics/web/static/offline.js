"use strict";
// The receiving desk without network: the lists this device keeps, the envelope in hand, and what waits to be sent.
(() => {
  const $ = (id) => document.getElementById(id);
  const words = Object.fromEntries([...$("words").content.querySelectorAll("[data-word]")].map((one) => [one.dataset.word, one.textContent]));
  const word = (key, given = {}) => words[key].replace(/\{(\w+)\}/g, (_all, name) => given[name] ?? "");
  const clone = (id) => $(id).content.firstElementChild.cloneNode(true);
  const when = (instant) => new Intl.DateTimeFormat(document.documentElement.lang, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }).format(new Date(instant));
  const bare = (text) => {
    const parts = text.trim().split("|");
    return (parts[0] === "YD1" && parts.length > 2 ? parts[2] : text.trim()).toUpperCase();
  };
  let isAsked = false; // a person waits for the answer of the sending under way
  let drawnActs = "";
  let inHand = null; // { envelope, bench, heard, stop }

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

  // ── the lists ──
  async function drawLists() {
    const [about, all, acts, sent] = [await youdang.about(), await youdang.envelopes(), await youdang.acts(), await youdang.sent()];
    $("lists-about").textContent = about ? word("loaded", { at: when(about.loaded_at), until: when(about.expires_at), name: about.name }) : "";
    $("no-lists").hidden = all.length > 0;
    $("to-desk").hidden = !about && !acts.length; // whoever never received here may have no desk to go to
    $("envelopes-count").textContent = all.length;
    $("envelopes").replaceChildren(...all.map((one) => envelopeLine(one, acts, sent)));
    $("queue").hidden = !acts.length;
    $("queue-count").textContent = acts.length;
    const key = JSON.stringify(acts.map((act) => [act.seq, act.state, act.problem]));
    if (key !== drawnActs) $("queue-list").replaceChildren(...acts.map((act) => heldAct(act, { word, when, clone }, { again, recount, setAside, instead }))); // else somebody may be typing there
    drawnActs = key;
    return all;
  }

  function envelopeLine(one, acts, sent) {
    const line = clone("t-envelope-line");
    line.querySelector("[data-no]").textContent = one.dossier;
    line.querySelector("[data-what]").textContent = `${one.item} · ${one.sender} · ${word("expecting", { n: one.lines.length })}`;
    const mine = acts.filter((act) => act.consignment === one.no);
    const key = mine.some((act) => act.state === "refused") ? "refused" : mine.length ? "waiting" : sent.some((act) => act.consignment === one.no) ? "sent" : "";
    const state = line.querySelector("[data-state]");
    state.textContent = key && word(key);
    state.classList.add(`state-${{ refused: "late", waiting: "attention", sent: "done" }[key] || "quiet"}`);
    line.querySelector("button").addEventListener("click", () => openEnvelope(one));
    return line;
  }

  const seekable = (one) => [one.no, one.dossier, one.waybill, one.seal, ...one.lines.map((line) => line.code)].map((code) => code.toUpperCase());

  async function scanned(text) {
    const code = bare(text);
    if (!code) return;
    if (inHand && inHand.heard(text)) {
      $("scan").value = "";
      return;
    }
    const found = (await youdang.envelopes()).find((one) => seekable(one).includes(code));
    if (!found) return wrongScan(word(inHand ? "other_line" : "not_found"));
    $("scan").value = "";
    $("messages").replaceChildren();
    if (!inHand || inHand.envelope.no !== found.no) openEnvelope(found);
  }

  // ── the envelope in hand ──
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

  function openEnvelope(envelope) {
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
    const { heard } = tend(bench, stopping.signal);
    inHand = { envelope, form, heard, stopping, photos: [], signing: null };
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
    drawLists();
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
    const large = files.find((file) => file.size > most);
    for (const file of files) if (file.size <= most) inHand.photos.push({ box, of, file });
    const count = inHand.photos.filter((one) => one.box === box).length;
    box.querySelector("[data-photos]").textContent = count ? word("photos", { n: count }) : "";
    box.classList.toggle("has-photos", count > 0);
    if (large) wrongScan(word("too_large", sizes(large, most)));
  }

  const sizes = (file, most) => ({ size: (file.size / 1e6).toFixed(1), most: Math.floor(most / 1e6) });

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
  async function digestOf(count) {
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
    await sendNow(true);
  }

  // ── what waits to be sent ──
  async function sendNow(isQuiet) {
    isAsked = !isQuiet;
    await youdang.send();
  }

  async function tellSent(how) {
    const acts = await youdang.acts();
    if (how === "login") say("attention", word("login"), [`/login?next=${encodeURIComponent(location.pathname)}`, word("to_login")]);
    else if (how === "other") say("attention", word("other", { name: acts[0].name }), ["/login", word("to_login")]);
    else if (how === "server") say("attention", word("server_busy"));
    else if (how === "offline" && isAsked) say("attention", word("still_offline"));
    else if (how === "sent" && !acts.length) say("done", word("all_sent"));
    else if (acts.some((act) => act.state === "refused")) say("late", word("refused"));
    isAsked = false;
    tellNet(how);
    await drawLists();
  }

  async function again(act) {
    await youdang.again(act.seq);
    await sendNow();
  }

  async function recount(act) {
    try {
      await youdang.load();
    } catch {
      // without network the list at hand has to do
    }
    const found = (await youdang.envelopes()).find((one) => one.no === act.consignment);
    if (!found) return say("attention", word("server_none"));
    openEnvelope(found);
    for (const one of act.body.findings || []) {
      const radio = inHand.form.querySelector(`[data-line="${CSS.escape(one.code)}"] input[value="${one.outcome}"]`);
      if (radio) {
        radio.checked = true;
        radio.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }
    inHand.instead = act.seq;
  }

  async function setAside(act, field) {
    if (!field.value.trim()) return field.focus();
    await queueInstead(act, "set_aside", { held: heldWords(act), why: field.value.trim() });
  }

  // A photo that was not taken is taken once more; it goes in the place of the other.
  async function instead(act, field) {
    const [file] = field.files;
    const { most_picture: most = Infinity } = (await youdang.about()) || {};
    if (file.size > most) return wrongScan(word("too_large", sizes(file, most)));
    await queueInstead(act, "photo", { ...act.body, picture: file });
  }

  async function queueInstead(act, name, body) {
    const { officer, name: who, consignment, dossier } = act;
    await youdang.queue([{ officer, name: who, consignment, dossier, act: name, instead: act.seq, body }]);
    await sendNow();
  }

  // ── the page ──
  function tellNet(how) {
    const isOut = how === "offline" || !navigator.onLine;
    $("net").textContent = word(isOut ? "no_net" : "online");
    $("net").classList.toggle("is-out", isOut);
  }

  async function loadNow() {
    try {
      await youdang.load();
      $("messages").replaceChildren();
    } catch (why) {
      if (why.name === "QuotaExceededError") say("late", word("no_room"));
      else say("attention", word("load_failed"), ["/login?next=/offline/" + (document.documentElement.lang.startsWith("en") ? "en" : "zh"), word("to_login")]);
    }
    await drawLists();
  }

  // A page that could not be had: the envelope it was about, with what was typed there in this tab.
  async function takeUp(all) {
    const no = (/^\/receive\/([^/]+)/.exec(location.pathname) || [])[1];
    const found = no && all.find((one) => one.no === decodeURIComponent(no));
    if (!found) {
      if (!location.pathname.startsWith("/offline/") && location.pathname !== "/receive") say("attention", word("not_here"));
      return;
    }
    openEnvelope(found);
    const place = `kept:/receive/${found.no}#count-${found.no}`;
    const kept = JSON.parse(sessionStorage.getItem(place) || "null");
    if (!kept) return;
    for (const [name, value, isChecked] of kept.values) {
      for (const field of inHand.form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (["radio", "checkbox"].includes(field.type)) field.checked = field.value === value ? isChecked : field.checked;
        else field.value = value;
      }
    }
    for (const field of inHand.form.querySelectorAll("input:checked")) field.dispatchEvent(new Event("change", { bubbles: true }));
    say("attention", word("post_lost"));
  }

  async function start() {
    const reading = JSON.parse(localStorage.getItem("youdang-reading") || "{}");
    Object.assign(document.documentElement.dataset, reading);
    if (!location.pathname.startsWith("/offline/")) history.replaceState(null, "", location.pathname);
    tellNet();
    addEventListener("online", () => tellNet());
    addEventListener("offline", () => tellNet("offline"));
    $("scan-form").addEventListener("submit", (event) => {
      event.preventDefault();
      scanned($("scan").value);
    });
    document.addEventListener("codescanned", (event) => scanned(event.detail));
    if (!(await youdang.isAvailable())) return say("late", word("unavailable"));
    $("send-now").addEventListener("click", () => sendNow());
    $("load-now").addEventListener("click", loadNow);
    $("wipe-now").addEventListener("click", youdang.wipe);
    document.addEventListener("devicechanged", () => inHand || drawLists());
    document.addEventListener("devicesent", (event) => tellSent(event.detail));
    await takeUp(await drawLists());
    await sendNow(true);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
