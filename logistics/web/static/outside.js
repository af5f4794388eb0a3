"use strict";
// Photos of the envelope and its seal go up as they are taken; the form around them stays as it is. Nothing that was
// counted waits for them, and a photo that cannot be taken says why.
(() => {
  const BYTES = 1_000_000;

  // Each file keeps the id of its first try: sent twice, it is kept once.
  async function send(box, one) {
    const body = new FormData();
    body.set("_csrf", box.closest("form").querySelector("[name=_csrf]").value);
    body.set("command_id", one.id);
    body.set(one.name, one.file, one.file.name);
    const answer = await fetch(box.dataset.action, { method: "POST", body, credentials: "same-origin" });
    const isOut = (answer.redirected && new URL(answer.url).pathname === "/login") || answer.status === 400;
    return { status: answer.status, isOut, drawn: new DOMParser().parseFromString(await answer.text(), "text/html") };
  }

  function say(box, sentence, again) {
    const progress = box.querySelector("[data-progress]");
    progress.textContent = sentence;
    if (!again) return;
    const button = document.createElement("button");
    [button.type, button.className, button.textContent] = ["button", "act act-plain", box.dataset.wordAgain];
    button.addEventListener("click", again);
    progress.append(" ", button);
  }

  const tooLarge = (box, file) => box.dataset.wordLarge.replace("#", (file.size / BYTES).toFixed(1));

  async function sendAll(box, files) {
    const wrong = [];
    let kept = 0;
    while (files.length) {
      const [one] = files;
      if (one.file.size > Number(box.dataset.most)) {
        wrong.push(tooLarge(box, one.file));
        files.shift();
        continue;
      }
      say(box, box.dataset.wordGoing);
      let answer;
      try {
        answer = await send(box, one);
      } catch {
        return say(box, box.dataset.wordCut, () => sendAll(box, files));
      }
      if (answer.isOut) return say(box, box.dataset.wordOut, () => sendAll(box, files));
      if (answer.status === 413) wrong.push(tooLarge(box, one.file));
      else if (answer.status >= 400) wrong.push(whyNot(answer.drawn));
      else {
        kept += 1;
        const shown = answer.drawn.getElementById("outside-shown");
        if (shown) box.querySelector("[data-shown]").replaceWith(shown);
      }
      files.shift();
    }
    say(box, [kept ? box.dataset.wordDone : "", ...wrong].join(" "));
    box.querySelector("[data-progress]").classList.toggle("is-wrong", wrong.length > 0);
    document.dispatchEvent(new Event(wrong.length ? "wrongscan" : "goodscan"));
  }

  // The refusal's own sentences, wherever the answer has them.
  function whyNot(drawn) {
    const said = [...drawn.querySelectorAll("#messages .band-late > p, .refusal .plainly, .outside .wrong")];
    return said.map((one) => one.textContent.trim()).join(" ");
  }

  for (const button of document.querySelectorAll("[data-outside] ~ [data-without-script]")) button.hidden = true;

  // Taken over before the form hears of it: a file of this field is never one that the form has to keep.
  const ours = (event) => event.target.matches("[data-outside] input[type=file]") && event.target;
  document.addEventListener("input", (event) => {
    if (ours(event)) event.stopPropagation();
  }, true);
  document.addEventListener("change", (event) => {
    const field = ours(event);
    if (!field) return;
    event.stopPropagation();
    const files = [...field.files].map((file) => ({ file, name: field.name, id: crypto.randomUUID() }));
    field.value = "";
    if (files.length) sendAll(field.closest("[data-outside]"), files);
  }, true);
})();
