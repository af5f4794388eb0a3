// The ledger chain of a dossier: each entry holds the hash of the one before it.

const LEDGER = "data/ledger.jsonl";
const ENTRY_TEXTS = ["dossier_no", "at", "actor", "actor_name", "agency", "what", "why", "prev_hash", "hash"];
const ENTRY_FIELDS = [...ENTRY_TEXTS, "seq", "facts", "command_id"];
const PAPER_ENTRIES = ["paper:made", "paper:kept"];
const HANDED_OVER = "original:handed_over";
const CLOSED = "dossier:closed";

// The instant as it is written, when it is one: YYYY-MM-DDThh:mm:ss.ffffffZ.
function instant(text) {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)\.\d{6}Z$/.exec(text);
  if (!match) throw new Malformed("at: YYYY-MM-DDThh:mm:ss.ffffffZ is wanted");
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  const isDay = year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  if (!isDay || hour > 23 || minute > 59 || second > 59) throw new Malformed(`at: ${text} is no instant`);
  return text;
}

// The entry in one line. Throws Malformed unless the bytes are the canonical form of an entry.
function entryIn(line) {
  const raw = parsedJson(line);
  if (!(raw instanceof Map) || raw.size !== ENTRY_FIELDS.length || !ENTRY_FIELDS.every((name) => raw.has(name))) {
    throw new Malformed(`the fields of an entry are ${sorted(ENTRY_FIELDS).join(", ")}`);
  }
  const entry = Object.fromEntries(raw);
  if (!ENTRY_TEXTS.every((name) => typeof entry[name] === "string")) {
    throw new Malformed(`text is wanted in ${sorted(ENTRY_TEXTS).join(", ")}`);
  }
  if (!isWhole(entry.seq) || !(entry.facts instanceof Map)) throw new Malformed("seq is a whole number and facts an object");
  if (entry.command_id !== null && typeof entry.command_id !== "string") throw new Malformed("command_id is text or null");
  if (!isHash(entry.prev_hash) || !isHash(entry.hash)) {
    throw new Malformed("prev_hash and hash are 64 lower-case hexadecimal digits");
  }
  instant(entry.at);
  if (!sameBytes(toBytes(canonical(raw)), line)) throw new Malformed("not in canonical form (RFC 8785)");
  raw.delete("hash");
  return { ...entry, body: toBytes(canonical(raw)) };
}

function linesIn(content) {
  const lines = [];
  let start = 0;
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, start)) {
    lines.push(content.subarray(start, end));
    start = end + 1;
  }
  return { lines, rest: content.subarray(start) };
}

// {entries, faults}: what the ledger holds up to the first entry that cannot be read, and every break of its chain.
async function ledgerOf(files) {
  const [entries, faults] = [[], []];
  if (!files.has(LEDGER)) return { entries, faults }; // the manifests say that it is missing
  const { lines, rest } = linesIn(files.get(LEDGER));
  if (rest.length) faults.push(fault(LEDGER, "ledger_cut"));
  for (const [at, line] of lines.entries()) {
    const entry = tried(() => entryIn(line), (why) => {
      faults.push(fault(LEDGER, "entry_malformed", { number: at + 1, why: why.message }));
      return null;
    });
    if (entry === null) return { entries, faults };
    entries.push(entry);
  }
  if (!entries.length) faults.push(fault(LEDGER, "ledger_empty"));
  faults.push(...(await chainFaults(entries)));
  return { entries, faults };
}

async function chainFaults(entries) {
  const faults = [];
  const own = await Promise.all(entries.map((entry) => sha256Hex(entry.body)));
  for (const [at, entry] of entries.entries()) {
    const [number, before] = [at + 1, entries[at - 1]];
    const say = (code, values = {}) => faults.push(fault(LEDGER, `chain_${code}`, { number, ...values }));
    if (entry.seq !== number) say("number", { wanted: number, found: entry.seq });
    if (before && entry.dossier_no !== before.dossier_no) say("other_dossier");
    const wanted = before ? before.hash : await sha256Hex(toBytes(`youdang ledger of dossier\n${entry.dossier_no}`));
    if (entry.prev_hash !== wanted) say("joint");
    if (entry.hash !== own[at]) say("hash");
  }
  return faults;
}

// Whether the last thing that happened to dossier, consignments or originals is that the dossier was closed.
function isClosed(entries) {
  const acts = entries.map((entry) => entry.what).filter((what) => ["dossier", "consignment", "original"].includes(what.split(":", 1)[0]));
  return last(acts) === CLOSED;
}

// The heads of the log that papers bear: [size, root] each, once.
function printedHeads(entries) {
  const heads = new Map();
  for (const { what, facts } of entries) {
    const [size, root] = [facts.get("ledger_size"), facts.get("ledger_root")];
    if (PAPER_ENTRIES.includes(what) && isWhole(size) && typeof root === "string" && root) heads.set(`${size} ${root}`, [size, root]);
  }
  return heads;
}
