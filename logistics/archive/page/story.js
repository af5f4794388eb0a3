// Does the package tell one story? Custody, counts, papers and events against the ledger's entries.

const DOSSIER = "data/dossier.json";
const CUSTODY = "data/custody.json";
const EVENTS = "data/events/events.json";
const PAPERS = "data/papers/";
const RAW = "data/events/raw/";
const NOT_OPENED = ["voided", "lost"]; // stages in which a list may stay unchecked for ever

async function storyFaults(files, digests, entries) {
  const faults = isClosed(entries) ? [] : [fault(LEDGER, "not_closed")];
  faults.push(...paperFaults(digests, entries));
  const nothing = await sha256Hex(new Uint8Array());
  faults.push(...guarded(files, DOSSIER, (raw) => dossierFaults(raw, digests, entries, nothing)));
  faults.push(...guarded(files, CUSTODY, (raw) => custodyFaults(raw, entries)));
  faults.push(...guarded(files, EVENTS, (raw) => eventFaults(raw, digests)));
  return faults;
}

function guarded(files, file, read) {
  if (!files.has(file)) return [fault(file, "missing")];
  try {
    return read(shape.parsed(files.get(file)));
  } catch (why) {
    if (!(why instanceof Malformed)) throw why;
    return [fault(file, "content_malformed", { why: why.message })];
  }
}

const pathsUnder = (digests, start) => sorted([...digests.keys()].filter((path) => path.startsWith(start)));

function paperFaults(digests, entries) {
  const named = new Map();
  for (const { what, facts, seq } of entries) {
    if (PAPER_ENTRIES.includes(what) && typeof facts.get("sha256") === "string") named.set(facts.get("sha256"), seq);
  }
  const paths = pathsUnder(digests, PAPERS);
  const kept = new Set(paths.map((path) => digests.get(path).sha256));
  const lost = [...named].filter(([digest]) => !kept.has(digest)).map(([, seq]) => seq);
  return [
    ...paths.filter((path) => !named.has(digests.get(path).sha256)).map((path) => fault(path, "paper_unknown")),
    ...ascending(lost).map((number) => fault(LEDGER, "paper_absent", { number })),
  ];
}

const ascending = (numbers) => [...numbers].sort((one, other) => (one < other ? -1 : Number(one > other)));

function dossierFaults(raw, digests, entries, nothing) {
  const faults = [];
  if (shape.text(raw, "dossier_no") !== entries[0].dossier_no) faults.push(fault(DOSSIER, "dossier_number"));
  const codes = new Set(shape.rows(raw, "originals").map((row) => shape.text(row, "code")));
  const handed = new Set(entries.filter((entry) => entry.what === HANDED_OVER).map((entry) => told(entry.facts.get("original"))));
  const listed = new Set(shape.rows(raw, "originals").map((row) => told(row.get("ledger_id"))));
  if (handed.size !== listed.size || [...handed].some((name) => !listed.has(name))) {
    faults.push(fault(DOSSIER, "originals_differ"));
  }
  for (const row of shape.rows(raw, "consignments")) faults.push(...balanceFaults(row, codes));
  for (const row of shape.rows(raw, "papers")) {
    const path = PAPERS + shape.text(row, "file");
    if ((digests.get(path)?.sha256 ?? nothing) !== shape.text(row, "sha256")) faults.push(fault(path, "paper_differs"));
  }
  if (shape.rows(raw, "papers").length !== pathsUnder(digests, PAPERS).length) faults.push(fault(DOSSIER, "paper_count"));
  return faults;
}

// listed = received + missing + moved, and the counts agree with the lines (a wrong document may count as either).
function balanceFaults(row, codes) {
  const [no, lines] = [shape.text(row, "no"), shape.rows(row, "lines")];
  const found = (outcome) => BigInt(lines.filter((line) => shape.text(line, "outcome") === outcome).length);
  const [missed, wrong, away, open] = ["missing", "wrong", "moved", "unchecked"].map(found);
  const counts = shape.table(row, "counts");
  const [listed, received, missing, moved] = ["listed", "received", "missing", "moved"].map((name) => BigInt(shape.number(counts, name)));
  const unchecked = NOT_OPENED.includes(shape.text(row, "stage")) ? open : 0n;
  const isWholeList = listed === BigInt(lines.length) && listed === received + missing + moved + unchecked
    && received >= 0n && missing >= 0n && moved >= 0n && moved === away
    && missed <= missing && missing <= missed + wrong && open === unchecked;
  const faults = isWholeList ? [] : [fault(DOSSIER, "balance", { no })];
  const strangers = sorted(new Set(lines.map((line) => shape.text(line, "original")).filter((code) => !codes.has(code))));
  if (strangers.length) faults.push(fault(DOSSIER, "unknown_originals", { no, codes: strangers.join(", ") }));
  return faults;
}

function custodyFaults(raw, entries) {
  const faults = [];
  const witnesses = new Map(entries.filter((entry) => entry.what === HANDED_OVER).map((entry) => [entry.seq, entry]));
  for (const original of shape.rows(raw, "originals")) {
    const [code, name, links] = [shape.text(original, "code"), original.get("ledger_id") ?? null, shape.rows(original, "handovers")];
    if (!links.length) faults.push(fault(CUSTODY, "no_handover", { original: code }));
    let holder = null;
    links.forEach((link, at) => {
      const place = shape.number(link, "entry");
      const entry = witnesses.get(place);
      witnesses.delete(place);
      const reason = linkFault(name, at + 1, link, holder, entry);
      if (reason) faults.push(fault(CUSTODY, reason, { original: code, number: at + 1, entry: entry?.seq ?? "" }));
      holder = link.get("to") ?? null;
    });
  }
  return [...faults, ...ascending(witnesses.keys()).map((number) => fault(LEDGER, "handover_absent", { number }))];
}

// The code of what is wrong with one link.
function linkFault(name, seq, link, holder, entry) {
  if (shape.number(link, "seq") !== seq) return "link_gap";
  if (seq > 1 && !same(shape.table(link, "from"), holder)) return "link_start";
  if (!entry) return "link_unwitnessed";
  const values = { original: name, link: seq, from: shape.table(link, "from"), to: shape.table(link, "to") };
  const agrees = Object.entries(values).every(([key, value]) => same(entry.facts.get(key) ?? null, value));
  return agrees && entry.at === link.get("at") ? null : "link_contradicts";
}

function eventFaults(raw, digests) {
  const faults = [];
  const listed = new Set(shape.rows(raw, "raw").map((row) => shape.text(row, "sha256")));
  const present = pathsUnder(digests, RAW).map((path) => path.slice(RAW.length));
  for (const name of present) if (name !== digests.get(RAW + name).sha256) faults.push(fault(RAW + name, "raw_name"));
  const alone = [...present.filter((name) => !listed.has(name)), ...[...listed].filter((name) => !present.includes(name))];
  for (const name of sorted(alone)) faults.push(fault(RAW + name, "raw_unpaired"));
  shape.rows(raw, "events").forEach((row, at) => {
    if (!listed.has(shape.text(row, "raw_sha256"))) faults.push(fault(EVENTS, "event_without_raw", { number: at + 1 }));
  });
  return faults;
}
