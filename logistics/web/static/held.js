"use strict";
// One act that this device still holds, as its maker sees it; refused, beside what the server holds instead.
// `ways` are what can be done with it: again, recount, setAside.
function heldAct(act, { word, when, clone }, ways) {
  const outcome = (key) => word(`outcome_${key || "unchecked"}`);

  function drawProblem(drawn, act) {
    drawn.querySelector("[data-problem]").hidden = false;
    drawn.querySelector("[data-sentence]").textContent = act.problem.sentence;
    const { held } = act;
    const server = drawn.querySelector("[data-server]");
    if (!held) server.textContent = word("server_none");
    else if (held.at) server.textContent = word("server_by", { by: held.by, at: when(held.at), seal: held.seal_found || word("none") });
    else server.textContent = word("server_stage", { stage: held.stage, seal: held.seal || word("none") });
    drawn.querySelector("tbody").replaceChildren(...compared(act));
    drawn.querySelector("[data-again]").addEventListener("click", () => ways.again(act));
    drawn.querySelector("[data-recount]").addEventListener("click", () => ways.recount(act));
    drawn.querySelector("[data-aside]").addEventListener("click", () => ways.setAside(act, drawn.querySelector("[data-why]")));
  }

  // Line by line: what this device holds, what the server holds.
  function compared(act) {
    const ours = Object.fromEntries((act.body.findings || []).map((one) => [one.code, one]));
    const theirs = act.held ? act.held.lines : (act.body.findings || []).map((one) => ({ code: one.code, title: one.code }));
    const rows = [[word("seal"), act.body.seal_found ?? word("none"), act.held ? act.held.seal_found || word("none") : word("none")]];
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

  const drawn = clone("t-held");
  const signed = act.act === "receive" && act.body.drawn ? ` · ${word("signed")}` : "";
  drawn.querySelector("[data-what]").textContent = word(`act_${act.act}`) + signed;
  drawn.querySelector("[data-no]").textContent = act.dossier;
  drawn.querySelector("[data-when]").textContent = word("made_at", { at: when(act.made_at), name: act.name });
  if (act.state === "refused") drawProblem(drawn, act);
  return drawn;
}
