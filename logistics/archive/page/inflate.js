// DEFLATE (RFC 1951), for packages that somebody zipped again; a package as we write it is stored, not compressed.

const LENGTH_BASE = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = Array.from({ length: 30 }, (_, code) => (code < 4 ? code + 1 : ((2 + (code & 1)) << ((code >> 1) - 1)) + 1));
const DISTANCE_BITS = Array.from({ length: 30 }, (_, code) => (code < 4 ? 0 : (code >> 1) - 1));
const ORDER_OF_LENGTHS = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

class Bits {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
    this.held = 0;
    this.count = 0;
  }

  take(count) {
    while (this.count < count) {
      if (this.at >= this.bytes.length) throw new Malformed("its compressed data do not come to an end");
      this.held |= this.bytes[this.at] << this.count;
      this.at += 1;
      this.count += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.count -= count;
    return value;
  }

  symbol(code) {
    let [value, first, index] = [0, 0, 0];
    for (let length = 1; length <= 15; length += 1) {
      value |= this.take(1);
      const count = code.counts[length];
      if (value - count < first) return code.symbols[index + value - first];
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw new Malformed("a code that stands for nothing");
  }
}

// The code that these lengths make. Incomplete ones are refused, but for a single code of one bit.
function codeOf(lengths, what) {
  const counts = new Array(16).fill(0);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let left = 1;
  for (let length = 1; length <= 15; length += 1) {
    left = 2 * left - counts[length];
    if (left < 0) throw new Malformed(`too many ${what} codes`);
  }
  const used = counts.reduce((sum, count) => sum + count, 0);
  if (left > 0 && (what === "length" || used > 1 || (used === 1 && counts[1] !== 1))) throw new Malformed(`${what} codes are missing`);
  const starts = [0, 0];
  for (let length = 1; length < 15; length += 1) starts.push(starts[length] + counts[length]);
  const symbols = [];
  lengths.forEach((length, symbol) => {
    if (length) {
      symbols[starts[length]] = symbol;
      starts[length] += 1;
    }
  });
  return { counts, symbols };
}

const FIXED = {
  literals: codeOf(Array.from({ length: 288 }, (_, at) => (at < 144 ? 8 : at < 256 ? 9 : at < 280 ? 7 : 8)), "literal"),
  distances: codeOf(new Array(32).fill(5), "distance"),
};

function codesIn(bits) {
  const [literals, distances, own] = [bits.take(5) + 257, bits.take(5) + 1, bits.take(4) + 4];
  if (literals > 286 || distances > 30) throw new Malformed("too many codes");
  const first = new Array(19).fill(0);
  for (let at = 0; at < own; at += 1) first[ORDER_OF_LENGTHS[at]] = bits.take(3);
  const code = codeOf(first, "length");
  const lengths = [];
  while (lengths.length < literals + distances) {
    const symbol = bits.symbol(code);
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    if (symbol === 16 && !lengths.length) throw new Malformed("nothing to repeat");
    const repeat = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
    lengths.push(...new Array(repeat).fill(symbol === 16 ? last(lengths) : 0));
  }
  if (lengths.length > literals + distances || !lengths[256]) throw new Malformed("the codes do not fit");
  return { literals: codeOf(lengths.slice(0, literals), "literal"), distances: codeOf(lengths.slice(literals), "distance") };
}

function stored(bits, out) {
  bits.count = 0;
  bits.held = 0;
  const length = bits.take(16);
  if ((bits.take(16) ^ 0xffff) !== length) throw new Malformed("a stored block's length does not fit");
  for (let left = length; left; left -= 1) out.push(bits.take(8));
}

function coded(bits, out, codes, most) {
  while (out.length <= most) {
    const symbol = bits.symbol(codes.literals);
    if (symbol === 256) return;
    if (symbol < 256) {
      out.push(symbol);
      continue;
    }
    if (symbol > 285) throw new Malformed("a length that does not exist");
    const length = LENGTH_BASE[symbol - 257] + bits.take(LENGTH_BITS[symbol - 257]);
    const code = bits.symbol(codes.distances);
    if (code > 29) throw new Malformed("a distance that does not exist");
    const distance = DISTANCE_BASE[code] + bits.take(DISTANCE_BITS[code]);
    if (distance > out.length) throw new Malformed("a distance before the beginning");
    for (let left = length; left; left -= 1) out.push(out[out.length - distance]);
  }
}

// What the compressed bytes unpack to; stops where that is more than `most`. Throws Malformed.
function inflated(bytes, most) {
  const bits = new Bits(bytes);
  const out = [];
  for (let isLast = 0; !isLast && out.length <= most;) {
    isLast = bits.take(1);
    const kind = bits.take(2);
    if (kind === 3) throw new Malformed("a block of no kind");
    if (kind === 0) stored(bits, out);
    else coded(bits, out, kind === 1 ? FIXED : codesIn(bits), most);
  }
  return Uint8Array.from(out);
}
