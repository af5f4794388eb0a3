// SHA-256 and SHA-512 by the browser (WebCrypto), and the Merkle log of RFC 9162 over them.

async function digest(algorithm, bytes) {
  return new Uint8Array(await crypto.subtle.digest(algorithm, bytes));
}

const sha256 = (bytes) => digest("SHA-256", bytes);
const sha256Hex = async (bytes) => hex(await sha256(bytes));

// Of every file: {sha256, sha512} in hexadecimal digits, and sm3 where that is wanted.
async function digestsOf(files, withSm3) {
  const rows = [...files].map(async ([path, bytes]) => {
    const [short, long] = await Promise.all([digest("SHA-256", bytes), digest("SHA-512", bytes)]);
    return [path, { sha256: hex(short), sha512: hex(long), sm3: withSm3 ? hex(sm3(bytes)) : null }];
  });
  return new Map(await Promise.all(rows));
}

const leafHash = (data) => sha256(joined([Uint8Array.of(0), data]));
const nodeHash = (left, right) => sha256(joined([Uint8Array.of(1), left, right]));

// Whether `proof` shows that the leaf with hash `leaf` stands at `index` under `head` (RFC 9162 §2.1.3.2).
async function includes(leaf, index, size, proof, head) {
  let position = BigInt(index);
  let last = BigInt(size) - 1n;
  if (position < 0n || position > last) return false;
  let value = leaf;
  for (const sibling of proof) {
    if (last === 0n) return false;
    if (position & 1n || position === last) {
      value = await nodeHash(sibling, value);
      while (!(position & 1n) && position) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      value = await nodeHash(value, sibling);
    }
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n && sameBytes(value, head);
}

// Whether `proof` shows that the log under `newHead` begins with the log under `oldHead` (RFC 9162 §2.1.4.2).
async function continues(oldSize, newSize, oldHead, newHead, proof) {
  const old = BigInt(oldSize);
  const size = BigInt(newSize);
  if (old <= 0n || old > size) return false;
  if (old === size) return proof.length === 0 && sameBytes(oldHead, newHead);
  const path = (old & (old - 1n)) === 0n ? [oldHead, ...proof] : proof; // a power of two: the old head is a node itself
  if (!path.length) return false;
  let position = old - 1n;
  let last = size - 1n;
  while (position & 1n) {
    position >>= 1n;
    last >>= 1n;
  }
  let first = path[0];
  let second = path[0];
  for (const sibling of path.slice(1)) {
    if (last === 0n) return false;
    if (position & 1n || position === last) {
      [first, second] = [await nodeHash(sibling, first), await nodeHash(sibling, second)];
      while (!(position & 1n) && position) {
        position >>= 1n;
        last >>= 1n;
      }
    } else {
      second = await nodeHash(second, sibling);
    }
    position >>= 1n;
    last >>= 1n;
  }
  return last === 0n && sameBytes(first, oldHead) && sameBytes(second, newHead);
}
