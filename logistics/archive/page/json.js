// JSON that a stranger may have written: read strictly, asked for by type, written canonically (RFC 8785).
// Objects are Map (their order and every name kept), whole numbers beyond 2^53 are BigInt; there are no fractions.

const DEEPEST = 200;
const LONGEST_NUMBER = 4300;

class JsonReader {
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  whole() {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) throw new Malformed(`more follows at character ${this.at}`);
    return value;
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at += 1;
  }

  value(depth) {
    if (depth > DEEPEST) throw new Malformed("nested too deep");
    this.space();
    const sign = this.text[this.at];
    if (sign === "{") return this.object(depth);
    if (sign === "[") return this.list(depth);
    if (sign === '"') return this.string();
    for (const [word, value] of [["true", true], ["false", false], ["null", null]]) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    return this.number();
  }

  object(depth) {
    const found = new Map();
    if (this.opensEmpty("}")) return found;
    do {
      this.space();
      const name = this.string();
      this.space();
      this.expect(":");
      if (found.has(name)) throw new Malformed("a name is used twice in one object");
      found.set(name, this.value(depth + 1));
    } while (this.goesOn("}"));
    return found;
  }

  list(depth) {
    const found = [];
    if (this.opensEmpty("]")) return found;
    do found.push(this.value(depth + 1)); while (this.goesOn("]"));
    return found;
  }

  opensEmpty(end) {
    this.at += 1;
    this.space();
    if (this.text[this.at] !== end) return false;
    this.at += 1;
    return true;
  }

  goesOn(end) {
    this.space();
    if (this.text[this.at] === ",") {
      this.at += 1;
      return true;
    }
    this.expect(end);
    return false;
  }

  expect(sign) {
    if (this.text[this.at] !== sign) throw new Malformed(`${sign} is wanted at character ${this.at}`);
    this.at += 1;
  }

  string() {
    const match = this.match(/"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*"/y);
    if (match === null) throw new Malformed(`a text is wanted at character ${this.at}`);
    return JSON.parse(match);
  }

  number() {
    const match = this.match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y);
    if (match === null) throw new Malformed(`a value is wanted at character ${this.at}`);
    if (/[.eE]/.test(match) || match.length > LONGEST_NUMBER) throw new Malformed(`${match} is no whole number`);
    const value = Number(match);
    if (Number.isSafeInteger(value)) return value + 0; // never -0
    return BigInt(match);
  }

  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }
}

function parsedJson(bytes) {
  return new JsonReader(decodedStrictly(bytes)).whole();
}

// RFC 8785 for the kinds a ledger holds: objects, lists, texts, whole numbers, true, false and null.
function canonical(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (/\p{Cs}/u.test(value)) throw new Malformed("half a surrogate pair has no UTF-8");
    return JSON.stringify(value);
  }
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Map) {
    const names = [...value.keys()].sort(); // by UTF-16 unit, as the RFC wants it
    return `{${names.map((name) => `${canonical(name)}:${canonical(value.get(name))}`).join(",")}}`;
  }
  throw new Malformed(`${String(value)} has no canonical form`);
}

const asciiJson = (text) =>
  JSON.stringify(text).replace(/[\x7f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

// Whether two values are one, type for type.
function same(one, other) {
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((inner, at) => same(inner, other[at]));
  }
  if (one instanceof Map) {
    return other instanceof Map && one.size === other.size
      && [...one].every(([name, inner]) => other.has(name) && same(inner, other.get(name)));
  }
  return one === other;
}

// A value as text that tells kinds apart, so that a number and the same digits as text are two names.
function told(value) {
  if (Array.isArray(value)) return `[${value.map(told).join(",")}]`;
  if (value instanceof Map) return `{${[...value].map(([name, inner]) => `${asciiJson(name)}:${told(inner)}`).join(",")}}`;
  return typeof value === "string" ? asciiJson(value) : String(value ?? null);
}

const isWhole = (value) => typeof value === "bigint" || typeof value === "number";

const shape = {
  parsed(bytes) {
    const value = parsedJson(bytes);
    if (!(value instanceof Map)) throw new Malformed("an object is wanted");
    return value;
  },
  ask(table, name, fits, kind) {
    const value = table.get(name);
    if (!fits(value)) throw new Malformed(`${kind} is wanted in ${name}`);
    return value;
  },
  text: (table, name) => shape.ask(table, name, (value) => typeof value === "string", "text"),
  number: (table, name) => shape.ask(table, name, isWhole, "a whole number"),
  table: (table, name) => shape.ask(table, name, (value) => value instanceof Map, "an object"),
  rows: (table, name) =>
    shape.ask(table, name, (value) => Array.isArray(value) && value.every((row) => row instanceof Map), "a list of objects"),
  texts: (table, name) =>
    shape.ask(table, name, (value) => Array.isArray(value) && value.every((row) => typeof row === "string"), "a list of texts"),
};
