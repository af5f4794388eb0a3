// The ZIP around a package: the one way to write it, so that a reader writes it again and compares.

const RECORD = Uint8Array.of(0x50, 0x4b, 3, 4);
const CENTRAL = Uint8Array.of(0x50, 0x4b, 1, 2);
const END = Uint8Array.of(0x50, 0x4b, 5, 6);
const DATE = 0x0021; // 1980-01-01
const UTF8 = 0x0800;
const REGULAR_FILE = (0o100644 << 16) >>> 0;
const LONGEST_NAME = 1024;
const MOST_FILES = 0xffff;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes) {
  let value = 0xffffffff;
  for (let at = 0; at < bytes.length; at += 1) value = (value >>> 8) ^ CRC_TABLE[(value ^ bytes[at]) & 0xff];
  return (value ^ 0xffffffff) >>> 0;
}

// Little-endian fields one behind the other: [bytes, value] each.
function packed(start, ...fields) {
  const out = [...start];
  for (const [size, value] of fields) for (let at = 0; at < size; at += 1) out.push(Math.floor(value / 256 ** at) % 256);
  return Uint8Array.from(out);
}

const uint = (bytes, at, size) => {
  let value = 0;
  for (let place = size - 1; place >= 0; place -= 1) value = value * 256 + bytes[at + place];
  return value;
};

const commonFields = (name, content) => {
  const size = [4, content.length];
  return [[2, 20], [2, UTF8], [2, 0], [2, 0], [2, DATE], [4, crc32(content)], size, size, [2, name.length]];
};

function localHeader(name, content) {
  const raw = toBytes(name);
  return joined([packed(RECORD, ...commonFields(raw, content), [2, 0]), raw]);
}

function centralHeader(name, content, offset) {
  const raw = toBytes(name);
  const rest = [[2, 0], [2, 0], [2, 0], [2, 0], [4, REGULAR_FILE], [4, offset]];
  return joined([packed(CENTRAL, [2, 0x0314], ...commonFields(raw, content), ...rest), raw]);
}

// {whole, ends}: the ZIP of these members, and where each part of it ends: [name or null, offset].
function writtenZip(members) {
  if ([...members.keys()].some((name) => toBytes(name).length > LONGEST_NAME)) {
    throw new Malformed(`a name is longer than ${LONGEST_NAME} bytes`);
  }
  if (members.size >= MOST_FILES) throw new Malformed("a package holds fewer than 65,535 files and 4 GiB");
  const [parts, directory, ends] = [[], [], []];
  let offset = 0;
  for (const name of sorted(members.keys())) {
    const content = members.get(name);
    const head = localHeader(name, content);
    directory.push([name, centralHeader(name, content, offset)]);
    parts.push(head, content);
    offset += head.length + content.length;
    ends.push([name, offset]);
  }
  const start = offset;
  for (const [name, header] of directory) {
    parts.push(header);
    offset += header.length;
    ends.push([name, offset]);
  }
  const count = [2, members.size];
  parts.push(packed(END, [2, 0], [2, 0], count, count, [4, offset - start], [4, start], [2, 0]));
  return { whole: joined(parts), ends };
}

// The members as they stand one behind the other from the start: {name, offset, content}; content is null for a record
// that the end of the file cuts off. It needs no directory, so it reads damaged files.
function walked(data) {
  const found = [];
  let offset = 0;
  while (beginsWith(data.subarray(offset), RECORD)) {
    if (data.length - offset < 30) return [...found, { name: "", offset, content: null }];
    const size = uint(data, offset + 18, 4);
    const nameLength = uint(data, offset + 26, 2);
    const start = offset + 30 + nameLength + uint(data, offset + 28, 2);
    const name = decodedLeniently(data.subarray(offset + 30, offset + 30 + nameLength));
    if (start + size > data.length) return [...found, { name: start <= data.length ? name : "", offset, content: null }];
    found.push({ name, offset, content: data.subarray(start, start + size) });
    offset = start + size;
  }
  return found;
}

// Where `data` first differs from the ZIP of its members: {name of the member or null, offset}.
function departure(members, data) {
  const { whole, ends } = writtenZip(members);
  const offset = firstDifference(whole, data);
  const part = ends.find(([, end]) => offset < end);
  return { name: part ? part[0] : null, offset };
}
