"use strict";
// The receiving desk without network: the lists this device keeps and what waits to be sent. The envelope in hand:
// offline-envelope.js; what the page says: offline-words.js; an act that was not taken: held.js.
(() => {
  const { $, word, clone, when, say, wrongScan, tooLarge } = offline;
  let isAsked = false; // a person waits for the answer of the sending under way
  let drawnActs = "";

  // ── the lists ──
  async function drawLists() {
    const [about, all, acts, sent] = [await youdang.about(), await youdang.envelopes(), await youdang.acts(), await youdang.sent()];
    $("lists-about").textContent = about ? word("loaded", { at: when(about.loaded_at), until: when(about.expires_at), name: about.name }) : "";
    $("no-lists").hidden = all.length > 0;
    $("envelopes-count").textContent = all.length;
    $("envelopes").replaceChildren(...all.map((one) => envelopeLine(one, acts, sent)));
    $("queue").hidden = !acts.length;
    $("queue-count").textContent = acts.length;
    const key = JSON.stringify(acts.map((act) => [act.seq, act.state, act.problem]));
    if (key !== drawnActs) $("queue-list").replaceChildren(...acts.map((act) => held.draw(act, { again, recount, setAside, instead }))); // else somebody may be typing there
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
    line.querySelector("button").addEventListener("click", () => envelope.open(one));
    return line;
  }

  const seekable = (one) => [one.no, one.dossier, one.waybill, one.seal, ...one.lines.map((line) => line.code)].map((code) => code.toUpperCase());

  async function scanned(text) {
    const code = counting.bare(text);
    if (!code) return;
    if (envelope.heard(text)) {
      $("scan").value = "";
      return;
    }
    const found = (await youdang.envelopes()).find((one) => seekable(one).includes(code));
    if (!found) return wrongScan(word(envelope.isInHand() ? "other_line" : "not_found"));
    $("scan").value = "";
    $("messages").replaceChildren();
    if (!envelope.isInHand(found.no)) envelope.open(found);
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
    envelope.open(found, act.seq);
    envelope.fillFindings(act.body.findings || []);
  }

  async function setAside(act, field) {
    if (!field.value.trim()) return field.focus();
    await queueInstead(act, "set_aside", { held: held.inWords(act), why: field.value.trim() });
  }

  // A photo that was not taken is taken once more; it goes in the place of the other.
  async function instead(act, field) {
    const [file] = field.files;
    const { most_picture: most = Infinity } = (await youdang.about()) || {};
    if (tooLarge(file, most)) return wrongScan(tooLarge(file, most));
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

  // Only whoever may receive has a desk to go to: the server says so, while there is network to go there.
  async function showDesk() {
    const who = await youdang.session().catch(() => null);
    $("to-desk").hidden = !who;
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
  function takeUp(all) {
    const no = (/^\/receive\/([^/]+)/.exec(location.pathname) || [])[1];
    const found = no && all.find((one) => one.no === decodeURIComponent(no));
    if (!found) {
      if (!location.pathname.startsWith("/offline/") && location.pathname !== "/receive") say("attention", word("not_here"));
      return;
    }
    envelope.open(found);
    const place = `kept:/receive/${found.no}#count-${found.no}`;
    const kept = JSON.parse(sessionStorage.getItem(place) || "null");
    if (!kept) return;
    envelope.fillFields(kept.values);
    say("attention", word("post_lost"));
  }

  async function start() {
    const reading = JSON.parse(localStorage.getItem("youdang-reading") || "{}");
    Object.assign(document.documentElement.dataset, reading);
    if (!location.pathname.startsWith("/offline/")) history.replaceState(null, "", location.pathname);
    tellNet();
    addEventListener("online", () => {
      tellNet();
      showDesk();
    });
    addEventListener("offline", () => {
      tellNet("offline");
      showDesk();
    });
    $("scan-form").addEventListener("submit", (event) => {
      event.preventDefault();
      scanned($("scan").value);
    });
    document.addEventListener("codescanned", (event) => scanned(event.detail));
    if (!(await youdang.isAvailable())) return say("late", word("unavailable"));
    $("send-now").addEventListener("click", () => sendNow());
    $("load-now").addEventListener("click", loadNow);
    $("wipe-now").addEventListener("click", youdang.wipe);
    document.addEventListener("devicechanged", () => envelope.isInHand() || drawLists());
    document.addEventListener("envelopeclosed", drawLists);
    document.addEventListener("devicesent", (event) => tellSent(event.detail));
    takeUp(await drawLists());
    showDesk();
    await sendNow(true);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
