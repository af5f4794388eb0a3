// X.509 certificates (RFC 5280), as far as a time stamp needs them: whose they are, what they may do, who signed them.

const OID_EXTENDED_USE = "2.5.29.37";
const OID_TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const OID_CONSTRAINTS = "2.5.29.19";
const OID_USE = "2.5.29.15";
const UNDERSTOOD = [OID_EXTENDED_USE, OID_CONSTRAINTS, OID_USE];
const SIGNS_CERTIFICATES = 0x04; // bit 5 of the key's uses
const OID_EC_KEY = "1.2.840.10045.2.1";
const OID_RSA_KEY = "1.2.840.113549.1.1.1";
const OID_RSA_PSS = "1.2.840.113549.1.1.10";
const OID_ED25519 = "1.3.101.112";
const HASHES = {
  "2.16.840.1.101.3.4.2.1": "SHA-256", "2.16.840.1.101.3.4.2.2": "SHA-384", "2.16.840.1.101.3.4.2.3": "SHA-512",
};
const RSA_WITH = { "1.2.840.113549.1.1.11": "SHA-256", "1.2.840.113549.1.1.12": "SHA-384", "1.2.840.113549.1.1.13": "SHA-512" };
const ECDSA_WITH = { "1.2.840.10045.4.3.2": "SHA-256", "1.2.840.10045.4.3.3": "SHA-384", "1.2.840.10045.4.3.4": "SHA-512" };
const CURVES = { "1.2.840.10045.3.1.7": ["P-256", 32], "1.3.132.0.34": ["P-384", 48], "1.3.132.0.35": ["P-521", 66] };
const NAME_PARTS = {
  "2.5.4.3": "Common Name", "2.5.4.5": "Serial Number", "2.5.4.6": "Country", "2.5.4.7": "Locality", "2.5.4.8": "State/Province",
  "2.5.4.9": "Street Address", "2.5.4.10": "Organization", "2.5.4.11": "Organizational Unit", "2.5.4.17": "Postal Code",
  "2.5.4.97": "Organization Identifier", "1.2.840.113549.1.9.1": "Email Address",
};
const TEXTS = { 0x0c: "utf-8", 0x13: "utf-8", 0x14: "latin1", 0x16: "utf-8", 0x1e: "utf-16be" }; // by tag, UTF8String first

// {raw, body, serial, issuer, subject, from, until, key, algorithm, signature, uses, isAuthority, isStrange}. Throws Malformed.
// A strange one has something that must be understood and is not (RFC 5280 §4.2): no path leads over it.
function certificateIn(raw) {
  const [body, algorithm, signature] = derParts(derValue(raw));
  const parts = derParts(body);
  if (parts[0]?.tag === context(0)) parts.shift(); // the version
  const [serial, , issuer, validity, subject, key, ...rest] = parts;
  const [from, until] = derParts(validity).map((time) => derTime(time).date);
  const wrapped = rest.find((one) => one.tag === context(3));
  const extensions = wrapped ? derParts(derValue(wrapped.content)).map(extensionIn) : [];
  const content = (id) => extensions.find((one) => one.id === id);
  const [uses, constraints, use] = [OID_EXTENDED_USE, OID_CONSTRAINTS, OID_USE].map(content);
  const maySign = !use || (expected(derValue(use.value), TAG.bits).content[1] & SIGNS_CERTIFICATES) !== 0;
  return {
    raw, body: body.raw, serial: derInteger(serial), issuer: foldedName(issuer), subject, from, until, algorithm,
    key: expected(key, TAG.sequence).raw, signature: derBits(signature),
    uses: uses ? { isCritical: uses.isCritical, names: derParts(derValue(uses.value)).map(derOid) } : null,
    isAuthority: Boolean(maySign && constraints && derParts(derValue(constraints.value))[0]?.tag === TAG.boolean),
    isStrange: extensions.some((one) => one.isCritical && !UNDERSTOOD.includes(one.id)),
  };
}

function extensionIn(extension) {
  const [id, ...rest] = derParts(extension);
  return { id: derOid(id), isCritical: rest.length > 1, value: expected(last(rest), TAG.octets).content };
}

// Those of a PEM file, at least one. Throws Malformed.
function certificatesIn(pem) {
  const blocks = [...pem.matchAll(/-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----/g)];
  if (!blocks.length) throw new Malformed("no certificate");
  return blocks.map(([, body]) => certificateIn(fromBase64(body)));
}

// Whose certificate, for people: "Common Name: …, Organization: …".
function nameOf({ subject }) {
  const found = new Map();
  const parts = nameParts(subject).map(([id, text]) => [NAME_PARTS[id] ?? id, text]);
  for (const [kind, text] of parts) found.set(kind, [text, ...(found.get(kind) ?? [])]);
  const rows = [...found].map(([kind, texts]) => [kind, texts.join(", ")]);
  if (last(parts)?.[0] !== "Country") rows.reverse();
  const between = rows.some(([, text]) => text.includes(",")) ? "; " : ", ";
  return rows.map(([kind, text]) => `${kind}: ${text}`).join(between);
}

