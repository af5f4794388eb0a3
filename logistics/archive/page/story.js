// Does the package tell one story? Custody, counts, papers and events against the ledger's entries.

const DOSSIER = "data/dossier.json";
const CUSTODY = "data/custody.json";
const EVENTS = "data/events/events.json";
const RAW = "data/events/raw/";
const RECORDS = [DOSSIER, CUSTODY, EVENTS, LEDGER];
// Entries that witness a file of the package, and the fact that holds its SHA-256.
const WITNESSED = new Map([["paper:made", "sha256"], ["paper:kept", "sha256"], ["custody:signed", "image_sha256"]]);
const RETENTIONS = ["Y", "D30", "D10"];
const NOT_OPENED = ["voided", "lost"]; // stages in which a list may stay unchecked for ever

// Every place where the files contradict the entries, each other or the name of the folder.
function storyFaults({ files, top }, digests, entries) {
  return [
    ...(isClosed(entries) ? [] : [fault(LEDGER, "not_closed")]),
    ...guarded(files, DOSSIER, (raw) => [...dossierFaults(raw, entries, top), ...paperFaults(raw, digests, entries)]),
    ...guarded(files, CUSTODY, (raw) => custodyFaults(raw, entries)),
    ...guarded(files, EVENTS, (raw) => eventFaults(raw, digests)),
  ];
}

// The paths that dossier.json gives a place under data/; null when it cannot be read for them.
function placesIn(files) {
  if (!files.has(DOSSIER)) return null;
  return tried(() => {
    const raw = shape.parsed(files.get(DOSSIER));
    return new Set([...shape.rows(raw, "papers").map((row) => shape.text(row, "path")), ...shape.texts(raw, "metadata")]);
  }, () => null);
}

function guarded(files, file, read) {
  if (!files.has(file)) return [fault(file, "missing")];
  return tried(() => read(shape.parsed(files.get(file))), (why) => [fault(file, "content_malformed", { why: why.message })]);
}

const ascending = (numbers) => [...numbers].sort((one, other) => (one < other ? -1 : Number(one > other)));

// The papers and what was made at sealing: each in its place, each paper known to the ledger, none left out.
function paperFaults(raw, digests, entries) {
  const papers = shape.rows(raw, "papers").map((row) => [shape.text(row, "path"), shape.text(row, "sha256")]);
  const made = shape.texts(raw, "metadata");
  const named = new Map();
  for (const { what, facts, seq } of entries) {
    const digest = WITNESSED.has(what) ? facts.get(WITNESSED.get(what)) : undefined;
    if (typeof digest === "string") named.set(digest, seq);
  }
  const kept = new Map(papers.filter(([path]) => digests.has(path)).map(([path]) => [path, digests.get(path).sha256]));
  const present = new Set(kept.values());
  const lost = [...named].filter(([digest]) => !present.has(digest)).map(([, seq]) => seq);
  return [
    ...placeFaults([...papers.map(([path]) => path), ...made]),
    ...papers.filter(([path, digest]) => kept.get(path) !== digest).map(([path]) => fault(path, "paper_differs")),
    ...made.filter((path) => !digests.has(path)).map((path) => fault(path, "metadata_absent")),
    ...sorted(kept.keys()).filter((path) => !named.has(kept.get(path))).map((path) => fault(path, "paper_unknown")),
    ...ascending(lost).map((number) => fault(LEDGER, "paper_absent", { number })),
  ];
}

function placeFaults(paths) {
  const isUnfit = (path, at) =>
    paths.indexOf(path) < at || RECORDS.includes(path) || !path.startsWith("data/") || path.startsWith("data/events/");
  return paths.filter(isUnfit).map((path) => fault(DOSSIER, "path_unfit", { path }));
}

function dossierFaults(raw, entries, top) {
  const faults = [];
  if (shape.text(raw, "dossier_no") !== entries[0].dossier_no) faults.push(fault(DOSSIER, "dossier_number"));
  if (shape.text(raw, "record_no") !== top) faults.push(fault(DOSSIER, "record_number"));
  if (!RETENTIONS.includes(shape.text(raw, "retention"))) faults.push(fault(DOSSIER, "retention_unknown"));
  for (const name of ["archival_code", "secrecy"]) shape.text(raw, name);
  const codes = new Set(shape.rows(raw, "originals").map((row) => shape.text(row, "code")));
  const handed = new Set(entries.filter((entry) => entry.what === HANDED_OVER).map((entry) => told(entry.facts.get("original"))));
  const listed = new Set(shape.rows(raw, "originals").map((row) => told(row.get("ledger_id"))));
  if (handed.size !== listed.size || [...handed].some((name) => !listed.has(name))) {
    faults.push(fault(DOSSIER, "originals_differ"));
  }
  for (const row of shape.rows(raw, "consignments")) faults.push(...balanceFaults(row, codes));
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
  const present = sorted([...digests.keys()].filter((path) => path.startsWith(RAW))).map((path) => path.slice(RAW.length));
  for (const name of present) if (name !== digests.get(RAW + name).sha256) faults.push(fault(RAW + name, "raw_name"));
  const alone = [...present.filter((name) => !listed.has(name)), ...[...listed].filter((name) => !present.includes(name))];
  for (const name of sorted(alone)) faults.push(fault(RAW + name, "raw_unpaired"));
  shape.rows(raw, "events").forEach((row, at) => {
    if (!listed.has(shape.text(row, "raw_sha256"))) faults.push(fault(EVENTS, "event_without_raw", { number: at + 1 }));
  });
  return faults;
}
