// The verifier: reads one file, trusts nothing in it, and says what it proves and what it does not.
// WORDING stands above: every sentence, taken from the command's own (logistics/archive/findings.py).

const MOST_BYTES = 2 * 1024 ** 3;
const README = "说明-README.txt";
const ONLY_FILES = ["bagit.txt", "bag-info.txt", README, ...MANIFESTS, ...TAG_MANIFESTS, SM3_MANIFEST, ...EVIDENCE, ...RECORDS];

const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => String(values[name]));
const sentence = ([zh, en], values) => ({ zh: filled(zh, values), en: filled(en, values) });

function fault(file, code, values = {}) {
  const { zh, en } = sentence(WORDING.faults[code], values);
  return { file, code, reason_zh: zh, reason_en: en };
}

const unreadable = (faults) => ({ verdict: "unreadable", exit: 2, faults, proven: [], not_proven: [], facts: {}, by: null });

// The report on a package. `pinned` is the fingerprint its key must have; `roots` are the certificates that time stamps must
// come from; `ownArithmetic` keeps the browser's Ed25519 out.
async function verifyPackage(data, { pinned = null, roots = [], ownArithmetic = false } = {}) {
  if (data.length > MOST_BYTES) return unreadable([fault(WHOLE_ZIP, "too_large")]);
  const opened = openPackage(data);
  if (!opened.files.size && !opened.unreadable.size) return unreadable(opened.faults);
  const stated = otherFormat(opened.files);
  if (stated !== null) {
    const faults = [...opened.faults, fault(STATEMENT, "other_format", { format: stated })];
    const facts = await factsOf({ opened, entries: [] }, data.length);
    return { verdict: "faulty", exit: 1, faults, proven: [], not_proven: [], facts, by: null };
  }
  const digests = await digestsOf(opened.files, opened.files.has(SM3_MANIFEST));
  const check = await signatureCheck(ownArithmetic);
  const faults = [...opened.faults, ...bagFaults(opened, digests), ...strayFaults(opened.files)];
  const ledger = await ledgerOf(opened.files);
  const checkpoint = await checkpointOf(opened.files, check, faults);
  const matter = { opened, digests, check, pinned, roots, checkpoint, entries: ledger.entries };
  const others = await countersigned(matter);
  faults.push(...ledger.faults, ...(await statementFaults(matter)), ...others.faults);
  faults.push(...(await proofFaults(matter)), ...(await witnessFaults(matter)));
  if (ledger.entries.length) faults.push(...storyFaults(opened, digests, ledger.entries));
  const unique = onlyWhatIsKnown(faults, opened);
  const facts = await factsOf(matter, data.length);
  const answer = { faults: unique, proven: [], not_proven: [], facts, by: check.by };
  if (!unique.length) return { verdict: "sound", exit: 0, ...answer, ...wordsOf({ ...matter, ...others }) };
  return opened.files.size ? { verdict: "faulty", exit: 1, ...answer } : { verdict: "unreadable", exit: 2, ...answer };
}

// Each fault once; of a file that cannot be read whole nothing more is known than that.
function onlyWhatIsKnown(faults, opened) {
  const key = (one) => JSON.stringify([one.file, one.code, one.reason_zh, one.reason_en]);
  const said = new Set(opened.faults.map(key));
  const known = faults.filter((one) => said.has(key(one)) || !opened.unreadable.has(one.file));
  return [...new Map(known.map((one) => [key(one), one])).values()];
}

// The format the statement names, where it is another than the one this page reads.
function otherFormat(files) {
  return tried(() => {
    statementIn(files.get(STATEMENT) ?? new Uint8Array());
    return null;
  }, (why) => (why instanceof OtherFormat ? why.message : null)); // what else is wrong is said where the statement is read
}

// Files the format has no place for, even when every manifest lists them. Under data/ that cannot be told when
// dossier.json, which gives the places, cannot be read.
function strayFaults(files) {
  const places = placesIn(files);
  const hasPlace = (path) => ONLY_FILES.includes(path) || (path.startsWith(RAW) && countOf(path, "/") === countOf(RAW, "/"))
    || (isPayload(path) && (places === null || places.has(path)));
  return sorted([...files.keys()].filter((path) => !hasPlace(path))).map((path) => fault(path, "stray"));
}

async function checkpointOf(files, check, faults) {
  const content = files.get(CHECKPOINT);
  const say = (code, values) => faults.push(fault(CHECKPOINT, code, values));
  if (!content) {
    say("missing");
    return null;
  }
  const checkpoint = tried(() => checkpointIn(content), (why) => {
    say("malformed", { why: why.message });
    return null;
  });
  if (checkpoint === null) return null;
  if (!(await checkpointHolds(checkpoint, check))) say("checkpoint_signature");
  if (!sameBytes(writtenCheckpoint(checkpoint), content)) say("form");
  return checkpoint;
}

