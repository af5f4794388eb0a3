// Arithmetic with large whole numbers, and how they stand in bytes, for the signatures that a browser cannot check.

const mod = (value, by) => ((value % by) + by) % by;

function power(base, exponent, by) {
  let result = 1n;
  for (let square = mod(base, by), left = exponent; left; left >>= 1n) {
    if (left & 1n) result = (result * square) % by;
    square = (square * square) % by;
  }
  return result;
}

const inverse = (value, prime) => power(value, prime - 2n, prime);

const bigEndian = (bytes) => BigInt(`0x0${hex(bytes)}`);
const littleEndian = (bytes) => bigEndian(bytes.slice().reverse());
const bytesOf = (number, size) => fromHex(number.toString(16).padStart(2 * size, "0"));
