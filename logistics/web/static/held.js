"use strict";
// Acts that this device still holds, as their maker sees them (`held.draw`) and in words for the ledger (`held.inWords`).
window.held = (() => {
  const { word, when, clone } = offline;
  const outcome = (key) => word(`outcome_${key || "unchecked"}`);

  function drawProblem(drawn, act, ways) {
    drawn.querySelector("[data-problem]").hidden = false;
    const isPhoto = act.act === "photo";
    const isTooLarge = act.problem.rule === "too_large";
    drawn.querySelector("[data-sentence]").textContent = isTooLarge ? word("refused_too_large") : act.problem.sentence || word("refused_other");
    const { held } = act;
    const server = drawn.querySelector("[data-server]");
    if (!held) server.textContent = word("server_none");
    else if (held.at) server.textContent = word("server_by", { by: held.by, at: when(held.at), seal: held.seal_found || word("none") });
    else server.textContent = word("server_stage", { stage: held.stage, seal: held.seal || word("none") });
    drawn.querySelector("tbody").replaceChildren(...compared(act));
    drawn.querySelector("table").hidden = server.hidden = isPhoto;
    drawn.querySelector("[data-again]").hidden = isTooLarge;
    drawn.querySelector("[data-recount]").hidden = isPhoto;
    const other = drawn.querySelector("[data-instead]");
    other.hidden = !isPhoto;
    other.querySelector("input").addEventListener("change", (event) => ways.instead(act, event.target));
    drawn.querySelector("[data-again]").addEventListener("click", () => ways.again(act));
    drawn.querySelector("[data-recount]").addEventListener("click", () => ways.recount(act));
    drawn.querySelector("[data-aside]").addEventListener("click", () => ways.setAside(act, drawn.querySelector("[data-why]")));
  }

  // Line by line: what this device holds, what the server holds.
  function compared(act) {
    const ours = Object.fromEntries((act.body.findings || []).map((one) => [one.code, one]));
    const theirs = act.held ? act.held.lines : (act.body.findings || []).map((one) => ({ code: one.code, title: one.code }));
    const outer = [["seal_broken", "broken"], ["envelope_damaged", "damaged"]].filter(([name]) => act.body[name]).map(([, key]) => word(key));
    const seal = [act.body.seal_found || word("none"), ...outer].join(" · ");
    const rows = [[word("seal"), seal, act.held ? act.held.seal_found || word("none") : word("none")]];
    for (const line of theirs) {
      const mine = ours[line.code];
      rows.push([line.title, mine ? [outcome(mine.outcome), mine.note].filter(Boolean).join(" · ") : word("none"), line.outcome ? outcome(line.outcome) : word("none")]);
    }
    return rows.map((cells) => {
      const row = document.createElement("tr");
      row.classList.toggle("is-other", cells[1] !== cells[2]);
      cells.forEach((text, at) => {
        const cell = document.createElement(at ? "td" : "th");
        cell.textContent = text;
        if (at) cell.dataset.label = word(at === 1 ? "ours" : "theirs");
        row.append(cell);
      });
      return row;
    });
  }

  // One act; refused, beside what the server holds instead. `ways` are what can be done with it: again, recount,
  // setAside, instead.
  function draw(act, ways) {
    const drawn = clone("t-held");
    const signed = act.act === "receive" && act.body.drawn ? ` · ${word("signed")}` : "";
    const what = ["seal", "envelope"].includes(act.body.shows) ? `${act.body.shows}_photo` : `act_${act.act}`;
    drawn.querySelector("[data-what]").textContent = word(what) + signed;
    drawn.querySelector("[data-no]").textContent = act.dossier;
    drawn.querySelector("[data-when]").textContent = word("made_at", { at: when(act.made_at), name: act.name });
    if (act.state === "refused") drawProblem(drawn, act, ways);
    return drawn;
  }

  // What an act held, in plain words by name, for the ledger when its maker withdraws it.
  function inWords(act) {
    const { body } = act;
    const held = { act: act.act, refused: act.problem.rule, seal_found: body.seal_found || "" };
    for (const name of ["seal_broken", "envelope_damaged"]) if (body[name]) held[name] = "true";
    for (const one of body.findings || []) held[`found:${one.code}`] = [one.outcome, one.note].filter(Boolean).join(" ");
    for (const [at, one] of (body.extras || []).entries()) held[`extra:${at + 1}`] = [one.code, one.title, one.note].filter(Boolean).join(" ");
    if (body.original) held.original = body.original;
    if (body.shows) held.shows = body.shows;
    return held;
  }

  return { draw, inWords };
})();
