// SM2 signatures with SM3 (GB/T 32918.2 and .5), user id 1234567812345678: arithmetic of this page's own, no browser has it.

const SM2_P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const SM2_A = SM2_P - 3n;
const SM2_B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const SM2_ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const SM2_BASE = [
  0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
];
const SM2_USER = toBytes("1234567812345678");
const BEFORE_SM2_POINT = fromHex("3059301306072a8648ce3d020106082a811ccf5501822d03420004"); // SubjectPublicKeyInfo, uncompressed

const onSm2 = (value) => mod(value, SM2_P);

// The point [x, y] of a public key file. Throws Malformed unless it is written as it always is, with a point of the curve.
function sm2KeyIn(content) {
  const text = decodedLeniently(content);
  const body = /^-----BEGIN PUBLIC KEY-----\n([A-Za-z0-9+/=\n]+)\n-----END PUBLIC KEY-----\n$/.exec(text);
  const der = body ? fromBase64(body[1]) : new Uint8Array();
  const point = der.subarray(BEFORE_SM2_POINT.length);
  if (point.length !== 64 || !beginsWith(der, BEFORE_SM2_POINT)) throw new Malformed("no SM2 public key");
  const [x, y] = [bigEndian(point.subarray(0, 32)), bigEndian(point.subarray(32))];
  const isOnCurve = x < SM2_P && y < SM2_P && onSm2(y * y) === onSm2(x ** 3n + SM2_A * x + SM2_B);
  if (!isOnCurve) throw new Malformed("no point of the SM2 curve");
  return [x, y];
}

const sm2Print = ([x, y]) => sha256Hex(joined([bytesOf(x, 32), bytesOf(y, 32)]));

// Points are [x, y, z] with the true coordinates x/z² and y/z³; z is 0 for the neutral one.
function sm2Doubled([x, y, z]) {
  const [squared, fourth] = [onSm2(y * y), onSm2(z ** 4n)];
  const [s, m] = [onSm2(4n * x * squared), onSm2(3n * x * x + SM2_A * fourth)];
  const doubled = onSm2(m * m - 2n * s);
  return [doubled, onSm2(m * (s - doubled) - 8n * squared * squared), onSm2(2n * y * z)];
}

function sm2Added(one, other) {
  if (!one[2]) return other;
  if (!other[2]) return one;
  const [[x1, y1, z1], [x2, y2, z2]] = [one, other];
  const [u1, u2] = [onSm2(x1 * z2 * z2), onSm2(x2 * z1 * z1)];
  const [s1, s2] = [onSm2(y1 * z2 ** 3n), onSm2(y2 * z1 ** 3n)];
  if (u1 === u2) return s1 === s2 ? sm2Doubled(one) : [1n, 1n, 0n];
  const [h, r] = [onSm2(u2 - u1), onSm2(s2 - s1)];
  const [squared, cubed] = [onSm2(h * h), onSm2(h ** 3n)];
  const x = onSm2(r * r - cubed - 2n * u1 * squared);
  return [x, onSm2(r * (u1 * squared - x) - s1 * cubed), onSm2(h * z1 * z2)];
}

function sm2Times(scalar, [x, y]) {
  let result = [1n, 1n, 0n];
  for (let left = scalar, double = [x, y, 1n]; left; left >>= 1n) {
    if (left & 1n) result = sm2Added(result, double);
    double = sm2Doubled(double);
  }
  return result;
}

// What is signed: the digest of the text behind the digest of signer's name, curve and key.
function sm2Digest(key, text) {
  const numbers = [SM2_A, SM2_B, ...SM2_BASE, ...key].map((number) => bytesOf(number, 32));
  const bits = Uint8Array.of(0, 8 * SM2_USER.length);
  return bigEndian(sm3(joined([sm3(joined([bits, SM2_USER, ...numbers])), text])));
}

// Whether the DER signature of the text by that key holds; false also for a malformed one.
function sm2Holds(key, signature, text) {
  const pair = ecdsaPair(signature);
  if (pair === null || pair.some((number) => number < 1n || number >= SM2_ORDER)) return false;
  const [r, s] = pair;
  const t = mod(r + s, SM2_ORDER);
  if (!t) return false;
  const [x, , z] = sm2Added(sm2Times(s, SM2_BASE), sm2Times(t, key));
  if (!z) return false;
  const across = onSm2(x * inverse(onSm2(z * z), SM2_P));
  return mod(sm2Digest(key, text) + across, SM2_ORDER) === r;
}
