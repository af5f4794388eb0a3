"use strict";
// Photos and scans go up one after another as soon as they are chosen or taken (shutter.js): a slow line shows how far it
// is, and what was cut off, or met a log-out, can go on. Without this script the form sends all that were chosen at once.
(() => {
  let underWay = 0;
  const fresh = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  };

  function prepare() {
    for (const ways of document.querySelectorAll("[data-pictures] .picture-ways")) ways.classList.add("has-script");
  }

  // Each file keeps the id of its first try: sent twice, it is kept once.
  async function send(form, file) {
    const body = new FormData();
    for (const field of form.querySelectorAll("input[type=hidden]")) body.set(field.name, field.value);
    body.set("command_id", file.id);
    body.set("pictures", file.file, file.file.name);
    const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    const isOut = answer.redirected && new URL(answer.url).pathname === "/login";
    return { good: answer.ok, isLarge: answer.status === 413, isOut, isStale: answer.status === 400, drawn: new DOMParser().parseFromString(await answer.text(), "text/html") };
  }

  // Whoever logged in again in another tab has another token; the pictures are still here.
  async function renew(form) {
    const answer = await fetch(location.pathname, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("form[data-pictures] [name=_csrf]");
    if (token) form.querySelector("[name=_csrf]").value = token.value;
  }

  function say(progress, words, again) {
    progress.textContent = words;
    if (!again) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "act act-plain";
    button.textContent = progress.dataset.again;
    button.addEventListener("click", again);
    progress.append(" ", button);
  }

  async function sendAll(form, files, refused) {
    underWay += 1;
    await sendEach(form, files, refused);
    underWay -= 1;
  }

  async function sendEach(form, files, refused) {
    const progress = form.querySelector("[data-progress]");
    const all = files.length;
    let drawn = null;
    while (files.length) {
      say(progress, `${progress.dataset.going} ${all - files.length + 1} / ${all}`);
      const stopped = (words) => {
        say(progress, words, () => sendAll(form, files, refused));
        document.dispatchEvent(new Event("wrongscan"));
      };
      if (files[0].file.size > Number(form.dataset.most)) {
        refused.push(large(progress, files.shift().file)); // the server would only shut the line on it
        continue;
      }
      try {
        let answer = await send(form, files[0]);
        if (answer.isStale) {
          await renew(form);
          answer = await send(form, files[0]);
        }
        if (answer.isOut) return stopped(progress.dataset.out);
        if (answer.isLarge) refused.push(large(progress, files[0].file));
        else drawn = answer.drawn;
        if (!answer.good && !answer.isLarge) refused.push(...drawn.querySelectorAll("#messages .band-late"));
      } catch {
        return stopped(progress.dataset.cut);
      }
      files.shift();
    }
    say(progress, "");
    show(drawn, refused);
    document.dispatchEvent(new CustomEvent("picturessent", { detail: { action: form.action, refused: refused.length } }));
  }

  function large(progress, file) {
    const band = document.createElement("div");
    band.className = "band band-late";
    band.setAttribute("role", "alert");
    const sentence = document.createElement("p");
    sentence.textContent = progress.dataset.large.replace("{name}", file.name).replace("{size}", (file.size / 1e6).toFixed(1));
    band.append(sentence);
    return band;
  }

  // The page as the last answer drew it, or as it stands, with every refusal on the way.
  function show(drawn, refused) {
    const place = scrollY;
    if (drawn) document.getElementById("content").replaceWith(drawn.getElementById("content"));
    const messages = document.getElementById("messages");
    const said = new Set([...messages.querySelectorAll(".band-late")].map((one) => one.textContent.trim()));
    for (const one of refused) if (!said.has(one.textContent.trim())) messages.append(one);
    prepare();
    scrollTo(0, place);
    document.dispatchEvent(new Event(refused.length ? "wrongscan" : "goodscan"));
    const main = document.querySelector("[data-main]");
    if (main && !refused.length) main.focus({ preventScroll: true });
  }

  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-pictures]");
    if (!form || event.target.type !== "file" || !event.target.files.length) return;
    begin(form, event.target.files);
  });
  document.addEventListener("picturestaken", (event) => begin(event.target, event.detail));
  const begin = (form, files) => sendAll(form, [...files].map((file) => ({ file, id: fresh() })), []);
  addEventListener("beforeunload", (event) => {
    if (underWay || document.querySelector("[data-progress] button")) event.preventDefault();
  });
  prepare();
})();
