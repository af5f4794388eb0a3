// ASN.1 in its distinguished encoding (X.690, DER), read strictly: what time stamps, certificates and signatures are written in.

const TAG = {
  boolean: 0x01, integer: 0x02, bits: 0x03, octets: 0x04, none: 0x05, oid: 0x06, utcTime: 0x17, time: 0x18, sequence: 0x30,
  set: 0x31,
};
const context = (number) => 0xa0 | number; // [number], with parts inside
const LONG_FORM = 0x80;

// One value: {tag, content, raw}. Throws Malformed unless the bytes hold one value and nothing behind it.
function derValue(bytes) {
  const { value, rest } = derFirst(bytes);
  if (rest.length) throw new Malformed("more follows behind a value");
  return value;
}

function derFirst(bytes) {
  if (bytes.length < 2 || (bytes[0] & 0x1f) === 0x1f) throw new Malformed("no value in DER");
  let [start, size] = [2, bytes[1]];
  if (size >= LONG_FORM) {
    const count = size - LONG_FORM;
    start += count;
    if (count < 1 || count > 4 || bytes.length < start || bytes[2] === 0) throw new Malformed("no length in DER");
    size = bytes.subarray(2, start).reduce((sum, byte) => 256 * sum + byte, 0);
    if (size < LONG_FORM) throw new Malformed("a length that is not as short as it could be");
  }
  const end = start + size;
  if (bytes.length < end) throw new Malformed("a value is cut off");
  return { value: { tag: bytes[0], content: bytes.subarray(start, end), raw: bytes.subarray(0, end) }, rest: bytes.subarray(end) };
}

const expected = (value, tag) => {
  if (!value || value.tag !== tag) throw new Malformed("another kind of value is wanted");
  return value;
};

// The values inside one of this kind.
function derParts(outer, tag = TAG.sequence) {
  const parts = [];
  for (let rest = expected(outer, tag).content; rest.length;) {
    const first = derFirst(rest);
    parts.push(first.value);
    rest = first.rest;
  }
  return parts;
}

function derInteger(value) {
  const { content } = expected(value, TAG.integer);
  const [first, second] = content;
  const isPadded = content.length > 1 && ((first === 0 && second < 128) || (first === 255 && second > 127));
  if (!content.length || isPadded) throw new Malformed("a whole number is not as short as it could be");
  return content[0] < 128 ? bigEndian(content) : bigEndian(content) - (1n << BigInt(8 * content.length));
}

// Dotted, as "1.2.840.113549.1.7.2".
function derOid(value) {
  const { content } = expected(value, TAG.oid);
  const [arcs, isWhole] = [[], content.length && content[content.length - 1] < 128];
  if (!isWhole) throw new Malformed("no object identifier");
  let arc = 0n;
  for (const byte of content) {
    arc = (arc << 7n) | BigInt(byte & 127);
    if (byte > 127) continue;
    if (arcs.length) arcs.push(arc);
    else arcs.push(...(arc < 80n ? [arc / 40n, arc % 40n] : [2n, arc - 80n]));
    arc = 0n;
  }
  return arcs.join(".");
}

// The bytes of a bit string without unused bits.
function derBits(value) {
  const { content } = expected(value, TAG.bits);
  if (content[0] !== 0) throw new Malformed("bits that are no whole bytes");
  return content.subarray(1);
}

// Milliseconds since 1970. Both kinds of time end in Z; years of two digits are 1950 to 2049 (RFC 5280).
function derTime(value) {
  const isShort = value?.tag === TAG.utcTime;
  const text = decodedLeniently(expected(value, isShort ? TAG.utcTime : TAG.time).content);
  const match = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d*[1-9])?Z$/.exec(text);
  if (!match || (match[1].length === 2) !== isShort) throw new Malformed("no time");
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const whole = isShort ? year + (year < 50 ? 2000 : 1900) : year;
  const date = new Date(Date.UTC(whole, month - 1, day, hour, minute, second));
  const isDate = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
  if (!isDate) throw new Malformed(`${text} is no time`);
  return { date, fraction: match[7] ?? "" };
}

// [r, s] of a signature as DSA, ECDSA and SM2 write it; null where it is none.
function ecdsaPair(signature) {
  const parts = tried(() => derParts(derValue(signature)).map(derInteger), () => []);
  return parts.length === 2 ? parts : null;
}
