// The evidence beside the contents: checkpoint, proofs, the signed statement and the key.

const CHECKPOINT = "evidence/checkpoint.json";
const PROOFS = "evidence/inclusion-proof.json";
const WITNESSES = "evidence/consistency-proof.json";
const STATEMENT = "evidence/statement.json";
const SIGNATURE = "evidence/statement.sig";
const PUBLIC_KEY = "evidence/public-key.pem";
const CHECKPOINT_STAMP = "evidence/checkpoint.tsr";
const STATEMENT_STAMP = "evidence/statement.tsr";
const SM2_SIGNATURE = "evidence/statement.sm2";
const SM2_KEY = "evidence/sm2-public-key.pem";
const EVIDENCE = [
  CHECKPOINT, PROOFS, WITNESSES, STATEMENT, SIGNATURE, PUBLIC_KEY, CHECKPOINT_STAMP, STATEMENT_STAMP, SM2_SIGNATURE, SM2_KEY,
];
const AFTER_STATEMENT = [STATEMENT, SIGNATURE, STATEMENT_STAMP, SM2_SIGNATURE]; // they depend on it, so it cannot cover them
const FORMAT = "youdang-package/2";
const ORIGIN = "youdang";
const CHECKPOINT_FIELDS = ["key_id", "origin", "public_key", "root", "signature", "signed_at", "size"];
const BEFORE_KEY = fromHex("302a300506032b6570032100"); // RFC 8410: what stands before the 32 bytes of a key

const hexOf = (value, bytes) => {
  if (typeof value !== "string" || !new RegExp(`^[0-9a-f]{${2 * bytes}}$`).test(value)) {
    throw new Malformed(`${bytes} bytes in lower-case hexadecimal are wanted`);
  }
  return value;
};

function checkpointIn(content) {
  const raw = shape.parsed(content);
  const size = raw.get("size");
  const hasFields = raw.size === CHECKPOINT_FIELDS.length && CHECKPOINT_FIELDS.every((name) => raw.has(name));
  if (!hasFields || raw.get("origin") !== ORIGIN || !isWhole(size) || size < 0) {
    throw new Malformed(`checkpoint: fields ${CHECKPOINT_FIELDS.join(", ")}`);
  }
  const [root, key_id, public_key] = ["root", "key_id", "public_key"].map((name) => hexOf(raw.get(name), 32));
  const signature = hexOf(raw.get("signature"), 64);
  return { size, root, signed_at: instant(String(raw.get("signed_at"))), key_id, public_key, signature };
}

function writtenCheckpoint(checkpoint) {
  const row = (name) => (name === "size" ? String(checkpoint.size) : asciiJson(name === "origin" ? ORIGIN : checkpoint[name]));
  return toBytes(`{\n${CHECKPOINT_FIELDS.map((name) => ` "${name}": ${row(name)}`).join(",\n")}\n}\n`);
}

// What is signed, and what a time stamp of the checkpoint stamps.
const checkpointText = ({ size, root, signed_at }) => toBytes(`${ORIGIN}\n${size}\n${base64(fromHex(root))}\n${signed_at}\n`);

async function checkpointHolds(checkpoint, check) {
  const key = fromHex(checkpoint.public_key);
  if (checkpoint.key_id !== (await sha256Hex(key))) return false;
  return check.holds(key, fromHex(checkpoint.signature), checkpointText(checkpoint));
}

// The statement is of a format that is not read here; the message is its name.
class OtherFormat extends Malformed {}

// The statement in `content`. Throws OtherFormat for another format's, Malformed unless it is exactly as it is written here.
function statementIn(content) {
  const raw = shape.parsed(content);
  if (shape.text(raw, "format") !== FORMAT) throw new OtherFormat(shape.text(raw, "format"));
  const checkpoint = shape.table(raw, "checkpoint");
  const files = shape.table(raw, "files");
  const statement = {
    dossier_no: shape.text(raw, "dossier_no"),
    record_no: shape.text(raw, "record_no"),
    made_at: instant(shape.text(raw, "made_at")),
    entries: shape.number(raw, "entries"),
    head: shape.text(raw, "head"),
    checkpoint_size: shape.number(checkpoint, "size"),
    checkpoint_root: shape.text(checkpoint, "root"),
    key_id: shape.text(raw, "key_id"),
    files: new Map([...files.keys()].map((name) => [name, shape.text(files, name)])),
  };
  if (!files.has(MANIFESTS[0]) || !sameBytes(writtenStatement(statement), content)) throw new Malformed("not in canonical form");
  return statement;
}

