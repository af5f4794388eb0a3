"use strict";
// A signature: drawn with finger, mouse or pen, sent as a PNG. Without script a scanned sheet is uploaded.
(() => {
  const ready = (box) => {
    const pad = box.querySelector("canvas");
    const kept = box.querySelector("input[name=drawn]");
    const pen = pad.getContext("2d");
    let down = false;
    const wipe = () => {
      pen.fillStyle = "#ffffff"; // the picture is evidence: black on white, whatever the display
      pen.fillRect(0, 0, pad.width, pad.height);
      kept.value = "";
    };
    const at = (event) => {
      const frame = pad.getBoundingClientRect();
      return [((event.clientX - frame.left) * pad.width) / frame.width, ((event.clientY - frame.top) * pad.height) / frame.height];
    };
    pad.addEventListener("pointerdown", (event) => {
      down = true;
      pad.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo(...at(event));
      event.preventDefault();
    });
    pad.addEventListener("pointermove", (event) => {
      if (!down) return;
      pen.strokeStyle = "#000000";
      pen.lineWidth = 4;
      pen.lineCap = "round";
      pen.lineTo(...at(event));
      pen.stroke();
    });
    const up = () => {
      if (!down) return;
      down = false;
      kept.value = pad.toDataURL("image/png");
    };
    pad.addEventListener("pointerup", up);
    pad.addEventListener("pointercancel", up);
    box.querySelector("[data-wipe]").addEventListener("click", wipe);
    wipe();
    box.hidden = false;
  };
  const all = () => document.querySelectorAll("[data-signature][hidden]").forEach(ready);
  document.addEventListener("htmx:after:swap", all);
  document.addEventListener("padshown", all);
  all();
})();
