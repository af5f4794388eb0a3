// What the person sees and does. All that comes out of a package enters the page as text, never as markup.

const one = (id) => document.getElementById(id);

function element(name, { of = "", text = "", ...rest } = {}, ...children) {
  const made = document.createElement(name);
  made.className = of;
  if (text) made.textContent = text;
  for (const [key, value] of Object.entries(rest)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const both = (zh, en) => [element("span", { of: "zh", text: zh }), element("span", { of: "en", text: en, lang: "en" })];

// Names come out of a file we do not trust: nothing in them may steer how the line is drawn.
const printable = (text) =>
  Array.from(text, (sign) => (isPrintable(sign) ? sign : `\\u${sign.codePointAt(0).toString(16).padStart(4, "0")}`)).join("");

const FACTS = {
  record_no: ["电子文件号", "Record"],
  dossier_no: ["专档编号", "Dossier"],
  files: ["文件数", "Files"],
  bytes: ["字节数", "Bytes"],
  entries: ["留痕条数", "Ledger entries"],
  checkpoint_size: ["总账条数", "Entries in the log"],
  checkpoint_root: ["总账根值", "Root of the log"],
  checkpoint_signed_at: ["总账签名时间", "Log signed at"],
  key_fingerprint: ["签名公钥指纹", "Fingerprint of the key"],
};
const SIGNATURES_BY = {
  browser: ["Ed25519 签名由浏览器自带的 WebCrypto 核验。", "Ed25519 signatures were checked by the browser's own WebCrypto."],
  page: [
    "这个浏览器没有 Ed25519，签名由本页自己的算法核验（散列仍用 WebCrypto）。",
    "This browser has no Ed25519: signatures were checked by this page's own arithmetic (hashes by WebCrypto).",
  ],
};

function listOf(rows, of = "") {
  return element("ul", { of }, ...rows);
}

function part(zh, en, ...children) {
  return element("section", { of: "part" }, element("h2", {}, ...both(zh, en)), ...children);
}

function drawn(report, name) {
  const [zh, en] = WORDING.verdicts[report.verdict];
  const heading = element("h2", { id: "verdict", of: report.verdict === "sound" ? "verdict" : "verdict bad" });
  heading.append(...both(zh, en), element("small", { text: printable(name) }));
  const parts = [heading];
  if (report.faults.length) parts.push(part("哪里不对", "What is wrong", listOf(drawnFaults(report.faults), "faults")));
  const sentences = (rows) => listOf(rows.map((row) => element("li", {}, ...both(row.zh, row.en))));
  if (report.proven.length) parts.push(part("已证明", "Proven", sentences(report.proven)));
  if (report.not_proven.length) parts.push(part("未证明", "Not proven", sentences(report.not_proven)));
  if (report.checks) parts.push(drawnChecks(report.checks));
  if (Object.keys(report.facts).length) parts.push(part("核验的是什么", "What was checked", drawnFacts(report)));
  const print = element("button", { type: "button", id: "print" }, ...both("打印本页结果", "Print this result"));
  print.addEventListener("click", () => window.print());
  return [...parts, print];
}

// Each file once, with all that is wrong with it.
function drawnFaults(faults) {
  const files = new Map();
  for (const one of faults) files.set(one.file, [...(files.get(one.file) ?? []), one]);
  return [...files].map(([file, found]) => {
    const said = found.map((one) => element("span", { of: "said" }, ...both(printable(one.reason_zh), printable(one.reason_en))));
    return element("li", {}, element("span", { of: "file", text: printable(file) }), ...said);
  });
}

// An instant as people in China read it, with the exact one behind it.
function plainTime(instantText) {
  const moment = new Date(Date.parse(instantText) + 8 * 3600 * 1000);
  if (Number.isNaN(moment.getTime())) return printable(instantText);
  return `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC+8 (${printable(instantText)})`;
}

function drawnFacts({ facts, by }) {
  const rows = Object.entries(facts).flatMap(([name, value]) => [
    element("dt", {}, ...both(...FACTS[name])),
    element("dd", { text: name.endsWith("_at") ? plainTime(value) : printable(String(value)) }),
  ]);
  const list = element("dl", {}, ...rows);
  return by ? element("div", {}, list, element("p", { of: "soft" }, ...both(...SIGNATURES_BY[by]))) : list;
}

// The fingerprint that is typed or of the key file; null when nothing is named. Throws Malformed.
async function pinnedKey() {
  const typed = one("key").value.replace(/[\s:]/g, "").toLowerCase();
  const [file] = one("key-file").files;
  if (typed) {
    if (!isHash(typed)) throw new Malformed("no fingerprint");
    return typed;
  }
  return file ? sha256Hex(keyIn(await file.text())) : null;
}

function keyIn(pem) {
  const body = /-----BEGIN PUBLIC KEY-----([\sA-Za-z0-9+/=]+)-----END PUBLIC KEY-----/.exec(pem);
  const der = fromBase64(body ? body[1] : "");
  if (der.length !== 44 || !beginsWith(der, BEFORE_KEY)) throw new Malformed("no Ed25519 key");
  return der.subarray(12);
}

async function namedRoots() {
  const [file] = one("roots").files;
  return file ? certificatesIn(await file.text()) : [];
}

let shown = null; // the file whose report stands on the page
let asked = 0;

async function show(file) {
  shown = file;
  asked += 1;
  const own = asked;
  one("report").hidden = true;
  for (const field of ["key", "roots"]) {
    one(`${field}-fault`).hidden = true;
    one(field).removeAttribute("aria-invalid");
  }
  if (!globalThis.crypto?.subtle) {
    one("busy").replaceChildren(...both(
      "浏览器在这个地址上不提供 WebCrypto。请把本页存到电脑里，从文件打开。",
      "The browser offers no WebCrypto at this address. Save this page and open it from the file.",
    ));
    return;
  }
  const pinned = await given("key", pinnedKey);
  const roots = await given("roots", namedRoots);
  if (pinned === undefined || roots === undefined) return;
  one("busy").replaceChildren(...both("正在核验……", "Checking …"));
  let report;
  try {
    report = await reportOn(file, { pinned, roots });
  } catch (why) {
    one("busy").replaceChildren(...both(
      `没有核验完：本页在这个浏览器里出了错（${why}）。这不是对归档信息包的结论，请换一个浏览器再试。`,
      `Not checked: this page failed in this browser (${why}). This says nothing about the package; please try another browser.`,
    ));
    return;
  }
  if (own !== asked) return; // another file was asked for meanwhile
  one("busy").replaceChildren();
  one("report").replaceChildren(...drawn(report, file.name));
  one("report").hidden = false;
  one("report").focus();
}

// What the person named; undefined, and said at the field, when it cannot be read.
async function given(field, read) {
  try {
    return await read();
  } catch (why) {
    if (!(why instanceof Malformed)) throw why;
    one(field).closest("details").open = true;
    one(`${field}-fault`).hidden = false;
    one(field).setAttribute("aria-invalid", "true");
    one(field).focus();
    return undefined;
  }
}

async function reportOn(file, options) {
  if (file.size > MOST_BYTES) return unreadable([fault(WHOLE_ZIP, "too_large")]);
  let data;
  try {
    data = new Uint8Array(await file.arrayBuffer());
  } catch (why) {
    return unreadable([fault(WHOLE_ZIP, "cannot_open", { why: why.message })]);
  }
  const report = await verifyPackage(data, options);
  if (report.verdict !== "sound") return report; // of a changed package nothing further is worth saying
  const { files } = openPackage(data);
  const sealers = sealersReport(files);
  return { ...report, checks: { report: sealers, own: await ownChecks(files, sealers) } };
}

one("package").addEventListener("change", () => {
  const [file] = one("package").files;
  if (file) show(file);
});
for (const id of ["key", "key-file", "roots"]) one(id).addEventListener("change", () => shown && show(shown));
one("ask").addEventListener("submit", (event) => event.preventDefault());

// The whole page takes the file: a drop beside the frame must not make the browser leave the page.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  one("drop").classList.add("over");
});
document.addEventListener("dragleave", () => one("drop").classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  one("drop").classList.remove("over");
  const [file] = event.dataTransfer.files;
  if (file) show(file);
});

function speak(language) {
  document.documentElement.lang = language;
  document.title = language === "en" ? "Check an archive package · Youdang" : "归档信息包核验 · 邮档 Youdang";
}
one("language").addEventListener("click", () => speak(document.documentElement.lang === "en" ? "zh-Hans-CN" : "en"));
if (!/^zh/i.test(navigator.language)) speak("en");
one("busy").replaceChildren(); // what stood there is for browsers that could not read this script

// For programs that drive the page.
globalThis.youdang = {
  verifyPackage, canonical, parsedJson, holdsByOwnArithmetic, holdsByBrowser, fromHex, hex, sm3, sm2Holds, sm2KeyIn, checkedStamp,
  certificatesIn, Malformed, StampOfOther,
};
