// A ZIP read by the directory at its end, as ordinary programs read it: for packages not in canonical form.

const CP437 =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";
const FOUR_BYTES = 0xffffffff;
const NEWEST_VERSION = 63;

class Damaged extends Error {}

const fromCp437 = (bytes) => Array.from(bytes, (byte) => (byte < 128 ? String.fromCharCode(byte) : CP437[byte - 128])).join("");

function nameIn(raw, flags) {
  if (!(flags & UTF8)) return fromCp437(raw);
  try {
    return decodedStrictly(raw);
  } catch {
    throw new Damaged("a name is not UTF-8");
  }
}

// The name as it was meant: some tools write UTF-8 without saying so.
function meantName(raw, flags) {
  try {
    return decodedStrictly(raw);
  } catch {
    return nameIn(raw, flags);
  }
}

function endRecord(data) {
  const plain = data.length - 22;
  if (plain >= 0 && beginsWith(data.subarray(plain), END) && uint(data, data.length - 2, 2) === 0) return plain;
  const from = Math.max(data.length - 65536 - 22, 0);
  for (let at = data.length - 4; at >= from; at -= 1) {
    if (data[at] === END[0] && beginsWith(data.subarray(at, at + 4), END)) return at + 22 <= data.length ? at : -1;
  }
  return -1;
}

// {size, offset, location, long, comment}: what the record at the end says of the directory.
function endOf(data) {
  const location = endRecord(data);
  if (location < 0) throw new Damaged("no directory");
  const comment = data.subarray(location + 22, location + 22 + uint(data, location + 20, 2));
  const short = { size: uint(data, location + 12, 4), offset: uint(data, location + 16, 4), location, long: false, comment };
  const locator = Math.max(location - 20, 0);
  if (!beginsWith(data.subarray(locator), Uint8Array.of(0x50, 0x4b, 6, 7))) return short;
  if (uint(data, locator + 4, 4) !== 0 || uint(data, locator + 16, 4) > 1) throw new Damaged("several disks");
  const record = Math.max(location - 76, 0);
  if (!beginsWith(data.subarray(record), Uint8Array.of(0x50, 0x4b, 6, 6))) return short;
  return { ...short, size: uint(data, record + 40, 8), offset: uint(data, record + 48, 8), long: true };
}

// Sizes and offset too large for their fields stand in an extra field.
function widen(member, extra) {
  let at = 0;
  while (extra.length - at >= 4) {
    const length = uint(extra, at + 2, 2);
    if (at + 4 + length > extra.length) throw new Damaged("a corrupt extra field");
    if (uint(extra, at, 2) === 1) {
      let place = at + 4;
      const next = () => {
        if (place + 8 > at + 4 + length) throw new Damaged("a corrupt extra field");
        place += 8;
        return uint(extra, place - 8, 8);
      };
      if (member.size === FOUR_BYTES) member.size = next();
      if (member.compressed === FOUR_BYTES) member.compressed = next();
      if (member.offset === FOUR_BYTES) member.offset = next();
    }
    at += 4 + length;
  }
}

// {members, comment}. Throws Damaged when there is no directory that can be read.
function directoryOf(data) {
  const end = endOf(data);
  const shift = end.location - end.size - end.offset - (end.long ? 76 : 0);
  const start = end.offset + shift;
  if (start < 0) throw new Damaged("the directory begins before the file");
  const area = data.subarray(start, start + end.size);
  const members = [];
  let at = 0;
  while (at < end.size) {
    if (area.length - at < 46) throw new Damaged("a truncated directory");
    if (!beginsWith(area.subarray(at), CENTRAL)) throw new Damaged("no record of the directory");
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((place) => uint(area, at + place, 2));
    const raw = area.slice(at + 46, at + 46 + nameLength);
    const flags = uint(area, at + 8, 2);
    const member = {
      raw, flags, original: nameIn(raw, flags), name: meantName(raw, flags),
      method: uint(area, at + 10, 2), crc: uint(area, at + 16, 4), compressed: uint(area, at + 20, 4),
      size: uint(area, at + 24, 4), kind: (uint(area, at + 38, 4) >>> 16) & 0o170000, offset: uint(area, at + 42, 4),
    };
    if (flags & UTF8) member.name = member.original;
    if (area[at + 6] > NEWEST_VERSION) throw new Damaged("a newer ZIP than is known");
    const extra = at + 46 + nameLength;
    widen(member, area.subarray(extra, extra + extraLength));
    member.offset += shift;
    members.push(member);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return { members, comment: end.comment };
}

// The content of a member, checked with its CRC-32. Throws Damaged or Malformed.
function contentOf(member, data) {
  if (member.offset < 0 || member.offset + 30 > data.length) throw new Damaged("a truncated file header");
  const head = data.subarray(member.offset);
  if (!beginsWith(head, RECORD)) throw new Damaged("no file header where the directory says");
  const nameLength = uint(head, 26, 2);
  if (member.flags & 0x20 || member.flags & 0x40) throw new Damaged("patched or strongly encrypted");
  const name = nameIn(head.subarray(30, 30 + nameLength), uint(head, 6, 2));
  if (name !== member.original) throw new Damaged("directory and file header name it differently");
  if (member.flags & 1) throw new Damaged("encrypted");
  const start = 30 + nameLength + uint(head, 28, 2);
  const raw = head.subarray(start, start + member.compressed);
  const isCut = raw.length < member.compressed;
  if (isCut && !raw.length) throw new Damaged("cut off");
  const { content, ended } = member.method ? inflated(raw, member.size) : { content: raw, ended: false };
  if (isCut && !ended && content.length < member.size) throw new Damaged("cut off");
  const whole = content.subarray(0, member.size);
  if (crc32(whole) !== member.crc) throw new Damaged("its CRC-32 does not fit");
  return whole;
}