const nameParts = (name) => derParts(name).flatMap((set) => derParts(set, TAG.set)).map((row) => {
  const [id, value] = derParts(row);
  return [derOid(id), textOf(value)];
});

// Equal for names that differ in case and spaces alone (RFC 5280 §7.1).
const foldedName = (name) =>
  nameParts(name).map(([id, text]) => `${id}=${text.trim().replace(/\s+/g, " ").toLowerCase()}`).join("\n");

// The identifier of an algorithm that takes no parameters.
function algorithmIn(row) {
  const [id, ...parameters] = derParts(row);
  if (parameters.length > 1 || parameters.some((one) => one.tag !== TAG.none)) refuse("parameters that do not belong there");
  return derOid(id);
}

function textOf(value) {
  const encoding = TEXTS[value?.tag] ?? refuse("no text in a name");
  return new TextDecoder(encoding).decode(value.content);
}


// Whether the signature of the text holds by the key (SubjectPublicKeyInfo). `hash` is the one where the algorithm names none.
async function signedBy(key, algorithm, hash, signature, text) {
  const { how, raw } = signatureKind(key, algorithm, hash, signature);
  if (raw === null) return false;
  if (how.name === "Ed25519") return (await signatureCheck()).holds(derBits(derParts(derValue(key))[1]), raw, text);
  try {
    const imported = await crypto.subtle.importKey("spki", key, how, false, ["verify"]);
    return await crypto.subtle.verify(how, imported, raw, text);
  } catch (why) {
    if (!(why instanceof DOMException) || why.name === "NotSupportedError") throw why; // what a browser lacks is no verdict
    throw new Malformed("the key of the certificate is none");
  }
}

// What WebCrypto must be told, and the signature as it wants it; null where that is none.
function signatureKind(key, algorithm, hash, signature) {
  const [id, parameters] = derParts(algorithm);
  const [kind, curve] = derParts(derParts(derValue(key))[0]);
  const name = derOid(id);
  if (ECDSA_WITH[name] && derOid(kind) === OID_EC_KEY) {
    const [namedCurve, size] = CURVES[derOid(curve)] ?? refuse("a curve that browsers do not know");
    const pair = ecdsaPair(signature);
    const fits = pair?.every((number) => number > 0n && number < 256n ** BigInt(size));
    const raw = fits ? joined(pair.map((number) => bytesOf(number, size))) : null;
    return { how: { name: "ECDSA", namedCurve, hash: ECDSA_WITH[name] }, raw };
  }
  if (name === OID_ED25519) return { how: { name: "Ed25519" }, raw: signature };
  if (derOid(kind) !== OID_RSA_KEY) refuse("a signature of a kind that is not known");
  if (name === OID_RSA_PSS) return { how: pssIn(parameters), raw: signature };
  algorithmIn(algorithm);
  const digest = RSA_WITH[name] ?? (name === OID_RSA_KEY ? hash : refuse("a signature of a kind that is not known"));
  return { how: { name: "RSASSA-PKCS1-v1_5", hash: digest }, raw: signature };
}

function pssIn(parameters) {
  const [hash, mask, salt] = [0, 1, 2].map((number) => derParts(parameters).find((one) => one.tag === context(number)));
  const digest = hash && HASHES[algorithmIn(derValue(hash.content))];
  const inner = mask && HASHES[algorithmIn(derParts(derValue(mask.content))[1])];
  if (!digest || inner !== digest) refuse("a signature of a kind that is not known");
  return { name: "RSA-PSS", hash: digest, saltLength: salt ? Number(derInteger(derValue(salt.content))) : 20 };
}

function refuse(why) {
  throw new Malformed(why);
}

// Whether a path leads from the certificate to one of the roots, each signed by the next and in force at that moment.
async function leadsTo(certificate, others, roots, moment) {
  const known = [...roots, ...others];
  const isRoot = (one) => foldedName(one.subject) === one.issuer && roots.some((root) => sameBytes(root.raw, one.raw));
  const seen = new Set([certificate]); // no certificate twice: a circle of them must not keep us
  for (const one of seen) {
    if (one.isStrange || moment < one.from || moment > one.until) continue;
    if (isRoot(one)) return true;
    const above = known.filter((next) => next.isAuthority && foldedName(next.subject) === one.issuer);
    for (const next of above) {
      if (!seen.has(next) && (await signedBy(next.key, one.algorithm, null, one.signature, one.body))) seen.add(next);
    }
  }
  return false;
}
