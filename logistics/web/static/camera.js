"use strict";
// The camera (lens.js) reads a QR or Code 128 of our papers and then stops: [data-camera] opens it, the event
// `codescanned` tells.
(() => {
  const box = document.getElementById("camera");
  if (!box) return;
  const picture = box.querySelector("video");
  const said = box.querySelector("[data-camera-said]");
  const EVERY = 150; // milliseconds between two looks
  const WIDTH = 1280; // pixels, enough for a code
  let isLooking = false;
  let isReady = false;

  function prepare() {
    if (isReady) return;
    // Our own file, wherever the library would look for it.
    ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => box.dataset.wasm }, fireImmediately: true });
    isReady = true;
  }

  function rest() {
    isLooking = false;
    lens.close(picture);
  }

  function stop() {
    rest();
    if (box.open) box.close();
  }

  // A short high tone: read.
  function beep() {
    if (!window.AudioContext) return;
    const audio = new AudioContext();
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    tone.frequency.value = 1320;
    volume.gain.value = 0.12;
    tone.connect(volume).connect(audio.destination);
    tone.start();
    tone.stop(audio.currentTime + 0.12);
    setTimeout(() => audio.close(), 400);
    if (navigator.vibrate) navigator.vibrate(60);
  }

  async function read(canvas) {
    if (picture.readyState < 2) return "";
    canvas.width = picture.videoWidth;
    canvas.height = picture.videoHeight;
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(picture, 0, 0);
    const found = await ZXingWASM.readBarcodes(pen.getImageData(0, 0, canvas.width, canvas.height), {
      formats: ["QRCode", "Code128"],
      maxNumberOfSymbols: 1,
      tryHarder: true,
    });
    return found.length ? found[0].text : "";
  }

  async function look() {
    const canvas = document.createElement("canvas");
    while (isLooking) {
      const text = await read(canvas);
      if (text && isLooking) {
        stop();
        beep();
        document.dispatchEvent(new CustomEvent("codescanned", { detail: text }));
        return;
      }
      await new Promise((done) => { setTimeout(done, EVERY); });
    }
  }

  async function start() {
    said.textContent = box.dataset.wordLooking;
    picture.hidden = false;
    box.showModal();
    try {
      prepare();
      await lens.open(picture, WIDTH);
      isLooking = true;
      await look();
    } catch (error) {
      const why = lens.why(error);
      if (!why) return;
      said.textContent = why === "refused" ? box.dataset.wordRefused : box.dataset.wordNone;
      picture.hidden = true; // nothing to see: the sentence says what to do instead
      rest();
    }
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-camera]")) start();
  });
  box.querySelector("[data-camera-stop]").addEventListener("click", stop);
  box.addEventListener("close", stop);
})();
