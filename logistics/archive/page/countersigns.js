// What stands beside the agency's own signature: time stamps, and a second signature by SM2. All may be absent.

// {faults, stamps, sm2}: `stamps` are {at, by, isTrusted} of checkpoint and statement, `sm2` the print of the key; null each
// where there is none that holds.
async function countersigned({ opened: { files }, checkpoint, roots }) {
  const faults = [];
  const stamps = [
    checkpoint && (await stampOf(files, CHECKPOINT_STAMP, checkpointText(checkpoint), roots, faults)),
    files.has(SIGNATURE) && (await stampOf(files, STATEMENT_STAMP, files.get(SIGNATURE), roots, faults)),
  ];
  return { faults, stamps: stamps.map((one) => one || null), sm2: await sm2Of(files, faults) };
}

async function stampOf(files, path, text, roots, faults) {
  if (!files.has(path)) return null;
  try {
    const stamp = await checkedStamp(files.get(path), text, roots ?? []);
    if (!roots?.length || stamp.isTrusted) return stamp;
    faults.push(fault(path, "stamp_untrusted", { why: stamp.by }));
  } catch (why) {
    if (!(why instanceof Malformed)) throw why;
    faults.push(why instanceof StampOfOther ? fault(path, "stamp_of_other") : fault(path, "stamp_malformed", { why: why.message }));
  }
  return null;
}

async function sm2Of(files, faults) {
  const [signature, pem] = [files.get(SM2_SIGNATURE), files.get(SM2_KEY)];
  if (!signature && !pem) return null;
  if (!signature || !pem) {
    faults.push(fault(signature ? SM2_SIGNATURE : SM2_KEY, "sm2_alone"));
    return null;
  }
  const key = tried(() => sm2KeyIn(pem), () => null);
  if (key === null) {
    faults.push(fault(SM2_KEY, "sm2_key"));
    return null;
  }
  if (files.has(STATEMENT) && !sm2Holds(key, signature, files.get(STATEMENT))) faults.push(fault(SM2_SIGNATURE, "sm2_signature"));
  return sm2Print(key);
}
