// SM3 (GB/T 32905, GM/T 0004): no browser has it, so its arithmetic stands here.

const SM3_START = [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];
const SM3_BLOCK = 64; // bytes
const turned = (word, by) => (word << by % 32) | (word >>> (32 - (by % 32)) % 32);
const SM3_CONSTANTS = Int32Array.from({ length: 64 }, (_, round) => turned(round < 16 ? 0x79cc4519 : 0x7a879d8a, round));

// The 32 bytes of the digest.
function sm3(bytes) {
  const state = Int32Array.from(SM3_START);
  const words = new Int32Array(68);
  const whole = bytes.length - (bytes.length % SM3_BLOCK);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < whole; at += SM3_BLOCK) sm3Block(state, words, view, at);
  const tail = sm3Tail(bytes.subarray(whole), bytes.length);
  for (let at = 0; at < tail.byteLength; at += SM3_BLOCK) sm3Block(state, words, tail, at);
  const digest = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => digest.setInt32(4 * at, word));
  return new Uint8Array(digest.buffer);
}

// What is left of the text, a one bit, zeros, and the length in bits.
function sm3Tail(rest, length) {
  const padded = new Uint8Array(rest.length + 9 > SM3_BLOCK ? 2 * SM3_BLOCK : SM3_BLOCK);
  padded.set(rest);
  padded[rest.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setBigUint64(padded.length - 8, 8n * BigInt(length));
  return view;
}

function sm3Block(state, words, view, from) {
  for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(from + 4 * at);
  for (let at = 16; at < 68; at += 1) {
    const mixed = words[at - 16] ^ words[at - 9] ^ turned(words[at - 3], 15);
    words[at] = mixed ^ turned(mixed, 15) ^ turned(mixed, 23) ^ turned(words[at - 13], 7) ^ words[at - 6];
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let round = 0; round < 64; round += 1) {
    const early = round < 16;
    const twelve = turned(a, 12);
    const first = turned((twelve + e + SM3_CONSTANTS[round]) | 0, 7);
    const one = (early ? a ^ b ^ c : (a & b) | (a & c) | (b & c)) + d + (first ^ twelve) + (words[round] ^ words[round + 4]);
    const two = (early ? e ^ f ^ g : (e & f) | (~e & g)) + h + first + words[round];
    [d, c, b, a] = [c, turned(b, 9), a, one | 0];
    [h, g, f, e] = [g, turned(f, 19), e, two ^ turned(two, 9) ^ turned(two, 17)];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    state[at] ^= word;
  });
}
