// A ZIP read by the directory at its end, as ordinary programs read it: for packages not in canonical form.

const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
const RECORD_SIZE = 30;
const CENTRAL_SIZE = 46;
const END_SIZE = 22;
const LONGEST_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_OR_PATCHED = 0x01 | 0x20 | 0x40;
const FILE_KIND = 0o170000;

const fromCp437 = (bytes) => Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128])).join("");

// The name as it was meant: some tools write UTF-8 without saying so.
function meantName(raw) {
  return tried(() => decodedStrictly(raw), () => fromCp437(raw));
}

function endRecord(data) {
  const from = Math.max(data.length - END_SIZE - LONGEST_COMMENT, 0);
  for (let at = data.length - END.length; at >= from; at -= 1) {
    if (data[at] === END[0] && beginsWith(data.subarray(at, at + END.length), END)) return at;
  }
  return -1;
}

// {members, comment}. Throws Malformed where no directory can be read.
function directoryOf(data) {
  const end = endRecord(data);
  if (end < 0 || end + END_SIZE > data.length) throw new Malformed("no directory");
  const [size, offset, commentLength] = [uint(data, end + 12, 4), uint(data, end + 16, 4), uint(data, end + 20, 2)];
  const start = end - size; // bytes may stand before the ZIP: then all its offsets are too small by as many
  if (start < 0) throw new Malformed("the directory begins before the file");
  const members = [];
  for (let at = start; at < end;) {
    const { member, after } = memberAt(data.subarray(at, end), start - offset);
    members.push(member);
    at += after;
  }
  return { members, comment: data.subarray(end + END_SIZE, end + END_SIZE + commentLength) };
}

function memberAt(area, shift) {
  if (area.length < CENTRAL_SIZE) throw new Malformed("a truncated directory");
  const field = (at, size) => uint(area, at, size);
  const after = CENTRAL_SIZE + field(28, 2) + field(30, 2) + field(32, 2); // name, extra field, comment
  if (!beginsWith(area, CENTRAL) || after > area.length) throw new Malformed("no record of the directory");
  const raw = area.subarray(CENTRAL_SIZE, CENTRAL_SIZE + field(28, 2));
  const member = {
    raw, name: meantName(raw), flags: field(8, 2), method: field(10, 2), crc: field(16, 4), compressed: field(20, 4),
    size: field(24, 4), kind: (field(38, 4) >>> 16) & FILE_KIND, offset: field(42, 4) + shift,
  };
  return { member, after };
}

// What the member unpacks to. Throws Malformed unless it is as the directory says.
function contentOf(member, data) {
  const at = member.offset;
  const isRecord = at >= 0 && at + RECORD_SIZE <= data.length && beginsWith(data.subarray(at), RECORD);
  if (!isRecord) throw new Malformed("no file header where the directory says");
  if (member.flags & ENCRYPTED_OR_PATCHED) throw new Malformed("encrypted or patched");
  const name = at + RECORD_SIZE;
  const start = name + uint(data, at + 26, 2) + uint(data, at + 28, 2);
  if (!sameBytes(data.subarray(name, name + uint(data, at + 26, 2)), member.raw)) {
    throw new Malformed("directory and file header name it differently");
  }
  const packedBytes = data.subarray(start, start + member.compressed);
  if (packedBytes.length < member.compressed) throw new Malformed("cut off");
  const unpacked = member.method === STORED ? packedBytes : inflated(packedBytes, member.size);
  if (unpacked.length !== member.size) throw new Malformed("it has another size than the directory says");
  if (crc32(unpacked) !== member.crc) throw new Malformed("its CRC-32 does not fit");
  return unpacked;
}