async function statementFaults(matter) {
  const { opened, digests, checkpoint, entries } = matter;
  const content = opened.files.get(STATEMENT);
  if (!content) return opened.unreadable.has(STATEMENT) ? [] : [fault(STATEMENT, "missing")];
  const { statement, refused } = tried(() => ({ statement: statementIn(content) }), (why) => ({ refused: why.message }));
  if (!statement) return [fault(STATEMENT, "malformed", { why: refused })];
  const faults = await signatureFaults(matter, statement.key_id);
  const own = coveredFiles(digests);
  for (const path of sorted(new Set([...own.keys(), ...statement.files.keys()]))) {
    if (own.get(path) !== statement.files.get(path) && !opened.unreadable.has(path)) faults.push(fault(path, "not_as_stated"));
  }
  if (statement.record_no !== opened.top) faults.push(fault(STATEMENT, "record_number"));
  if (entries.some((one) => one.dossier_no !== statement.dossier_no)) faults.push(fault(STATEMENT, "several_dossiers"));
  if (statement.entries !== entries.length || statement.head !== (last(entries)?.hash ?? "")) {
    faults.push(fault(LEDGER, "ledger_not_as_stated", { count: statement.entries }));
  }
  const isOther = checkpoint && (statement.checkpoint_size !== checkpoint.size || statement.checkpoint_root !== checkpoint.root);
  if (isOther) faults.push(fault(CHECKPOINT, "other_checkpoint"));
  return faults;
}

async function signatureFaults({ opened: { files }, checkpoint, check, pinned }, keyId) {
  if (!checkpoint) return []; // said already; without it there is no key to check with
  const key = fromHex(checkpoint.public_key);
  const print = await sha256Hex(key);
  const faults = [];
  if (keyId !== print) faults.push(fault(STATEMENT, "statement_key"));
  const signature = files.get(SIGNATURE);
  if (signature && !(await check.holds(key, signature, files.get(STATEMENT)))) faults.push(fault(SIGNATURE, "signature"));
  const isKey = files.has(PUBLIC_KEY) && sameBytes(files.get(PUBLIC_KEY), await writtenKey(key));
  if (!isKey) faults.push(fault(PUBLIC_KEY, "public_key"));
  if (pinned !== null && pinned !== print) faults.push(fault(PUBLIC_KEY, "not_the_pinned_key", { key: print }));
  return faults;
}

// What `read` makes of the file, or the fault that it is not there or cannot be read; null where nothing is to say.
function proofFile({ opened: { files }, checkpoint }, name, read) {
  const content = files.get(name);
  if (!content || !checkpoint) return { faults: content?.length ? [] : [fault(name, "absent")] };
  return tried(() => ({ content, faults: [], ...read(content) }), (why) => ({ faults: [fault(name, "malformed", { why: why.message })] }));
}

async function proofFaults(matter) {
  const { checkpoint, entries } = matter;
  const { faults, content, size, proofs } = proofFile(matter, PROOFS, proofsIn);
  if (!proofs) return faults;
  if (!sameBytes(writtenProofs(size, proofs), content) || size !== checkpoint.size) faults.push(fault(PROOFS, "proof_form"));
  if (proofs.length !== entries.length) {
    faults.push(fault(LEDGER, "proof_count", { entries: entries.length, proofs: proofs.length }));
  }
  for (const number of await unprovenEntries(entries, proofs, checkpoint)) faults.push(fault(LEDGER, "not_in_log", { number }));
  return faults;
}

async function witnessFaults(matter) {
  const { checkpoint, entries } = matter;
  const { faults, content, size, witnesses } = proofFile(matter, WITNESSES, witnessesIn);
  if (!witnesses) return faults;
  if (!sameBytes(writtenWitnesses(size, witnesses), content) || size !== checkpoint.size) faults.push(fault(WITNESSES, "proof_form"));
  for (const [count, root] of await unwitnessedHeads(entries, witnesses, checkpoint)) {
    faults.push(fault(WITNESSES, "root_unproven", { root, count }));
  }
  return faults;
}

async function factsOf({ opened, entries, checkpoint }, bytes) {
  const dossier = entries.length ? { dossier_no: entries[0].dossier_no } : {};
  const facts = { record_no: opened.top, ...dossier, files: opened.files.size, bytes, entries: entries.length };
  if (!checkpoint) return facts;
  return {
    ...facts,
    checkpoint_size: String(checkpoint.size),
    checkpoint_root: checkpoint.root,
    checkpoint_signed_at: checkpoint.signed_at,
    key_fingerprint: await sha256Hex(fromHex(checkpoint.public_key)),
  };
}

// What a sound package proves and what it cannot prove.
function wordsOf({ entries, checkpoint, pinned, stamps, sm2 }) {
  const [early, late] = stamps;
  const stamped = early && late ? { by: late.by, at: early.at, sealed: late.at } : {};
  const values = {
    key: checkpoint.key_id, root: checkpoint.root, size: checkpoint.size, signed: checkpoint.signed_at,
    entries: entries.length, ...stamped, printed: printedHeads(entries).size,
  };
  const isPinned = pinned !== null;
  const proven = [...(isPinned ? ["whose_key"] : []), "every_byte", "whole_chain", "custody", "papers"];
  if (values.printed) proven.push("witnessed");
  if (stamped.by && early.isTrusted && late.isTrusted) proven.push("stamped");
  if (sm2) proven.push("sm2_holds");
  const clock = !stamped.by ? ["signers_clock"] : proven.includes("stamped") ? [] : ["stamp_unchecked"];
  const open = [...(isPinned ? [] : ["whose_key_unknown"]), ...clock, "truth", "same_log"];
  return {
    proven: proven.map((code) => sentence(WORDING.proven[code], code === "sm2_holds" ? { key: sm2 } : values)),
    not_proven: open.map((code) => sentence(WORDING.not_proven[code], values)),
  };
}
