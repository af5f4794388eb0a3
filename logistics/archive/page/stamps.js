// RFC 3161 time stamps: somebody outside says that some bytes existed at a moment.

const OID_SIGNED_DATA = "1.2.840.113549.1.7.2";
const OID_STAMP = "1.2.840.113549.1.9.16.1.4"; // id-ct-TSTInfo
const OID_CONTENT_TYPE = "1.2.840.113549.1.9.3";
const OID_DIGEST = "1.2.840.113549.1.9.4";
const OID_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"; // ESSCertID, by SHA-1
const OID_CERTIFICATE_2 = "1.2.840.113549.1.9.16.2.47"; // ESSCertIDv2
const GRANTED = [0n, 1n];

// What an answer (TimeStampResp, DER) holds: {status, content, hashes, stamp, signer, certificates}. Throws Malformed unless it is granted.
function stampIn(bytes) {
  const [info, token] = derParts(derValue(bytes));
  const status = derInteger(derParts(info)[0]);
  if (!GRANTED.includes(status) || !token) throw new Malformed("this is no time stamp that was granted");
  const [version, algorithms, inner, ...signed] = derParts(wrapped(derParts(token), OID_SIGNED_DATA));
  checkVersion(version);
  const hashes = derParts(algorithms, TAG.set).map((row) => HASHES[algorithmIn(row)]);
  const content = expected(wrapped(derParts(inner), OID_STAMP), TAG.octets).content;
  const certificates = signed.find((one) => one.tag === context(0)) ?? refuse("no certificate comes with it");
  const signers = derParts(last(signed), TAG.set);
  if (signers.length !== 1) throw new Malformed("one signer is wanted");
  return {
    status, content, hashes, stamp: tstInfoIn(content), signer: signerIn(signers[0]),
    certificates: derParts(certificates, context(0)).filter((one) => one.tag === TAG.sequence).map((one) => certificateIn(one.raw)),
  };
}

function checkVersion(value) {
  const version = derInteger(value);
  if (version < 0n || version > 255n) throw new Malformed("no version");
}

// The value behind [0] of a row that names its kind.
function wrapped([kind, value], wanted) {
  if (derOid(kind) !== wanted) throw new Malformed("the content is of another kind");
  return derValue(expected(value, context(0)).content);
}

function tstInfoIn(content) {
  const [, policy, imprint, serial, time] = derParts(derValue(content));
  derOid(policy);
  derInteger(serial);
  const [algorithm, digest, ...more] = derParts(imprint);
  if (more.length) throw new Malformed("more stands in the message imprint than belongs there");
  return {
    hash: HASHES[algorithmIn(algorithm)], digest: expected(digest, TAG.octets).content, time: derTime(expected(time, TAG.time)),
  };
}

function signerIn(signer) {
  const [version, holder, algorithm, attributes, how, signature] = derParts(signer);
  checkVersion(version);
  const [issuer, serial] = derParts(holder);
  const rows = derParts(attributes, context(0)).map((row) => derParts(row));
  const signed = attributes.raw.slice();
  signed[0] = TAG.set; // what is signed is the set itself, not its place in the row
  return {
    issuer: foldedName(issuer), serial: derInteger(serial), hash: HASHES[algorithmIn(algorithm)], how, signed,
    signature: expected(signature, TAG.octets).content,
    attributes: new Map(rows.map(([id, values]) => [derOid(id), derParts(values, TAG.set)])),
  };
}

// {at, by, isTrusted}: when and by whom these bytes were stamped, and whether that one is under `roots`.
// Throws StampOfOther where it stamps others, Malformed where its signature cannot be checked or does not hold.
async function checkedStamp(bytes, text, roots) {
  const { status, content, hashes, stamp, signer, certificates } = stampIn(bytes);
  if (!stamp.hash || !sameBytes(stamp.digest, await digest(stamp.hash, text))) throw new StampOfOther("the message imprint differs");
  const holder = certificates.find((one) => one.issuer === signer.issuer && one.serial === signer.serial);
  if (!holder || !signer.hash) throw new Malformed("the certificate of the signer does not come with it");
  await checkAttributes(signer, content, holder);
  if (!(await signedBy(holder.key, signer.how, signer.hash, signer.signature, signer.signed))) {
    throw new Malformed("its signature does not hold");
  }
  const mayStamp = hashes.includes(signer.hash) && holder.uses?.isCritical && holder.uses.names.includes(OID_TIME_STAMPING);
  const isTrusted = status === GRANTED[0] && mayStamp && (await leadsTo(holder, certificates, roots, stamp.time.date));
  return { at: writtenTime(stamp.time), by: nameOf(holder), isTrusted: Boolean(isTrusted) };
}

class StampOfOther extends Malformed {}

async function checkAttributes({ attributes, hash }, content, holder) {
  const only = (id) => (attributes.get(id)?.length === 1 ? attributes.get(id)[0] : refuse("an attribute that must be signed is absent"));
  if (derOid(only(OID_CONTENT_TYPE)) !== OID_STAMP) throw new Malformed("the signature is of another kind of content");
  if (!sameBytes(expected(only(OID_DIGEST), TAG.octets).content, await digest(hash, content))) {
    throw new Malformed("what is signed is not what is stated");
  }
  for (const [id, standard] of [[OID_CERTIFICATE, "SHA-1"], [OID_CERTIFICATE_2, "SHA-256"]]) {
    if (!attributes.has(id)) continue;
    const parts = derParts(derParts(derParts(only(id))[0])[0]);
    const named = parts[0]?.tag === TAG.sequence ? HASHES[algorithmIn(parts.shift())] : standard;
    const print = expected(parts[0], TAG.octets).content;
    if (!named || !sameBytes(print, await digest(named, holder.raw))) throw new Malformed("it was signed under another certificate");
  }
}

// As the ledger writes instants: YYYY-MM-DDThh:mm:ss.ffffffZ.
const writtenTime = ({ date, fraction }) => `${date.toISOString().slice(0, 19)}.${fraction.slice(1, 7).padEnd(6, "0")}Z`;
