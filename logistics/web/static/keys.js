"use strict";
// Keys that no scan gun sends: "?" shows what there is, arrows walk through a list, Alt with a digit opens an entry.
(() => {
  const sheet = document.getElementById("keys");
  const scan = document.getElementById("scan");
  if (!sheet || !scan) return;
  const menu = document.querySelector("details.menu");
  let from = null;

  function show() {
    if (sheet.open) return;
    from = document.activeElement;
    for (const open of document.querySelectorAll("details.self[open], details.drawer[open], details.menu[open]")) open.open = false;
    sheet.showModal();
  }
  sheet.addEventListener("close", () => {
    const back = from && from.isConnected && from.offsetParent ? from : scan;
    back.focus({ preventScroll: true });
  });
  sheet.addEventListener("click", (event) => {
    if (event.target === sheet) sheet.close(); // beside the sheet
  });
  for (const place of document.querySelectorAll("[data-for-keys]")) place.hidden = false;
  for (const button of document.querySelectorAll("[data-opens-keys]")) button.addEventListener("click", show);

  const isTyping = (at) => at.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // One place to stand in each row: its first link.
  const rows = () => [...document.querySelectorAll("main .list tbody tr")].map((row) => row.querySelector("a[href]")).filter((link) => link && link.offsetParent);

  // True when the key walked: from the scan box to the first row, along the rows, and up again to the scan box.
  function walk(at, down) {
    const all = rows();
    const here = at === scan ? -1 : all.indexOf(at.closest("tr") && at.closest("tr").querySelector("a[href]"));
    if (!all.length || (at !== scan && here < 0)) return false;
    const next = here + (down ? 1 : -1);
    if (next >= all.length || next < -1) return true;
    const target = next < 0 ? scan : all[next];
    target.focus({ preventScroll: true });
    target.scrollIntoView({ block: "nearest" });
    return true;
  }

  document.addEventListener("keydown", (event) => {
    const at = document.activeElement;
    if (event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented || sheet.open) return;
    if (event.altKey) {
      const digit = /^Digit([1-9])$/.exec(event.code);
      const way = digit && document.querySelectorAll(".ways > a, .ways > details > summary")[digit[1] - 1];
      if (!way) return;
      event.preventDefault();
      if (menu && menu.offsetParent) menu.open = true; // where the head is narrow, the entries lie behind it
      way.click();
      if (way.matches("summary")) way.parentElement.querySelector("a").focus();
    } else if (event.key === "?" && (!isTyping(at) || (at === scan && !scan.value))) {
      event.preventDefault();
      show();
    } else if (["ArrowDown", "ArrowUp"].includes(event.key) && (at === scan || at.matches(".list a"))) {
      if (walk(at, event.key === "ArrowDown")) event.preventDefault();
    }
  });
})();
