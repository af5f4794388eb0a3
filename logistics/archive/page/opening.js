// Opening a file that claims to be a package, whatever it is, and saying what is wrong with the ZIP.

const WHOLE_ZIP = "(ZIP)"; // stands for the file where the ZIP itself is at fault and no one file is
const MOST_UNPACKED = 512 * 1024 * 1024;
const MOST_RATIO = 100;
const REGULAR_KIND = 0o100000;

class Opened {
  constructor() {
    this.top = "";
    this.files = new Map();
    this.unreadable = new Set();
    this.faults = [];
  }

  fault(file, code, values = {}) {
    this.faults.push(fault(file, code, values));
  }
}

const inside = (name, top) => (name.startsWith(`${top}/`) ? name.slice(top.length + 1) : name) || name;

function openPackage(data) {
  const records = walked(data);
  const whole = records.filter((record) => record.content !== null);
  const members = new Map(whole.map((record) => [record.name, record.content]));
  if (members.size && members.size === whole.length && isCanonicalZip(members, data)) return takeBag(members, new Opened());
  const directory = tried(() => directoryOf(data), () => null);
  if (directory === null) return salvaged(records, members);
  const opened = byDirectory(directory, data);
  const toldOf = opened.files.size + opened.faults.filter((one) => one.code === "odd_compression").length;
  const isMisleading = 2 * toldOf < members.size; // a directory that hides most of what stands there
  return isMisleading ? salvaged(records, members) : opened;
}

const isCanonicalZip = (members, data) => tried(() => sameBytes(writtenZip(members).whole, data), () => false);

// The directory is of no use: what stands at the start of the file is taken record by record.
function salvaged(records, members) {
  const opened = new Opened();
  const cut = records.filter((record) => record.content === null);
  if (!records.length) {
    opened.fault(WHOLE_ZIP, "no_zip");
    return opened;
  }
  takeBag(members, opened);
  for (const { name, offset } of cut) {
    const file = inside(name, opened.top || beforeSlash(name)) || WHOLE_ZIP;
    opened.unreadable.add(file);
    opened.fault(file, "record_cut", { offset });
  }
  if (!cut.length) opened.fault(WHOLE_ZIP, "directory_damaged");
  return opened;
}

function byDirectory({ members: listed, comment }, data) {
  const [opened, members, bad] = [new Opened(), new Map(), []];
  let left = MOST_UNPACKED;
  if (!beginsWith(data, RECORD)) opened.fault(WHOLE_ZIP, "bytes_before");
  if (comment.length) opened.fault(WHOLE_ZIP, "zip_comment");
  for (const member of listed) {
    const file = inside(member.name, beforeSlash(member.name));
    const refused = (code, values) => {
      opened.fault(file, code, values);
      bad.push(member.name);
      return null;
    };
    const reason = forbidden(member, members, left);
    const content = reason
      ? refused(reason)
      : tried(() => contentOf(member, data), (why) => refused("member_unreadable", { why: why.message }));
    if (content === null) continue;
    members.set(member.name, content);
    left -= member.size;
  }
  takeBag(members, opened);
  for (const name of bad) opened.unreadable.add(inside(name, opened.top));
  if (!opened.faults.length) locate(members, data, opened);
  return opened;
}

function forbidden(member, members, left) {
  if (member.name.endsWith("/")) return "folder_entry";
  if (members.has(member.name)) return "name_twice";
  if (member.kind !== 0 && member.kind !== REGULAR_KIND) return "no_plain_file";
  if (member.method !== STORED && member.method !== DEFLATED) return "odd_compression";
  if (member.size > left || member.size > MOST_RATIO * Math.max(member.compressed, 1)) return "bomb";
  return null;
}

// Where the ZIP departs from canonical form, so that a change no file's content shows has a place too.
function locate(members, data, opened) {
  tried(() => {
    const { name, offset } = departure(members, data);
    opened.fault(name === null ? WHOLE_ZIP : inside(name, opened.top), "zip_form", { offset });
  }, (why) => opened.fault(WHOLE_ZIP, "zip_unfit", { why: why.message }));
}

// Take the one folder off all paths; a path outside it, or one that is no plain path, is a fault.
function takeBag(members, opened) {
  opened.top = commonest([...members.keys()].filter((name) => name.includes("/")).map(beforeSlash));
  const seen = new Set();
  for (const [name, content] of members) {
    const reason = noPlainPath(name, seen);
    if (reason) opened.fault(inside(name, opened.top), reason);
    if (!name.includes("/") || beforeSlash(name) !== opened.top) opened.fault(name, "outside_folder");
    else opened.files.set(name.slice(opened.top.length + 1), content);
  }
  return opened;
}

function commonest(names) {
  const counts = new Map();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0])[0];
}

// Why people's systems could unpack this name to another place or over another file; `seen` gathers names.
function noPlainPath(name, seen) {
  const folded = caseless(name.normalize("NFC"));
  if (seen.has(folded)) return "same_but_case";
  seen.add(folded);
  if (name.endsWith("/")) return "folder_entry";
  const steps = name.split("/");
  const isOdd = /[\\:*?"<>|\ufffd]/.test(name) || !isPrintable(name);
  return isOdd || steps.some((step) => step === "" || step === "." || step === "..") ? "unsafe_path" : null;
}

// Equal for names that differ in case alone; the dotless i, which upper case makes an I, stays itself.
const caseless = (text) => text.split("ı").map((piece) => piece.toLowerCase().toUpperCase()).join("ı");
const isPrintable = (text) => !/(?! )[\p{C}\p{Z}]/u.test(text);
