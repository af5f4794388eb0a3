"use strict";
// What this device keeps for one officer: lists to count by, and acts that the server has not accepted yet.
// Acts leave in the order in which they were made, each with the id it was given then, so that none is done twice.
(() => {
  const NAME = "youdang-device";
  const AGAIN = 20_000; // milliseconds until unsent acts are tried again while a page is open
  const TOO_LARGE = { problem: { rule: "too_large", sentence: "" }, held: null };
  const holdsUp = (act) => act.act !== "photo";
  const here = () => document.dispatchEvent(new Event("devicechanged"));
  const tabs = new BroadcastChannel(NAME); // what one tab keeps or sends, the others show
  tabs.onmessage = here;
  const changed = () => {
    here();
    tabs.postMessage("changed");
  };
  let opening;

  // The officer's number on pages that know who reads; null on the page that everybody gets.
  const reader = () => Number((document.body.dataset.reader || "").split(":")[1]) || null;

  function open() {
    if (!window.indexedDB || !window.idb || !crypto.randomUUID || !crypto.subtle) return Promise.reject(new Error("nothing to keep data in"));
    opening ||= idb.openDB(NAME, 1, {
      upgrade(store) {
        store.createObjectStore("envelopes", { keyPath: "no" });
        store.createObjectStore("acts", { keyPath: "seq", autoIncrement: true });
        store.createObjectStore("sent", { keyPath: "id" });
        store.createObjectStore("about");
      },
    });
    return opening;
  }

  async function isAvailable() {
    try {
      await open();
      return true;
    } catch {
      return false;
    }
  }

  const ask = (path, more = {}) => fetch(path, { ...more, redirect: "manual", headers: { "HX-Request": "true", ...more.headers } });

  // The session behind this browser; null without one. Rejects when there is no network.
  async function session() {
    const answer = await ask("/device/session", { cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403) return null;
    if (!answer.ok) throw new Error(`session: ${answer.status}`);
    return answer.json();
  }

  // The lists replace those kept; how many. Rejects without network, without log-in, or when the device has no room.
  async function load() {
    const answer = await ask("/device/lists", { cache: "no-store" });
    if (!answer.ok) throw Object.assign(new Error("lists"), { status: answer.status || 401 });
    const { envelopes: lists, keep_seconds: keepSeconds, ...who } = await answer.json();
    const at = Date.now(); // how long is kept goes by the clock that will look
    const loaded = { ...who, loaded_at: at, expires_at: at + keepSeconds * 1000 };
    const store = await open();
    const doing = store.transaction(["envelopes", "about"], "readwrite");
    await doing.objectStore("envelopes").clear();
    const { officer, name } = loaded; // an act belongs to whoever loaded the list it was made by
    for (const one of lists) await doing.objectStore("envelopes").put({ ...one, officer, name });
    await doing.objectStore("about").put(loaded, "lists");
    await doing.done;
    if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
    changed();
    return lists.length;
  }

  async function about() {
    return (await (await open()).get("about", "lists")) || null;
  }

  async function envelopes() {
    return (await open()).getAll("envelopes");
  }

  async function acts() {
    return (await open()).getAll("acts");
  }

  async function sent() {
    return (await open()).getAll("sent");
  }

  // Lists go; acts stay until the server has them. For log-out, for another officer, and when their time is over.
  async function wipe() {
    const doing = (await open()).transaction(["envelopes", "about", "sent"], "readwrite");
    for (const name of ["envelopes", "about", "sent"]) await doing.objectStore(name).clear();
    await doing.done;
    changed();
  }

  async function wipeIfOver(officer) {
    const kept = await about();
    if (!kept) return;
    const isOver = Date.now() >= kept.expires_at;
    if (isOver || (officer && kept.officer !== officer)) await wipe();
  }

  // All of these acts are on the device when this resolves, or none: a QuotaExceededError when there is no room.
  async function queue(made) {
    const store = await open();
    const doing = store.transaction("acts", "readwrite");
    for (const act of made) {
      await doing.store.add({ id: crypto.randomUUID(), made_at: new Date().toISOString(), state: "waiting", ...act });
    }
    await doing.done;
    changed();
  }

  // Refused acts are tried once more by whoever asks for it.
  async function again(seq) {
    const store = await open();
    const act = await store.get("acts", seq);
    if (act) await store.put("acts", { ...act, state: "waiting", problem: null, held: null });
    changed();
  }

  async function body(act) {
    const { picture, ...rest } = act.body;
    if (!picture) return rest;
    const bytes = new Uint8Array(await picture.arrayBuffer());
    let text = "";
    for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return { ...rest, picture: btoa(text) };
  }

  async function post(act, token) {
    const { id, officer, consignment, made_at: madeAt } = act;
    const told = { id, officer, consignment, act: act.act, made_at: madeAt, sent_at: new Date().toISOString(), body: await body(act) };
    return ask("/device/acts", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify(told),
    });
  }

  async function took(store, act, accepted) {
    const doing = store.transaction(["acts", "sent"], "readwrite");
    await doing.objectStore("acts").delete(act.seq);
    const { id, consignment, made_at: madeAt } = act;
    await doing.objectStore("sent").put({ id, consignment, act: act.act, made_at: madeAt, accepted_at: accepted });
    if (act.instead) await doing.objectStore("acts").delete(act.instead);
    await doing.done;
  }

  // It stays here until its maker decides. An answer that is none of ours (a door before the server) has no words.
  async function refused(store, act, answer) {
    const none = { problem: { rule: `http_${answer.status}`, sentence: "" }, held: null };
    const told = answer.status === 413 ? TOO_LARGE : await answer.json().catch(() => none);
    await store.put("acts", { ...act, state: "refused", problem: told.problem, held: told.held });
  }

  // Not even tried: the server would shut the line on it, which looks as if there were no network, again and again.
  const isTooLarge = (act, who) => act.body.picture && who.most_picture && act.body.picture.size > who.most_picture;

  // Everything of this officer's that waits is sent, in order; an envelope whose count was refused keeps its later acts
  // here, a refused photo holds nothing up. Says how it ended: sent, nothing, login, other (another officer's), server (it could not now),
  // offline.
  async function sendAll() {
    if (!(await isAvailable()) || !(await acts()).length) return "nothing";
    let who;
    try {
      who = await session();
    } catch {
      return "offline";
    }
    if (!who) return "login";
    const store = await open();
    const stuck = new Set((await acts()).filter((one) => one.state === "refused" && holdsUp(one)).map((one) => one.consignment));
    let mine = 0;
    for (const act of await acts()) {
      if (act.officer !== who.officer || act.state === "refused") continue;
      mine += 1;
      if (stuck.has(act.consignment) && !act.instead) continue;
      let answer;
      try {
        answer = isTooLarge(act, who) ? { status: 413 } : await post(act, who.token);
      } catch {
        return "offline";
      }
      if (answer.ok) {
        await took(store, act, (await answer.json()).accepted_at);
      } else if (answer.type === "opaqueredirect" || answer.status === 401) {
        return "login";
      } else if ([403, 404, 409, 413, 422].includes(answer.status)) {
        await refused(store, act, answer);
        if (holdsUp(act)) stuck.add(act.consignment);
      } else {
        return "server"; // not its fault: tried again later
      }
      changed();
    }
    return mine ? "sent" : "other";
  }

  // One tab of this browser sends at a time. `devicesent` tells the page how it ended, whoever asked for it.
  async function send() {
    const how = await (navigator.locks ? navigator.locks.request("youdang-send", sendAll) : sendAll());
    document.dispatchEvent(new CustomEvent("devicesent", { detail: how }));
    return how;
  }

  async function tell() {
    const sign = document.getElementById("unsent");
    if (!sign || !(await isAvailable())) return;
    const left = (await acts()).length;
    sign.hidden = !left;
    sign.textContent = sign.dataset.words.replace("0", left);
  }

  // Log-out waits for unsent acts: the reader is told, and decides.
  function guardLogOut() {
    let isSure = false;
    document.addEventListener("submit", (event) => {
      const form = event.target;
      if (isSure || new URL(form.action, location).pathname !== "/logout") return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const leave = async () => {
        isSure = true;
        if (await isAvailable()) await wipe();
        form.requestSubmit();
      };
      (async () => {
        const mine = (await isAvailable()) ? (await acts()).filter((one) => one.officer === reader()) : [];
        if (!mine.length) return leave();
        const box = document.getElementById("leaving");
        box.querySelector("[data-left]").textContent = mine.length;
        box.querySelector("[data-leave]").onclick = leave;
        box.querySelector("[data-send]").onclick = async () => {
          box.close();
          await send();
        };
        box.showModal();
      })();
    }, true);
  }

  async function start() {
    document.addEventListener("devicechanged", tell);
    addEventListener("online", send);
    guardLogOut();
    if (!(await isAvailable())) return;
    await wipeIfOver(reader());
    if (reader()) localStorage.setItem("youdang-reading", JSON.stringify({ ...document.documentElement.dataset }));
    if ("caches" in window && document.documentElement.lang) {
      const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
      await (await caches.open("youdang-language")).put("/offline/language", new Response(language));
    }
    await tell();
    await send();
    setInterval(async () => {
      if ((await acts()).some((one) => one.state === "waiting")) await send();
    }, AGAIN);
  }

  window.youdang = { isAvailable, session, load, about, envelopes, acts, sent, wipe, queue, again, send, changed };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
