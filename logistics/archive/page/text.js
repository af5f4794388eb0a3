// Bytes and text, and the few places where JavaScript reads text otherwise than the command does.

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

const toBytes = (text) => encoder.encode(text);
const decodedLeniently = (bytes) => lenientDecoder.decode(bytes);

function decodedStrictly(bytes) {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new Malformed("not UTF-8"); // the one reason a decoder has
  }
}

function joined(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function firstDifference(one, other) {
  const shorter = Math.min(one.length, other.length);
  for (let at = 0; at < shorter; at += 1) if (one[at] !== other[at]) return at;
  return shorter;
}

const sameBytes = (one, other) => one.length === other.length && firstDifference(one, other) === one.length;
const beginsWith = (bytes, start) => bytes.length >= start.length && sameBytes(bytes.subarray(0, start.length), start);

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// Pairs of digits, white space between pairs allowed: what is not written plainly is found where the file is written again.
function fromHex(text) {
  if (!/^[\t-\r ]*([0-9a-fA-F]{2}[\t-\r ]*)*$/.test(text)) throw new Malformed("hexadecimal digits are wanted");
  const digits = text.replace(/[\t-\r ]/g, "");
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16));
}

const isHash = (text) => /^[0-9a-f]{64}$/.test(text);

function fromBase64(text) {
  const plain = text.replace(/[\t-\r ]/g, "");
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(plain)) throw new Malformed("no base64");
  return Uint8Array.from(atob(plain), (sign) => sign.charCodeAt(0));
}

const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

// By code point, as the bytes of UTF-8 sort; JavaScript's own order is by UTF-16 unit, where U+10000 stands before U+E000.
function byCodePoint(one, other) {
  const shorter = Math.min(one.length, other.length);
  let at = 0;
  while (at < shorter && one[at] === other[at]) at += 1;
  if (at === shorter) return one.length - other.length;
  const rank = (unit) => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  return rank(one.charCodeAt(at)) - rank(other.charCodeAt(at));
}

const sorted = (texts) => [...texts].sort(byCodePoint);

// Lines end at every sign that Unicode calls a line end; one at the very end begins no further line.
function linesOf(text) {
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (last(lines) === "") lines.pop();
  return lines;
}

const last = (list) => list[list.length - 1];
const beforeSlash = (path) => path.split("/", 1)[0];
const countOf = (text, sign) => text.split(sign).length - 1;

// What cannot be read as it claims to be. The sentence is technical and in English, as the command's is.
class Malformed extends Error {}

// What `read` gives; where it finds its input malformed, what `otherwise` makes of the reason. Any other error is this page's own.
function tried(read, otherwise) {
  try {
    return read();
  } catch (why) {
    if (why instanceof Malformed) return otherwise(why);
    throw why;
  }
}
