// Ed25519 (RFC 8032): by the browser where it has it, else by the arithmetic below. The report says which.

const P = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const inField = (value) => mod(value, P);
const D = inField(-121665n * inverse(121666n, P));
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n, P);

// The point whose 32 bytes these are, in extended coordinates (x, y, 1, xy); null when they are no point.
function pointOf(bytes) {
  const y = inField(littleEndian(bytes) & (2n ** 255n - 1n));
  const above = inField(y * y - 1n);
  const below = inField(D * y * y + 1n);
  let x = inField(above * below ** 3n * power(above * below ** 7n, (P - 5n) / 8n, P));
  const check = inField(below * x * x);
  if (check === inField(-above)) x = inField(x * ROOT_OF_MINUS_ONE);
  else if (check !== above) return null;
  if (Number(x & 1n) !== bytes[31] >> 7) x = inField(-x);
  return [x, y, 1n, inField(x * y)];
}

const NEUTRAL = [0n, 1n, 1n, 0n];
const BASE = pointOf(joined([Uint8Array.of(0x58), new Uint8Array(31).fill(0x66)]));

function added([x1, y1, z1, t1], [x2, y2, z2, t2]) {
  const a = inField((y1 - x1) * (y2 - x2));
  const b = inField((y1 + x1) * (y2 + x2));
  const c = inField(2n * t1 * t2 * D);
  const d = inField(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [inField(e * f), inField(g * h), inField(f * g), inField(e * h)];
}

function times(scalar, point) {
  let result = NEUTRAL;
  for (let left = scalar, double = point; left; left >>= 1n) {
    if (left & 1n) result = added(result, double);
    double = added(double, double);
  }
  return result;
}

function encodedPoint([x, y, z]) {
  const down = inverse(z, P);
  const number = inField(y * down) | ((inField(x * down) & 1n) << 255n);
  return bytesOf(number, 32).reverse();
}

async function holdsByOwnArithmetic(key, signature, text) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const point = pointOf(key);
  const s = littleEndian(signature.slice(32));
  if (point === null || s >= ORDER) return false;
  const r = signature.slice(0, 32);
  const h = mod(littleEndian(await digest("SHA-512", joined([r, key, text]))), ORDER);
  const minus = [inField(-point[0]), point[1], 1n, inField(-point[3])];
  return sameBytes(encodedPoint(added(times(s, BASE), times(h, minus))), r);
}

async function holdsByBrowser(key, signature, text) {
  if (key.length !== 32 || signature.length !== 64) return false;
  try {
    const imported = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, text);
  } catch (why) {
    if (why instanceof DOMException && why.name === "DataError") return false; // 32 bytes that are no key
    throw why;
  }
}

// RFC 8032 §7.1, test 1: the empty text. A browser that can verify this one is trusted with the others.
const TEST_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const TEST_SIGNATURE =
  "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";

let browserVerifies = null;

function browserHasEd25519() {
  browserVerifies ??= holdsByBrowser(fromHex(TEST_KEY), fromHex(TEST_SIGNATURE), new Uint8Array()).catch(() => false);
  return browserVerifies;
}

// A function (key, signature, text) -> whether it holds, and `by`: "browser" or "page".
async function signatureCheck(ownArithmetic = false) {
  return !ownArithmetic && (await browserHasEd25519())
    ? { by: "browser", holds: holdsByBrowser }
    : { by: "page", holds: holdsByOwnArithmetic };
}
