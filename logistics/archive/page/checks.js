// The four checks (四性检测, DA/T 70): what the sealer's own report in the package says, and what this page looks at by itself.

const CHECKS = "urn:youdang:four-checks:1";
const RESULTS = { pass: ["通过", "passed"], fail: ["不通过", "failed"], not_applicable: ["不适用", "not applicable"] };
const PLAIN_KINDS = /\.(?:json|jsonl|xml|pdf|txt|pem|sig|tsr|sm2|png|jpe?g)$|^data\/events\/raw\/[0-9a-f]{64}$/;
const LOCKED = /\/Encrypt\b/;
const ACTIVE = /\/JavaScript\b|\/Launch\b/;

// The element of a file that is XML; null where it is none. A document type may lead elsewhere, so there must be none.
function xmlIn(content) {
  const text = decodedLeniently(content);
  if (text.includes("<!DOCTYPE")) return null;
  const read = new DOMParser().parseFromString(text, "application/xml");
  return read.getElementsByTagName("parsererror").length ? null : read.documentElement;
}

// {zh, en, at, result, items, covered, excluded} of the report that the package carries; null where there is none.
function sealersReport(files) {
  const reports = [...files].filter(([path]) => isPayload(path) && path.endsWith(".xml")).map(([, content]) => xmlIn(content));
  const root = reports.find((one) => one?.namespaceURI === CHECKS);
  if (!root) return null;
  const inside = (of, name) => [...of.getElementsByTagNameNS(CHECKS, name)];
  const text = (of, name) => inside(of, name)[0]?.textContent ?? "";
  const named = (one) => ({
    code: one.getAttribute("编号") ?? "", result: one.getAttribute("结果"), zh: one.getAttribute("名称") ?? "",
    en: one.getAttribute("英文名称") ?? "", said: [text(one, "说明"), text(one, "英文说明")],
  });
  return {
    at: text(root, "检测时间"),
    result: inside(root, "结论")[0]?.getAttribute("结果"),
    items: inside(root, "检测项").map((item) => ({ ...named(item), parts: inside(item, "检测点").map(named) })),
    covered: inside(root, "文件").map((one) => ["路径", "字节数", "sha256"].map((name) => one.getAttribute(name))),
    excluded: inside(root, "未含文件").map((one) => one.getAttribute("路径")),
  };
}

// What the page looked at by itself: {zh, en, wrong} each, where `wrong` are the files that are not so.
async function ownChecks(files, report) {
  const paths = [...files.keys()];
  const latin = new TextDecoder("latin1");
  const pdfs = paths.filter((path) => path.endsWith(".pdf")).map((path) => [path, latin.decode(files.get(path))]);
  const among = (rows, isSo) => rows.filter(([, text]) => isSo(text)).map(([path]) => path);
  const asReported = report && {
    zh: "完整（报告检测过的文件都在包内，一字未改；其余只有报告写明在它之后形成的文件）",
    en: "Complete (every file the report looked at is here unchanged; the rest are those it says were made after it)",
    wrong: await notAsReported(files, report),
  };
  return [
    ...(asReported ? [asReported] : []),
    { zh: "可用（JSON、XML 都能读，PDF 首尾完整、没有加密）",
      en: "Usable (JSON and XML can be read; each PDF has its beginning and end and is not encrypted)",
      wrong: [...paths.filter((path) => !isReadable(path, files.get(path))),
        ...among(pdfs, (text) => LOCKED.test(text) || !/^%PDF-/.test(text) || !/%%EOF\s*$/.test(text))] },
    { zh: "安全（没有程序文件，PDF 明文部分没有脚本和启动指令）",
      en: "Safe (no program among the files; no script and no launch action in what is clear text in the PDFs)",
      wrong: [...paths.filter((path) => !PLAIN_KINDS.test(path)), ...among(pdfs, (text) => ACTIVE.test(text))] },
  ];
}

async function notAsReported(files, { covered, excluded }) {
  const looked = new Map(covered.map(([path, size, print]) => [path, `${size} ${print}`]));
  const wrong = [...looked.keys()].filter((path) => !files.has(path)); // of the later ones some may never have come
  for (const [path, content] of files) {
    const own = `${content.length} ${await sha256Hex(content)}`;
    if (looked.has(path) ? looked.get(path) !== own : !excluded.includes(path)) wrong.push(path);
  }
  return sorted(wrong);
}

function isReadable(path, content) {
  if (path.endsWith(".xml")) return xmlIn(content) !== null;
  return !path.endsWith(".json") || tried(() => parsedJson(content) !== undefined, () => false);
}

// The part of the page about them. What the report says is the sealer's word: this page shows that it is unchanged.
function drawnChecks({ report, own }) {
  const none = element("p", {}, ...both("包内没有四性检测报告。", "The package carries no report of the four checks."));
  const said = report ? drawnReport(report) : [none];
  const rows = own.map(({ zh, en, wrong }) => {
    const words = both(`${zh}：${wrong.length ? "不符" : "相符"}`, `${en}: ${wrong.length ? "not so" : "so"}`);
    const named = wrong.map((path) => element("span", { of: "file", text: printable(path) }));
    return element("li", { of: wrong.length ? "alert" : "" }, ...words, ...named);
  });
  const heading = element("h3", {}, ...both("本页自己看过的", "What this page looked at itself"));
  return part("四性检测", "The four checks", ...said, heading, listOf(rows));
}

function drawnReport({ at, result, items }) {
  const count = (kind) => items.filter((item) => item.result === kind).length;
  const [passed, failed, left] = ["pass", "fail", "not_applicable"].map(count);
  const unseen = items.flatMap((item) => item.parts).filter((one) => one.result === "not_applicable").length;
  const [zh, en] = RESULTS[result] ?? ["看不懂", "not legible"];
  const counted = both(
    `封装时的结论：${zh}。${passed} 项通过，${failed} 项不通过，${left} 项不适用；其中 ${unseen} 个检测点没有检测，理由逐项写明。`,
    `When sealed: ${en}. ${passed} items passed, ${failed} failed, ${left} not applicable; of their parts ${unseen} were not `
      + "looked at, with the reason at each.",
  );
  const whose = both(
    "这是立档方写进包里的话；本页证明它封装之后没有改动，不证明当时检测得对。",
    "These are the sealer's words. This page proves that they were not changed since, not that the checks were done well.",
  );
  const summary = element("summary", {}, ...both("逐项查看", "Item by item"));
  return [
    element("p", {}, ...counted),
    element("p", {}, ...both(`检测时间：${plainTime(at)}`, `Checked at: ${plainTime(at)}`)),
    element("p", { of: "soft" }, ...whose),
    element("details", {}, summary, element("table", {}, element("tbody", {}, ...items.map(drawnItem)))),
  ];
}

function drawnItem({ code, zh, en, result, parts }) {
  const told = parts.filter((one) => one.result !== "pass").map((one) => {
    const [ofZh, ofEn] = RESULTS[one.result] ?? ["", ""];
    const words = [`${one.zh}（${ofZh}）：${one.said[0]}`, `${one.en} (${ofEn}): ${one.said[1]}`];
    return element("span", { of: "said soft" }, ...both(...words.map(printable)));
  });
  return element("tr", {},
    element("td", { of: "code", text: printable(code) }),
    element("td", {}, ...both(printable(zh), printable(en)), ...told),
    element("td", {}, ...both(...(RESULTS[result] ?? ["", ""]))));
}
