"use strict";
// A document camera or webcam takes pictures of an original: [data-live] of its form opens the sheet. Space or Enter
// takes one, arrows turn, Delete drops the last; what was taken goes up as chosen files do (pictures.js). Letters come
// from a scan gun only, and the Enter behind them takes nothing.
(() => {
  const box = document.getElementById("shutter");
  if (!box) return;
  const part = (name) => box.querySelector(`[data-${name}]`);
  const [video, still, said, shoot, again, stage] = ["view", "still", "said", "shoot", "again", "stage"].map(part);
  const words = box.dataset;
  const WIDTH = 4096; // pixels: more than A4 needs, cameras give what they have
  const QUALITY = 0.92;
  const SMALL = 96;
  const GUN = 500; // milliseconds after a letter in which Enter is the gun's
  const SETTLE = 400; // and after the sheet opened, the Enter of the page before
  let form = null;
  let turn = 0;
  let taken = [];
  let isWarned = false;
  let typedAt = -Infinity;
  let openedAt = 0;
  let goOnAfter = "";

  const say = (sentence) => { said.textContent = sentence; };
  const counted = (sentence, count) => sentence.replace("#", count);
  const forms = () => [...document.querySelectorAll("form[data-pictures]")].filter((one) => one.querySelector("[data-live]"));
  const following = () => forms()[forms().indexOf(form) + 1];

  function look() {
    stage.className = `shutter-stage turn-${turn}`;
    box.classList.remove("is-blind");
    video.hidden = false;
    still.hidden = true;
    shoot.hidden = false;
    again.hidden = true;
    part("shoot-words").textContent = words.wordShoot;
    say(taken.length ? counted(words.wordTaken, taken.length) : words.wordReady);
  }

  function fault(kind) {
    lens.close(video);
    say(words[`word${kind[0].toUpperCase()}${kind.slice(1)}`]);
    video.hidden = true;
    still.hidden = true;
    box.classList.add("is-blind");
    const hadFocus = document.activeElement === shoot || document.activeElement === document.body;
    shoot.hidden = true;
    again.hidden = false;
    if (hadFocus) again.focus();
  }

  async function start() {
    say(words.wordOpening);
    try {
      const track = await lens.open(video, WIDTH);
      track.addEventListener("ended", () => fault("cut")); // unplugged; our own stop does not tell
      const hadFocus = document.activeElement === again || document.activeElement === document.body;
      look();
      if (hadFocus) shoot.focus();
      await listCameras(track.getSettings().deviceId);
    } catch (error) {
      const kind = lens.why(error);
      if (kind) fault(kind);
    }
  }

  async function listCameras(current) {
    const all = await lens.cameras();
    const choice = part("cameras");
    choice.replaceChildren(...all.map((one, at) => new Option(one.label || `${at + 1}`, one.deviceId, false, one.deviceId === current)));
    part("which").hidden = all.length < 2;
  }

  function open(from) {
    form = from;
    taken = [];
    isWarned = false;
    turn = lens.remembered().turn;
    part("title").textContent = form.dataset.title;
    drawTaken();
    box.showModal();
    openedAt = performance.now();
    shoot.hidden = false;
    shoot.focus();
    start();
  }

  // Each press takes its moment at once; it becomes a file while the next page is turned.
  function take() {
    if (video.readyState < 2 || !video.videoWidth) return;
    const canvas = document.createElement("canvas");
    const [wide, high] = [video.videoWidth, video.videoHeight];
    [canvas.width, canvas.height] = turn % 2 ? [high, wide] : [wide, high];
    const pen = canvas.getContext("2d");
    pen.translate(canvas.width / 2, canvas.height / 2);
    pen.rotate((turn * Math.PI) / 2);
    pen.drawImage(video, -wide / 2, -high / 2);
    taken.push({ small: shrunk(canvas, SMALL), blob: new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); }) });
    isWarned = false;
    drawTaken();
    say(counted(words.wordTaken, taken.length));
    flash();
  }

  function shrunk(source, most) {
    const small = document.createElement("canvas");
    const scale = Math.min(1, most / Math.max(source.width, source.height));
    small.width = Math.round(source.width * scale);
    small.height = Math.round(source.height * scale);
    small.getContext("2d").drawImage(source, 0, 0, small.width, small.height);
    return small;
  }

  // The frame blinks: seen from the corner of the eye, whoever looks at the paper.
  function flash() {
    stage.classList.add("is-flash");
    setTimeout(() => stage.classList.remove("is-flash"), 160);
  }

  function drawTaken() {
    part("taken").replaceChildren(...taken.map((one, at) => {
      const row = document.createElement("li");
      const see = button("shutter-see", counted(words.wordSee, at + 1), () => show(one));
      see.replaceChildren(one.small);
      const drop = button("act act-plain act-small", words.wordDrop, () => remove(one));
      drop.setAttribute("aria-label", counted(words.wordDropThis, at + 1));
      row.append(see, drop);
      return row;
    }));
    for (const [name, sentence, isThere] of [["send", words.wordSend, true], ["send-next", words.wordSendNext, following()]]) {
      part(name).hidden = !taken.length || !isThere;
      part(name).textContent = counted(sentence, taken.length);
    }
  }

  function button(kind, label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = kind;
    made.textContent = label;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  async function show(one) {
    if (video.hidden && still.hidden) return; // no camera: its sentence stays
    const whole = await createImageBitmap(await one.blob);
    const drawn = shrunk(whole, 1600);
    [still.width, still.height] = [drawn.width, drawn.height];
    still.getContext("2d").drawImage(drawn, 0, 0);
    still.hidden = false;
    video.hidden = true;
    stage.className = "shutter-stage";
    part("shoot-words").textContent = words.wordBack;
    say(counted(words.wordSee, taken.indexOf(one) + 1));
    shoot.focus();
  }

  function remove(one) {
    taken = taken.filter((other) => other !== one);
    drawTaken();
    if (!again.hidden) return;
    look();
    shoot.focus();
  }

  const press = () => (still.hidden ? take() : look());

  function rotate(by) {
    turn = (turn + by + 4) % 4;
    lens.remember({ turn });
    if (again.hidden) look();
  }

  async function send(goOn) {
    const to = form;
    const blobs = await Promise.all(taken.map((one) => one.blob));
    const files = blobs.map((one, at) => new File([one], counted(words.wordFile, at + 1), { type: "image/jpeg" }));
    if (!box.open) return; // pressed twice
    goOnAfter = goOn ? to.action : "";
    taken = [];
    box.close();
    to.dispatchEvent(new CustomEvent("picturestaken", { bubbles: true, detail: files }));
  }

  // Pictures that were not sent are not thrown away by one key.
  function leave() {
    if (taken.length && !isWarned) {
      isWarned = true;
      say(counted(words.wordUnsent, taken.length));
      return;
    }
    box.close();
  }

  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { key } = event;
    const isChoice = event.target.matches("select");
    event.stopPropagation(); // keys of the page behind
    if (key.length === 1 && key !== " ") {
      event.preventDefault();
      typedAt = performance.now();
    } else if (key === "Enter" || key === " ") {
      const isGun = performance.now() - typedAt < GUN;
      const isEarly = event.repeat || performance.now() - openedAt < SETTLE;
      if (isGun) {
        say(words.wordGun);
        document.dispatchEvent(new Event("wrongscan"));
      }
      if (isGun || isEarly) event.preventDefault();
      else if (event.target === shoot || event.target === box) {
        event.preventDefault();
        press();
      }
    } else if (["ArrowLeft", "ArrowRight"].includes(key) && !isChoice) {
      event.preventDefault();
      rotate(key === "ArrowRight" ? 1 : -1);
    } else if (key === "Delete" && taken.length) {
      remove(taken[taken.length - 1]);
    } else if (key === "Escape") {
      event.preventDefault();
      leave();
    }
  });
  // Firefox presses a button when Space comes up, whatever became of its going down.
  box.addEventListener("keyup", (event) => {
    if (event.key === " " && event.target === shoot) event.preventDefault();
  });
  box.addEventListener("cancel", (event) => {
    event.preventDefault();
    leave();
  });
  box.addEventListener("close", () => lens.close(video));
  shoot.addEventListener("click", press);
  again.addEventListener("click", start);
  part("turn").addEventListener("click", () => rotate(1));
  part("send").addEventListener("click", () => send(false));
  part("send-next").addEventListener("click", () => send(true));
  part("leave").addEventListener("click", leave);
  part("cameras").addEventListener("change", (event) => {
    lens.remember({ id: event.target.value });
    start();
  });
  document.addEventListener("click", (event) => {
    const from = event.target.closest("[data-live]");
    if (from) open(from.closest("form"));
  });
  // The next original's turn, when that was asked for and all went up.
  document.addEventListener("picturessent", (event) => {
    const next = forms()[forms().findIndex((one) => one.action === goOnAfter) + 1];
    const isWanted = goOnAfter && goOnAfter === event.detail.action && !event.detail.refused;
    goOnAfter = "";
    if (isWanted && next) open(next);
  });
  addEventListener("beforeunload", (event) => {
    if (taken.length) event.preventDefault();
  });
})();
