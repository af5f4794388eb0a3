"use strict";
// The one camera of a page, whoever looks through it: opens and closes it, remembers which one this device uses and how
// it hangs, and knows why none opens.
window.lens = (() => {
  const PLACE = "camera";
  let stream = null;
  let asked = 0;

  // `id` of the camera, "" for none chosen yet; `turn`: quarter turns to the right until its picture stands upright.
  const remembered = () => ({ id: "", turn: 0, ...JSON.parse(localStorage.getItem(PLACE) || "{}") });
  const remember = (change) => localStorage.setItem(PLACE, JSON.stringify({ ...remembered(), ...change }));

  const stop = (one) => one.getTracks().forEach((track) => track.stop());

  function close(video) {
    asked += 1;
    if (stream) stop(stream);
    stream = null;
    video.srcObject = null;
  }

  // The chosen camera, or the one at the back of a phone; as large as `width` pixels if it can. Who closes it before it
  // is there gets "ClosedError", and no camera stays on.
  async function open(video, width) {
    close(video);
    const mine = asked;
    if (!navigator.mediaDevices) throw new DOMException("no camera on such a page", "SecurityError");
    const { id } = remembered();
    const which = id ? { deviceId: { ideal: id } } : { facingMode: "environment" };
    const found = await navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: width } }, audio: false });
    if (mine !== asked) {
      stop(found);
      throw new DOMException("closed meanwhile", "ClosedError");
    }
    stream = found;
    video.srcObject = found;
    await video.play().catch((fault) => {
      throw mine === asked ? fault : new DOMException("closed meanwhile", "ClosedError");
    });
    return found.getVideoTracks()[0];
  }

  async function cameras() {
    const all = navigator.mediaDevices ? await navigator.mediaDevices.enumerateDevices() : [];
    return all.filter((one) => one.kind === "videoinput");
  }

  // refused, none, busy, insecure; "" when nobody waits for it any more.
  function why(error) {
    if (error.name === "ClosedError") return "";
    if (!window.isSecureContext) return "insecure";
    if (["NotAllowedError", "SecurityError"].includes(error.name)) return "refused";
    return ["NotReadableError", "AbortError"].includes(error.name) ? "busy" : "none";
  }

  return { open, close, cameras, remembered, remember, why };
})();