function writtenStatement(statement) {
  const { dossier_no, record_no, made_at, entries, head, key_id, files } = statement;
  const checkpoint = new Map(Object.entries({ size: statement.checkpoint_size, root: statement.checkpoint_root }));
  const manifest_sha256 = files.get(MANIFESTS[0]);
  const plain = { format: FORMAT, dossier_no, record_no, made_at, manifest_sha256, entries, head, checkpoint, key_id, files };
  return toBytes(canonical(new Map(Object.entries(plain))));
}

// The SHA-256 of every file the statement names itself: all outside data/ that do not depend on it.
const isCovered = (path) => isTag(path) && !AFTER_STATEMENT.includes(path);
const coveredFiles = (digests) => new Map([...digests].filter(([path]) => isCovered(path)).map(([path, one]) => [path, one.sha256]));

async function writtenKey(key) {
  const pem = `-----BEGIN PUBLIC KEY-----\n${base64(joined([BEFORE_KEY, key]))}\n-----END PUBLIC KEY-----\n`;
  return toBytes(`fingerprint (SHA-256 of the 32 key bytes): ${await sha256Hex(key)}\n${pem}`);
}

const pathsIn = (row) => shape.texts(row, "path").map(fromHex);

function proofsIn(content) {
  const raw = shape.parsed(content);
  const proofs = shape.rows(raw, "entries").map((row) => ({
    seq: shape.number(row, "seq"), leaf: shape.number(row, "leaf"), path: pathsIn(row),
  }));
  return { size: shape.number(raw, "size"), proofs };
}

function witnessesIn(content) {
  const raw = shape.parsed(content);
  const witnesses = shape.rows(raw, "heads").map((row) => ({
    size: shape.number(row, "size"), root: shape.text(row, "root"), path: pathsIn(row),
  }));
  return { size: shape.number(raw, "size"), witnesses };
}

const writtenPath = (path) => `[${path.map((value) => `"${hex(value)}"`).join(", ")}]`;
const writtenRows = (size, name, rows) => toBytes(`{"size": ${size}, "${name}": [\n${rows.join(",\n")}\n]}\n`);

const writtenProofs = (size, proofs) => writtenRows(size, "entries",
  proofs.map(({ seq, leaf, path }) => `{"seq": ${seq}, "leaf": ${leaf}, "path": ${writtenPath(path)}}`));

const writtenWitnesses = (size, witnesses) => writtenRows(size, "heads",
  witnesses.map((one) => `{"size": ${one.size}, "root": ${asciiJson(one.root)}, "path": ${writtenPath(one.path)}}`));

// The numbers of the entries that no proof shows to stand in the log, each at its own leaf, in order.
async function unprovenEntries(entries, proofs, checkpoint) {
  const bySeq = new Map(proofs.map((proof) => [proof.seq, proof]));
  const head = fromHex(checkpoint.root);
  const stands = await Promise.all(entries.map(async (entry, at) => {
    const proof = bySeq.get(at + 1);
    return proof && includes(await leafHash(fromHex(entry.hash)), proof.leaf, checkpoint.size, proof.path, head);
  }));
  const missing = [];
  let previous = -1;
  for (const at of entries.keys()) {
    const leaf = bySeq.get(at + 1)?.leaf;
    if (stands[at] && leaf > previous) previous = leaf;
    else missing.push(at + 1);
  }
  return missing;
}

// The [size, root] of every printed head without proof and of every proof that does not hold.
async function unwitnessedHeads(entries, witnesses, checkpoint) {
  const head = fromHex(checkpoint.root);
  const open = new Map(printedHeads(entries));
  const bad = new Map();
  for (const { size, root, path } of witnesses) {
    const holds = isHash(root) && (await continues(size, checkpoint.size, fromHex(root), head, path));
    const key = `${size} ${root}`;
    open.delete(key);
    if (holds) bad.delete(key);
    else bad.set(key, [size, root]);
  }
  const all = [...bad.values(), ...open.values()];
  return all.sort((one, other) => (one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : byCodePoint(one[1], other[1])));
}
