// BagIt 1.0 (RFC 8493): the manifests of a package, checked file by file.

const MANIFESTS = ["manifest-sha256.txt", "manifest-sha512.txt"];
const TAG_MANIFESTS = MANIFESTS.map((name) => `tag${name}`);
const SM3_MANIFEST = "manifest-sm3.txt"; // GM/T 0004, where the sealer's setting asks for it
const DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const MANIFEST_LINE = new RegExp(`^([0-9a-f]+)  ([^${SPACE}].*)$`, "su");

const isPayload = (path) => path.startsWith("data/");
const algorithmOf = (manifest) => /-(\w+)\.txt$/.exec(manifest)[1];
const isTag = (path) => !isPayload(path) && !TAG_MANIFESTS.includes(path);

const encodedPath = (path) => path.normalize("NFC").replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const decodedPath = (text) => text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");

// Every file that is changed, missing or not listed, then every manifest that is itself at fault.
function bagFaults({ files, unreadable }, digests) {
  const faults = ["bagit.txt", "bag-info.txt", ...MANIFESTS, ...TAG_MANIFESTS]
    .filter((name) => !files.has(name) && !unreadable.has(name))
    .map((name) => fault(name, "missing"));
  if (files.has("bagit.txt") && !sameBytes(files.get("bagit.txt"), toBytes(DECLARATION))) {
    faults.push(fault("bagit.txt", "declaration"));
  }
  const payload = [...files.keys()].filter(isPayload);
  const tags = [...files.keys()].filter(isTag);
  faults.push(...setFaults(files, new Set(payload), unreadable, [...MANIFESTS, SM3_MANIFEST], digests));
  faults.push(...setFaults(files, new Set(tags), unreadable, TAG_MANIFESTS, digests));
  const size = payload.reduce((sum, path) => sum + files.get(path).length, 0);
  const stated = toBytes(`\nPayload-Oxum: ${size}.${payload.length}\n`);
  const info = files.get("bag-info.txt");
  if (!faults.length && !unreadable.size && !sameBytes(info.subarray(-stated.length), stated)) {
    faults.push(fault("bag-info.txt", "oxum"));
  }
  return faults;
}

// A file against which all manifests speak is at fault; where they disagree, the manifest that objects is.
function setFaults(files, paths, unreadable, names, digests) {
  const faults = [];
  const against = new Map();
  const present = names.filter((name) => files.has(name));
  for (const name of present) {
    const listed = listedIn(name, files.get(name), faults);
    for (const one of comparison(name, listed, paths, unreadable, digests)) {
      if (!against.has(one.file)) against.set(one.file, new Map());
      against.get(one.file).set(name, one);
    }
  }
  for (const [path, found] of against) {
    if (found.size === present.length) faults.push(found.values().next().value);
    else for (const name of found.keys()) faults.push(fault(name, "manifests_disagree", { path }));
  }
  if (faults.length) return faults;
  return present
    .filter((name) => !sameBytes(files.get(name), writtenManifest(algorithmOf(name), paths, digests)))
    .map((name) => fault(name, "form"));
}

function comparison(manifest, listed, paths, unreadable, digests) {
  const [faults, algorithm] = [[], algorithmOf(manifest)];
  for (const path of sorted(new Set([...listed.keys(), ...paths]))) {
    if (!listed.has(path)) faults.push(fault(path, "unlisted", { manifest }));
    else if (!paths.has(path)) {
      if (!unreadable.has(path)) faults.push(fault(path, "listed_missing", { manifest }));
    } else if (digests.get(path)[algorithm] !== listed.get(path)) faults.push(fault(path, "changed", { manifest }));
  }
  return faults;
}

function listedIn(manifest, content, faults) {
  const listed = new Map();
  linesOf(decodedLeniently(content)).forEach((line, at) => {
    const match = MANIFEST_LINE.exec(line);
    const path = match && decodedPath(match[2]);
    if (!path || listed.has(path)) faults.push(fault(manifest, "manifest_line", { number: at + 1 }));
    else listed.set(path, match[1]);
  });
  return listed;
}

const writtenManifest = (algorithm, paths, digests) =>
  toBytes(sorted(paths).map((path) => `${digests.get(path)[algorithm]}  ${encodedPath(path)}\n`).join(""));
